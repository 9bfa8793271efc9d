"""Faces of a clip as the seeds see them: followed by mediapipe's mesh, and parts of them as masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.types import Image, MediaError
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.face_mesh import FaceMesher, Mesh
from verifier.observe.lips import box_of, far
from verifier.seeds.warp import Float, Triangles, triangulate

if TYPE_CHECKING:
    from verifier.seeds.shots import Source

OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
FACE_POINTS = 468
"""The mesh without the irises."""

Mask = NDArray[np.float32]
"""[height, width], 0..1."""


class FaceFollower:
    """The mesh of the largest face, picture by picture; use as a context manager."""

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher(tracking=True)
        self._region: FaceBox | None = None

    def __enter__(self) -> Self:
        if not self._mesher.works:
            raise MediaError("This seed needs mediapipe's mesh, which cannot be imported here.")
        return self

    def __exit__(self, *error: object) -> None:
        self._detector.close()
        self._mesher.close()

    def mesh(self, image: Image) -> Mesh | None:
        for _ in range(2):  # where it was; else where the detector sees it now
            if self._region is None:
                boxes = self._detector.find(image)
                if not boxes:
                    return None
                self._region = max(boxes, key=lambda b: b.size)
            mesh = self._mesher.fit(image, self._region)
            if mesh is not None:
                box = box_of(mesh)
                if far(box, self._region):
                    self._region = box
                return mesh
            self._region = None
        return None


@dataclass(frozen=True)
class Look:
    """One picture of a face that is put somewhere else."""

    image: Image
    points: Float
    """[468, 2], pixels of its picture."""
    triangles: Triangles

    @classmethod
    def of(cls, image: Image, mesh: Mesh) -> Look:
        points = flat(mesh)
        return cls(image, points, triangulate(points))

    @classmethod
    def from_clip(cls, source: Source, count: int = 8) -> Look:
        """The most frontal of a few pictures of a clip.

        Raises:
            MediaError: no face was found in them.
        """
        best: tuple[float, Image, Mesh] | None = None
        for image in source.pictures(count):
            with FaceFollower() as follower:  # pictures far apart: nothing to track
                mesh = follower.mesh(image)
            if mesh is not None and (best is None or abs(mesh.yaw) + abs(mesh.pitch) < best[0]):
                best = (abs(mesh.yaw) + abs(mesh.pitch), image, mesh)
        if best is None:
            raise MediaError(f"No face was found in {source.path.name} that could be put into another clip.")
        return cls.of(best[1], best[2])


def flat(mesh: Mesh) -> Float:
    """Its points in the picture: [468, 2]."""
    return mesh.points[:FACE_POINTS, :2].astype(np.float64)


def hull(points: Float, size: tuple[int, int], grown: float = 1.0) -> Mask:
    """Everything within the points, these moved from their middle by the factor `grown`; size: width, height."""
    middle = points.mean(axis=0)
    corners = cv2.convexHull(((points - middle) * grown + middle).astype(np.float32))
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 255)
    return (mask / np.float32(255)).astype(np.float32)


def feathered(mask: Mask, pixels: float) -> Mask:
    """The mask with a soft edge that lies within it."""
    if pixels < 0.5:
        return mask
    blurred = cv2.GaussianBlur(mask, (0, 0), pixels)
    soft: Mask = np.clip(2 * blurred - 1, 0, 1)
    return soft


@dataclass(frozen=True)
class Window:
    """The part of a picture around a face."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, points: Float, image: Image, margin: float = 0.15) -> Window | None:
        """None where nothing of it lies within the picture."""
        low, high = points.min(axis=0), points.max(axis=0)
        reach = margin * float((high - low).max())
        (left, top), (right, bottom) = np.floor(low - reach).astype(int), np.ceil(high + reach).astype(int)
        height, width = image.shape[:2]
        found = cls(max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom)))
        return found if found.right - found.left >= 8 and found.bottom - found.top >= 8 else None

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def of(self, image: Image) -> Image:
        return image[self.top : self.bottom, self.left : self.right]

    def moved(self, points: Float) -> Float:
        return points - (self.left, self.top)
