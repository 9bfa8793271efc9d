"""A report that a case keeps, read back to be shown anew: all of it that `report.json_report` writes, with what pictures and seconds are kept.

What the JSON does not say is not made up: time lines have the faces and voices, not the rest; faces without a kept picture have none.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.case import Evidence, Participant, Role, Round, Speaker
from verifier.findings import CheckSpec, Finding, Group, Outcome
from verifier.likelihood import LikelihoodRatio
from verifier.report.model import Lane, Matrix, MatrixCell, Report, Timeline
from verifier.timing import Span, merge_spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from verifier.report.model import Clip, Picture

    Frames = dict[tuple[str, float | None], str]

MADE_ANEW = (
    "This page was made anew from what the case keeps. Frames are shown as far as the case keeps them: of the candidate alone, where templates"
    " may be kept. The time lines show faces and voices only."
)
LONGEST_S = 1_000_000
"""Of a recording: more is no report of ours."""
OUTLINED = ("document-editing", "document-ghost")
"""Checks whose pictures are pages with parts outlined: no page is kept, and the portrait's crop is none."""
NOT_KEPT = "not kept"
"""In place of the key of a picture: there was one, perhaps, and it is left out."""
_CASE = re.compile(r"\bc-[0-9a-f]{10}\b")


def cases_in(text: str) -> set[str]:
    """Ids of the cases that a text names."""
    return set(_CASE.findall(text))


def masked(report: str, visible: Collection[str]) -> str:
    """The text without the ids of cases that are not visible."""
    return _CASE.sub(lambda m: m[0] if m[0] in visible else "(one that you may not see)", report)


def read_back(
    report: str, visible: Collection[str], pictures: Sequence[Picture] = (), clips: Sequence[Clip] = ()
) -> Report | None:
    """The report with the kept pictures and clips that belong to it; None: it was not written by this tool."""
    try:
        return _report(json.loads(masked(report, visible)), pictures, clips)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def _report(said: dict[str, Any], pictures: Sequence[Picture], clips: Sequence[Clip]) -> Report:
    checks = tuple(_spec(s) for s in said["checks"])
    frames: Frames = {(_subject(p), None if p.time is None else round(float(p.time), 3)): p.key for p in pictures}
    evidence = {e["id"]: _evidence(e) for e in said.get("evidence", ())}
    of_round = {e["id"]: e["round"] for e in said.get("evidence", ())}
    known = evidence.keys() | {r["id"] for r in said.get("rounds", ())}
    findings = tuple(_finding(f, frames, known) for f in said["findings"])
    if {f.check for f in findings} - {s.id for s in checks}:
        raise ValueError("a finding of no check")
    written = {id_ for id_, e in evidence.items() if e.kind == "transcript"}
    rounds = tuple(
        Round(r["id"], r["label"], tuple(evidence[e] for e in r["evidence"] if e not in written))
        for r in said.get("rounds", ())
    )
    faces = {_subject(p): p.key for p in reversed(pictures)}
    participants = tuple(_participant(p, faces) for p in said.get("participants", ()))
    speakers = tuple(_speaker(v) for v in said.get("voices", ()))
    return Report(
        claimed_name=said.get("claimed_name"),
        created=str(said.get("created", "")),
        rounds=rounds,
        references=tuple(e for id_, e in evidence.items() if of_round[id_] is None and id_ not in written),
        participants=participants,
        candidate_basis=str(said.get("candidate_basis", "")),
        findings=findings,
        checks=checks,
        matrices=tuple(_matrix(m, frames) for m in said.get("matrices", ())),
        timelines=tuple(_timeline(r, participants, speakers) for r in said.get("rounds", ()) if r["duration_s"]),
        pictures=tuple(pictures),
        unusable=tuple((str(u["name"]), str(u["reason"])) for u in said.get("unusable", ())),
        consent=f"{said.get('consent', '')} {MADE_ANEW}".strip(),
        versions=_pairs(said.get("versions", ())),
        timing=tuple((str(k), float(v)) for k, v in said.get("timing", {}).items()),
        transcripts=tuple((evidence[id_], of_round[id_]) for id_ in evidence if id_ in written),
        clips=_clips(clips, findings),
        speakers=speakers,
    )


def _spec(said: dict[str, Any]) -> CheckSpec:
    sides = said.get("propositions")
    question, method, limits, follow_up = (str(said.get(k, "")) for k in ("question", "method", "limits", "follow_up"))
    return CheckSpec(
        said["id"], question, Group(said["group"]), (str(sides[0]), str(sides[1])) if sides else None, method, limits,
        follow_up, (),
    )  # fmt: skip


def _finding(said: dict[str, Any], frames: Frames, known: Collection[str]) -> Finding:
    """known: ids of rounds and references that the report lists."""
    shown = () if said["check"] in OUTLINED else said.get("frames", ())
    return Finding(
        said["check"], Group(said["group"]), Outcome(said["outcome"]), str(said["statement"]),
        next_step=str(said["next_step"]), rounds=tuple(r for r in said["rounds"] if r in known), spans=_spans(said["spans"]),
        score=None if said.get("score") is None else float(said["score"]), lr=_ratio(said["log10_lr"]), pictures=_keys(shown, frames),
        details=_pairs(said.get("details", ())), origin=str(said.get("origin", "")),
        provisional=bool(said.get("provisional")),
    )  # fmt: skip


