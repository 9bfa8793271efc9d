"""Frames and sound into files."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from samples.generate.motion import FPS
from samples.generate.speech import RATE, Sentence

Frame = NDArray[np.uint8]

NOTE = "Generated sample media: nobody real is shown or heard"


def encode(path: Path, frames: Iterable[Frame], size: tuple[int, int], sound: NDArray[np.float64]) -> None:
    """An mp4 with H.264 at `FPS` and mono AAC. One encoder thread, so that the same frames give the same file."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        file.metadata["comment"] = NOTE
        video = file.add_stream("libx264", rate=FPS, options={"crf": "24", "preset": "medium"})
        video.width, video.height, video.pix_fmt = size[0], size[1], "yuv420p"
        video.thread_count, video.time_base, video.gop_size = 1, Fraction(1, FPS), 4 * FPS
        audio = file.add_stream("aac", rate=RATE, layout="mono", bit_rate=80_000)
        samples = np.round(sound * 32767).astype(np.int16)[None]
        done = 0
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            file.mux(video.encode(frame))
            until = (number + 1) * RATE // FPS
            heard = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, done:until]), format="s16", layout="mono"
            )
            heard.sample_rate, heard.pts, heard.time_base = RATE, done, Fraction(1, RATE)
            file.mux(audio.encode(heard))
            done = until
        file.mux(video.encode(None))
        file.mux(audio.encode(None))


def subtitles(path: Path, said: list[tuple[str, Sentence]]) -> None:
    """A WebVTT transcript of (speaker, sentence)."""
    lines = ["WEBVTT", "", f"NOTE {NOTE}", ""]
    for speaker, sentence in sorted(said, key=lambda pair: pair[1].start):
        lines += [f"{_clock(sentence.start)} --> {_clock(sentence.end)}", f"<v {speaker}>{sentence.text}", ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02d}:{rest:06.3f}"
