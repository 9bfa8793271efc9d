"""A face cut out of a picture on one standard scale: what is kept of a frame, and what comparators embed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_detector import FaceBox
    from verifier.observe.face_mesh import Mesh

CROP_PIXELS = 256
CROP_INTER_EYE = 48.0
"""Distance of the eyes in a crop, pixels: above what every comparator's own input keeps (35 to 45)."""
BEYOND = 128
"""Grey of what lies beyond the picture, where people look at a crop."""
_BOX_TO_INTER_EYE = 0.42
"""Eyes are this share of a detector's box apart; used only where there is no mesh."""


@dataclass(frozen=True)
class FaceCrop:
    """image: RGB [256, 256, 3], head level as in the picture, eyes about 48 px apart."""

    image: Image
    five: NDArray[np.float32] | None
    """Eyes, nose tip, mouth corners in crop pixels, [5, 2]; None without a mesh."""
    inter_eye_px: float
    """In the picture it was cut from: what it really resolves."""
    centre: tuple[float, float] = (0.0, 0.0)
    """Of the face, in pixels of that picture."""
    inside: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom of what the picture covers, crop pixels; None: all of it, or not known."""

    @property
    def shown(self) -> Image:
        """For people's eyes: flat grey where the picture ends, instead of its smeared edge that comparators embed."""
        if self.inside is None:
            return self.image
        left, top, right, bottom = self.inside
        shown = np.full_like(self.image, BEYOND)
        shown[top:bottom, left:right] = self.image[top:bottom, left:right]
        return shown


def cut_crop(image: Image, box: FaceBox, mesh: Mesh | None) -> FaceCrop:
    """The crop around a face; parts outside the picture are filled with its edge."""
    if mesh is None:
        inter_eye, (cx, cy) = box.width * _BOX_TO_INTER_EYE, box.centre
    else:
        inter_eye = mesh.inter_eye
        cx, cy = (float(v) for v in mesh.points[:, :2].mean(axis=0))
    scale = CROP_INTER_EYE / max(inter_eye, 1.0)
    centre = (cx, cy)
    left = top = 0
    if scale < 0.5:  # far larger than needed: shrink by area first, a warp alone would alias
        left, top, image = _around(image, cx, cy, CROP_PIXELS / 2 / scale + 4 / scale)
        cx, cy = cx - left, cy - top
        image = cv2.resize(image, None, fx=scale * 2, fy=scale * 2, interpolation=cv2.INTER_AREA)
        cx, cy, shrink, scale = cx * scale * 2, cy * scale * 2, scale * 2, 0.5
    else:
        shrink = 1.0
    half = CROP_PIXELS / 2
    affine = np.array([[scale, 0, half - cx * scale], [0, scale, half - cy * scale]])
    crop = cv2.warpAffine(
        image,
        affine,
        (CROP_PIXELS, CROP_PIXELS),
        flags=cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    five = None
    if mesh is not None:
        five = ((mesh.five - (left, top)) * shrink * scale + affine[:, 2]).astype(np.float32)
    return FaceCrop(crop, five, inter_eye, centre, _inside(image, scale, affine))


def _inside(image: Image, scale: float, affine: NDArray[np.float64]) -> tuple[int, int, int, int] | None:
    """Where the picture's pixels lie in the crop; None: everywhere."""
    height, width = image.shape[:2]
    starts = [int(np.clip(np.ceil(shift), 0, CROP_PIXELS)) for shift in affine[:, 2]]
    ends = [
        int(np.clip(np.floor((side - 1) * scale + shift) + 1, 0, CROP_PIXELS))
        for side, shift in zip((width, height), affine[:, 2], strict=True)
    ]
    found = (starts[0], starts[1], ends[0], ends[1])
    return None if found == (0, 0, CROP_PIXELS, CROP_PIXELS) else found


def _around(image: Image, cx: float, cy: float, reach: float) -> tuple[int, int, Image]:
    """Left, top and the part of a picture within `reach` pixels of a point: no more than that need be shrunk."""
    height, width = image.shape[:2]
    left, top = (int(min(max(0.0, c - reach), side - 1)) for c, side in ((cx, width), (cy, height)))
    return left, top, image[top : max(top + 1, int(cy + reach)), left : max(left + 1, int(cx + reach))]


def levelled(crop: FaceCrop, roll: float) -> Image:
    """The crop's picture turned about its middle by `roll` degrees (counter-clockwise), so that the eyes lie level."""
    middle = CROP_PIXELS / 2
    turn = cv2.getRotationMatrix2D((middle, middle), roll, 1.0)
    level: Image = cv2.warpAffine(crop.image, turn, (CROP_PIXELS, CROP_PIXELS), borderMode=cv2.BORDER_REPLICATE)
    return level


def align(crop: FaceCrop, template: NDArray[np.float32], size: int) -> Image:
    """The crop moved onto a comparator's five points by the least-squares similarity; five must not be None."""
    assert crop.five is not None
    aligned: Image = cv2.warpAffine(
        crop.image,
        similarity(crop.five, template),
        (size, size),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return aligned


def similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """The 2x3 rotation, scale and shift that moves `source` nearest to `target`, both [n, 2] (Umeyama 1991)."""
    a, b = source.astype(np.float64), target.astype(np.float64)
    ca, cb = a.mean(axis=0), b.mean(axis=0)
    a, b = a - ca, b - cb
    norm = max(float((a * a).sum()), 1e-9)
    cos = float((a * b).sum()) / norm
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / norm
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (cb - turn @ ca)[:, None]])
