"""Voices of a recording: where somebody speaks, what the sound is good for, and a vector for every piece of speech.

Heard twice, streamed: first to find speech, then to cut it into pieces, spread over all of it where there is much.
A piece is 1.6 s of speech with the pauses cut out, never across a pause of a second or more.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.soft_speech import SoftStretch, soft_stretches
from verifier.observe.sound import SoundFacts, SoundMeter
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.observe.spool import SoundSpool
from verifier.timing import Span, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from verifier.media.recording import Recording
    from verifier.media.types import AudioBlock
    from verifier.observe.comparators.voice_base import VoiceComparator
    from verifier.observe.overheard import Overheard
    from verifier.observe.sound_source import SoundSource

RATE = 16_000
PIECE_S = Fraction(8, 5)
HOP_S = Fraction(4, 5)
"""From piece to piece, in seconds of speech; longer where there would be more than MOST_PIECES."""
MOST_PIECES = 1600
"""Per sound source, about: more than 21 minutes of speech are heard in wider steps."""
SHORTEST_PIECE_S = Fraction(1, 2)
RUN_PAUSE_S = Fraction(1)
"""Speech joined over shorter pauses is taken for one voice's, as far as a piece goes."""
_BATCH = 64


@dataclass(frozen=True)
class Piece:
    """Up to PIECE_S of speech: the stretches of sound it is made of."""

    spans: tuple[Span, ...]

    @property
    def span(self) -> Span:
        return Span(self.spans[0].start, self.spans[-1].end)

    @property
    def seconds(self) -> float:
        return total(self.spans)


@dataclass(frozen=True)
class VoiceTrack:
    """All that was heard in one source of a recording."""

    source: SoundSource
    facts: SoundFacts
    speech: tuple[Span, ...]
    pieces: tuple[Piece, ...]
    vectors: dict[str, NDArray[np.float32]]
    """Comparator -> [pieces, d], unit rows."""
    soft: tuple[SoftStretch, ...] = ()
    """Speech much softer than most."""
    soft_vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """Comparator -> [soft, d], unit rows."""

    @property
    def speech_s(self) -> float:
        return total(self.speech)


class VoiceObserver:
    """Listens to recordings; the networks are loaded once."""

    def __init__(self, comparators: Sequence[VoiceComparator]) -> None:
        self._comparators = tuple(comparators)
        self._network = SpeechNetwork()

    def listen(
        self,
        recording: Recording,
        source: SoundSource,
        progress: Callable[[float], None] = lambda share: None,
        overheard: Overheard | None = None,
    ) -> VoiceTrack:
        """Everything about one source. Raises MediaError. overheard: measures the sound in passing."""
        duration = float(recording.facts.duration or 0)
        meter, finder = SoundMeter(), SpeechFinder(self._network)
        with SoundSpool() as spool:
            for block in source.blocks(recording):
                meter.feed(block.time, block.samples)
                finder.feed(block.time, block.samples)
                spool.keep(block)
                if overheard is not None:
                    overheard.feed(block)
                progress(min(1.0, float(block.time) / duration) / 2 if duration else 0.0)
            finder.finish()
            if overheard is not None:
                overheard.complete = True
            facts = meter.facts(finder.spans)
            pieces = pieces_of(finder.spans)
            soft = soft_stretches(*meter.levels(), finder.spans, facts.speech_dbfs)
            all_pieces = [*pieces, *(Piece((s.span,)) for s in soft)]
            order = sorted(range(len(all_pieces)), key=lambda i: all_pieces[i].span)
            heard = spool.blocks() if spool.complete else source.blocks(recording)
            found = self._embed(heard, [all_pieces[i] for i in order])
        back = np.argsort(order)
        vectors = {name: rows[back] for name, rows in found.items()}
        progress(1.0)
        return VoiceTrack(
            source,
            facts,
            tuple(finder.spans),
            pieces,
            {name: rows[: len(pieces)] for name, rows in vectors.items() if pieces},
            soft,
            {name: rows[len(pieces) :] for name, rows in vectors.items() if soft},
        )

    def _embed(self, blocks: Iterable[AudioBlock], pieces: Sequence[Piece]) -> dict[str, NDArray[np.float32]]:
        found: dict[str, list[NDArray[np.float32]]] = {c.name: [] for c in self._comparators}
        waiting: list[NDArray[np.float32]] = []

        def embed() -> None:
            for c in self._comparators:
                found[c.name].append(c.embed(np.stack([filled(sound, c.piece_samples) for sound in waiting])))
            waiting.clear()

        for sound in cut(blocks, pieces):
            waiting.append(sound)
            if len(waiting) == _BATCH:
                embed()
        if waiting:
            embed()
        return {name: np.concatenate(parts) for name, parts in found.items() if parts}


