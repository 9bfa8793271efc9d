"""The call ladder: what a call does to pictures and sound on their way. Genuine and manipulated calls go through the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
import cv2
import numpy as np

from verifier.media.types import MediaError
from verifier.seeds import filters
from verifier.seeds.shots import RATE, Shots, Sound, Source

if TYPE_CHECKING:
    from pathlib import Path

H264, VP8 = "H.264", "VP8"
LINES, BIT_RATES, DROPS = (360, 480, 540, 720), (150_000, 300_000, 500_000, 800_000, 1_500_000), (0.0, 0.1, 0.25)
SOUND_BIT_RATE = 32_000
_PICTURE_CLOCK = Fraction(1, 1000)
"""Containers of both kinds can carry it."""
_CODERS: dict[str, tuple[str, str, dict[str, str]]] = {
    # one thread, and a speed that does not depend on the machine: the same seed gives the same file
    H264: ("libx264", "matroska", {"preset": "veryfast", "tune": "zerolatency"}),
    VP8: ("libvpx", "webm", {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"}),
}


@dataclass(frozen=True)
class Step:
    """One way through a call."""

    lines: int | None = 360
    """At most so many; None: as many as there are. Pictures are never enlarged."""
    bit_rate: int = 300_000
    """Of the picture, bit/s."""
    codec: str = H264
    dropped: float = 0.0
    """Share of the pictures that are lost."""
    filter: str = ""
    """One of `filters.NAMES`, or none."""

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, filtered: float = 0.0) -> Step:
        """A step at random; `filtered`: the share that gets a filter."""
        name = str(rng.choice(filters.NAMES)) if rng.random() < filtered else ""
        codec = (H264, VP8)[int(rng.integers(2))]
        lines, rate, drop = (options[int(rng.integers(len(options)))] for options in (LINES, BIT_RATES, DROPS))
        return cls(int(lines), int(rate), codec, float(drop), name)

    @property
    def suffix(self) -> str:
        return ".webm" if self.codec == VP8 else ".mkv"

    @property
    def name(self) -> str:
        """ "360p 300k H.264", and what else is done to it."""
        size = f"{self.lines}p" if self.lines else "full size"
        more = [f"{self.dropped:.0%} dropped"] if self.dropped else []
        return ", ".join([f"{size} {self.bit_rate // 1000}k {self.codec}", *more, *filter(None, [self.filter])])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def on_pictures(self, shots: Shots, seed: int) -> Shots:
        """Filter and losses, the same for the same seed; scaling comes before (`Source.shots`), coding after."""
        if self.filter:
            shots = filters.named(self.filter, np.random.default_rng([seed, 1]))(shots)
        return filters.dropping(self.dropped, np.random.default_rng([seed, 2]))(shots) if self.dropped else shots


def encode(
    shots: Shots, sound: Sound | None, step: Step, target: Path, *, rate: float = 25.0, comment: str = ""
) -> None:
    """Writes a recording, pictures and sound as they arrive; all pictures have the size of the first.

    Raises:
        MediaError: there was no picture.
    """
    coder, container, options = _CODERS[step.codec]
    rates = {"maxrate": str(step.bit_rate), "bufsize": str(step.bit_rate)}
    # libav's "bitexact" leaves out what changes from run to run: ids drawn at random and the writer's version
    with av.open(str(target), "w", format=container, options={"fflags": "+bitexact"}) as sink:
        if comment:
            sink.metadata["comment"] = comment
        opened = sink.add_stream(coder, rate=Fraction(rate).limit_denominator(1001), options={**options, **rates})
        video = cast("av.VideoStream", opened)
        video.pix_fmt, video.bit_rate, video.codec_context.thread_count = "yuv420p", step.bit_rate, 1
        video.codec_context.time_base = _PICTURE_CLOCK
        voice = _VoiceTrack(sink, sound) if sound is not None and len(sound) else None
        size: tuple[int, int] | None = None
        for time, image in shots:
            if size is None:
                size = (image.shape[1], image.shape[0])
                video.width, video.height = size
            elif (image.shape[1], image.shape[0]) != size:
                image = cv2.resize(image, size)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = round(time / _PICTURE_CLOCK), _PICTURE_CLOCK
            sink.mux(video.encode(frame))
            if voice is not None:
                voice.write(time)
        if size is None:
            raise MediaError("There is no picture to make a call from.")
        sink.mux(video.encode(None))
        if voice is not None:
            voice.finish()


class _VoiceTrack:
    """Sound that is written a little ahead of the pictures."""

    def __init__(self, sink: av.container.OutputContainer, sound: Sound) -> None:
        self._sink, self._sound, self._at = sink, sound, 0
        self._stream = sink.add_stream("libopus", rate=48_000, layout="mono")
        self._stream.bit_rate = SOUND_BIT_RATE
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)

    def write(self, until_s: float) -> None:
        while self._at < min(len(self._sound), round((until_s + 1) * RATE)):
            part = self._sound[self._at : self._at + RATE]
            samples = np.round(np.clip(part, -1, 1) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
            self._at += len(part)
            for piece in self._resampler.resample(frame):
                self._sink.mux(self._stream.encode(piece))

    def finish(self) -> None:
        self.write(len(self._sound) / RATE)
        for piece in self._resampler.resample(None):
            self._sink.mux(self._stream.encode(piece))
        self._sink.mux(self._stream.encode(None))


def through(path: Path, target: Path, step: Step, *, seed: int = 0) -> Path:
    """A recording as it comes out of a call of this step, its time stamps kept."""
    return called(Source.open(path), target, step, seed=seed)


def called(source: Source, target: Path, step: Step, *, seed: int = 0) -> Path:
    """The same of a source that may be a part of a recording."""
    rate = source.facts.video.mean_rate if source.facts.video else None
    sound = source.sound if source.facts.audio else None
    encode(step.on_pictures(source.shots(step.lines), seed), sound, step, target, rate=rate or 25.0)
    return target
