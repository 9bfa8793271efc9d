"""The prompt observer: one face, closely, around the moments at which something was asked of it.

Only marked spans are read again, six pictures a second; the rest of the recording is not decoded for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.observe.face_crop import cut_crop
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.face_mesh import FaceMesher, Mesh
from verifier.observe.face_quality import measure
from verifier.observe.faces import KeptCrop
from verifier.observe.lips import box_of, far
from verifier.observe.mediapipe_import import quiet_native_log, solutions
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.media.types import Image, VideoFrame
    from verifier.timing import MediaTime

RATE = Fraction(1, 6)
BEFORE, AFTER = Fraction(3), Fraction(2)
"""Seconds looked at before a prompt, for the face's own baseline, and after it, for how it recovers."""
MAX_WIDTH = 1280
_RING = 5
"""Pixels: width of the hand's edge."""


@dataclass(frozen=True)
class PromptRow:
    """One picture."""

    time: MediaTime
    box: FaceBox
    """Of the face; where no mesh held, where it was last."""
    yaw: float | None
    """Degrees, as in `Mesh`; None: no mesh held."""
    pitch: float | None
    brightness: float
    """Mean of the face's crop, 0..1."""
    covered: float
    """Share of the face that hands lie over, 0..1; 0 where hands were not looked for."""
    edge: float | None
    """How sharp the hand's edge is over the face, against beside it; None: there is not enough of both."""
    crop: KeptCrop


class HandFinder:
    """Where hands are: mediapipe's 21 points each; finds none where mediapipe cannot be imported."""

    def __init__(self) -> None:
        mp = solutions()
        self._model: Any = None
        if mp is not None:
            with quiet_native_log():
                self._model = mp.hands.Hands(static_image_mode=False, max_num_hands=2, min_detection_confidence=0.5)

    def close(self) -> None:
        if self._model is not None:
            self._model.close()

    def find(self, image: Image) -> list[NDArray[np.float32]]:
        """Outline of each hand: [n, 2] pixels."""
        if self._model is None:
            return []
        height, width = image.shape[:2]
        found = self._model.process(image).multi_hand_landmarks or []
        points = [np.array([(p.x * width, p.y * height) for p in hand.landmark], np.float32) for hand in found]
        return [cv2.convexHull(p)[:, 0] for p in points]


class PromptWatcher:
    """Looks at spans of one recording; use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> PromptWatcher:
        self._detector, self._mesher, self._hands = FaceDetector(), FaceMesher(tracking=True), HandFinder()
        return self

    def __exit__(self, *error: object) -> None:
        for part in (self._detector, self._mesher, self._hands):
            part.close()

    def watch(
        self, span: Span | None, start: FaceBox | None, *, hands: bool, every: Fraction = RATE
    ) -> Iterator[PromptRow]:
        """The face that lies at `start` in full-size pixels, else the largest one, picture by picture. span: None: all."""
        region, oval = None, None
        with Recording(self._path) as recording:
            video = recording.facts.video
            shrink = min(1.0, MAX_WIDTH / video.width) if video else 1.0
            for frame in recording.frames(SamplingPlan(every=every, max_width=MAX_WIDTH), span):
                if region is None or oval is None:
                    region = self._found(frame.image, _scaled(start, shrink) if start else region)
                    if region is None:
                        continue
                mesh = self._mesher.fit(frame.image, region)
                if mesh is not None:
                    box = box_of(mesh)
                    oval = cv2.convexHull(np.ascontiguousarray(mesh.points[:468, :2]))[:, 0]
                    if far(box, region):
                        region = box
                elif (seen := self._found(frame.image, region)) is not None:
                    region = seen
                outlines = self._hands.find(frame.image) if hands else []
                yield _row(frame, _scaled(region, 1 / shrink), region, mesh, oval, outlines)

    def _found(self, image: Image, near: FaceBox | None) -> FaceBox | None:
        boxes = self._detector.find(image, [near] if near else [])
        if near is not None:
            return max((b for b in boxes if b.overlap(near) > 0.2), key=lambda b: b.overlap(near), default=None)
        return max(boxes, key=lambda b: b.size, default=None)


def around(start_s: float, end_s: float) -> Span:
    """What is looked at for a prompt."""
    start, end = (Fraction(t).limit_denominator(1000) for t in (start_s, end_s))
    return Span(max(Fraction(0), start - BEFORE), end + AFTER)


def _scaled(box: FaceBox, by: float) -> FaceBox:
    return FaceBox(box.x * by, box.y * by, box.width * by, box.height * by, box.score)


def _row(
    frame: VideoFrame, box: FaceBox, region: FaceBox, mesh: Mesh | None, oval: NDArray[Any] | None, hands: list[NDArray[Any]]
) -> PromptRow:  # fmt: skip
    crop = cut_crop(frame.image, region, mesh)
    quality = measure(crop, mesh)
    covered, edge = _covered(frame.image, oval, hands) if oval is not None and hands else (0.0, None)
    kept = KeptCrop(frame.time, crop, quality)
    return PromptRow(frame.time, box, quality.yaw, quality.pitch, quality.exposure, covered, edge, kept)


def _covered(image: Image, oval: NDArray[Any], hands: list[NDArray[Any]]) -> tuple[float, float | None]:
    """Share of the face under hands, and how sharp their edge is over the face against beside it."""
    both = np.concatenate([oval, *hands])
    low, high = np.floor(both.min(axis=0)).astype(int) - 8, np.ceil(both.max(axis=0)).astype(int) + 8
    low, high = np.maximum(low, 0), np.minimum(high, image.shape[1::-1])
    if (high - low).min() < 8:
        return 0.0, None
    part = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY).astype(np.float32)
    face, hand = (np.zeros(part.shape, np.uint8) for _ in range(2))
    cv2.fillConvexPoly(face, np.round(oval - low).astype(np.int32), 1)
    ring = np.zeros(part.shape, np.uint8)
    for outline in hands:
        points = np.round(outline - low).astype(np.int32)
        cv2.fillConvexPoly(hand, points, 1)
        cv2.polylines(ring, [points], isClosed=True, color=1, thickness=_RING)
    covered = float((face & hand).sum()) / max(1, int(face.sum()))
    steep = cv2.magnitude(cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1))
    inside, beside = steep[(ring & face) > 0], steep[(ring > face)]
    if len(inside) < 60 or len(beside) < 60 or beside.mean() < 1:
        return covered, None
    return covered, float(inside.mean() / beside.mean())
