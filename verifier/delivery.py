"""How an answer is delivered: hesitations in its words, pace and pauses in its sound. Counted, never judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import exp, lgamma
from typing import TYPE_CHECKING

from verifier.answers import near
from verifier.timing import Span
from verifier.transcript import shared, tokens
from verifier.transcript_fit import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.answers import Answer
    from verifier.spoken import RoundTranscript

FILLERS = frozenset(
    ["um", "umm", "uh", "uhh", "uhm", "erm", "hm", "hmm", "mm", "ehm", "äh", "ähm", "öhm", "euh", "эм", "ээ", "эээ"]
)
"""Sounds that are words of no language they are written in ("er" and "eh" are, so they are left out)."""
_CUT_OFF = re.compile(r"[^\W\d_][-–—](?=\s|$)|[^\W\d_](?:\.\.\.|…)(?=\s+[^\W\d_])")
PAUSE_S = Fraction(1, 4)


@dataclass(frozen=True)
class Delivery:
    """One answer."""

    answer: Answer
    words: int
    hesitations: int
    """Fillers, words said twice in a row, words cut off."""
    pace: float | None
    """Words a second of heard speech; None: its times or its sound are not known."""
    pauses: float | None
    """Share of the answer in pauses of a quarter of a second and more, 0..1."""


def delivery_of(answer: Answer, spoken: RoundTranscript) -> Delivery:
    """Hesitations always; pace and pauses where the transcript is in step with sound."""
    said = tokens(answer.text)
    hesitations = sum(w in FILLERS for w in said) + restarts(said) + len(_CUT_OFF.findall(answer.text))
    pace = pauses = None
    span = _trimmed(answer.span, spoken.speech)
    if spoken.fit.step is Step.IN_STEP and span is not None:
        heard = shared(span, spoken.speech)
        if heard > 0:
            pace, pauses = float(len(said) / heard), float(1 - heard / span.duration)
    return Delivery(answer, len(said), hesitations, pace, pauses)


def restarts(said: Sequence[str]) -> int:
    """How often one or two words are said twice in a row: "I I", "we have we have"."""
    count = at = 0
    while at < len(said) - 1:
        for size in (2, 1):
            if said[at : at + size] == said[at + size : at + 2 * size] and len(said) >= at + 2 * size:
                count += 1
                at += size - 1
                break
        at += 1
    return count


def fewer(low: Sequence[Delivery], rest: Sequence[Delivery]) -> float:
    """How likely so few hesitations fall on `low`, were they spread over all words alike (hypergeometric)."""
    n, k = sum(d.words for d in low), sum(d.hesitations for d in low)
    words, all_k = n + sum(d.words for d in rest), k + sum(d.hesitations for d in rest)
    least = max(0, all_k - (words - n))
    ways = [_log_comb(n, i) + _log_comb(words - n, all_k - i) for i in range(least, min(k, n) + 1)]
    return min(1.0, sum(exp(w - _log_comb(words, all_k)) for w in ways))


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _trimmed(span: Span, speech: Sequence[Span]) -> Span | None:
    """The answer from its first heard word to its last: what lies before and after is no pause within."""
    inside = near(speech, span.start, span.end)
    if not inside:
        return None
    start, end = max(span.start, inside[0].start), min(span.end, inside[-1].end)
    return Span(start, end) if end > start else None
