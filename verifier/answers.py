"""Questions and answers in a transcript: what the candidate says after somebody else has spoken, and how soon."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.timing import Span
from verifier.transcript import Clock, tokens
from verifier.transcript_fit import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.spoken import RoundTranscript

BACKCHANNEL_WORDS = 2
"""So few words in between ("mm-hm", "right") interrupt neither question nor answer."""
LONGEST_DELAY_S = 30.0
MOST_ANSWERS = 1000
"""The first ones of a call; three hours hold a few hundred."""
EDGE_S = Fraction(1)
"""The beginning of a line is moved to a beginning of heard speech that is so near."""


@dataclass(frozen=True)
class Answer:
    """What the candidate says after somebody else has spoken: from one question to the next."""

    question: str
    """Words of the others before it; empty at the beginning of a call."""
    span: Span
    text: str
    delay: float | None
    """Seconds from the end of the question to the first word, as heard; None: not known."""


def answers_of(spoken: RoundTranscript) -> list[Answer]:
    """The candidate's turns, in order; delays where the transcript's times and the speech allow them."""
    turns: list[tuple[bool, list[int]]] = []
    said = spoken.transcript.utterances
    for n, u in enumerate(said):
        mine = u.speaker == spoken.candidate
        goes_on = n + 1 < len(said) and (said[n + 1].speaker == spoken.candidate) != mine
        if turns and turns[-1][0] != mine and goes_on and len(tokens(u.text)) <= BACKCHANNEL_WORDS:
            continue
        if turns and turns[-1][0] == mine:
            turns[-1][1].append(n)
        else:
            turns.append((mine, [n]))
    found = []
    for before, (mine, which) in pairwise([(False, []), *turns]):
        if not mine:
            continue
        span = Span(said[which[0]].span.start, max(said[n].span.end for n in which))
        question = " ".join(said[n].text for n in before[1])
        asked_until = max((said[n].span.end for n in before[1]), default=None)
        delay = _delay(spoken, asked_until, span.start) if asked_until is not None and spoken.times_hold else None
        found.append(Answer(question, span, " ".join(said[n].text for n in which), delay))
        if len(found) == MOST_ANSWERS:
            break
    return found


def _delay(spoken: RoundTranscript, asked_until: Fraction, begins: Fraction) -> float | None:
    """Seconds of silence before the answer; negative where the two overlap."""
    if spoken.speech and spoken.fit.step is Step.IN_STEP:
        around = near(spoken.speech, begins - EDGE_S, begins + EDGE_S)
        onsets = [s.start for s in around if abs(s.start - begins) <= EDGE_S]
        if onsets:
            begins = min(onsets, key=lambda t: abs(t - begins))
            at = bisect_left(spoken.speech, begins, key=lambda s: s.start)
            asked_until = spoken.speech[at - 1].end if at else asked_until
        elif spoken.transcript.clock is Clock.STARTS:
            return None
    elif spoken.transcript.clock is Clock.STARTS:
        return None
    delay = float(begins - asked_until)
    return delay if -5.0 <= delay <= LONGEST_DELAY_S else None


def near(speech: Sequence[Span], start: Fraction, end: Fraction) -> Sequence[Span]:
    """Those of `speech`, which is in order, that overlap a stretch of time."""
    first = bisect_left(speech, start, key=lambda s: s.end)
    return speech[first : bisect_left(speech, end, key=lambda s: s.start)]
