"""The lip observer: how a mouth moves, 15 times a second, in bursts.

Lips are only of use at such a rate, where the mesh costs more than decoding the picture, so a long recording is looked at
for nine seconds of every minute and a half. One mouth is followed at a time: that of the largest face; faces of about its size
take turns, burst by burst.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.media.sampling import SamplingPlan
from verifier.observe.eyes import FEATURES as EYES
from verifier.observe.eyes import eye_features
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_mesh import FaceMesher, Mesh

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.media.types import VideoFrame
    from verifier.timing import MediaTime

FEATURES = ("opening", "width", "root area", "outer height", "jaw")
"""Of the mouth, each over the height of the face."""
ANCHORS = (10, 151, 9, 168, 6, 197, 195, 33, 133, 362, 263, 98, 327, 234, 454, 4)
"""Points of the mesh: forehead, bridge and tip of the nose, corners of the eyes, wings of the nose, temples."""
WHOLE_UP_TO = Fraction(60)
"""Seconds: recordings no longer than this are looked at from end to end."""
BURST = Fraction(9)
"""Seconds: two lines of reading and what is left of those that it cuts."""
EVERY, OFTEN, OFTEN_UP_TO = Fraction(90), Fraction(30), Fraction(300)
"""Seconds between the beginnings of two bursts; up to five minutes of recording three times as often."""
SLOT = Fraction(1, 15)
"""Seconds: of each stretch of this length the first picture is looked at. All 30 pictures of a second cost twice as much and tell
hardly more (models/lip_voice/figures.md)."""
MAX_YAW = 40.0
"""Degrees: turned further, the far half of the mouth is guessed."""
MAX_SAMPLES = 400_000
NEW_BURST = Fraction(2)
"""A pause of this many seconds in the pictures ends a burst."""
_ALIKE = 0.7
"""Faces of at least this share of the largest one's size take turns."""
_MOVED = 0.15
"""Sizes of the face that it may move before the searched region moves along; each move costs the tracking its hold."""
_INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)


@dataclass(frozen=True)
class LipTable:
    """All that was seen of mouths in one recording; rows in order of time.

    One row per picture in which the followed face had a mesh and was not turned away.
    """

    times: tuple[MediaTime, ...]
    boxes: tuple[FaceBox, ...]
    """The face of each row, from the mesh: forehead to chin, ear to ear."""
    features: NDArray[np.float32]
    """[n, 5], FEATURES, each over the height of the face."""
    looked_at: int
    """Pictures in which a mouth was looked for."""
    has_mesh: bool = True
    """False: there is nothing here to measure mouths with."""
    eyes: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, len(EYES)), np.float32))
    """[n, 7], features of the eyes in the same pictures; [0, 7] in tables made by hand for mouths alone."""
    anchors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, len(ANCHORS), 2), np.float32))
    """[n, 16, 2], pixels: ANCHORS, parts of the face that neither speech nor a blink moves."""


def plan_for(duration: MediaTime | None) -> SamplingPlan:
    """All of a short recording, bursts of a longer one, a picture per `SLOT`. duration: seconds; None: the file does not say."""
    if duration is not None and duration <= WHOLE_UP_TO:
        return SamplingPlan(bursts=((EVERY, EVERY),), burst_step=SLOT)
    often = duration is not None and duration <= OFTEN_UP_TO
    return SamplingPlan(bursts=((BURST, OFTEN if often else EVERY),), burst_step=SLOT)


def mouth_features(mesh: Mesh) -> NDArray[np.float32]:
    """The five FEATURES of one mesh: [5], distances in the picture over the face's height from forehead to chin."""
    p = mesh.points[:, :2].astype(np.float64)
    x, y = p[list(_INNER_LIPS)].T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    height = max(_distance(p[10], p[152]), 1.0)
    raw = (
        _distance(p[13], p[14]),
        _distance(p[61], p[291]),
        area**0.5,
        _distance(p[0], p[17]),
        _distance(p[2], p[152]),
    )
    return (np.array(raw) / height).astype(np.float32)


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.hypot(*(a - b)))


