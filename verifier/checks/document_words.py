"""What the checks of documents share: which documents there are, and how one that cannot be read is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.checks.base import could_not, shortened
from verifier.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.checks.base import CaseObservations
    from verifier.documents.portraits import PortraitFacts
    from verifier.documents.reading import DocumentSeen
    from verifier.findings import Finding, FindingFactory

HAND_IN = "Hand in a photo or a scan of the document itself: a passport, an identity card, a driving licence or a visa."
FRONT = "Hand in the front of the card, too: a picture of each side, or a PDF with both."
RETAKE = "Ask for a sharp photo or scan of the whole page, all four corners in it, without glare."
NO_ZONE = "no machine-readable zone was found; some documents have none, or have it on the other side"
NO_ZONE_BUT_CODE = "no machine-readable zone was found; driving licences with a barcode, as in North America, have none"
SHARPER_CODE = "Ask for a sharp photo of the side with the barcode, straight from above, the whole code in it."
_ASK = {
    NO_ZONE: "Hand in the other side, too, where it has lines of capitals and <; else the whole page, sharp and without glare.",
    NO_ZONE_BUT_CODE: SHARPER_CODE,
}
TAIL = " Specimens and cards in use may differ from what ICAO asks; look at the page."


def for_each(
    case: CaseObservations, make: FindingFactory, one: Callable[[DocumentSeen], list[Finding]]
) -> list[Finding]:
    """The findings on every document; one that says so where there is none."""
    if case.documents_reason:
        step = "Set the tool up again (make setup), then run the check once more."
        return [could_not(make, "Identity documents could not be looked for", case.documents_reason, (), step)]
    if not case.documents:
        return [make.make(Outcome.NOT_APPLICABLE, "No identity document was handed in.")]
    return [finding for seen in case.documents for finding in one(seen)]


def name_of(seen: DocumentSeen) -> str:
    """ "the document id.jpg": a photo of a document does not expire, the document does."""
    return f"the document {shortened(seen.evidence.name)}"


def upper(text: str) -> str:
    return text[0].upper() + text[1:]


def unread(make: FindingFactory, seen: DocumentSeen, text: str, why: str) -> Finding:
    """A question that the picture does not answer; what to hand in is the next step."""
    ask = FRONT if why == back(seen) else " ".join(seen.retake) or (HAND_IN if seen.reason else _ASK.get(why, RETAKE))
    return could_not(make, text, why, (seen.evidence.id,), ask)


def back(seen: DocumentSeen) -> str:
    """Why a card's back says nothing of what is on its front; empty where it is not one."""
    if not seen.is_back:
        return ""
    return f"it seems to be the back of a card, without a portrait{'' if seen.zone else ' and without a machine-readable zone'}"


def portrait_of(make: FindingFactory, seen: DocumentSeen, text: str) -> PortraitFacts | Finding:
    """The portrait where there is one, of one document; or the finding that says, after `text`, why there is none."""
    if seen.documents > 1:
        why = f"{seen.documents} documents seem to be in the picture, and which portrait belongs to which is not decided here"
        return replace(unread(make, seen, text, why), next_step="Ask for a picture of each document alone.")
    portrait = seen.portrait
    if portrait is not None and portrait.found:
        return portrait
    return unread(
        make, seen, text, seen.reason or back(seen) or (portrait.reason if portrait else "it was not looked for")
    )


def why_unread(seen: DocumentSeen) -> str:
    """Why the zone says nothing; empty where it was read."""
    if seen.reason:
        return seen.reason
    if seen.zone is None or seen.reading is None:
        return back(seen) or (NO_ZONE_BUT_CODE if seen.barcode_unread else NO_ZONE)
    if not seen.reading.lines:
        return seen.reading.reason
    return "" if seen.reading.parsed is not None else "too many characters of its machine-readable zone are doubtful"
