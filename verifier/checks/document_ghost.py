"""Does the document's small second portrait, its ghost image, look like the portrait?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of, portrait_of, unread
from verifier.documents.ghost import ALIKE
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen

UNLIKE = 0.5
"""Correlation up to which two prints are called unlike, from `ALIKE` on alike; printed by verifier_models.document_ghost.figures. Second portraits
of their own document gave 0.71 to 0.92; of another person 0.23 to 0.90: the more alike hair and pose, the higher."""

spec = CheckSpec(
    id="document-ghost",
    question="Does the small second portrait on the document (its ghost image) look like the portrait?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "Beside the portrait, a second, smaller face is looked for. Both are laid over each other by eyes, nose and mouth, made equally sharp, "
        "and compared as two prints of one photo: by the correlation of what is left when brightness and shading are taken out. "
        "Measured on generated cards and the few published specimens with a second portrait, and on portraits swapped here; no likelihood ratio."
    ),
    limits=(
        "Many documents have no second portrait, and many second portraits are too pale, too small or too much covered by pattern to be found: "
        "that none was seen says nothing. A seal, a watermark or a picture on the background can be taken for a face. A second portrait that was made from another "
        "photo of the same person looks unlike, too. At this size, two people with the same hair and pose look alike, and where both portraits were swapped they are alike."
    ),
    follow_up="Lay the two faces side by side, on the page at full size; ask for a sharp picture of the document, or to see it tilted in a video call.",
    needs=("document",),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return for_each(case, make, lambda seen: [_one(seen, make)])


def _one(seen: DocumentSeen, make: FindingFactory) -> Finding:
    portrait = portrait_of(make, seen, f"A second portrait on {name_of(seen)} could not be looked for")
    if isinstance(portrait, Finding):
        return portrait
    rounds, ghost = (seen.evidence.id,), portrait.ghost
    if ghost is None:
        none = f"No small second portrait was seen on {name_of(seen)}; many documents have none."
        return make.make(Outcome.NOT_APPLICABLE, none, rounds=rounds)
    if ghost.likeness is None:
        why = f"it is too small (eyes {ghost.inter_eye_px:.0f} pixels apart)"
        return unread(make, seen, f"The small second portrait on {name_of(seen)} could not be compared", why)
    details = (("Correlation of the two prints (1: the same)", f"{ghost.likeness:.2f}"),)
    if ghost.likeness >= ALIKE:
        said = f"The small second portrait on {name_of(seen)} looks like the portrait, as far as its size shows. This alone does not show that the portrait is the document's own."
        return make.make(Outcome.NOT_OBSERVED, said, rounds=rounds, details=details)
    shown = (picture_key(seen),) if seen.page is not None else ()
    if ghost.likeness <= UNLIKE:
        said = f"The small second face on {name_of(seen)} does not look like the portrait: it may show another photo, or be no portrait at all."
        return make.make(Outcome.OBSERVED, said, rounds=rounds, details=details, pictures=shown)
    said = f"Whether the small second face on {name_of(seen)} is the portrait once more could not be told from the picture."
    return make.make(Outcome.INCONCLUSIVE, said, rounds=rounds, details=details, pictures=shown)


def picture_key(seen: DocumentSeen) -> str:
    """Of the picture that outlines the two, where a report has one."""
    return f"{seen.evidence.id}#ghost"
