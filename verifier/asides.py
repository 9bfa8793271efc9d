"""Another voice near the candidate: softer than the candidate's speech, and nobody's who takes part in the conversation."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.timing import Span, common_spans, merge_spans, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.round_voices import HeardSource, HeardVoice, RoundVoices

UNLIKE = 0.60
"""Cosine up to which a soft stretch of 0.6 s and more is no voice that is known. In 1,386 s of genuine speech the candidates' own soft
stretches lie at .63 to .83; other readers' mixed in at -10 to -25 dB at .40 to .69 (tests/benchmarks/voices.py
counts what is shown)."""
TURN_S, TAKES_PART_S = 4.0, 15.0
"""A voice with a turn, or with as much speech in all, takes part in the conversation."""
ANSWER_PAUSE = Fraction(2)
"""Pauses that an answer may have."""
BEFORE = Fraction(4)
"""Seconds before an answer that count as just before it."""
BLEEDS = 0.5
"""Share of a stretch that falls on speech of another file or channel: then it is that one's, heard again."""


@dataclass(frozen=True)
class Aside:
    """A stretch of another voice."""

    span: Span
    below_db: float | None
    """Below the level of most speech of the same sound; None: not softer."""
    before_answer: bool
    """Just before the candidate speaks; else in a pause of the candidate's speech."""


def asides(heard: RoundVoices, mine: HeardVoice) -> tuple[Aside, ...]:
    """In order of time; those far from anything the candidate says are left out."""
    others = [v for v in heard.voices if v is not mine]
    taking_part = [v for v in others if _takes_part(v, mine)]
    elsewhere = merge_spans([s for h in heard.sources if _apart(h, mine.source) for s in h.track.speech])
    found: list[tuple[Span, float | None]] = [*_soft(mine, taking_part)]
    if mine.source.is_own:
        found += [(s, None) for v in others if v.source is mine.source and v.tie is None for s in v.spans]
    answers = merge_spans(list(mine.spans), ANSWER_PAUSE)
    placed: list[Aside] = []
    for span, below in sorted(found, key=lambda f: f[0]):
        if total(common_spans([span], elsewhere)) >= BLEEDS * float(span.duration):
            continue
        before = _place(span, answers)
        if before is not None and not (placed and placed[-1].span.overlaps(span)):
            placed.append(Aside(span, below, before))
    return tuple(placed)


def _takes_part(voice: HeardVoice, mine: HeardVoice) -> bool:
    """Seen to speak, in a file or channel of its own, or with turns."""
    if voice.tie is not None or _apart(voice.source, mine.source):
        return True
    if mine.source.is_own:
        return False  # nobody else is expected there, however long
    turns = merge_spans(list(voice.spans), Fraction(1, 2))
    return voice.speech_s >= TAKES_PART_S or max(float(t.duration) for t in turns) >= TURN_S


def _apart(a: HeardSource, b: HeardSource) -> bool:
    return a.is_own and a is not b


def _soft(mine: HeardVoice, taking_part: Sequence[HeardVoice]) -> list[tuple[Span, float]]:
    """Soft stretches of the candidate's sound that are unlike the candidate and everybody who takes part."""
    track = mine.source.track
    known = [v.template for v in (mine, *taking_part) if v.template is not None]
    if not track.soft or not known:
        return []
    alike = np.zeros(len(track.soft))
    for template in known:
        scores = [
            rows @ template.vectors[name] for name, rows in track.soft_vectors.items() if name in template.vectors
        ]
        alike = np.maximum(alike, np.mean(scores, axis=0)) if scores else alike + 1
    return [(s.span, s.below_db) for s, a in zip(track.soft, alike, strict=True) if a <= UNLIKE]


def _place(span: Span, answers: Sequence[Span]) -> bool | None:
    """True: just before an answer, False: within one, None: far from all."""
    at = bisect_left(answers, span)
    if at and answers[at - 1].end + ANSWER_PAUSE >= span.end:
        # the finder of voices gives a short stretch to the voice around it: what begins an answer comes before it
        return answers[at - 1].start + Fraction(1, 2) >= span.start
    if at < len(answers) and answers[at].start - span.end <= BEFORE:
        return True
    return None
