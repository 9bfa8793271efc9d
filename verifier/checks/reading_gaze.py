"""Do the candidate's eyes go line by line, as in reading?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import REASON, CaseObservations, ObservedRound, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.gaze import JOINED, LEAST_EYE, LEAST_RATE, SUSTAINED
from verifier.timing import clock

if TYPE_CHECKING:
    from verifier.gaze import Gaze

SHOWN_SPANS = 6
"""Times named in the sentence; all are in `spans`."""

spec = CheckSpec(
    id="reading-gaze",
    question="Do the candidate's eyes move line by line, as in reading?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "The irises and the head are followed 15 times a second in the same seconds in which the mouth is measured: all of a recording of "
        "up to a minute, else nine seconds of every minute (of every half minute up to five minutes). A line is a move to one side in steps "
        f"over 0.8 to 5 seconds between two fast returns, wide against the jitter of this speaker's own irises. {JOINED} lines that follow each "
        f"other count; {SUSTAINED} such lines in a round, at three a minute or more, are named. Evidence grade: no labelled public data; behaviour "
        "only, no likelihood ratio. On 11 genuine clips in which eyes could be followed for four seconds (1.2 minutes in all) nothing was named; "
        "from so little material up to 2.5 false alarms a minute cannot be excluded. Irises that were drawn sweeping on generated faces are found."
    ),
    limits=(
        "It sees how eyes move, not what they look at. People read their own notes, the question in the chat, a job advert or a shared page, look "
        "at a second monitor, or have nystagmus or another condition of the eyes; none of that says anything against them. Reading single "
        "words, or from a prompter near the camera, moves the eyes too little to be seen. Glasses that mirror the screen, lids cast down and "
        f"eyes of less than {LEAST_EYE:.0f} pixels are not judged. Seconds between the measured ones were not looked at."
    ),
    follow_up="Play the seconds and hear whether the words sound read; ask a question about the answer that no text could foresee.",
    needs=("faces", "eyes"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    gaze = r.gaze
    if gaze is None or not gaze.watched:
        why = (gaze.reason if gaze else r.reason) or "the eyes were not looked at"
        return make.make(
            Outcome.NOT_AVAILABLE,
            f"Could not follow the candidate's eyes in {round_name(r.round)}: {why}.",
            rounds=(r.round.id,),
            details=((REASON, why),),
            next_step=f"Ask for a recording in speaker view with at least {LEAST_RATE:.0f} pictures a second, light from the front.",
        )
    seconds = float(sum(s.duration for s in gaze.watched))
    about = f"{round_name(r.round)}, {seconds:.0f} seconds with the eyes in view"
    if not gaze.reads:
        text = f"{about}: no sustained movement of the eyes line by line was seen."
        return make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=_details(gaze))
    text = (
        f"{about}: the eyes move line by line, as in reading, {_times(gaze)}. "
        "Notes, a shared page or a second screen explain it as well."
    )
    return make.make(
        Outcome.OBSERVED,
        text,
        rounds=(r.round.id,),
        spans=gaze.sweeps,
        pictures=r.candidate.pictures[:1] if r.candidate else (),
        details=_details(gaze),
    )


def _times(gaze: Gaze) -> str:
    shown = [f"{clock(s.start)} to {clock(s.end)}" for s in gaze.sweeps[:SHOWN_SPANS]]
    more = len(gaze.sweeps) - len(shown)
    return ", ".join(shown) + (f" and {more} more times" if more else "")


def _details(gaze: Gaze) -> tuple[tuple[str, str], ...]:
    jitter = () if gaze.jitter is None else (("Jitter of the irises", f"{gaze.jitter:.4f} of the eye's width"),)
    return (("Lines counted", str(gaze.lines)), *jitter)
