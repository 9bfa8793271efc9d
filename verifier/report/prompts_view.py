"""The first page's line on prompts: how many were made, and which to ask for again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.checks.base import MADE, PROMPT, YOURS
from verifier.findings import Finding, Outcome

if TYPE_CHECKING:
    from verifier.report.model import Report

UNSEEN = "could not be looked at"


@dataclass(frozen=True)
class Prompts:
    text: str
    findings: tuple[Finding, ...]


def prompts(report: Report) -> Prompts | None:
    """None where none were asked for."""
    answers = [(f, answer) for f in report.findings if (answer := _answer(f))]
    if not answers:
        return None
    counts = Counter(answer for _, answer in answers)
    told = {answer: f"{n} of {len(answers)} {answer}" for answer, n in counts.items()}
    done = [told.pop(answer) for answer in (MADE, YOURS) if answer in told]
    again = [f"{', '.join(told.values())}: ask for {'it' if sum(counts[a] for a in told) == 1 else 'these'} again"]
    return Prompts(f"{'; '.join([*done, *(again if told else [])])}.", tuple(f for f, _ in answers))


def _answer(finding: Finding) -> str:
    if finding.check != "challenge":
        return ""
    if finding.outcome is Outcome.NOT_AVAILABLE:
        return UNSEEN
    return dict(finding.details).get(PROMPT, "")
