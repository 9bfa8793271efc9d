"""How well one face sample can be compared. Figures, no verdict; the weights below only rank frames of one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.face_crop import CROP_INTER_EYE

if TYPE_CHECKING:
    from verifier.observe.face_crop import FaceCrop
    from verifier.observe.face_mesh import Mesh

FRONTAL_DEGREES = 25.0
"""Turned further than this, a frame is used only where there is none better."""
LEAST_INTER_EYE = 10.0
"""Pixels between the eyes, below which nothing is compared."""
DARK, BRIGHT = 0.15, 0.85
"""Exposure beyond which a face counts half."""
_PATCH = 6
_SKIN_DISTANCE = 28.0
"""Lab distance from the face's own median beyond which a patch does not look like its skin (shadow allowed for)."""


@dataclass(frozen=True)
class FaceQuality:
    inter_eye_px: float
    yaw: float | None
    """Degrees; None where no mesh held (extreme pose, blur) or none can be made."""
    pitch: float | None
    sharpness: float
    """Detail over contrast on the standard scale, about 0.02 (blurred) to 0.5 (crisp)."""
    exposure: float
    """Mean brightness of the face, 0..1."""
    occlusion: float | None
    """Share of face patches that do not look like the rest of the face, 0..1. A rough hint: beards count too.
    None without a mesh."""
    mouth_visible: bool | None
    """None without a mesh."""
    frontal: bool = False
    """The pose was not measured, but the detector that found the face sees none but near-frontal ones."""

    @property
    def has_pose(self) -> bool:
        """The pose was measured, or its detector answers for it."""
        return self.yaw is not None or self.frontal

    @property
    def usable(self) -> bool:
        """May stand for its person in a template."""
        if self.inter_eye_px < LEAST_INTER_EYE:
            return False
        if self.yaw is None:
            return self.frontal  # without a mesh or a frontal detector: seen, not compared
        return abs(self.yaw) <= 40 and abs(self.pitch or 0) <= 35

    @property
    def rank(self) -> float:
        """Higher = better to compare; only for choosing among frames of one track."""
        if not self.has_pose:
            return -1.0
        yaw, pitch = self.yaw or 0.0, self.pitch or 0.0
        pose = math.exp(-((yaw / FRONTAL_DEGREES) ** 2) - ((pitch / FRONTAL_DEGREES) ** 2))
        size = min(1.0, self.inter_eye_px / CROP_INTER_EYE)
        light = 1.0 if DARK <= self.exposure <= BRIGHT else 0.5
        return pose * size * light * (1 - (self.occlusion or 0.0)) * min(1.0, 0.3 + 3 * self.sharpness)


def measure(crop: FaceCrop, mesh: Mesh | None, *, frontal: bool = False) -> FaceQuality:
    """Quality of one crop. frontal: the detector finds near-frontal faces only, which stands in for a pose."""
    grey = cv2.cvtColor(crop.image, cv2.COLOR_RGB2GRAY)
    middle = grey[64:192, 64:192]
    if mesh is None or crop.five is None:
        return FaceQuality(
            crop.inter_eye_px, None, None, _sharpness(middle), float(middle.mean()) / 255, None, None, frontal
        )
    occlusion, mouth = _occlusion(crop)
    return FaceQuality(
        crop.inter_eye_px,
        mesh.yaw,
        mesh.pitch,
        _sharpness(middle),
        float(middle.mean()) / 255,
        occlusion,
        mouth and abs(mesh.yaw) < 60,
    )


def _sharpness(grey: NDArray[Any]) -> float:
    contrast = float(grey.std()) or 1.0
    return float(cv2.Laplacian(grey, cv2.CV_32F).std()) / contrast / 2


def _occlusion(crop: FaceCrop) -> tuple[float, bool]:
    """Colour patches on brow, cheeks, nose, beside the mouth and chin, against the median patch."""
    assert crop.five is not None
    left, right, nose, mouth_l, mouth_r = crop.five
    eyes, mouth = (left + right) / 2, (mouth_l + mouth_r) / 2
    down = mouth - eyes
    upper = [eyes - 0.45 * down, left + 0.5 * down, right + 0.5 * down, nose - 0.25 * down]
    lower = [mouth + 0.28 * down, mouth_l + 0.15 * (mouth_l - mouth_r), mouth_r + 0.15 * (mouth_r - mouth_l)]
    lab = cv2.cvtColor(crop.image, cv2.COLOR_RGB2LAB).astype(np.float32)
    colours = np.array([_patch_colour(lab, point) for point in (*upper, *lower)])
    away = np.linalg.norm((colours - np.median(colours, axis=0)) * (0.5, 1.4, 1.4), axis=1) > _SKIN_DISTANCE
    return float(away.mean()), bool(away[4:].sum() < 2)


def _patch_colour(lab: NDArray[Any], point: NDArray[Any]) -> NDArray[Any]:
    height, width = lab.shape[:2]
    x = int(np.clip(point[0], _PATCH, width - _PATCH - 1))
    y = int(np.clip(point[1], _PATCH, height - _PATCH - 1))
    colour: NDArray[Any] = np.median(lab[y - _PATCH : y + _PATCH, x - _PATCH : x + _PATCH].reshape(-1, 3), axis=0)
    return colour
