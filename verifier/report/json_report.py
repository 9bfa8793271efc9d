"""report.json: the report for programs, as `report.schema.json` describes it."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier.report.tidy import tidied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.case import Evidence, Participant, Round, Speaker
    from verifier.findings import CheckSpec, Finding
    from verifier.likelihood import LikelihoodRatio
    from verifier.report.model import Matrix, Picture, Report
    from verifier.timing import Span

SCHEMA_ID = "interview-verifier/report/1"
_MILLISECONDS = 3


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain dicts, lists, strings and finite numbers; no path, no picture."""
    from verifier import __version__

    report = tidied(report)
    pictures = {p.key: p for p in report.pictures}
    specs = {spec.id: spec for spec in report.checks}
    rounds = [(e, r.id) for r in report.rounds for e in r.evidence]
    return {
        "schema": SCHEMA_ID,
        "tool": f"interview-verifier {__version__}",
        "created": report.created,
        "claimed_name": report.claimed_name,
        "rounds": [_round(r, report) for r in report.rounds],
        "evidence": [_evidence(e, id_) for e, id_ in rounds]
        + [_evidence(e, None) for e in report.references]
        + [_evidence(e, id_) for e, id_ in report.transcripts],
        "participants": [_participant(p) for p in report.participants],
        "voices": [_speaker(s) for s in report.speakers],
        "candidate_basis": report.candidate_basis,
        "findings": [_finding(f, number, specs, pictures) for number, f in enumerate(report.findings, 1)],
        "checks": [_check(spec) for spec in report.checks],
        "matrices": [_matrix(m, pictures) for m in report.matrices],
        "unusable": [{"name": name, "reason": reason} for name, reason in report.unusable],
        "consent": report.consent,
        "versions": _pairs(report.versions),
        "timing": _timing(report.timing),
    }


def schema() -> dict[str, Any]:
    """The published JSON schema."""
    loaded: dict[str, Any] = json.loads(files("verifier.report").joinpath("report.schema.json").read_text("utf-8"))
    return loaded


def validate(document: dict[str, Any]) -> None:
    """Raises `jsonschema.ValidationError` when `document` is not a report."""
    from jsonschema import Draft202012Validator

    Draft202012Validator(schema()).validate(document)


def dumps(report: Report) -> str:
    """report.json as text; a number that is not finite raises ValueError."""
    return json.dumps(to_json(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _round(case_round: Round, report: Report) -> dict[str, Any]:
    timeline = next((t for t in report.timelines if t.round_id == case_round.id), None)
    lanes = timeline.lanes if timeline else ()
    return {
        "id": case_round.id,
        "label": case_round.label,
        "evidence": [e.id for e in case_round.evidence]
        + [e.id for e, id_ in report.transcripts if id_ == case_round.id],
        "duration_s": _seconds(timeline.duration) if timeline else None,
        "candidate": next((p.id for p in report.participants if p.is_candidate and p.round_id == case_round.id), None),
        "candidate_not_visible": _spans(s for lane in lanes if lane.kind == "unobservable" for s in lane.spans),
    }


def _evidence(evidence: Evidence, round_id: str | None) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "sha256": evidence.sha256,
        "name": evidence.name,
        "role": evidence.role.value,
        "kind": evidence.kind,
        "size_bytes": evidence.size_bytes,
        "facts": _pairs(evidence.facts),
        "problems": list(evidence.problems),
        "round": round_id,
    }


def _participant(person: Participant) -> dict[str, Any]:
    return {
        "id": person.id,
        "round": person.round_id,
        "is_candidate": person.is_candidate,
        "visible_s": _seconds(person.visible),
        "speaking_s": None if person.speaking is None else _seconds(person.speaking),
        "speaking_reason": person.speaking_reason,
        "spans": _spans(person.spans),
    }


def _speaker(voice: Speaker) -> dict[str, Any]:
    return {
        "id": voice.id,
        "round": voice.round_id,
        "source": voice.where,
        "is_candidate": voice.is_candidate,
        "basis": voice.basis,
        "participant": voice.face,
        "speaking_s": _seconds(voice.speaking),
        "spans": _spans(voice.spans),
    }


def _finding(
    finding: Finding, number: int, specs: Mapping[str, CheckSpec], pictures: Mapping[str, Picture]
) -> dict[str, Any]:
    return {
        "id": f"finding-{number}",
        "check": finding.check,
        "group": finding.group.value,
        "outcome": finding.outcome.value,
        "statement": finding.statement,
        "limits": specs[finding.check].limits if finding.check in specs else "",
        "next_step": finding.next_step,
        "support": finding.support.value if finding.support else None,
        "rounds": list(finding.rounds),
        "spans": _spans(finding.spans),
        "score": None if finding.score is None else _finite(finding.score),
        "log10_lr": _ratio(finding.lr),
        "frames": [_frame(pictures[key]) for key in finding.pictures if key in pictures],
        "details": _pairs(finding.details),
        "origin": finding.origin,
        "provisional": finding.provisional,
    }


def _check(spec: CheckSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "group": spec.group.value,
        "question": spec.question,
        "propositions": list(spec.propositions) if spec.propositions else None,
        "method": spec.method,
        "limits": spec.limits,
        "follow_up": spec.follow_up,
    }


def _frame(picture: Picture) -> dict[str, Any]:
    """Which picture it was; the pictures themselves are in report.html only."""
    subject = picture.round_id.partition("/")[0]
    return {"subject": subject, "time_s": None if picture.time is None else _seconds(picture.time)}


def _matrix(matrix: Matrix, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    cells = [
        {
            "first": cell.first,
            "second": cell.second,
            "support": cell.lr.support.value if cell.lr else None,
            "log10_lr": _ratio(cell.lr),
            "reason": cell.reason,
            "frames": [
                [_frame(pictures[a]), _frame(pictures[b])] for a, b in cell.pictures if a in pictures and b in pictures
            ],
        }
        for cell in matrix.cells
    ]
    return {"title": matrix.title, "ids": list(matrix.ids), "labels": list(matrix.labels), "cells": cells}


def _ratio(lr: LikelihoodRatio | None) -> dict[str, Any] | None:
    if lr is None:
        return None
    return {
        "value": _finite(lr.log10),
        "lower": _finite(lr.lower),
        "upper": _finite(lr.upper),
        "calibration": lr.calibration,
    }


def _timing(stages: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Seconds by stage; a stage that is named twice is added up."""
    total: dict[str, float] = {}
    for stage, seconds in stages:
        total[stage] = total.get(stage, 0.0) + (seconds if math.isfinite(seconds) else 0.0)
    return {stage: round(seconds, _MILLISECONDS) for stage, seconds in total.items()}


def _spans(spans: Iterable[Span]) -> list[list[float]]:
    return [[_seconds(s.start), _seconds(s.end)] for s in spans]


def _seconds(value: Any) -> float:
    return round(float(value), _MILLISECONDS)


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in pairs]


def _finite(value: float) -> float | None:
    """None for what JSON cannot say: infinity (an open bound) and not-a-number."""
    value = float(value)
    return value if math.isfinite(value) else None
