"""Is it the same face in each pair of rounds?"""

from __future__ import annotations

from itertools import combinations

from verifier.checks.base import (
    FACE_PROPOSITIONS,
    CaseObservations,
    ObservedRound,
    could_not,
    frames_compared,
    outcome_of,
    round_name,
    support_words,
)
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

spec = CheckSpec(
    id="face-across-rounds",
    question="Is it the same face in each pair of rounds?",
    group=Group.IDENTITY,
    propositions=FACE_PROPOSITIONS,
    method=(
        "The mean template of up to five good, well-spread pictures of the candidate in each round, compared by every "
        "calibrated comparator; the scores become one likelihood ratio, fitted on people who resemble each other."
    ),
    limits=(
        "It cannot tell close relatives or twins apart, and a good face swap passes it. Who the candidate is in each round "
        "is an assumption that you can correct. Small, blurred or turned faces make it weaker or silent."
    ),
    follow_up="Look at the frames side by side; ask for a short call with the camera on and a turn to each side.",
    needs=("faces", "templates"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    if len(case.rounds) < 2:
        return [make.make(Outcome.NOT_APPLICABLE, "There is only one round to look at.")]
    return [_pair(case, a, b, make) for a, b in combinations(case.rounds, 2)]


def _pair(case: CaseObservations, a: ObservedRound, b: ObservedRound, make: FindingFactory) -> Finding:
    rounds = (a.round.id, b.round.id)
    first, second = round_name(a.round), round_name(b.round)
    comparison = case.compared.get(rounds)
    if a.candidate is None or b.candidate is None or comparison is None or comparison.lr is None:
        why = a.reason or b.reason or (comparison.reason if comparison else "no usable picture of the face")
        where = f"in {a.round.label}, " if a.reason else f"in {b.round.label}, " if b.reason else ""
        return could_not(make, f"Could not compare the faces in {first} and {second}", f"{where}{why}", rounds)
    text = (
        f"The faces in {first} and {second}: {support_words(comparison.lr)}. "
        f"{frames_compared(a.candidate.template, b.candidate.template)}"
    )
    return make.make(
        outcome_of(comparison.lr),
        text,
        rounds=rounds,
        score=comparison.score,
        lr=comparison.lr,
        pictures=a.candidate.pictures[:1] + b.candidate.pictures[:1],
    )
