"""What does the file itself say: who wrote it, when, and is any of it missing?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.timing import Span, clock

if TYPE_CHECKING:
    from verifier.media.file_facts import FileFacts

spec = CheckSpec(
    id="container",
    question="What does the file say about how it was made, and is any of it missing?",
    group=Group.PROVENANCE,
    propositions=None,
    method=(
        "The file is read without being played: encoder, edit list, gaps in the time stamps of picture and sound, creation "
        "times, editing programs, missing ends, damaged parts, content credentials."
    ),
    limits=(
        "Every such fact can be changed by anybody, and honest files get or lose them when they are cut, sent or saved again; "
        "connections that break off leave gaps too. Their absence proves nothing. Content credentials name a signer; whether "
        "the name is true is not looked up."
    ),
    follow_up="Ask for the original file from the meeting service when the parts that are missing matter.",
    needs=("container",),
)
_EDITORS = (
    "premiere", "after effects", "davinci", "final cut", "capcut", "filmora", "vegas", "kdenlive", "shotcut", "imovie",
    "openshot", "movavi", "camtasia", "clipchamp", "avidemux", "losslesscut", "inshot", "videoproc",
)  # fmt: skip
_REWRITERS = ("handbrake", "lavf", "mkvmerge", "gpac", "ffmpeg")
_PROGRAM_KEYS = ("encod", "software", "tool", "application", "handler", "creator", "producer", "vendor")
SAME_TIME = timedelta(minutes=2)
"""Creation times of one file that lie closer were written by one recording."""
TRACK_ENDS_S = 2
TRIMMED_S = 1
"""Stored but not shown at the beginning: less is how encoders start."""


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    created = {r.round.id: _created(r) for r in case.rounds}
    return [_round(case, r, created, make) for r in case.rounds]


def _round(
    case: CaseObservations, r: ObservedRound, created: dict[str, datetime | None], make: FindingFactory
) -> Finding:
    said = [p for e in r.round.evidence for p in e.problems]
    details = [f for e in r.round.evidence for f in e.facts]
    spans: list[Span] = []
    for facts in r.files:
        lines, where = _said_by(facts)
        said += [line for line in lines if line not in said]
        spans += where
        details += _details(facts)
    said += _order(case, r, created)
    rounds = (r.round.id,)
    if said:
        text = f"{r.round.label}: {'; '.join(said)}."
        return make.make(Outcome.OBSERVED, text, rounds=rounds, details=tuple(details), spans=tuple(sorted(spans)))
    if len(r.files) < len(r.round.evidence):
        text = f"{r.round.label}: the file could not be read for its facts."
        return make.make(Outcome.NOT_AVAILABLE, text, rounds=rounds, details=tuple(details))
    text = f"{r.round.label}: no gap and no trace of an editing program was seen in the file. This proves nothing by itself."
    return make.make(Outcome.NOT_OBSERVED, text, rounds=rounds, details=tuple(details))


def _said_by(facts: FileFacts) -> tuple[list[str], list[Span]]:
    said: list[str] = []
    spans: list[Span] = []
    for track in facts.tracks:
        if track.gaps:
            where = ", ".join(f"{clock(g.start)}-{clock(g.end)}" for g in track.gaps[:3])
            more = f" and {len(track.gaps) - 3} more times" if len(track.gaps) > 3 else ""
            said.append(f"the file holds no {track.kind} at {where}{more}")
            spans += track.gaps
    said += _ends(facts) + _edits(facts)
    editor = next((value for value in _programs(facts) if any(e in value.lower() for e in _EDITORS)), None)
    if editor:
        said.append(f"an editing program is named as its writer ({editor})")
    times = [time for _, time in _creation_times(facts)]
    if times and max(times) - min(times) > SAME_TIME:
        said.append("the creation times inside the file differ (see the details)")
    if facts.credentials.is_broken:
        said.append(facts.credentials.statement)
    return said, spans


def _ends(facts: FileFacts) -> list[str]:
    picture = next((t for t in facts.tracks if t.kind == "picture"), None)
    sound = next((t for t in facts.tracks if t.kind == "sound"), None)
    if picture is None or sound is None or abs(picture.span.end - sound.span.end) <= TRACK_ENDS_S:
        return []
    first, last = sorted((picture, sound), key=lambda t: t.span.end)
    return [f"the {first.kind} ends at {clock(first.span.end)}, the {last.kind} at {clock(last.span.end)}"]


def _edits(facts: FileFacts) -> list[str]:
    said = []
    for track in facts.edits:
        if len(track.shown) > 1:
            said.append(f"its edit list puts the {track.kind} together from {len(track.shown)} parts of what is stored")
        elif track.shown and (track.shown[0].media_start or 0) > TRIMMED_S:
            hidden = track.shown[0].media_start or 0
            said.append(f"its edit list hides the first {float(hidden):.1f} seconds of the stored {track.kind}")
    return list(dict.fromkeys(said))


def _details(facts: FileFacts) -> list[tuple[str, str]]:
    lines = [("Content credentials", facts.credentials.statement)]
    lines += [(f"Time stamps, {t.kind}", f"{clock(t.span.start)} to {clock(t.span.end)}") for t in facts.tracks]
    for edits in facts.edits:
        parts = len(edits.edits)
        lines.append((f"Edit list, {edits.kind}", f"{parts} {'entry' if parts == 1 else 'entries'}"))
    lines += [(f"Created ({where})", f"{time:%Y-%m-%d %H:%M:%S} UTC") for where, time in _creation_times(facts)]
    writer = next((v for v in _programs(facts) if any(w in v.lower() for w in _REWRITERS)), None)
    if writer:
        lines.append(
            ("Written by", f"{writer}: a library of many recorders and converters; it may have been saved again")
        )
    return lines


def _programs(facts: FileFacts) -> list[str]:
    return [value for key, value in facts.tags if any(part in key.lower() for part in _PROGRAM_KEYS)]


def _creation_times(facts: FileFacts) -> list[tuple[str, datetime]]:
    found = []
    for key, value in facts.tags:
        where, _, name = key.rpartition(": ")
        if name.lower() in ("creation_time", "com.apple.quicktime.creationdate"):
            time = _as_time(value)
            if time is not None:
                found.append((f"{where} track" if where else "file", time))
    return found


def _as_time(text: str) -> datetime | None:
    """An ISO time; None for others and for the zero dates that recorders without a clock write."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time if time.year > 1990 else None


def _created(r: ObservedRound) -> datetime | None:
    return next((time for facts in r.files for _, time in _creation_times(facts)), None)


def _order(case: CaseObservations, r: ObservedRound, created: dict[str, datetime | None]) -> list[str]:
    """Rounds are handed in in order of time: one that its file dates before an earlier one is worth a look."""
    mine = created[r.round.id]
    for other in case.rounds:
        if other is r:
            break
        theirs = created[other.round.id]
        if mine is not None and theirs is not None and mine + SAME_TIME < theirs:
            return [f"by its creation time it was recorded before {other.round.label}"]
    return []
