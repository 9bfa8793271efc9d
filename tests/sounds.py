"""Sound made for the tests: it shows nobody's voice."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

RATE = 16_000


def vowels(f0: float, seconds: float = 1.6) -> np.ndarray:
    """A hum with a moving pitch and a syllable rhythm."""
    t = np.arange(round(seconds * RATE)) / RATE
    x = sum(np.sin(2 * np.pi * f0 * k * t * (1 + 0.02 * np.sin(6 * t))) / k for k in range(1, 30))
    x = x * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    return np.asarray(x / np.abs(x).max() * 0.3, np.float32)


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
