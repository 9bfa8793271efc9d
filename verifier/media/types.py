"""What every media source yields, whatever the file or device behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.timing import MediaTime

Image = NDArray[np.uint8]
"""RGB, shape [height, width, 3], upright (rotation already applied)."""


class MediaError(Exception):
    """The input cannot be used; the message is one line a recruiter understands, without a path."""


@dataclass(frozen=True)
class VideoFrame:
    """A decoded picture and when it is shown, counted from the first timestamp of the file."""

    time: MediaTime
    image: Image
    is_key: bool


@dataclass(frozen=True)
class AudioBlock:
    """Mono sound, shape [n], float32 in -1..1, starting at `time`."""

    time: MediaTime
    samples: NDArray[np.float32]
    sample_rate: int


@dataclass(frozen=True)
class VideoFacts:
    """The picture track that is read."""

    codec: str
    width: int
    height: int
    """Upright size in pixels."""
    rotation: int
    """Degrees counter-clockwise that were applied to make it upright: 0, 90, 180 or 270."""
    mean_rate: float | None
    """Pictures per second; None when the file does not say."""


@dataclass(frozen=True)
class AudioFacts:
    """One sound track."""

    index: int
    """Position among the file's sound tracks, from 0."""
    codec: str
    sample_rate: int
    channels: int
    language: str | None


@dataclass(frozen=True)
class RecordingFacts:
    """What the container says, before anything is decoded."""

    container: str
    duration: MediaTime | None
    video: VideoFacts | None
    audio: tuple[AudioFacts, ...]
    metadata: tuple[tuple[str, str], ...]
    """Container and stream tags, at most 64 of 256 characters each."""
