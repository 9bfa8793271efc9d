"""What checks read and how they speak: observations of a whole case, and the words for likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from verifier.findings import CheckSpec, Finding, Outcome
from verifier.likelihood import LikelihoodRatio, Support

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.calibration import Comparison
    from verifier.case import Evidence, Round
    from verifier.media.file_facts import FileFacts
    from verifier.observe.templates import FaceTemplate
    from verifier.timing import MediaTime, Span
    from verifier.tracks import Person

FACE_PROPOSITIONS = ("the two faces are of the same person", "the two faces are of different people")
_OUTCOME = {
    Support.FIRST: Outcome.NOT_OBSERVED,
    Support.SECOND: Outcome.OBSERVED,
    Support.INCONCLUSIVE: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True)
class Seen:
    """One face of one round, with its template where one could be made."""

    id: str
    """"round-1/A"."""
    person: Person
    template: FaceTemplate | None
    pictures: tuple[str, ...]
    """Keys of the frames behind the template, best first."""


@dataclass(frozen=True)
class RoundFaces:
    round: Round
    seen: tuple[Seen, ...]
    candidate: Seen | None
    end: MediaTime
    looked_at: int
    """Pictures that were looked at; 0: there was no picture to look at."""
    reason: str
    """Why there is no candidate, in plain words; empty when there is one."""
    files: tuple[FileFacts, ...] = ()
    """What its files say about their making; one that could not be read is left out."""


@dataclass(frozen=True)
class ReferenceFace:
    evidence: Evidence
    template: FaceTemplate | None
    pictures: tuple[str, ...]
    reason: str
    note: str = ""
    """What was assumed about which face it is, as half a sentence: "3 faces were seen in it; the largest was taken"."""


@dataclass(frozen=True)
class CaseFaces:
    """All a face check may read. compared: ids of two subjects, in the order of the case, -> their comparison.

    Subjects are rounds and references by id, other faces of a round as "round-1/B", halves of the candidate's frames as
    "round-1#first" and "round-1#last".
    """

    rounds: tuple[RoundFaces, ...]
    references: tuple[ReferenceFace, ...]
    compared: Mapping[tuple[str, str], Comparison]
    origin: str


class Check(Protocol):
    """A module of this folder: `spec`, and `run`, a pure function of observations."""

    spec: CheckSpec

    def run(self, case: CaseFaces) -> list[Finding]: ...


def outcome_of(lr: LikelihoodRatio) -> Outcome:
    """For identity checks: a supported difference is what there is to look at."""
    return _OUTCOME[lr.support]


def support_words(lr: LikelihoodRatio) -> str:
    """ "strong support for the same person (about 2,000 times more likely if it is the same person)"."""
    if lr.support is Support.INCONCLUSIVE:
        return "no clear support either way"
    who, whose = ("the same person", "it is the same person")
    if lr.support is Support.SECOND:
        who, whose = "different people", "they are different people"
    return f"{lr.strength} support for {who} ({lr.times()} times more likely if {whose})"


def frames_compared(*templates: FaceTemplate | None) -> str:
    counts = [len(t.frames) for t in templates if t is not None]
    return "Pictures compared: " + " with ".join(str(count) for count in counts) + "."


def whole(case_round: RoundFaces) -> Span:
    from fractions import Fraction

    from verifier.timing import Span

    return Span(Fraction(0), Fraction(case_round.end))
