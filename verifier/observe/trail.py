"""The picture trail: what every picture looks like from afar, 64 x 36 grey cells, once a second and densely in bursts.

Enough to see a picture that stands still or comes again, at half a millisecond a picture; the bursts are those in which
mouths are watched, so that a recording is not decoded for it twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.observe.lips import SLOT, plan_for

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.media.types import VideoFrame
    from verifier.timing import MediaTime

COLUMNS, ROWS = 64, 36
EVERY = Fraction(1)
MAX_PICTURES = 40_000
"""Four and a half hours; 92 MB."""


@dataclass(frozen=True)
class TrailTable:
    """In order of time."""

    times: tuple[MediaTime, ...]
    cells: NDArray[np.uint8]
    """[n, 36, 64], mean grey of each cell."""
    size: tuple[int, int]
    """Width and height of the pictures, the last one's; 0, 0 where there was none."""
    complete: bool = True
    """False: pictures after the last of `times` were not kept."""


def trail_plan(duration: MediaTime | None) -> SamplingPlan:
    """A picture a second and the bursts of `lips.plan_for`."""
    return replace(plan_for(duration), every=EVERY)


def trail_observer(path: Path) -> TrailObserver:
    """What looks at a recording of this length."""
    with Recording(path) as recording:
        return TrailObserver(recording.facts.duration)


class TrailObserver:
    """Feed it frames in order of time, then `finish`."""

    name = "trail"

    def __init__(self, duration: MediaTime | None) -> None:
        self.plan = trail_plan(duration)
        self._times: list[MediaTime] = []
        self._cells: list[NDArray[np.uint8]] = []
        self._size = (0, 0)
        self._complete = True

    def observe(self, frame: VideoFrame) -> None:
        if self._times and frame.time // SLOT == self._times[-1] // SLOT:
            return
        if len(self._times) >= MAX_PICTURES:
            self._complete = False
            return
        self._size = (frame.image.shape[1], frame.image.shape[0])
        self._times.append(frame.time)
        self._cells.append(thumbnail(frame.image))

    def close(self) -> None:
        """There is nothing to give back."""

    def finish(self) -> TrailTable:
        cells = np.array(self._cells, np.uint8).reshape(-1, ROWS, COLUMNS)
        return TrailTable(tuple(self._times), cells, self._size, self._complete)


def thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[36, 64] mean grey of the cells of an RGB picture."""
    thinned = image[::2] if len(image) >= 8 * ROWS else image  # half the lines do, at half the cost
    small = cv2.resize(thinned, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    grey: NDArray[np.uint8] = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return grey
