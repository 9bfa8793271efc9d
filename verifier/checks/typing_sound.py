"""Is there keyboard sound while the candidate listens?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import REASON, CaseObservations, ObservedRound, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.timing import clock
from verifier.typing_sound import LEAST_CLICKS, MANY

if TYPE_CHECKING:
    from verifier.typing_sound import Typing

SHOWN_SPANS = 6
"""Times named in the sentence; all are in `spans`."""

spec = CheckSpec(
    id="typing",
    question="Is there the sound of a keyboard between what is said?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "The first sound track is searched for short clicks without a tone, 12 dB or more above the tenth of a second before them and gone within a "
        f"thirtieth of a second, where nobody speaks. {LEAST_CLICKS} or more of them close together and never quite even are a run; {MANY} clicks in the "
        "runs of a round are named. Evidence grade: no labelled public data; behaviour only, no likelihood ratio. In 107 recordings of genuine, cloned "
        "and generated speech (35 minutes, of which 2.5 minutes are without speech) no run was found. Made-up keys of four timbres in room noise are "
        "found when their peaks stand 30 dB above the noise, not at 20 dB."
    ),
    limits=(
        "Taking notes, looking something up that was asked for, and the interviewer's own keyboard sound the same; in a recording with one track "
        "nobody can say whose keys they are. Clicks under speech are not counted, because consonants click too, so typing while the other one speaks "
        "is heard in the pauses only. Calls that suppress noise remove keys. Pens, cutlery, rain on a window or a cable that crackles may sound like keys."
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
        return make.make(
            Outcome.NOT_AVAILABLE,
            f"Could not listen for a keyboard in {name}: {why}.",
            rounds=(r.round.id,),
            details=((REASON, why),),
            next_step="Ask for the recording with its sound, or for the sound of each participant in a file of its own.",
        )
    details = (("Clicks in runs", str(typing.clicks)), ("Sound without speech", f"{typing.listened_s:.0f} s"))
    about = f"{name}, {typing.listened_s:.0f} seconds of sound without speech"
    if not typing.is_heard:
        text = f"{about}: no keyboard was heard."
        return make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=details)
    text = f"{about}: clicks as of a keyboard at {_times(typing)}. Taking notes sounds the same."
    return make.make(Outcome.OBSERVED, text, rounds=(r.round.id,), spans=typing.runs, details=details)


def _times(typing: Typing) -> str:
    shown = [f"{clock(s.start)} to {clock(s.end)}" for s in typing.runs[:SHOWN_SPANS]]
    more = len(typing.runs) - len(shown)
    return ", ".join(shown) + (f" and {more} more times" if more else "")
