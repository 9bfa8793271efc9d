"""Has this voice been here before, under another name?"""

from __future__ import annotations

from verifier.checks.across_cases import searched
from verifier.checks.base import VOICES, CaseObservations
from verifier.findings import CheckSpec, Finding, FindingFactory, Group

spec = CheckSpec(
    id="cross-case-voice",
    question="Is this voice in another case, under the same name or another one?",
    group=Group.IDENTITY,
    propositions=("it is the same voice or an imitation of it", "the two voices are different"),
    method=(
        "The candidate's voice is compared with the voice templates of all other cases that the user may see and whose candidates "
        "consented to it; the ratio of the most alike pair is divided by the number of pairs searched."
    ),
    limits=(
        "An imitation, by a machine or a person, sounds like the voice itself. Voices vary with health, microphone and language, and "
        "they tell fewer people apart than faces do. It finds only who is in the folder and consented."
    ),
    follow_up="Listen to both recordings one after the other; ask the candidate whether they applied before.",
    needs=("other cases",),
)


def run(case: CaseObservations) -> list[Finding]:
    found = case.elsewhere.voices if case.elsewhere else None
    return searched(case, found, "voice", FindingFactory(spec, case.origin), VOICES)
