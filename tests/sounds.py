"""Sound made for the tests: it shows nobody's voice."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from scipy.signal import lfilter

RATE = 16_000


def vowels(f0: float, seconds: float = 1.6) -> np.ndarray:
    """A hum with a moving pitch and a syllable rhythm."""
    t = np.arange(round(seconds * RATE)) / RATE
    x = sum(np.sin(2 * np.pi * f0 * k * t * (1 + 0.02 * np.sin(6 * t))) / k for k in range(1, 30))
    x = x * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    return np.asarray(x / np.abs(x).max() * 0.3, np.float32)


_VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (660, 1720, 2410),
)


def babble(f0: float, seconds: float, seed: int = 0) -> np.ndarray:
    """Syllables without words: buzz through three resonances with hiss between, enough for a speech finder to hear speech."""
    rng, length = np.random.default_rng(seed), round(seconds * RATE)
    out, at = np.zeros(length), 0
    while length - at > RATE // 50:
        size = min(int(rng.uniform(0.09, 0.2) * RATE), length - at)
        phase = np.cumsum(np.full(size, f0 * (1 + 0.1 * rng.normal()) / RATE) * (1 - 0.1 * np.arange(size) / size))
        buzz = np.diff(np.floor(phase), prepend=0).clip(0) + 0.01 * rng.normal(size=size)
        vowel = _VOWELS[rng.integers(len(_VOWELS))]
        syllable = sum(_resonance(buzz, f, w) * g for f, w, g in zip(vowel, (60, 90, 150), (1, 0.6, 0.3), strict=True))
        out[at : at + size] = syllable * np.hanning(size) ** 0.5
        at += size
        hiss = min(int(rng.uniform(0.03, 0.08) * RATE), length - at)
        if hiss > 0:
            out[at : at + hiss] = 0.2 * np.abs(syllable).max() * np.diff(rng.normal(size=hiss + 1)) * np.hanning(hiss)
        at += hiss
    return np.asarray(out / np.abs(out).max() * 0.3, np.float32)


def _resonance(x: np.ndarray, hertz: float, width: float) -> np.ndarray:
    radius = np.exp(-np.pi * width / RATE)
    return np.asarray(lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], x))


def write_sound(path: Path, *channels: np.ndarray, codec: str = "pcm_s16le", rate: int = RATE) -> Path:
    """A file with one or two channels of float sound at 16 kHz."""
    layout = "mono" if len(channels) == 1 else "stereo"
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate, frame_size=stream.frame_size)
        samples = np.round(np.clip(np.stack(channels), -1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16p", layout=layout)
        frame.sample_rate = RATE
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path
