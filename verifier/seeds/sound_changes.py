"""Sound that is not the clip's own: another voice, moved, a second voice beneath it, a whisper before the answer."""

from __future__ import annotations

import numpy as np

from verifier.seeds.shots import RATE, Sound, SoundChange, loudness

_LPC_ORDER, _FRAME = 20, RATE // 50


def dubbing(other: Sound, span: tuple[float, float]) -> SoundChange:
    """Within the span the other voice, as loud as the own one; it begins again where it is shorter."""

    def change(sound: Sound) -> Sound:
        out = sound.copy()
        start, end = _samples(span, len(sound))
        if len(other) and end > start:
            out[start:end] = np.resize(other, end - start) * _gain(sound, other)
        return out

    return change


def shifting(seconds: float, span: tuple[float, float]) -> SoundChange:
    """Within the span the sound comes `seconds` later (below 0: earlier); where none is left it is silent."""

    def change(sound: Sound) -> Sound:
        out, by = sound.copy(), round(seconds * RATE)
        start, end = _samples(span, len(sound))
        rows = np.arange(start, end) - by
        known = (rows >= 0) & (rows < len(sound))
        out[start:end] = np.where(known, sound[np.clip(rows, 0, max(0, len(sound) - 1))], 0)
        return out

    return change


def second_voice(other: Sound, decibels: float, span: tuple[float, float]) -> SoundChange:
    """Within the span another voice, `decibels` against the own one (below 0: quieter)."""

    def change(sound: Sound) -> Sound:
        out = sound.copy()
        start, end = _samples(span, len(sound))
        if len(other) and end > start:
            out[start:end] += np.resize(other, end - start) * (_gain(sound, other) * 10 ** (decibels / 20))
        return np.clip(out, -1, 1)

    return change


def pausing(seconds: float, rng: np.random.Generator) -> SoundChange:
    """A pause before the sound, with the noise of a quiet room."""

    def change(sound: Sound) -> Sound:
        room = rng.normal(0, 3e-4, round(seconds * RATE)).astype(np.float32)
        return np.concatenate([room, sound])

    return change


def whispering(said: tuple[float, float], at: float, decibels: float, rng: np.random.Generator) -> SoundChange:
    """What is said in the span `said` is whispered first, beginning at `at`; decibels: against the voice."""

    def change(sound: Sound) -> Sound:
        start, end = _samples(said, len(sound))
        whisper = whispered(sound[start:end], rng)
        out, begin = sound.copy(), round(at * RATE)
        part = whisper[: max(0, min(len(whisper), start - begin))]
        level = loudness(part)
        if level > 0:
            out[begin : begin + len(part)] += part * (loudness(sound[start:end]) / level * 10 ** (decibels / 20))
        return np.clip(out, -1, 1)

    return change


def whispered(sound: Sound, rng: np.random.Generator) -> Sound:
    """The same words without voice: the filter of mouth and throat (linear prediction) driven by noise, 20 ms at a time."""
    from scipy.linalg import solve_toeplitz
    from scipy.signal import lfilter

    out, window = np.zeros(len(sound) + _FRAME, np.float32), np.hanning(2 * _FRAME)
    for at in range(0, len(sound) - 2 * _FRAME, _FRAME):
        frame = sound[at : at + 2 * _FRAME].astype(np.float64) * window
        around = np.correlate(frame, frame, "full")[2 * _FRAME - 1 :][: _LPC_ORDER + 1]
        if around[0] < 1e-6:
            continue
        around[0] *= 1.001  # a floor of noise keeps the filter stable
        weights = solve_toeplitz(around[:-1], around[1:])
        left = around[0] - float(weights @ around[1:])
        drive = rng.normal(0, 1, 2 * _FRAME) * np.sqrt(max(left, 0.0) / (2 * _FRAME))
        out[at : at + 2 * _FRAME] += (lfilter([1.0], [1.0, *-weights], drive) * window).astype(np.float32)
    return out[: len(sound)]


def _samples(span: tuple[float, float], count: int) -> tuple[int, int]:
    start, end = (min(count, max(0, round(edge * RATE))) for edge in span)
    return start, max(start, end)


def _gain(own: Sound, other: Sound) -> np.float32:
    level = loudness(other)
    return np.float32(min(8.0, loudness(own) / level) if level > 0 else 1.0)
