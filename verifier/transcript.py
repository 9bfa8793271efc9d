"""What was said in a call, by whom and when: the same shape whatever wrote it down."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.timing import Span, merge_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.timing import MediaTime

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
WORDS_A_SECOND = Fraction(5, 2)
"""Pace by which the end of a line is assumed where only its beginning was written down."""


class Clock(StrEnum):
    """How well a transcript tells time."""

    WORDS = "each word has its times"
    CUES = "each line has beginning and end"
    STARTS = "each line has its beginning only"
    COARSE = "only every few minutes a time is given"


@dataclass(frozen=True)
class Word:
    """One spoken word and when it was said."""

    span: Span
    text: str


@dataclass(frozen=True)
class Utterance:
    """A stretch of one speaker. `speaker` is empty where none is named; `words` is empty where words have no times."""

    span: Span
    speaker: str
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """Utterances in order of their beginning, on the transcript's own clock: seconds from 0, which may be off the recording's."""

    utterances: tuple[Utterance, ...]
    source: str
    """ "WebVTT", "SubRip", "Teams text", "whisper-base", ..."""
    clock: Clock
    notes: tuple[str, ...] = ()
    """What was wrong or assumed in reading it, in plain words."""

    @property
    def speakers(self) -> dict[str, int]:
        """Named speakers and how many words each says, most first."""
        counts: dict[str, int] = {}
        for u in self.utterances:
            if u.speaker:
                counts[u.speaker] = counts.get(u.speaker, 0) + len(tokens(u.text))
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    @property
    def end(self) -> MediaTime:
        return max((u.span.end for u in self.utterances), default=Fraction(0))

    def on_clock(self, offset: MediaTime, rate: MediaTime = Fraction(1)) -> Transcript:
        """The same words at time * rate + offset; what would lie before 0 begins at 0."""

        def moved(span: Span) -> Span:
            start, end = (max(Fraction(0), t * rate + offset) for t in (span.start, span.end))
            return Span(start, end)

        return replace(
            self,
            utterances=tuple(
                replace(u, span=moved(u.span), words=tuple(replace(w, span=moved(w.span)) for w in u.words))
                for u in self.utterances
            ),
        )


def tokens(text: str) -> list[str]:
    """Words as they are compared: lower case, composed characters, no punctuation; any script with word breaks."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(plain)


def by_voice(transcript: Transcript, voices: Mapping[str, Sequence[Span]]) -> Transcript:
    """Names as speaker of each word (or each line, where words have no times) the voice that is heard most while it is said.

    voices: name -> when it speaks, on the recording's clock, as must be the transcript. What falls on no voice keeps no speaker.
    """
    voices = {name: merge_spans(list(spans)) for name, spans in voices.items()}
    said: list[Utterance] = []
    for u in transcript.utterances:
        if not u.words:
            said.append(replace(u, speaker=_loudest(u.span, voices)))
            continue
        run: list[Word] = []
        speaker = ""
        for word in u.words:
            who = _loudest(word.span, voices) or speaker
            if run and who != speaker:
                said.append(utterance_of(run, speaker))
                run = []
            speaker = who
            run.append(word)
        said.append(utterance_of(run, speaker))
    return replace(transcript, utterances=tuple(said))


def utterance_of(words: Sequence[Word], speaker: str = "") -> Utterance:
    """Words that follow one another, as one utterance."""
    end = max(w.span.end for w in words)
    return Utterance(Span(words[0].span.start, end), speaker, " ".join(w.text for w in words), tuple(words))


def shared(span: Span, spans: Sequence[Span]) -> MediaTime:
    """Seconds of `span` that lie within `spans`, which are in order and do not overlap."""
    at = max(0, bisect_right(spans, span.start, key=lambda s: s.start) - 1)
    total = Fraction(0)
    while at < len(spans) and spans[at].start < span.end:
        total += max(Fraction(0), min(spans[at].end, span.end) - max(spans[at].start, span.start))
        at += 1
    return total


def _loudest(span: Span, voices: Mapping[str, Sequence[Span]]) -> str:
    shares = {name: shared(span, spans) for name, spans in voices.items()}
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] > 0 else ""
