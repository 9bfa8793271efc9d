"""Is there keyboard sound while the candidate listens?"""

from __future__ import annotations

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.timing import clocks
from verifier.typing_sound import LEAST_CLICKS, LISTENED_S, MANY

# figures: python -m tests.benchmarks.keys
spec = CheckSpec(
    id="typing",
    question="Is there the sound of a keyboard between what is said?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "The first sound track is searched for short clicks without a tone, 12 dB or more above the tenth of a second before them and gone within a "
        f"thirtieth of a second, where nobody speaks. {LEAST_CLICKS} or more of them close together and never quite even are a run; {MANY} clicks in the "
        "runs of a round are named. Evidence grade: no labelled public data; behaviour only, no likelihood ratio. In 127 recordings of genuine, "
        "cloned and generated speech no run was found, but only 3 have pauses to listen in, 1.6 minutes in all, from which up to 1.9 false alarms a minute cannot be excluded. Made-up keys of four timbres in room "
        "noise are found in 20 of 20 recordings where their peaks stand 25 dB above the noise, in 2 of 20 at 20 dB, never at 15 dB."
    ),
    limits=(
        "Taking notes, looking something up that was asked for, and the interviewer's own keyboard sound the same; in a recording with one track "
        "nobody can say whose keys they are. Clicks under speech are not counted, because consonants click too, so typing while the other one speaks "
        f"is heard in the pauses only; with less than {LISTENED_S:.0f} s without speech, or loud noise or music there, nothing is said. Calls that suppress noise remove keys. Pens, cutlery, rain on a window or a cable that crackles may sound like keys."
    ),
    follow_up="Play the seconds, and ask openly: taking notes is welcome in most interviews.",
    needs=("clicks",),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    typing, name = r.typing, round_name(r.round)
    if typing is None or typing.reason:
        why = (typing.reason if typing else "") or "the sound was not listened to"
        step = "Ask for the recording with its sound, or for the sound of each participant in a file of its own."
        return could_not(make, f"Could not listen for a keyboard in {name}", why, (r.round.id,), step)
    details = (("Clicks in runs", str(typing.clicks)), ("Sound without speech", f"{typing.listened_s:.0f} s"))
    about = f"{name}, {typing.listened_s:.0f} seconds of sound without speech"
    if not typing.is_heard:
        text = f"{about}: no keyboard was heard."
        return make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=details)
    text = f"{about}: clicks as of a keyboard at {clocks(typing.runs, more='more times')}. Whose keys they are cannot be told, and taking notes sounds the same."
    return make.make(Outcome.OBSERVED, text, rounds=(r.round.id,), spans=typing.runs, details=details)
