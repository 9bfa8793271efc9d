"""What reviewers wrote down after they looked: their words, their names, their time. Nothing here comes from a check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifier.report.model import Report

SCHEMA_ID = "interview-verifier/decisions/1"
CHOICES = (
    "The same person, as far as I can tell",
    "Different people, as far as I can tell",
    "Not settled: more is needed",
)
LEAST_WORDS = 4
"""Of a note: a sentence, not a tick."""
MOST_CHARACTERS = 4000


class DecisionRefused(Exception):
    """A decision that is not written down; the message is one plain line."""


@dataclass(frozen=True)
class Decision:
    reviewer: str
    decision: str
    reason: str
    """The reviewer's own note."""
    recorded: str
    """ISO 8601, UTC."""
    saw_first: bool = False
    """The first reviewer's decision was open to this second one."""


@dataclass(frozen=True)
class DecisionRecord:
    """At most two decisions on the same evidence; the first stays covered until the second is written, or it is opened."""

    evidence: tuple[tuple[str, str], ...]
    """Name and sha256."""
    report_created: str
    decisions: tuple[Decision, ...] = ()
    opened: bool = False
    """The first was shown before a second was written."""

    @property
    def shown(self) -> bool:
        return self.opened or len(self.decisions) > 1

    def add(self, reviewer: str, decision: str | None, reason: str) -> DecisionRecord:
        """The record with one more decision; `DecisionRefused` says what is missing."""
        reviewer, reason = " ".join(reviewer.split())[:120], reason.strip()[:MOST_CHARACTERS]
        if len(self.decisions) > 1:
            raise DecisionRefused("Two reviewers have decided already.")
        if not reviewer:
            raise DecisionRefused("Write your name: a decision has an author.")
        if self.decisions and reviewer.casefold() == self.decisions[0].reviewer.casefold():
            raise DecisionRefused(f"The second decision is written by somebody else than {self.decisions[0].reviewer}.")
        if len(reason.split()) < LEAST_WORDS:
            raise DecisionRefused(
                "Write at least one sentence on what you saw and heard: a decision without it is not kept."
            )
        if decision not in CHOICES:
            raise DecisionRefused("Choose what you decide; nothing is chosen for you.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        made = Decision(reviewer, decision, reason, now, saw_first=self.opened)
        return replace(self, decisions=(*self.decisions, made))


def record_of(report: Report) -> DecisionRecord:
    """An empty record on the evidence of a report."""
    files = [e for r in report.rounds for e in r.evidence] + list(report.references)
    return DecisionRecord(tuple((e.name, e.sha256) for e in files), report.created)


def to_json(record: DecisionRecord) -> dict[str, Any]:
    """Plain dicts and lists; of a covered first decision only that there is one."""
    decisions = [
        {
            "reviewer": d.reviewer,
            "recorded": d.recorded,
            "decision": d.decision if record.shown else None,
            "reason": d.reason if record.shown else None,
            "saw_first": d.saw_first,
        }
        for d in record.decisions
    ]
    evidence = [{"name": name, "sha256": sha256} for name, sha256 in record.evidence]
    return {"schema": SCHEMA_ID, "report_created": record.report_created, "evidence": evidence, "decisions": decisions}
