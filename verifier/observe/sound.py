"""What a recording's sound is good for: level, noise, clipping, silence and bandwidth, so that checks can abstain."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.timing import MediaTime, Span

RATE = 16_000
FRAME = 512
"""Samples per level: 32 ms."""
SILENCE_DBFS = -75.0
"""Below this a muted track is heard, not a quiet room."""
_FULL, _FULL_COUNT = 0.98, 4
"""A frame is clipped when so many samples are this near to full scale."""
_BANDS = 32
"""Bands of 250 Hz that the spectrum is looked at in."""
_HEARD_DB = 50.0
"""A band is in use when it is at most so much below the strongest one."""
_LOUD_DBFS = -55.0
_FEWEST_FRAMES = 16
"""Between speech, to measure the noise in: half a second."""
TELEPHONE_HZ, NOISY_DB, CLIPPED_SHARE = 5000, 15.0, 0.05
"""Sound with less bandwidth, less distance of speech from noise, or more clipped frames counts as rough."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class SoundFacts:
    """Measured on all of one sound track (or channel) at 16 kHz."""

    seconds: float
    """Of sound that is there; gaps do not count."""
    silent: float
    """Share of it, 0 to 1, that is digital silence."""
    clipped: float
    """Share of the frames with speech, 0 to 1, that run into full scale."""
    speech_dbfs: float | None
    """Level of speech (its 75th percentile); None: no speech was found."""
    noise_dbfs: float | None
    """Level between speech (its median); None where nothing but digital silence, or next to nothing, lies between."""
    bandwidth_hz: int
    """Highest frequency in use, up to 8,000; 0: nothing was loud enough. A telephone line ends below 4,750."""

    @property
    def speech_over_noise_db(self) -> float | None:
        if self.speech_dbfs is None or self.noise_dbfs is None:
            return None
        return self.speech_dbfs - self.noise_dbfs

    @property
    def flaws(self) -> tuple[str, ...]:
        """What makes the sound rough, in plain words."""
        over_noise = self.speech_over_noise_db
        found = []
        if 0 < self.bandwidth_hz < TELEPHONE_HZ:
            found.append("it has the narrow sound of a telephone line")
        if over_noise is not None and over_noise < NOISY_DB:
            found.append(f"the noise is only {max(0, round(over_noise))} dB below the speech")
        if self.clipped > CLIPPED_SHARE:
            found.append("it is overdriven")
        return tuple(found)


class SoundMeter:
    """Fed with sound in order of time; keeps a level per 32 ms and one mean spectrum."""

    def __init__(self) -> None:
        self._times: list[NDArray[np.float64]] = []
        self._levels: list[Array] = []
        self._full: list[NDArray[np.bool_]] = []
        self._spectrum = np.zeros(FRAME // 2, np.float64)
        self._samples = 0

    def feed(self, time: MediaTime, samples: Array) -> None:
        """Mono sound at 16 kHz that begins at `time`; what is left behind the last whole frame is not measured."""
        self._samples += len(samples)
        frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
        if not len(frames):
            return
        levels = 10 * np.log10((frames.astype(np.float64) ** 2).mean(axis=1) + 1e-12)
        loud = frames[levels > _LOUD_DBFS]
        if len(loud):
            from scipy.fft import rfft

            spectrum = rfft(loud * np.hanning(FRAME).astype(np.float32), axis=1)[:, :-1]
            self._spectrum += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
        self._times.append(float(time) + (np.arange(len(frames)) + 0.5) * FRAME / RATE)
        self._levels.append(levels.astype(np.float32))
        self._full.append((np.abs(frames) >= _FULL).sum(axis=1) >= _FULL_COUNT)

    def levels(self) -> tuple[NDArray[np.float64], Array]:
        """Middles of the frames in seconds [n], and their levels in dBFS [n]."""
        if not self._levels:
            return np.zeros(0), np.zeros(0, np.float32)
        return np.concatenate(self._times), np.concatenate(self._levels)

    def facts(self, speech: Sequence[Span]) -> SoundFacts:
        """The facts, once it is known where somebody speaks."""
        if not self._levels:
            return SoundFacts(self._samples / RATE, 0.0, 0.0, None, None, 0)
        times, levels, full = np.concatenate(self._times), np.concatenate(self._levels), np.concatenate(self._full)
        edges = np.array([s.seconds() for s in speech], np.float64).reshape(-1)
        spoken = np.searchsorted(edges, times, side="right") % 2 == 1
        between = levels[~spoken & (levels > SILENCE_DBFS)]
        return SoundFacts(
            seconds=self._samples / RATE,
            silent=float((levels <= SILENCE_DBFS).mean()),
            clipped=float(full[spoken].mean()) if spoken.any() else 0.0,
            speech_dbfs=float(np.percentile(levels[spoken], 75)) if spoken.any() else None,
            noise_dbfs=float(np.median(between)) if len(between) >= _FEWEST_FRAMES else None,
            bandwidth_hz=_bandwidth(self._spectrum),
        )


def _bandwidth(spectrum: NDArray[np.float64]) -> int:
    bands = 10 * np.log10(spectrum.reshape(_BANDS, -1).mean(axis=1) + 1e-12)
    if not spectrum.any():
        return 0
    heard = np.nonzero(bands >= bands.max() - _HEARD_DB)[0]
    return int((heard[-1] + 1) * RATE / 2 / _BANDS)


def seconds_of(spans: Sequence[Span]) -> float:
    return float(sum((s.duration for s in spans), Fraction(0)))
