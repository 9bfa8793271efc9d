"""Mel spectrograms as librosa makes them: centred Hann windows, power, Slaney's mel scale and area norm."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_LINEAR_HZ = 200.0 / 3
"""Hz per mel below 1,000 Hz; above, a mel is a step of the 27th root of 6.4."""
_BREAK_HZ, _LOG_STEP = 1000.0, np.log(6.4) / 27.0


def _to_mel(hz: float) -> float:
    if hz < _BREAK_HZ:
        return hz / _LINEAR_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_HZ / _LINEAR_HZ))
    return np.where(mel < _BREAK_HZ / _LINEAR_HZ, mel * _LINEAR_HZ, above)


@lru_cache(maxsize=4)
def mel_filters(sample_rate: int, window: int, bands: int) -> Array:
    """Triangular filters [bands, window // 2 + 1], each of area 1 in Hz."""
    bins = np.fft.rfftfreq(window, 1 / sample_rate)
    corners = _to_hz(np.linspace(0.0, _to_mel(sample_rate / 2), bands + 2))
    rising = (bins - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - bins) / np.diff(corners)[1:, None]
    area = 2.0 / (corners[2:] - corners[:-2])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * area[:, None], np.float32)


def mel_power(pieces: Array, sample_rate: int, window: int, step: int, bands: int) -> Array:
    """Power per mel band of each piece: [n, samples] -> [n, samples // step + 1, bands]; not in decibels."""
    from scipy.fft import rfft

    padded = np.pad(pieces, ((0, 0), (window // 2, window // 2)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)[:, ::step]
    hann = np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window), np.float32)
    spectrum = rfft(frames * hann, axis=-1)
    power = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)
    return np.asarray(power @ mel_filters(sample_rate, window, bands).T, np.float32)
