"""Is it the same voice in each pair of rounds?"""

from __future__ import annotations

from itertools import combinations

from verifier.checks.base import (
    ASK_FOR_SOUND,
    VOICE_PROPOSITIONS,
    VOICES,
    CaseObservations,
    ObservedRound,
    could_not,
    outcome_of,
    round_name,
    support_words,
)
from verifier.checks.voice_words import speech_compared, whose
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

spec = CheckSpec(
    id="voice-across-rounds",
    question="Is it the same voice in each pair of rounds?",
    group=Group.IDENTITY,
    propositions=VOICE_PROPOSITIONS,
    method=(
        "Speech is found, cut into pieces and grouped by voice; the mean template of the candidate's voice in each round is compared. "
        "The comparison becomes a likelihood ratio by a curve for as much speech as the side with less of it holds, and for clear "
        "or rough sound. The strongest words need 20 seconds of speech on each side. The candidate's voice is the one that is heard "
        "while the candidate's lips move, or that of a file with the candidate's name; else it is a stated assumption."
    ),
    limits=(
        "A good imitation, by a machine or a person, sounds the same: no voice is called genuine. Few people are behind the "
        "calibration and hardly any of them was recorded on two days, so words stay weak or moderate: another microphone, a cold or "
        "another mood make one voice differ. Relatives can sound alike. Which voice is the candidate's may be an assumption."
    ),
    follow_up="Listen to half a minute of each round one after the other; ask for a short call on another day.",
    needs=("faces", "voices", "lips"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    if len(case.rounds) < 2:
        return [make.make(Outcome.NOT_APPLICABLE, "There is only one round to listen to.")]
    return [_pair(case, a, b, make) for a, b in combinations(case.rounds, 2)]


def _pair(case: CaseObservations, a: ObservedRound, b: ObservedRound, make: FindingFactory) -> Finding:
    rounds = (a.round.id, b.round.id)
    first, second = round_name(a.round), round_name(b.round)
    found = case.voices_compared.get(rounds)
    one, two = (r.voice.template if r.voice else None for r in (a, b))
    if one is None or two is None or found is None or found.lr is None:
        missing = next((r for r in (a, b) if r.voice_reason), None)
        why = (
            f"in {missing.round.label}, {missing.voice_reason}"
            if missing
            else found.reason
            if found
            else "sound was not listened to"
        )
        return could_not(make, f"Could not compare the voices in {first} and {second}", why, rounds, ASK_FOR_SOUND)
    text = (
        f"The candidate's voice in {first} and {second}: {support_words(found.lr, VOICES)}. "
        f"{speech_compared(one, two)}{whose(a, b)}"
    )
    return make.make(outcome_of(found.lr), text, rounds=rounds, score=found.score, lr=found.lr)