def _keys(said: Iterable[dict[str, Any]], frames: Frames) -> tuple[str, ...]:
    """Of those frames that are kept."""
    found = (frames.get((f["subject"], f["time_s"])) for f in said)
    return tuple(key for key in found if key is not None)


def _evidence(said: dict[str, Any]) -> Evidence:
    return Evidence(
        str(said["id"]), str(said["sha256"]), Path(), str(said["name"]), Role(said["role"]), str(said["kind"]),
        int(said["size_bytes"]), _pairs(said["facts"]), tuple(map(str, said["problems"])),
    )  # fmt: skip


def _participant(said: dict[str, Any], faces: dict[str, str]) -> Participant:
    """faces: round -> key of a kept picture of its candidate."""
    speaking = said.get("speaking_s")
    return Participant(
        str(said["id"]), str(said["round"]), _spans(said["spans"]), _time(said["visible_s"]),
        faces.get(said["round"], NOT_KEPT) if said["is_candidate"] else NOT_KEPT, bool(said["is_candidate"]),
        None if speaking is None else _time(speaking), str(said.get("speaking_reason", "")),
    )  # fmt: skip


def _speaker(said: dict[str, Any]) -> Speaker:
    return Speaker(
        str(said["id"]), str(said["round"]), str(said["source"]), _spans(said["spans"]), _time(said["speaking_s"]),
        bool(said["is_candidate"]), said["participant"], str(said["basis"]),
    )  # fmt: skip


def _matrix(said: dict[str, Any], frames: Frames) -> Matrix:
    cells = tuple(
        MatrixCell(
            str(c["first"]), str(c["second"]), _ratio(c["log10_lr"]), str(c["reason"]),
            tuple((k[0], k[1]) for pair in c.get("frames", ()) if len(k := _keys(pair, frames)) == 2),
        )
        for c in said["cells"]
    )  # fmt: skip
    title, ids, labels = str(said["title"]), tuple(map(str, said["ids"])), tuple(map(str, said["labels"]))
    if len(ids) != len(labels) or {e for c in cells for e in (c.first, c.second)} - set(ids):
        raise ValueError("a matrix of something else")
    return Matrix(title, ids, labels, cells, voices=title == "Same voice?")


def _timeline(said: dict[str, Any], people: Iterable[Participant], speakers: Iterable[Speaker]) -> Timeline:
    own = [p for p in people if p.round_id == said["id"]]
    lanes = [
        Lane("Candidate", "candidate", p.spans) if p.is_candidate else Lane(f"Face {p.id.partition('/')[2]}", "other", p.spans)
        for p in own
    ]  # fmt: skip
    for mine, label, kind in ((True, "Candidate's voice", "candidate-voice"), (False, "Other voices", "other-voice")):
        spans = [s for v in speakers if v.round_id == said["id"] and v.is_candidate is mine for s in v.spans]
        lanes += [Lane(label, kind, tuple(merge_spans(spans)))] if spans else []
    if any(p.is_candidate for p in own):
        lanes.append(Lane("Candidate not visible", "unobservable", _spans(said["candidate_not_visible"])))
    return Timeline(said["id"], said["label"], _time(said["duration_s"]), tuple(lanes))


def _clips(clips: Iterable[Clip], findings: Iterable[Finding]) -> tuple[Clip, ...]:
    """Those that a finding points to, with its span as the JSON rounds it."""

    def rounded(round_id: str, span: Span) -> tuple[str, float, float]:
        return round_id, round(float(span.start), 3), round(float(span.end), 3)

    known = {rounded(c.round_id, c.span): c for c in clips}
    wanted = {rounded(f.rounds[0], s): s for f in findings if f.rounds for s in f.spans}
    return tuple(replace(known[key], span=span) for key, span in wanted.items() if key in known)


def _subject(picture: Picture) -> str:
    return picture.round_id.partition("/")[0]


def _ratio(said: dict[str, Any] | None) -> LikelihoodRatio | None:
    """A bound that JSON cannot say is open."""
    if not said:
        return None
    lower, upper = (
        open_ if said[k] is None else float(said[k]) for k, open_ in (("lower", -math.inf), ("upper", math.inf))
    )
    return LikelihoodRatio(float(said["value"]), lower, upper, str(said["calibration"]))


def _spans(said: Iterable[Sequence[float]]) -> tuple[Span, ...]:
    return tuple(Span(_time(start), _time(end)) for start, end in said)


def _time(seconds: float) -> Fraction:
    time = Fraction(str(seconds))
    if not 0 <= time <= LONGEST_S:
        raise ValueError("no time in a recording")
    return time


def _pairs(said: Iterable[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(p["label"]), str(p["value"])) for p in said)
