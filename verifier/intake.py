"""Files as they were handed in -> evidence with a kind, or a name with the reason why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.case import Evidence, Role, Round
from verifier.media.identify import identify, sha256_of
from verifier.media.recording import probe
from verifier.media.types import MediaError
from verifier.timing import clock
from verifier.transcripts.read import ENDINGS as TRANSCRIPT_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from verifier.media.still import Still
    from verifier.media.types import RecordingFacts

MAX_FILES_PER_ROUND = 50
_SHOWN: dict[str, str] = {"pdf": "document page"}


@dataclass(frozen=True)
class Intake:
    rounds: tuple[Round, ...]
    references: tuple[Evidence, ...]
    unusable: tuple[tuple[str, str], ...]
    """Name and reason, one line each."""
    shown_by: Evidence | None = None
    """The picture that says who the candidate is."""
    transcripts: tuple[tuple[str, Path], ...] = ()
    """Texts that lie in the folder of a round, with the id of the round; not read yet."""


@dataclass(frozen=True)
class FileLook:
    """What a file is, before it is handed in; `reason` says in one line why it cannot be used, else it is empty."""

    kind: str
    """"recording", "photo", "document page", "sound"; empty when unusable."""
    seconds: float | None
    reason: str


def look_at(path: Path) -> FileLook:
    """Kind and length of one file, by its content; nothing is decoded beyond the first picture."""
    try:
        kind = identify(path)
        length = probe(path).duration if kind in ("recording", "sound") else None
    except MediaError as error:
        return FileLook("", None, str(error))
    except OSError as error:
        return FileLook("", None, f"The file cannot be read ({error.strerror}).")
    return FileLook(_SHOWN.get(kind, kind), None if length is None else float(length), "")


def take_in(
    rounds: Sequence[Path], references: Sequence[Path], shown_by: Path | None = None, after: tuple[int, int] = (0, 0)
) -> Intake:
    """Identifies every file by its content; a round is a file, or a folder with the files of one call.

    after: numbers of the last round and the last reference that a case has already.
    """
    unusable: list[tuple[str, str]] = []
    taken: list[Round] = []
    beside: list[tuple[str, Path]] = []
    for number, path in enumerate(rounds, after[0] + 1):
        round_id = f"round-{number}"
        evidence = []
        try:
            files = _files(path)
        except OSError as error:
            unusable.append((path.name, f"The folder cannot be read ({error.strerror})."))
            continue
        if path.is_dir():
            beside += [(round_id, f) for f in files if f.suffix.lower() in TRANSCRIPT_ENDINGS]
            files = [f for f in files if f.suffix.lower() not in TRANSCRIPT_ENDINGS]
        for index, file in enumerate(files):
            item = _evidence(file, round_id if index == 0 else f"{round_id}-{index + 1}", Role.PROBE, unusable)
            if item is not None and item.kind in ("photo", "document page"):
                unusable.append((item.name, "A photo is not a recording of a call; hand it in with --reference."))
            elif item is not None:
                evidence.append(item)
        if path.is_dir() and not evidence:
            unusable.append((path.name, "The folder holds no recording that can be used."))
        taken += _as_rounds(number, evidence)
    found = [_evidence(p, f"reference-{n}", Role.REFERENCE, unusable) for n, p in enumerate(references, after[1] + 1)]
    shown = _evidence(shown_by, "candidate", Role.REFERENCE, unusable) if shown_by is not None else None
    return Intake(tuple(taken), tuple(r for r in found if r is not None), tuple(unusable), shown, tuple(beside))


def _as_rounds(number: int, evidence: Sequence[Evidence]) -> list[Round]:
    """A call of several recordings (parts after a reconnect, gallery and speaker view) is a round for each of them.

    So every picture is looked at, and the faces of one part are compared with those of the others. Sound files stay with the
    first.
    """
    pictures = [e for e in evidence if e.kind == "recording"]
    sounds = [e for e in evidence if e.kind != "recording"]
    if not pictures:
        return [Round(f"round-{number}", f"Round {number}", tuple(sounds))] if sounds else []
    first = Round(f"round-{number}", f"Round {number}", (replace(pictures[0], id=f"round-{number}"), *sounds))
    parts = [
        Round(f"round-{number}-{part}", f"Round {number}, part {part}", (replace(e, id=f"round-{number}-{part}"),))
        for part, e in enumerate(pictures[1:], 2)
    ]
    return [first, *parts]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))[:MAX_FILES_PER_ROUND]


def _evidence(path: Path, evidence_id: str, role: Role, unusable: list[tuple[str, str]]) -> Evidence | None:
    try:
        kind = identify(path)
        digest = sha256_of(path)
        size = path.stat().st_size
    except MediaError as error:
        unusable.append((path.name, str(error)))
        return None
    except OSError as error:
        unusable.append((path.name, f"The file cannot be read ({error.strerror})."))
        return None
    shown = _SHOWN.get(kind, kind)
    return Evidence(evidence_id, digest, path, path.name, role, shown, size)


def with_facts(evidence: Evidence, facts: RecordingFacts, problems: tuple[str, ...]) -> Evidence:
    """The evidence with what its container says, in words."""
    lines: list[tuple[str, str]] = [("Container", facts.container)]
    if facts.duration is not None:
        lines.append(("Length", clock(facts.duration)))
    if facts.video is not None:
        rate = f", {facts.video.mean_rate:.3g} pictures a second" if facts.video.mean_rate else ""
        lines.append(("Picture", f"{facts.video.width} x {facts.video.height}, {facts.video.codec}{rate}"))
    lines += [("Sound", f"{a.codec}, {a.sample_rate} Hz, {a.channels} channels") for a in facts.audio]
    lines += [(key, value) for key, value in facts.metadata]
    return replace(evidence, facts=tuple(lines), problems=problems)


def with_still_facts(evidence: Evidence, stills: Sequence[Still]) -> Evidence:
    """The evidence with what a photo or the pages of a document say about themselves, and what was left out of them."""
    width, height = stills[0].source_size
    lines = [("Picture", f"{width} x {height}")] if stills[0].page is None else [("Pages read", str(len(stills)))]
    lines += [(label.capitalize(), value) for label, value in stills[0].facts]
    notes = dict.fromkeys(note for still in stills for note in still.notes)
    return replace(evidence, facts=tuple(lines), problems=tuple(notes))
