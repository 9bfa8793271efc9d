"""Sounds made up for the tests: keys of varied timbre in varied rooms, a clock, room noise."""

from __future__ import annotations

import numpy as np

RATE = 16_000


def room_noise(seconds: float, seed: int = 0, level: float = 0.002) -> np.ndarray:
    """Noise with more low than high, as fans and streets make it."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(round(seconds * RATE))
    spectrum = np.fft.rfft(white) / np.sqrt(1 + np.arange(len(white) // 2 + 1) / len(white) * RATE / 300)
    noise = np.fft.irfft(spectrum, len(white))
    return np.asarray(level * noise / noise.std(), np.float32)


def click(rng: np.random.Generator, timbre: int) -> np.ndarray:
    """One key going down, and softer, up again; timbre 0 to 3: thin to heavy."""
    n = RATE // 4
    at = np.arange(n) / RATE
    out = np.zeros(n)
    ring = (4200, 3200, 2300, 1500)[timbre] * rng.uniform(0.85, 1.15)
    for start, loud in ((0.0, 1.0), (rng.uniform(0.06, 0.11), rng.uniform(0.2, 0.6))):
        since = np.clip(at - start, 0, None)
        decay = np.exp(-since / rng.uniform(0.002, 0.006)) * (at >= start)
        out += loud * decay * (rng.standard_normal(n) + 0.8 * np.sin(2 * np.pi * ring * since))
        out += loud * 0.3 * np.exp(-since / 0.012) * (at >= start) * np.sin(2 * np.pi * 180 * since)
    return out / np.abs(out).max()


def typing(seconds: float, rate: float = 5.0, seed: int = 0, timbre: int = 1, room_s: float = 0.15) -> np.ndarray:
    """Keys at about `rate` a second with pauses between words, heard in a room; peak 1."""
    rng = np.random.default_rng(seed)
    out, at = np.zeros(round(seconds * RATE) + RATE), 0.1
    while at < seconds - 0.3:
        key = click(rng, timbre) * rng.uniform(0.5, 1)
        first = round(at * RATE)
        out[first : first + len(key)] += key
        at += rng.gamma(6, 1 / (6 * rate)) + (rng.uniform(0.1, 0.3) if rng.random() < 0.15 else 0)
    tail = rng.standard_normal(round(room_s * RATE)) * np.exp(-np.arange(round(room_s * RATE)) / RATE / (room_s / 5))
    out += 0.03 * np.convolve(out, tail)[: len(out)]
    return np.asarray(out[: round(seconds * RATE)] / np.abs(out).max(), np.float32)


def ticks(seconds: float, every: float = 0.25) -> np.ndarray:
    """A clock: even clicks."""
    rng, out = np.random.default_rng(5), np.zeros(round(seconds * RATE), np.float32)
    one = click(rng, 0)[: RATE // 20]
    for at in np.arange(0.1, seconds - 0.1, every):
        out[round(at * RATE) : round(at * RATE) + len(one)] += one
    return out
