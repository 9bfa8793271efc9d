"""Do some answers sound read, next to how the same person speaks otherwise?"""

from __future__ import annotations

from math import comb
from statistics import median
from typing import TYPE_CHECKING

from verifier.answers import answers_of
from verifier.checks.base import CaseObservations, ObservedRound, round_name
from verifier.checks.written import NO_DATA, about, counted, not_looked, per_round, times
from verifier.delivery import Delivery, delivery_of, fewer
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.spoken import RoundTranscript

LEAST_WORDS, FEWEST = 30, 6
"""Words of an answer, and answers, from which a speaker can be laid beside himself."""
LEAST_HESITATIONS, LEAST_RATE = 8, 0.02
"""In all, and per word in the other answers: transcripts that leave hesitations out cannot be asked."""
MUCH_FEWER, CHANCE = 0.25, 0.01
"""The answers apart have at most so many times the others' hesitations a word, and that is so unlikely by chance."""
APART = 0.15
"""Relative difference of median pace, or difference of median share of pauses, that counts as another delivery."""

WHAT = "The way of speaking"
spec = CheckSpec(
    id="spoken-style",
    question="Do some answers sound read, next to how the same person speaks otherwise?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "Every longer answer is laid beside the same speaker's other answers: fillers, words said twice, words cut off, pace, and "
        "the share of pauses. Reported are answers with next to no hesitations in a speaker who otherwise hesitates; the chance "
        "that this comes about by itself is computed for all ways of choosing answers. Nobody is compared with anybody else."
    ),
    limits=(
        f"{NO_DATA} Whoever rehearsed a story, gives the same talk often, or relaxes, also stops hesitating; a stutter that comes "
        "and goes, an interpreter, and another language do too. Many automatic transcripts leave hesitations out; then nothing is said."
    ),
    follow_up="Play one of these answers and one of the others, and ask a question on a detail of it that no text would hold.",
    needs=("transcript",),
)


def run(case: CaseObservations) -> list[Finding]:
    return per_round(case, FindingFactory(spec, case.origin), WHAT, _ask)


def _ask(r: ObservedRound, spoken: RoundTranscript, make: FindingFactory) -> list[Finding]:
    said = [d for a in answers_of(spoken) if (d := delivery_of(a, spoken)).words >= LEAST_WORDS]
    name = round_name(r.round)
    why = ""
    if len(said) < FEWEST:
        why = f"it has {counted(len(said), 'answer')} of {LEAST_WORDS} words or more, and {FEWEST} are needed"
    elif sum(d.hesitations for d in said) < LEAST_HESITATIONS:
        why = "its transcript holds hardly any hesitations, as many automatic ones leave them out"
    if why:
        return [not_looked(make, f"{WHAT} could not be compared in {name}", why, (r.round.id,))]
    low = apart(said)
    rest = [d for d in said if d not in low]
    details = (("Answers laid side by side", str(len(said))), *_figures(low, rest), *about(spoken))
    if not low:
        text = f"{name}: none of {len(said)} longer answers stands apart from how the candidate speaks in the others."
        return [make.make(Outcome.NOT_OBSERVED, text, rounds=(r.round.id,), details=details)]
    spans = tuple(sorted(d.answer.span for d in low))
    text = (
        f"{name}: {len(low)} of {len(said)} longer answers ({times(s.start for s in spans)}) have next to no hesitations, "
        f"where the candidate has {100 * _rate(rest):.0f} in 100 words otherwise"
    )
    differs = _other_delivery(low, rest)
    outcome = Outcome.OBSERVED if differs else Outcome.INCONCLUSIVE
    text += f", and {differs}." if differs else "; pace and pauses do not differ, or could not be measured."
    return [make.make(outcome, text, rounds=(r.round.id,), spans=spans, details=details)]


def apart(said: Sequence[Delivery]) -> list[Delivery]:
    """The answers with far fewer hesitations than the others, up to half of them; none where that may be chance."""
    ordered = sorted(said, key=lambda d: d.hesitations / d.words)
    most = len(ordered) // 2
    best, chosen = CHANCE, 0
    for count in range(1, most + 1):
        low, rest = ordered[:count], ordered[count:]
        if _rate(rest) >= LEAST_RATE and _rate(low) <= MUCH_FEWER * _rate(rest):
            chance = fewer(low, rest) * comb(len(ordered), count) * most
            if chance < best:
                best, chosen = chance, count
    return ordered[:chosen]


def _rate(said: Sequence[Delivery]) -> float:
    return sum(d.hesitations for d in said) / max(1, sum(d.words for d in said))


def _other_delivery(low: Sequence[Delivery], rest: Sequence[Delivery]) -> str:
    """What else differs, in words; empty when nothing does."""
    pace, pauses = ([_middle(side, what) for side in (low, rest)] for what in ("pace", "pauses"))
    if pace[0] and pace[1] and abs(pace[0] / pace[1] - 1) >= APART:
        return f"they are {'faster' if pace[0] > pace[1] else 'slower'} than the others"
    if pauses[0] is not None and pauses[1] is not None and abs(pauses[0] - pauses[1]) >= APART:
        return f"they have {'more' if pauses[0] > pauses[1] else 'fewer'} pauses than the others"
    return ""


def _middle(said: Sequence[Delivery], what: str) -> float | None:
    values = [v for d in said if (v := getattr(d, what)) is not None]
    return median(values) if values else None


def _figures(low: Sequence[Delivery], rest: Sequence[Delivery]) -> list[tuple[str, str]]:
    lines = []
    for label, side in (("These answers", low), ("The others" if low else "All answers", rest)):
        if side:
            pace, pauses = _middle(side, "pace"), _middle(side, "pauses")
            text = f"{100 * _rate(side):.1f} hesitations in 100 words"
            text += f", {pace:.1f} words a second" if pace is not None else ""
            text += f", pauses {10 * pauses:.1f} tenths of the time" if pauses is not None else ""
            lines.append((label, text))
    return lines
