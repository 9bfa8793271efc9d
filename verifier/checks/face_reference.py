"""Is it the face of the ID, the photo, the profile picture?"""

from __future__ import annotations

from verifier.checks.base import (
    FACE_PROPOSITIONS,
    CaseObservations,
    ObservedRound,
    ReferenceFace,
    could_not,
    frames_compared,
    outcome_of,
    reference_name,
    round_name,
    support_words,
)
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

spec = CheckSpec(
    id="face-reference",
    question="Is it the face of the ID, the photo or the profile picture?",
    group=Group.IDENTITY,
    propositions=FACE_PROPOSITIONS,
    method=(
        "The largest face of the reference picture, compared with the mean template of up to five good pictures of the "
        "candidate in each round."
    ),
    limits=(
        "A likeness says nothing about whether the document is real. Old, retouched or printed portraits make it weaker. "
        "It cannot tell close relatives or twins apart, and a good face swap passes it."
    ),
    follow_up="Look at the pictures side by side; ask for the document beside the face in a call.",
    needs=("faces", "templates"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    if not case.references:
        return [make.make(Outcome.NOT_APPLICABLE, "No photo or ID was handed in to compare with.")]
    return [_one(case, r, ref, make) for ref in case.references for r in case.rounds]


def _one(case: CaseObservations, r: ObservedRound, ref: ReferenceFace, make: FindingFactory) -> Finding:
    ids = (r.round.id, ref.evidence.id)
    theirs, reference = round_name(r.round), reference_name(ref.evidence)
    comparison = case.compared.get(ids)
    if r.candidate is None or ref.template is None or comparison is None or comparison.lr is None:
        why = ref.reason or r.reason or (comparison.reason if comparison else "no usable picture of the face")
        return could_not(make, f"Could not compare the face in {theirs} with {reference}", why, ids)
    text = (
        f"The face in {theirs} and the face in {reference}: {support_words(comparison.lr)}. "
        f"{frames_compared(r.candidate.template, ref.template)}"
    )
    if ref.note:
        text += f" {ref.evidence.name}: {ref.note}."
    return make.make(
        outcome_of(comparison.lr),
        text,
        rounds=ids,
        score=comparison.score,
        lr=comparison.lr,
        pictures=r.candidate.pictures[:1] + ref.pictures[:1],
    )
