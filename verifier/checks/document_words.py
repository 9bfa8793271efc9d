"""What the checks of documents share: which documents there are, and how one that cannot be read is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import REASON, reference_name
from verifier.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen
    from verifier.findings import Finding, FindingFactory

RETAKE = "Ask for a sharp photo or scan of the whole page, all four corners in it, without glare."
NO_ZONE = "no machine-readable zone was found; some documents have none, or have it on the other side"
TAIL = " Specimens and cards in use may differ from what ICAO asks; look at the page."


def for_each(
    case: CaseObservations, make: FindingFactory, one: Callable[[DocumentSeen], list[Finding]]
) -> list[Finding]:
    """The findings on every document; one that says so where there is none."""
    if not case.documents:
        return [make.make(Outcome.NOT_APPLICABLE, "No identity document was handed in.")]
    return [finding for seen in case.documents for finding in one(seen)]


def name_of(seen: DocumentSeen) -> str:
    return reference_name(seen.evidence)


def unread(make: FindingFactory, seen: DocumentSeen, text: str, why: str) -> Finding:
    """A question that the picture does not answer; what to retake is the next step."""
    return make.make(
        Outcome.NOT_AVAILABLE, f"{text}: {why}.", rounds=(seen.evidence.id,), details=((REASON, why),),
        next_step=" ".join(seen.retake) or RETAKE,
    )  # fmt: skip


def why_unread(seen: DocumentSeen) -> str:
    """Why the zone says nothing; empty where it was read."""
    if seen.reason:
        return seen.reason
    if seen.zone is None or seen.reading is None:
        return NO_ZONE
    if not seen.reading.lines:
        return seen.reading.reason
    return "" if seen.reading.parsed is not None else "too many characters of its machine-readable zone are doubtful"
