"""Where are faces in a picture? mediapipe's two detectors; dlib's HOG detector where mediapipe cannot be imported.

The full-range model sees the whole picture at 192 px, so it misses faces under about a twelfth of the width. Those are
found by the short-range model on overlapping tiles (a scan), and afterwards by looking only around where they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.mediapipe_import import quiet_native_log, solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.media.types import Image

WHOLE_WIDTH = 640
"""Whole pictures are shrunk to this width before detection; the model itself sees 192 px."""
TILE, LEAST_TILE = 320, 200
"""Largest and least side of a scan tile in pixels, half the picture between: a face of an eighth of it is found."""
NAME = "mediapipe 0.10.21 face detection"
STAND_IN_NAME = "dlib HOG face detection"
FLAT = 4.0
"""Grey levels: standard deviation under which a tile is blank."""
MIN_SCORE = 0.4
TILE_CELL = 20
TILE_SAME = 5
"""Largest difference (0..255) between thumbnails of a tile, one pixel per `TILE_CELL`, that is noise: a face of 40 px
covers four of their pixels."""
HINT_ZOOM = 3.5
"""Side of the region searched around a known face, in widths of that face."""


@dataclass(frozen=True)
class FaceBox:
    """Upright box in pixels of the picture; detectors draw it from brow to chin, ear to ear."""

    x: float
    y: float
    width: float
    height: float
    score: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def size(self) -> float:
        return max(self.width, self.height)

    def overlap(self, other: FaceBox) -> float:
        """Intersection over the smaller box, 0..1: nested boxes of one face count as one."""
        w = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        h = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / min(self.width * self.height, other.width * other.height)


def suppress(boxes: Iterable[FaceBox], limit: float = 0.4) -> list[FaceBox]:
    """Best-scored boxes, none overlapping a better one by more than `limit`."""
    kept: list[FaceBox] = []
    for box in sorted(boxes, key=lambda b: -b.score):
        if all(box.overlap(other) < limit for other in kept):
            kept.append(box)
    return kept


def detection_in_words() -> str:
    """What finds faces here, and what a stand-in cannot do."""
    if solutions() is not None:
        return NAME
    return (
        f"{STAND_IN_NAME} stands in, because mediapipe cannot be imported here: turned and small faces are missed; "
        "head pose, occlusion and mouth are not measured"
    )


class FaceDetector:
    """Finds faces; one instance per pass, not shared between threads."""

    def __init__(self) -> None:
        mp = solutions()
        self._full: Any = None
        self._empty: dict[tuple[int, int], NDArray[np.uint8]] = {}
        """Tile corner -> thumbnail of a tile in which the last scan found nothing."""
        if mp is not None:
            with quiet_native_log():
                detection = mp.face_detection.FaceDetection
                self._full = detection(model_selection=1, min_detection_confidence=MIN_SCORE)
                self._short = detection(model_selection=0, min_detection_confidence=MIN_SCORE)

    @property
    def is_stand_in(self) -> bool:
        """Dlib's detector stands in: near-frontal faces only, and there is no mesh."""
        return self._full is None

    @property
    def name(self) -> str:
        return STAND_IN_NAME if self.is_stand_in else NAME

    def close(self) -> None:
        """Gives back the models' memory (50 MB a detector and mesher), which nothing else does; find no more after it."""
        if self._full is not None:
            self._full.close()
            self._short.close()

    def find(self, image: Image, near: Sequence[FaceBox] = (), *, scan: bool = False) -> list[FaceBox]:
        """Boxes of the faces in `image`, best first.

        near: faces of the sample before; regions around those not found again are searched closely.
        scan: search tiles too, for small faces anywhere (several times dearer).
        """
        if self._full is None:
            return _find_with_dlib(image)
        boxes = self._whole(image)
        if scan:
            boxes += self._scan(image)
        boxes = suppress(boxes)
        for known in near:
            if all(known.overlap(box) < 0.3 for box in boxes):
                boxes += self._around(image, known)
        return suppress(boxes)

    def _whole(self, image: Image) -> list[FaceBox]:
        scale = image.shape[1] / WHOLE_WIDTH
        if scale <= 1:
            return self._run(self._full, image)
        small = cv2.resize(image, (WHOLE_WIDTH, round(image.shape[0] / scale)), interpolation=cv2.INTER_AREA)
        found = self._run(self._full, small)
        return [FaceBox(b.x * scale, b.y * scale, b.width * scale, b.height * scale, b.score) for b in found]

    def _scan(self, image: Image) -> list[FaceBox]:
        """Faces in tiles; a tile that looks as it did when it held none (a wall, a shared page) is not searched again."""
        found: list[FaceBox] = []
        for x, y, tile in _tiles(image):
            small = cv2.resize(tile, (TILE // TILE_CELL, TILE // TILE_CELL), interpolation=cv2.INTER_AREA)
            before = self._empty.pop((x, y), None)
            if before is None or int(cv2.absdiff(small, before).max()) > TILE_SAME:
                boxes = self._run(self._short, tile)
                found += _shifted(boxes, x, y)
                if boxes:
                    continue
                before = small
            self._empty[(x, y)] = before
        return found

    def _around(self, image: Image, known: FaceBox) -> list[FaceBox]:
        half = known.size * HINT_ZOOM / 2
        cx, cy = known.centre
        left, top = max(0, int(cx - half)), max(0, int(cy - half))
        region = image[top : int(cy + half), left : int(cx + half)]
        return _shifted(self._run(self._short, region), left, top) if min(region.shape[:2]) >= 16 else []

    def _run(self, model: Any, image: Image) -> list[FaceBox]:
        height, width = image.shape[:2]
        found = model.process(np.ascontiguousarray(image)).detections or []
        boxes = []
        for detection in found:
            box = detection.location_data.relative_bounding_box
            if box.width > 0 and box.height > 0:
                boxes.append(
                    FaceBox(
                        box.xmin * width,
                        box.ymin * height,
                        box.width * width,
                        box.height * height,
                        float(detection.score[0]),
                    )
                )
        return boxes


def _shifted(boxes: list[FaceBox], x: int, y: int) -> list[FaceBox]:
    return [FaceBox(b.x + x, b.y + y, b.width, b.height, b.score) for b in boxes]


def _tiles(image: Image) -> Iterable[tuple[int, int, Image]]:
    height, width = image.shape[:2]
    side = min(TILE, max(LEAST_TILE, width // 2))
    step = side * 3 // 4
    for y in sorted({min(y, max(0, height - side)) for y in range(0, height, step)}):
        for x in sorted({min(x, max(0, width - side)) for x in range(0, width, step)}):
            tile = image[y : y + side, x : x + side]
            if tile[::8, ::8].std() > FLAT:  # bars and blank paper hold no face and are most of some pictures
                yield x, y, tile


def _find_with_dlib(image: Image) -> list[FaceBox]:
    from verifier.observe.hog_faces import hog_faces

    scale = max(1.0, image.shape[1] / WHOLE_WIDTH)
    small = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA) if scale > 1 else image
    return [
        FaceBox(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale, 1.0)
        for top, right, bottom, left in hog_faces(small, upsample=1)
    ]
