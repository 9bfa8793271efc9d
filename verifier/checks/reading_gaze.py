"""Do the candidate's eyes go line by line, as in reading?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.gaze import JOINED, LEAST_EYE, LEAST_RATE, MIRRORED, SUSTAINED
from verifier.observe.lips import BURST
from verifier.timing import clocks, total

if TYPE_CHECKING:
    from verifier.gaze import Gaze

ENOUGH_S = 20
"""Of clips of 8 to 15 seconds with lines added, most were not named (`python -m tests.benchmarks.gaze`): less is no clean result."""

# figures: python -m tests.benchmarks.gaze
spec = CheckSpec(
    id="reading-gaze",
    question="Do the candidate's eyes move line by line, as in reading?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "The irises and the head are followed 15 times a second in the same seconds in which the mouth is measured: all of a recording of "
        f"up to a minute, else {BURST} seconds of every minute and a half (of every half minute up to five minutes). A line is a move to one side in steps "
        f"over 0.8 to 5 seconds between two fast returns, wide against the jitter of this speaker's own irises. {JOINED} lines that follow each "
        f"other count; {SUSTAINED} such lines in a round, at three a minute or more, are named. Evidence grade: no labelled public data; behaviour "
        "only, no likelihood ratio. On 11 genuine clips in which eyes could be followed for four seconds (1.2 minutes in all) nothing was named; "
        "from so little material up to 2.5 false alarms a minute cannot be excluded. On 16 clips of "
        "generated faces (3.4 minutes) nothing was, either. Lines of 2.4 s that were added to the measured eyes of the 15 of them that last 8 seconds and "
        "more were named in 5 where they led over 0.12 or 0.16 widths of the eye, in 4 at 0.08, in 2 at 0.06: so short a recording mostly hides reading."
    ),
    limits=(
        "It sees how eyes move, not what they look at. People read their own notes, the question in the chat, a job advert or a shared page, look "
        "at a second monitor, or have nystagmus or another condition of the eyes; none of that says anything against them. Reading single "
        f"words, or from a prompter near the camera, moves the eyes too little to be seen. Lids cast down, eyes of less than {LEAST_EYE:.0f} pixels and "
        f"pictures in which a lamp or screen is mirrored over {MIRRORED:.0%} of an iris are not judged; the five clips at hand with glasses do not mirror so, and a faint mirror image "
        "is only noticed where it makes the irises jitter. Seconds between the measured ones were not looked at."
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
        step = f"Ask for a recording in speaker view with at least {LEAST_RATE:.0f} pictures a second, light from the front."
        return could_not(
            make, f"Could not follow the candidate's eyes in {round_name(r.round)}", why, (r.round.id,), step
        )
    seconds = total(gaze.watched)
    if seconds < ENOUGH_S and not gaze.reads:
        why = f"the eyes were in view for {seconds:.0f} seconds, and less than {ENOUGH_S} mostly hide reading"
        step = "Ask for a longer recording in speaker view, and check again."
        return could_not(
            make, f"Could not tell how the candidate's eyes move in {round_name(r.round)}", why, (r.round.id,), step
        )
    about = f"{round_name(r.round)}, {seconds:.0f} seconds with the eyes in view"
    if not gaze.reads:
        text = f"{about}: no sustained movement of the eyes line by line was seen."
        return make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=_details(gaze))
    text = (
        f"{about}: the eyes move line by line, as in reading, {clocks(gaze.sweeps, more='more times')}. "
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


def _details(gaze: Gaze) -> tuple[tuple[str, str], ...]:
    jitter = () if gaze.jitter is None else (("Jitter of the irises", f"{gaze.jitter:.4f} of the eye's width"),)
    return (("Lines counted", str(gaze.lines)), *jitter)
