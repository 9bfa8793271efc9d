"""Short clicks in a sound track, such as keys make, and where somebody speaks; streamed, second by second.

A click is a sudden rise of what lies above 1.5 kHz that is gone within a thirtieth of a second, without a tone in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.sound import SILENCE_DBFS
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.media.types import AudioBlock

RATE = 16_000
HOP = 32
"""Samples per level: 2 ms."""
ABOVE_HZ = 1500
RISE_DB, FALL_DB = 12.0, 10.0
"""Above the tenth of a second before, and from the peak to 30 to 60 ms after it."""
QUIETEST_DB = -72.0
LEAST_FLAT = 0.12
"""Of the spectrum from 1 to 7 kHz, geometric over arithmetic mean: noise has about 0.5, a tone next to nothing."""
_BEFORE, _AFTER, _NEAR = 50, 30, 6
"""Levels: 100 ms, 60 ms and 12 ms."""
MOST_CLICKS = 100_000
MUTED = 10 ** (SILENCE_DBFS / 20)
"""Of full scale: a block of sound that nowhere rises above it is no room in which keys could be heard."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class ClickTable:
    """What was heard in one track. times: seconds of the clicks, float64 [n], in order."""

    times: NDArray[np.float64]
    speech: tuple[Span, ...]
    heard_s: float
    """Seconds of sound that is there, those left out in which nothing is louder than a muted track."""
    floors: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    """[m, 2], about one a second: when, and the median level above ABOVE_HZ there, dB of full scale."""


def click_table(blocks: Iterable[AudioBlock], speech: Sequence[Span] | None = None) -> ClickTable:
    """blocks: mono, 16,000 samples a second, in order of time, gaps by their times. speech: where it is; None: found here."""
    finder, clicks = SpeechFinder(SpeechNetwork()) if speech is None else None, Clicks()
    for block in blocks:
        if finder is not None:
            finder.feed(block.time, block.samples)
        clicks.feed(block)
    if finder is not None:
        finder.finish()
        speech = finder.spans
    return clicks.table(speech or ())


class Clicks:
    """The clicks of sound that is fed in order of time."""

    def __init__(self) -> None:
        self._heard = 0

    @cached_property
    def _listener(self) -> _Listener:
        """Made when there is something to hear, in the thread that listens: what it imports takes most of a second."""
        return _Listener()

    def feed(self, block: AudioBlock) -> None:
        self._listener.feed(float(block.time), block.samples)
        if len(block.samples) and float(np.abs(block.samples).max()) > MUTED:
            self._heard += len(block.samples)

    def table(self, speech: Sequence[Span]) -> ClickTable:
        """To be called once, when the sound is at its end."""
        times = self._listener.finish()
        return ClickTable(times, tuple(speech), self._heard / RATE, np.array(self._listener.floors).reshape(-1, 2))


class _Listener:
    """Finds clicks in what it holds, two seconds at most, and keeps the end for what comes next."""

    def __init__(self) -> None:
        from scipy.signal import butter

        self._filter = butter(4, ABOVE_HZ, "highpass", fs=RATE, output="sos")
        self._found: list[NDArray[np.float64]] = []
        self.floors: list[tuple[float, float]] = []
        self._begin(0.0)

    def _begin(self, time: float) -> None:
        self._start, self._held = time, np.zeros(0, np.float32)
        self._state = np.zeros((len(self._filter), 2))
        self._high = np.zeros(0, np.float64)

    def feed(self, time: float, samples: Samples) -> None:
        from scipy.signal import sosfilt

        if abs(time - self._start - len(self._held) / RATE) > 0.02:
            self._look()
            self._begin(time)
        high, self._state = sosfilt(self._filter, samples, zi=self._state)
        self._held = np.concatenate([self._held, samples])
        self._high = np.concatenate([self._high, high])
        if len(self._held) >= RATE:
            self._look()
            keep = (_BEFORE + _AFTER + 2 * _NEAR) * HOP
            drop = max(0, (len(self._held) - keep) // HOP * HOP)
            self._held, self._high, self._start = self._held[drop:], self._high[drop:], self._start + drop / RATE

    def finish(self) -> NDArray[np.float64]:
        self._look()
        times = np.unique(np.round(np.concatenate([*self._found, np.zeros(0)]), 3))
        return times[np.diff(times, prepend=-1.0) > 0.01][:MOST_CLICKS]

    def _look(self) -> None:
        count = len(self._high) // HOP
        if count > _BEFORE + _AFTER and sum(map(len, self._found)) < MOST_CLICKS:
            power = (self._high[: count * HOP].reshape(-1, HOP) ** 2).mean(axis=1)
            level = 10 * np.log10(power + 1e-10)
            self.floors.append((self._start + count * HOP / RATE / 2, float(np.median(level))))
            at = [n for n in _peaks(level) if self._is_noise(n * HOP)]
            self._found.append(self._start + np.array(at, np.float64) * HOP / RATE)

    def _is_noise(self, at: int) -> bool:
        piece = self._held[max(0, at - 64) : at + 192]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 256))[16:113] ** 2 + 1e-12
        return bool(np.exp(np.log(spectrum).mean()) / spectrum.mean() >= LEAST_FLAT)


def _peaks(level: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where levels rise at once and fall again: indices."""
    windows = np.lib.stride_tricks.sliding_window_view
    last = len(level) - _AFTER
    at = np.arange(_BEFORE, last)
    at = at[(level[at] >= QUIETEST_DB) & (level[at] - level[at - 4] >= FALL_DB)]
    near = windows(level, 2 * _NEAR + 1)[at - _NEAR].max(axis=1)
    after = windows(level, _AFTER // 2)[at + _AFTER // 2].max(axis=1)
    at = at[(level[at] >= near) & (level[at] - after >= FALL_DB)]
    before = np.median(windows(level, _BEFORE - 3)[at - _BEFORE], axis=1)  # dear: asked of the few that are left
    return np.asarray(at[level[at] - before >= RISE_DB])
