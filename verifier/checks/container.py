"""What does the file itself say: who wrote it, when, and is any of it missing?"""

from __future__ import annotations

from verifier.checks.base import CaseFaces, RoundFaces
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

spec = CheckSpec(
    id="container",
    question="What does the file say about how it was made, and is any of it missing?",
    group=Group.PROVENANCE,
    propositions=None,
    method="The container is read: encoder, creation time, editing programs, missing ends, damaged parts, content credentials.",
    limits=(
        "Every such fact can be changed by anybody, and honest files lose them when they are sent or saved again. "
        "Their absence proves nothing."
    ),
    follow_up="Ask for the original file from the meeting service when the parts that are missing matter.",
    needs=("container",),
)
_EDITORS = ("premiere", "after effects", "davinci", "final cut", "capcut", "filmora", "vegas", "kdenlive", "shotcut")


def run(case: CaseFaces) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: RoundFaces, make: FindingFactory) -> Finding:
    problems = [p for e in r.round.evidence for p in e.problems]
    facts = tuple(f for e in r.round.evidence for f in e.facts)
    editor = next((value for _, value in facts if any(e in value.lower() for e in _EDITORS)), None)
    rounds = (r.round.id,)
    if problems or editor:
        said = [*problems, *([f"an editing program wrote the file ({editor})"] if editor else [])]
        return make.make(Outcome.OBSERVED, f"{r.round.label}: {'; '.join(said)}.", rounds=rounds, details=facts)
    return make.make(
        Outcome.NOT_OBSERVED,
        f"{r.round.label}: nothing missing, no trace of an editing program.",
        rounds=rounds,
        details=facts,
    )
