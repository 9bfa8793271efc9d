"""The checks, in the order in which reports show them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from verifier.checks import (
    answer_reuse,
    answer_timing,
    challenge,
    contact_reuse,
    container,
    cross_case_face,
    cross_case_voice,
    document_barcode,
    document_dates,
    document_editing,
    document_ghost,
    document_name,
    document_portrait,
    face_across_rounds,
    face_continuity,
    face_reference,
    face_rendering,
    face_stability,
    lip_voice,
    mrz,
    prompted_answer,
    reading_gaze,
    reference_reuse,
    replay,
    second_voice,
    speech_without_lips,
    spoken_style,
    typing_sound,
    voice_across_rounds,
    voice_continuity,
)
from verifier.checks.base import CaseObservations, Check, round_name
from verifier.findings import Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)
_STOPPED = "stopped inside the tool ({}); the other checks are not affected."
CHECKS: dict[str, Check] = {
    module.spec.id: cast("Check", module)
    for module in (
        face_reference,
        face_across_rounds,
        face_continuity,
        voice_across_rounds,
        voice_continuity,
        lip_voice,
        challenge,
        face_rendering,
        face_stability,
        replay,
        speech_without_lips,
        second_voice,
        prompted_answer,
        answer_timing,
        spoken_style,
        answer_reuse,
        reading_gaze,
        typing_sound,
        mrz,
        document_dates,
        document_name,
        document_barcode,
        document_portrait,
        document_ghost,
        document_editing,
        container,
        cross_case_face,
        cross_case_voice,
        reference_reuse,
        contact_reuse,
    )
}
ON_REQUEST = frozenset({challenge.spec.id, face_rendering.spec.id, face_stability.spec.id})
"""Run only when named: uncalibrated, or in need of prompts."""

ACROSS_CASES = frozenset(m.spec.id for m in (cross_case_face, cross_case_voice, reference_reuse, contact_reuse))
"""Run where a case folder is open: without one there is nothing to search."""


@dataclass
class UnknownCheck(Exception):
    """A check was asked for by a name that does not exist."""

    name: str


def select(ids: Iterable[str] | None, *, prompted: bool = False) -> list[Check]:
    """The checks of these ids, or all but those on request or across cases; UnknownCheck names the first that there is not.

    prompted: there are prompts, so that the check of them runs too.
    """
    wanted = set(CHECKS.keys() - ON_REQUEST - ACROSS_CASES if ids is None else ids)
    wanted |= {challenge.spec.id} if prompted else set()
    for name in wanted - CHECKS.keys():
        raise UnknownCheck(name)
    return [check for name, check in CHECKS.items() if name in wanted]


def run_all(checks: Iterable[Check], case: CaseObservations) -> list[Finding]:
    """The findings of all checks; that there is no document is said once, not by every check of documents."""
    found: list[Finding] = []
    said: set[str] = set()
    for finding in (finding for check in checks for finding in run(check, case)):
        if finding.group is Group.DOCUMENT and not case.documents:
            if finding.statement in said:
                continue
            said.add(finding.statement)
        found.append(finding)
    return found


def run(check: Check, case: CaseObservations) -> list[Finding]:
    """The findings of one check; one that fails, or whose measurements of a round failed, says so and the others go on."""
    make = FindingFactory(check.spec, case.origin)
    try:
        found = check.run(case)
    except Exception as error:
        log.exception("check %s failed", check.spec.id)
        return [make.make(Outcome.ERROR, f"This check {_STOPPED.format(type(error).__name__)}")]
    broken = {
        r.round.id: f"{round_name(r.round)}: the measurement of this check {_STOPPED.format(kind)}"
        for r in case.rounds
        for need, kind in r.broken
        if need in check.spec.needs
    }
    kept = [f for f in found if not f.rounds or not broken.keys() >= set(f.rounds)]
    return kept + [make.make(Outcome.ERROR, text, rounds=(id_,)) for id_, text in broken.items()]
