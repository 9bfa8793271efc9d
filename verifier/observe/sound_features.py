"""Sound as lips would make it: how loud each band of speech is and how it sets in, 25 times a second on the recording's clock.

Bin k covers [k / 25, (k + 1) / 25) seconds: the time for which a picture of a 25-per-second recording is shown. Streamed:
of the sound itself no more than a block is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.media.types import AudioBlock

SAMPLE_RATE = 16_000
BINS_PER_S = 25
BANDS = 20
LOWEST_HZ, HIGHEST_HZ = 80.0, 7000.0
ONSETS = 4
"""Onsets of so many groups of bands, lowest first."""
COLUMNS = BANDS + ONSETS
_HOP, _WINDOW, _FFT = 160, 400, 512
"""Samples: a spectrum every 10 ms, of 25 ms."""
_PER_BIN = SAMPLE_RATE // _HOP // BINS_PER_S
_QUIET = 1e-8
"""Power under which nothing is heard: -80 dB."""


@dataclass(frozen=True)
class SoundTable:
    """features: float32 [n, COLUMNS], log power by band in nats, then onsets; NaN in bins without sound.

    level: float32 [n], dB below full scale; -inf in bins without sound.
    """

    features: NDArray[np.float32]
    level: NDArray[np.float32]


def sound_table(blocks: Iterable[AudioBlock]) -> SoundTable:
    """The table of one sound track. blocks: mono, SAMPLE_RATE per second, in order of time, gaps by their times."""
    bands = Bands()
    for block in blocks:
        bands.feed(block)
    return bands.table()


class Bands:
    """The table of sound that is fed in order of time."""

    def __init__(self) -> None:
        self._spectra = _Spectra()

    def feed(self, block: AudioBlock) -> None:
        if block.sample_rate != SAMPLE_RATE:
            raise ValueError(f"sound must have {SAMPLE_RATE} samples per second")
        self._spectra.add(round(block.time * SAMPLE_RATE), block.samples)

    def table(self) -> SoundTable:
        """To be called once, when the sound is at its end."""
        return _binned(*self._spectra.finish())


class _Spectra:
    """Band powers every hop; where sound is missing, rows of NaN."""

    def __init__(self) -> None:
        self._filters = _mel_filters()
        self._shape = np.hanning(_WINDOW).astype(np.float32)
        self._rest = np.zeros(0, np.float32)
        self._at = 0
        """Sample at which `_rest` begins: always a hop's border."""
        self._rows: list[NDArray[np.float32]] = []

    def add(self, start: int, samples: NDArray[np.float32]) -> None:
        if start - (self._at + len(self._rest)) >= _HOP:
            self._spectra(last=True)
            hops = max(0, start // _HOP - self._at // _HOP)
            self._rows.append(np.full((hops, BANDS + 1), np.nan, np.float32))
            self._at += hops * _HOP
            self._rest = np.zeros(max(0, start - self._at), np.float32)
        self._rest = np.concatenate([self._rest, samples])
        self._spectra(last=False)

    def finish(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Band powers [n, BANDS] and power of the sound [n], one row per hop from time 0."""
        self._spectra(last=True)
        rows = np.concatenate([np.zeros((0, BANDS + 1), np.float32), *self._rows])
        return rows[:, :BANDS], rows[:, BANDS]

    def _spectra(self, *, last: bool) -> None:
        if last:  # silence fills the last window
            whole = -(-len(self._rest) // _HOP)
            self._rest = (
                np.pad(self._rest, (0, whole * _HOP + _WINDOW - _HOP - len(self._rest))) if whole else self._rest
            )
        count = (len(self._rest) - _WINDOW) // _HOP + 1 if len(self._rest) >= _WINDOW else 0
        if count:
            pieces = np.lib.stride_tricks.sliding_window_view(self._rest, _WINDOW)[: count * _HOP : _HOP]
            power = np.abs(np.fft.rfft(pieces * self._shape, _FFT)) ** 2 / (self._shape**2).sum()
            rows = np.hstack([power @ self._filters.T, (pieces**2).mean(axis=1, keepdims=True)])
            self._rows.append(rows.astype(np.float32))
        self._at += count * _HOP
        self._rest = np.zeros(0, np.float32) if last else self._rest[count * _HOP :]


def _mel_filters() -> NDArray[np.float64]:
    """Triangles over the spectrum, evenly spread on the mel scale: [BANDS, _FFT // 2 + 1], each of sum 1."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    hz = np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    filters = np.maximum(0, np.minimum((hz - left) / (middle - left), (right - hz) / (right - middle)))
    filters /= np.maximum(filters.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(filters)


def _binned(bands: NDArray[np.float32], power: NDArray[np.float32]) -> SoundTable:
    log = np.log(bands + _QUIET)
    rise = np.maximum(0, np.diff(log, axis=0, prepend=log[:1]))
    onsets = np.stack([group.mean(axis=1) for group in np.array_split(rise, ONSETS, axis=1)], axis=1)
    count = len(log) // _PER_BIN
    used = np.hstack([log, onsets])[: count * _PER_BIN]
    features = used.reshape(count, _PER_BIN, COLUMNS).mean(axis=1)
    mean_power = power[: count * _PER_BIN].reshape(count, _PER_BIN).mean(axis=1)
    level = np.where(np.isnan(mean_power), -np.inf, 10 * np.log10(np.nan_to_num(mean_power) + _QUIET))
    return SoundTable(features.astype(np.float32), level.astype(np.float32))
