"""Documents drawn for the tests: the specimens of Utopia, moved about as bad pictures are."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.documents.specimens import Specimen, make

Picture = NDArray[np.uint8]


@cache
def clean(kind: str, seed: int = 5) -> Specimen:
    return make(kind, "scan", seed)


def turned(image: Picture, degrees: float) -> Picture:
    height, width = image.shape[:2]
    side = int(np.hypot(height, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    out: Picture = cv2.warpAffine(image, matrix, (side, side), borderValue=(90, 80, 70))
    return out
