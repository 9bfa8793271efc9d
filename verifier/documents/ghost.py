"""A document's ghost image: its portrait printed a second time, small and pale. Found, and laid over the portrait.

ICAO Doc 9303 part 2 names a second portrait among the features that make a swapped portrait visible: whoever pastes another
face over the first often leaves the second as it was. Both are prints of one photo, so they are compared as pictures, at the
resolution of the smaller one, and not as faces, for which most ghosts are too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.observe.face_crop import CROP_INTER_EYE, CROP_PIXELS, similarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verifier.documents.ocr import Points
    from verifier.observe.face_crop import FaceCrop

GHOST_SIZE = 0.42
"""Of the portrait's size; looked for from half of that to twice as much: a larger second face is somebody else's portrait."""
ALIKE = 0.7
"""Correlation from which two prints are called alike; printed by verifier_models.document_ghost.figures."""
LEAST_EYES = 7.0
"""Pixels between the eyes of a ghost, below which nothing is left to compare."""
_HEAD = (slice(50, 200), slice(60, 196))
"""Rows and columns of a crop from the hair to the chin: of prints of one photo, hair is alike too."""
_REACH, _SCALES = 14, (0.84, 0.92, 1.0, 1.08, 1.16)
"""Pixels and sizes by which the two may be off: the points of a pale face are rough."""
_SOFTEST, _COARSE = 6.0, 30.0


@dataclass(frozen=True)
class Ghost:
    """corners: of the picture around it on the page, a guess; inter_eye_px: on the page."""

    corners: Points
    inter_eye_px: float
    likeness: float | None
    """Correlation of the two faces, -1..1; the same photo printed twice is near 1. None: it is too small to compare."""


def likeness(portrait: FaceCrop, ghost: FaceCrop) -> float | None:
    """How alike two prints are: the highest correlation of their faces without brightness and shading, laid over each other."""
    if portrait.five is None or ghost.five is None or ghost.inter_eye_px < LEAST_EYES:
        return None
    soft = float(np.clip(0.45 * CROP_INTER_EYE / ghost.inter_eye_px, 1.0, _SOFTEST))
    whole = _print(portrait.image, soft)
    middle = tuple(portrait.five.mean(axis=0).tolist())
    found = []
    for scale in _SCALES:
        onto = similarity(ghost.five, portrait.five)
        onto = cv2.getRotationMatrix2D(middle, 0, scale) @ np.vstack([onto, (0, 0, 1)])
        moved = cv2.warpAffine(ghost.image, onto, (CROP_PIXELS, CROP_PIXELS), borderMode=cv2.BORDER_REPLICATE)
        rows, columns = _HEAD
        around = _print(moved, soft)[
            rows.start - _REACH : rows.stop + _REACH, columns.start - _REACH : columns.stop + _REACH
        ]
        found.append(float(cv2.matchTemplate(around, whole[_HEAD], cv2.TM_CCOEFF_NORMED).max()))
    return max(found)


def _print(image: NDArray[np.uint8], soft: float) -> NDArray[np.float32]:
    """Grey, as sharp as the ghost is, with its slow shading taken out and its contrast evened."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), soft)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), _COARSE)
    even: NDArray[np.float32] = fine / (np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _COARSE)) + 1.0)
    return even
