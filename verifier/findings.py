"""What a check says: one outcome, one sentence, the evidence it rests on. Never a verdict, never a total."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from verifier.likelihood import LikelihoodRatio, Support
from verifier.timing import Span


class Outcome(StrEnum):
    OBSERVED = "observed"
    """Look at this; for identity checks: a difference is supported."""
    NOT_OBSERVED = "not_observed"
    """Looked for, could have been seen, was not; for identity checks: sameness is supported."""
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"
    """The question does not arise: no second round, no reference."""
    NOT_AVAILABLE = "not_available"
    """It could not be looked at: model missing, quality too low, nobody visible. Never a clean result."""
    ERROR = "error"
    """The check itself failed; the others go on."""


class Group(StrEnum):
    IDENTITY = "identity"
    MANIPULATION = "manipulation"
    COACHING = "coaching"
    DOCUMENT = "document"
    PROVENANCE = "provenance"


@dataclass(frozen=True)
class CheckSpec:
    """What a check asks and how far it can be trusted; its documentation page is generated from this."""

    id: str
    question: str
    group: Group
    propositions: tuple[str, str] | None
    """Both hypotheses of its likelihood ratio, the first one first; None: the check gives no ratio."""
    method: str
    limits: str
    follow_up: str
    needs: tuple[str, ...]
    """Names of the observers it reads, so that an unused model never loads."""


@dataclass(frozen=True)
class Finding:
    check: str
    group: Group
    outcome: Outcome
    statement: str
    """One or two sentences a recruiter can say aloud: what was compared, what it supports, how strongly."""
    next_step: str = ""
    rounds: tuple[str, ...] = ()
    """Ids of the rounds and references it speaks of."""
    spans: tuple[Span, ...] = ()
    """Where to look, on the time line of the first of `rounds`."""
    score: float | None = None
    """Higher = more of what the first proposition says."""
    lr: LikelihoodRatio | None = None
    pictures: tuple[str, ...] = ()
    """Keys of the pictures (report evidence) to lay side by side, in order."""
    details: tuple[tuple[str, str], ...] = ()
    """Facts for the fold-out, label and value."""
    origin: str = ""
    """Check version, models and calibration it came from."""
    provisional: bool = False

    @property
    def support(self) -> Support | None:
        return self.lr.support if self.lr else None


@dataclass(frozen=True)
class FindingFactory:
    """Makes findings of one check, so that its id, group and follow-up are written once."""

    spec: CheckSpec
    origin: str = field(default="")

    def make(self, outcome: Outcome, statement: str, **fields: object) -> Finding:
        base = Finding(self.spec.id, self.spec.group, outcome, statement, origin=self.origin)
        if outcome in (Outcome.OBSERVED, Outcome.INCONCLUSIVE):
            base = replace(base, next_step=self.spec.follow_up)
        return replace(base, **fields)  # type: ignore[arg-type]
