"""Does the candidate wait equally long before answers, easy and hard alike?"""

from __future__ import annotations

from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from verifier.answers import answers_of
from verifier.checks.base import CaseObservations, ObservedRound, round_name
from verifier.checks.written import NO_DATA, about, counted, not_looked, per_round, times
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.timing import Span
from verifier.transcript import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.answers import Answer
    from verifier.spoken import RoundTranscript

FEWEST = 8
"""Answers with a delay. With fewer, steady delays come about by chance too often: test_answer_timing.py counts it."""
LEAST_WORDS = 4
"""Of a question and of an answer; shorter ones are small talk or agreement."""
LATE_S = 1.0
"""Median delay from which steadiness is worth a look: people mostly answer within a second, aids need one to three."""
STEADY = 0.2
"""Spread (of the logarithm) which the delays must be under with 95 % confidence; 0.2 is about a fifth up or down."""
SHORTEST_S = 0.2
"""Shorter and negative delays count as this."""
LEFT_OUT = 8
"""One in so many delays, the farthest off, is left out: a joke, a bad connection."""
VARIED = 2.0
"""The longer half of the questions must have so many times the words of the shorter half, or there is no easy and hard."""

WHAT = "Delays before answers"
spec = CheckSpec(
    id="answer-timing",
    question="Does the candidate wait equally long before answers, easy and hard alike?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "The silence between the end of a question and the beginning of the answer is measured for every answer in the transcript, "
        "from the sound where it is in step with the transcript. Most people answer easy questions at once and hard ones later. "
        "Reported are delays of a second and more that are all nearly the same, over short and long questions; at least 8 answers "
        "are needed, because with fewer a steady row comes about by chance."
    ),
    limits=(
        f"{NO_DATA} A slow connection, an interpreter, captions that are read first, a stutter, thinking in another language and a "
        "habit of counting to two all make delays even. Short questions are not always easy ones."
    ),
    follow_up="Play three of the pauses, and ask in the next call one very easy and one very hard question without a warning.",
    needs=("transcript",),
)


def run(case: CaseObservations) -> list[Finding]:
    return per_round(case, FindingFactory(spec, case.origin), WHAT, _ask)


def _ask(r: ObservedRound, spoken: RoundTranscript, make: FindingFactory) -> list[Finding]:
    timed = [
        (a, a.delay)
        for a in answers_of(spoken)
        if a.delay is not None and min(len(tokens(a.question)), len(tokens(a.text))) >= LEAST_WORDS
    ]
    name = round_name(r.round)
    if len(timed) < FEWEST:
        why = f"it has {counted(len(timed), 'answer')} whose delay can be measured, and {FEWEST} are needed"
        if not spoken.times_hold:
            why = f"its transcript does not tell when answers begin ({spoken.transcript.clock.value})"
        return [not_looked(make, f"{WHAT} could not be compared in {name}", why, (r.round.id,))]
    delays = [d for _, d in timed]
    middle, spread = median(delays), spread_bound(delays)
    easy, hard = _by_length([a for a, _ in timed], delays)
    details = (
        ("Answers measured", str(len(delays))),
        ("Delay, median", f"{middle:.1f} s ({min(delays):.1f} to {max(delays):.1f} s)"),
        ("After the shorter and the longer half of the questions", f"{easy:.1f} s and {hard:.1f} s"),
        *about(spoken),
    )
    if middle < LATE_S or spread > STEADY:
        text = f"{name}: the delay before {len(delays)} answers changes from answer to answer, or is short (median {middle:.1f} s)."
        return [make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=details)]
    spans = tuple(Span(max(Fraction(0), a.span.start - _exact(d)), a.span.start) for a, d in timed if d > 0)
    text = (
        f"{name}: {len(delays)} answers begin after nearly the same time, {middle:.1f} s, after short and long questions alike "
        f"({times(s.start for s in spans)})."
    )
    outcome = Outcome.OBSERVED
    if not _varied([a for a, _ in timed]):
        outcome, text = Outcome.INCONCLUSIVE, f"{text} The questions are about equally long, so this says little."
    return [make.make(outcome, text, rounds=(r.round.id,), spans=spans, details=details)]


def spread_bound(delays: Sequence[float]) -> float:
    """Upper 95 % bound of the standard deviation of log delays, the farthest one in LEFT_OUT left out."""
    from scipy.special import chdtri

    logs = np.log(np.maximum(delays, SHORTEST_S))
    kept = np.sort(np.abs(logs - np.median(logs)).argsort()[: len(logs) - len(logs) // LEFT_OUT])
    free = len(kept) - 1
    return float(logs[kept].std(ddof=1) * np.sqrt(free / chdtri(free, 0.95)))


def _by_length(answers: Sequence[Answer], delays: Sequence[float]) -> tuple[float, float]:
    """Median delay after the shorter and after the longer half of the questions."""
    ordered = sorted(zip(answers, delays, strict=True), key=lambda pair: len(tokens(pair[0].question)))
    half = len(ordered) // 2
    return median(d for _, d in ordered[:half]), median(d for _, d in ordered[half:])


def _varied(answers: Sequence[Answer]) -> bool:
    lengths = sorted(len(tokens(a.question)) for a in answers)
    half = len(lengths) // 2
    return median(lengths[half:]) >= VARIED * median(lengths[:half])


def _exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * 1000), 1000)