def runs_of(speech: Sequence[Span]) -> list[list[Span]]:
    """Spans in order, those with pauses of less than RUN_PAUSE_S between them together."""
    runs: list[list[Span]] = []
    for span in speech:
        if runs and span.start - runs[-1][-1].end < RUN_PAUSE_S:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def pieces_of(speech: Sequence[Span], most: int = MOST_PIECES) -> tuple[Piece, ...]:
    """Pieces of all speech, in order of their start; so far apart that there are at most about `most`."""
    runs = runs_of(speech)
    hop = max(HOP_S, Fraction(round(total(speech) / most, 2)))
    pieces: list[Piece] = []
    for run in runs:
        begins = list(accumulate((s.duration for s in run), initial=Fraction(0)))
        length = begins[-1]
        if length < SHORTEST_PIECE_S:
            continue
        count = max(1, int((length - PIECE_S) / hop) + 1) if length > PIECE_S else 1
        if length > PIECE_S and (length - PIECE_S) - (count - 1) * hop > hop / 2:
            count += 1  # the end of the run is heard too
        last = max(Fraction(0), length - PIECE_S)
        for index in range(count):
            at = min(index * hop, last)
            pieces.append(Piece(_part(run, begins, at, at + PIECE_S)))
    return tuple(pieces)


def _part(run: Sequence[Span], begins: Sequence[Fraction], first: Fraction, end: Fraction) -> tuple[Span, ...]:
    """What lies between two moments of a run, counted in seconds of speech; begins: where each span starts in that count."""
    spans = []
    for index in range(bisect_right(begins, first) - 1, len(run)):
        span, at = run[index], begins[index]
        if at >= end:
            break
        start, stop = max(first - at, Fraction(0)), min(end - at, span.duration)
        if stop > start:
            spans.append(Span(span.start + start, span.start + stop))
    return tuple(spans)


def cut(blocks: Iterable[AudioBlock], pieces: Sequence[Piece]) -> Iterator[NDArray[np.float32]]:
    """The sound of each piece, in order; holds no more than the piece that is longest from end to end."""
    held: list[AudioBlock] = []
    number = 0
    for block in blocks:
        held.append(block)
        end = block.time + Fraction(len(block.samples), RATE)
        while number < len(pieces) and pieces[number].span.end <= end:
            yield _sound(held, pieces[number])
            number += 1
        if number == len(pieces):
            return
        start = pieces[number].span.start
        held = [b for b in held if b.time + Fraction(len(b.samples), RATE) > start]
    for piece in pieces[number:]:
        yield _sound(held, piece)


def _sound(held: Sequence[AudioBlock], piece: Piece) -> NDArray[np.float32]:
    parts = []
    for span in piece.spans:
        for block in held:
            first = max(0, round((span.start - block.time) * RATE))
            last = min(len(block.samples), round((span.end - block.time) * RATE))
            if last > first:
                parts.append(block.samples[first:last])
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def filled(sound: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """`sound` cut to `samples`, or repeated until it fills them."""
    if not len(sound):
        return np.zeros(samples, np.float32)
    return np.resize(sound, samples).astype(np.float32)