class LipObserver:
    """Feed it frames in order of time, then `finish`. where: the faces of the picture seen last, asked for often."""

    name = "lips"
    slot = SLOT

    def __init__(self, where: Callable[[], list[FaceBox]], plan: SamplingPlan) -> None:
        self.plan = plan
        self._where = where
        self._mesher = FaceMesher(tracking=True)
        self._region: FaceBox | None = None
        """Where the mesh is searched; stays in place while the face does."""
        self._face: FaceBox | None = None
        self._last: MediaTime | None = None
        self._burst = self._looked_at = 0
        self._began = Fraction(0)
        self._times: list[MediaTime] = []
        self._boxes: list[FaceBox] = []
        self._features: list[NDArray[np.float32]] = []
        self._eyes: list[NDArray[np.float32]] = []
        self._anchors: list[NDArray[np.float32]] = []

    def observe(self, frame: VideoFrame) -> None:
        if self._last is not None and frame.time // self.slot == self._last // self.slot:
            return
        if self._last is None or frame.time - self._last > NEW_BURST or self._turn_is_over(frame.time):
            self._burst += self._last is not None
            self._began = frame.time
            self._face = self._region = None
        self._last = frame.time
        self._choose()
        if self._region is None or len(self._times) >= MAX_SAMPLES:
            return
        self._looked_at += 1
        mesh = self._mesher.fit(frame.image, self._region)
        if mesh is None:
            self._face = self._region = None  # chosen anew with the next picture
            return
        self._face = box_of(mesh)
        if far(self._face, self._region):
            self._region = self._face
        if abs(mesh.yaw) <= MAX_YAW:
            self._times.append(frame.time)
            self._boxes.append(self._face)
            self._features.append(mouth_features(mesh))
            self._eyes.append(eye_features(mesh, frame.image))
            self._anchors.append(mesh.points[list(ANCHORS), :2])

    def close(self) -> None:
        self._mesher.close()

    def finish(self) -> LipTable:
        features = np.array(self._features, np.float32).reshape(-1, len(FEATURES))
        eyes = np.array(self._eyes, np.float32).reshape(-1, len(EYES))
        anchors = np.array(self._anchors, np.float32).reshape(-1, len(ANCHORS), 2)
        seen = (tuple(self._times), tuple(self._boxes), features, self._looked_at, self._mesher.works)
        return LipTable(*seen, eyes, anchors)

    def _turn_is_over(self, time: MediaTime) -> bool:
        """In a short recording, which is one long burst, several faces take turns as well."""
        return time - self._began >= BURST and len(_alike(self._where())) > 1

    def _choose(self) -> None:
        """Stays with the face that it follows while that is still seen; else the turn of this burst."""
        seen = self._where()
        if self._face is not None and (not seen or any(self._face.overlap(box) > 0.3 for box in seen)):
            return
        self._face = self._region = None
        if seen:
            alike = _alike(seen)
            self._region = alike[self._burst % len(alike)]


def _alike(seen: list[FaceBox]) -> list[FaceBox]:
    """The largest face and those of about its size, from left to right."""
    largest = max((box.size for box in seen), default=0.0)
    return sorted((b for b in seen if b.size >= _ALIKE * largest), key=lambda b: b.centre)


def box_of(mesh: Mesh) -> FaceBox:
    (left, top), (right, bottom) = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    return FaceBox(float(left), float(top), float(right - left), float(bottom - top), 1.0)


def far(face: FaceBox, region: FaceBox) -> bool:
    (x, y), (cx, cy) = face.centre, region.centre
    moved = float(np.hypot(x - cx, y - cy)) / max(region.size, 1.0)
    grown = face.size / max(region.size, 1.0)
    return moved > _MOVED or not 0.75 < grown < 1.5
