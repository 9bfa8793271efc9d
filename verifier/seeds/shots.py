"""What a seeded call is made of: pictures and sound on one clock, and transforms of both that stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.identify import sha256_of
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import Image, MediaError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.media.types import RecordingFacts

Sound = NDArray[np.float32]
"""Mono, [n], -1..1, `RATE` samples a second, from the first moment of the call."""
Shot = tuple[float, Image]
"""When a picture is shown, seconds, and the picture, RGB."""
Shots = Iterator[Shot]
PictureChange = Callable[[Shots], Shots]
SoundChange = Callable[[Sound], Sound]

RATE = 24_000
LONGEST_S = 1800.0
"""A source is read no further: its sound is held in memory, 173 MB at most."""


@dataclass(frozen=True)
class Source:
    """A genuine clip: one person talking. MediaError where it cannot be read."""

    path: Path
    sha256: str
    facts: RecordingFacts = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> Source:
        with Recording(path) as recording:
            if recording.facts.video is None:
                raise MediaError("The recording has no picture to make a seeded call from.")
            return cls(path, sha256_of(path), recording.facts)

    @cached_property
    def seconds(self) -> float:
        """Length by its pictures where the container does not say."""
        if self.facts.duration is not None:
            return min(LONGEST_S, float(self.facts.duration))
        with Recording(self.path) as recording:
            return max((float(f.time) for f in recording.frames(SamplingPlan(max_width=16))), default=0.0)

    def shots(self, lines: int | None = None) -> Shots:
        """Its pictures in order, no higher than `lines` (None: as they are), both sides even."""
        with Recording(self.path) as recording:
            for frame in recording.frames(SamplingPlan()):
                if frame.time > LONGEST_S:
                    return
                yield float(frame.time), fitted(frame.image, lines)

    def pictures(self, count: int, lines: int | None = None) -> list[Image]:
        """At most `count` pictures, spread evenly."""
        step = max(1, round(self.seconds * (self.facts.video.mean_rate or 25) / count)) if self.facts.video else 1
        return [image for _, image in islice(self.shots(lines), 0, step * count, step)]

    @cached_property
    def sound(self) -> Sound:
        """Its first sound track; silence where it has none."""
        out = np.zeros(round(self.seconds * RATE), np.float32)
        if not self.facts.audio:
            return out
        with Recording(self.path) as recording:
            for block in recording.audio(RATE):
                at = round(float(block.time) * RATE)
                part = block.samples[: max(0, len(out) - at)]
                out[at : at + len(part)] = part
        return out


def fitted(image: Image, lines: int | None) -> Image:
    """The picture scaled down to `lines` lines if it has more, its sides cut to even numbers, as coders want."""
    height, width = image.shape[:2]
    scale = min(1.0, lines / height) if lines else 1.0
    size = (max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2))
    if scale < 1:
        small: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return small
    return np.ascontiguousarray(image[: size[1], : size[0]])


def unchanged(shots: Shots) -> Shots:
    return shots


def unchanged_sound(sound: Sound) -> Sound:
    return sound


def loudness(sound: Sound) -> float:
    """Root mean square of the louder half of tenths of a second: speech, not its pauses."""
    frames = sound[: len(sound) // (RATE // 10) * (RATE // 10)].reshape(-1, RATE // 10)
    if not len(frames):
        return 0.0
    power = (frames.astype(np.float64) ** 2).mean(axis=1)
    return float(np.sqrt(power[power >= np.median(power)].mean()))
