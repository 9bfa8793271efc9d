"""The 478-point mesh of one face (mediapipe, iris included): the base of alignment, pose and quality.

Point numbers are those of the published canonical face model: 33 / 263 outer eye corners, 468 / 473 iris centres,
1 nose tip, 61 / 291 mouth corners, 10 top of forehead, 152 chin, 13 / 14 inner lips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.mediapipe_import import quiet_native_log, solutions

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_detector import FaceBox

REGION = 1.9
"""Side of the region given to the mesh, in box sizes."""
REGION_PIXELS = 256
MIN_CONFIDENCE = 0.3
_FIVE = (468, 473, 1, 61, 291)


@dataclass(frozen=True)
class Mesh:
    """points: float32 [478, 3], x and y in pixels of the picture, z on the same scale, smaller = nearer."""

    points: NDArray[np.float32]

    @property
    def five(self) -> NDArray[np.float32]:
        """Eyes, nose tip, mouth corners, left of the picture first: [5, 2] pixels."""
        return self.points[list(_FIVE), :2]

    @property
    def inter_eye(self) -> float:
        """Distance of the eyes in pixels, turned heads included (z counts)."""
        return float(np.linalg.norm(self.points[468] - self.points[473]))

    @property
    def yaw(self) -> float:
        """Degrees; positive: the face turns to its own left (right of the picture)."""
        across = self.points[263] - self.points[33]
        return math.degrees(math.atan2(float(across[2]), float(np.hypot(across[0], across[1]))))

    @property
    def pitch(self) -> float:
        """Degrees; positive: the face looks down. Zero is where the mesh's forehead and chin are equally near."""
        down = self.points[152] - self.points[10]
        return math.degrees(math.atan2(float(down[2]), float(np.hypot(down[0], down[1]))))

    @property
    def roll(self) -> float:
        """Degrees; positive: the head leans clockwise in the picture."""
        across = self.points[263] - self.points[33]
        return math.degrees(math.atan2(float(across[1]), float(across[0])))


class FaceMesher:
    """Fits the mesh on detected faces; one instance per pass. Returns None where no mesh holds."""

    def __init__(self, *, tracking: bool = False) -> None:
        """tracking: pictures follow each other and boxes stay where they are, so the last mesh tells where to look."""
        mp = solutions()
        self._model: Any = None
        if mp is not None:
            with quiet_native_log():
                self._model = mp.face_mesh.FaceMesh(
                    static_image_mode=not tracking,
                    max_num_faces=1,
                    refine_landmarks=True,
                    min_detection_confidence=MIN_CONFIDENCE,
                )

    @property
    def works(self) -> bool:
        """False where mediapipe cannot be imported: then no mesh is ever found."""
        return self._model is not None

    def close(self) -> None:
        """Gives back the model's memory; fit no more after it."""
        if self._model is not None:
            self._model.close()

    def fit(self, image: Image, box: FaceBox) -> Mesh | None:
        if self._model is None:
            return None
        side = box.size * REGION
        cx, cy = box.centre
        scale = REGION_PIXELS / side
        shift = (REGION_PIXELS / 2 - cx * scale, REGION_PIXELS / 2 - cy * scale)
        affine = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        # INTER_AREA does not exist for warps: large faces are aliased a little here, which the mesh bears
        region = cv2.warpAffine(
            image, affine, (REGION_PIXELS, REGION_PIXELS), flags=cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
        )
        found = self._model.process(region).multi_face_landmarks
        if not found:
            return None
        points = np.array([(p.x, p.y, p.z) for p in found[0].landmark], np.float32) * REGION_PIXELS
        points[:, 0] = (points[:, 0] - shift[0]) / scale
        points[:, 1] = (points[:, 1] - shift[1]) / scale
        points[:, 2] /= scale
        centre = points[:, :2].mean(axis=0)
        if np.hypot(centre[0] - cx, centre[1] - cy) > 0.6 * box.size:
            return None  # the mesh fell on a neighbour
        return Mesh(points)
