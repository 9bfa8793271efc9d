"""The checks, in the order in which reports show them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from verifier.checks import (
    contact_reuse,
    container,
    cross_case_face,
    cross_case_voice,
    face_across_rounds,
    face_continuity,
    face_reference,
    lip_voice,
    reference_reuse,
)
from verifier.checks.base import CaseObservations, Check
from verifier.findings import Finding, FindingFactory, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)
CHECKS: dict[str, Check] = {
    module.spec.id: cast("Check", module)
    for module in (
        face_reference,
        face_across_rounds,
        face_continuity,
        lip_voice,
        container,
        cross_case_face,
        cross_case_voice,
        reference_reuse,
        contact_reuse,
    )
}
ON_REQUEST = frozenset({lip_voice.spec.id})
"""Run only when named: the drawn mouths of the samples alarm it, and its genuine material is minutes, not hours."""

ACROSS_CASES = frozenset(m.spec.id for m in (cross_case_face, cross_case_voice, reference_reuse, contact_reuse))
"""Run where a case folder is open: without one there is nothing to search."""


@dataclass
class UnknownCheck(Exception):
    """A check was asked for by a name that does not exist."""

    name: str


def select(ids: Iterable[str] | None) -> list[Check]:
    """The checks of these ids, or all but those on request or across cases; UnknownCheck names the first that there is not."""
    if ids is None:
        return [check for name, check in CHECKS.items() if name not in ON_REQUEST | ACROSS_CASES]
    wanted = set(ids)
    for name in wanted - CHECKS.keys():
        raise UnknownCheck(name)
    return [check for name, check in CHECKS.items() if name in wanted]


def run(check: Check, case: CaseObservations) -> list[Finding]:
    """The findings of one check; a check that fails says so and the others go on."""
    try:
        return check.run(case)
    except Exception as error:
        log.exception("check %s failed", check.spec.id)
        text = f"This check stopped inside the tool ({type(error).__name__}); the other checks are not affected."
        return [FindingFactory(check.spec, case.origin).make(Outcome.ERROR, text)]
