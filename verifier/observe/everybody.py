"""Faces as blurring needs them: looked for often, and every box that the detector drew, whether it is a face or not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.media.sampling import SamplingPlan
from verifier.observe.faces import FaceObserver

if TYPE_CHECKING:
    from verifier.media.types import VideoFrame
    from verifier.observe.face_detector import FaceBox
    from verifier.timing import MediaTime

    Boxes = NDArray[np.float32]

EVERY = Fraction(1, 8)
"""Seconds between looks: a part of the ordinary second, so that those pictures are looked at here, too."""
MAX_BOXES = 24
"""Boxes of one look; where there are more, the whole picture is one."""


@dataclass(frozen=True)
class Look:
    """boxes: x, y, width, height in pixels, [n, 4]."""

    time: MediaTime
    boxes: Boxes


class EverybodyObserver(FaceObserver):
    """As its parent, eight looks a second and a scan for small faces at each whole one."""

    name = "everybody"
    plan = SamplingPlan(every=EVERY)
    scan_every = Fraction(1)

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[Look] = []

    def _find(self, frame: VideoFrame, near: list[FaceBox], *, scan: bool) -> list[FaceBox]:
        found = super()._find(frame, near, scan=scan)
        boxes = [(b.x, b.y, b.width, b.height) for b in found]
        if len(boxes) > MAX_BOXES:
            boxes = [(0, 0, frame.image.shape[1], frame.image.shape[0])]
        self.looks.append(Look(frame.time, np.array(boxes, np.float32).reshape(-1, 4)))
        return found
