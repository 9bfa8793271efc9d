"""Is there a portrait on the document, and does it stand as documents ask?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of, portrait_of, upper
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen

spec = CheckSpec(
    id="document-portrait",
    question="Is there a portrait on the document, level and from the front?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The largest face of the straightened page, and its lean and turn by its landmarks. No labelled public data; behaviour only."
    ),
    limits=(
        "Whether the person is the one in the calls is asked by face-reference. Pixelated, very faint or very small portraits are "
        "not found. Old documents and some countries allow other poses."
    ),
    follow_up="Look at the portrait on the page; compare it with the calls.",
    needs=("document",),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return for_each(case, make, lambda seen: [_one(seen, make)])


def _one(seen: DocumentSeen, make: FindingFactory) -> Finding:
    portrait = portrait_of(make, seen, f"The portrait of {name_of(seen)} could not be looked at")
    if isinstance(portrait, Finding):
        return portrait
    rounds = (seen.evidence.id,)
    details = (
        ("Faces on the page", str(portrait.faces)),
        ("Mark of its picture, by which it is found again in other cases", portrait.hash),
    )
    if portrait.oddities:
        text = (
            f"The portrait of {name_of(seen)} stands otherwise than documents ask for: {'; '.join(portrait.oddities)}."
        )
        return make.make(Outcome.OBSERVED, text, rounds=rounds, details=details)
    return make.make(
        Outcome.NOT_OBSERVED,
        f"{upper(name_of(seen))} has a portrait, level and from the front.",
        rounds=rounds,
        details=details,
    )
