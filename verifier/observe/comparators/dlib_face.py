"""dlib's 128-d face template through face-recognition, with dlib's own detector and 5-point chip.

Its embedding was trained on chips from its own HOG detector; other detectors' boxes cost much accuracy. The cosine
of two templates ranks pairs better than their Euclidean distance (models/face_calibration/card.md).
face_recognition loads four model files on import, among them 68-point landmarks that exclude commercial use and 95 MB
of memory: it is handed the 5-point file in their place, so the 68-point file is never opened.
"""

from __future__ import annotations

import hashlib
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from verifier.observe.comparators.base import ComparatorUnavailable, Vector, unit

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop

HogBox = tuple[int, int, int, int]
"""top, right, bottom, left in pixels, as face_recognition orders them."""


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pkg_resources is deprecated; setuptools is pinned below its removal
            import face_recognition_models as models

            models.pose_predictor_model_location = models.pose_predictor_five_point_model_location
            import face_recognition
            from PIL import ImageFile
    except (ImportError, SystemExit) as error:
        raise ComparatorUnavailable(f"face_recognition cannot be loaded ({error})") from error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # face_recognition turns it on for the whole process
    return face_recognition


def hog_faces(image: Image, upsample: int) -> list[HogBox]:
    """Faces by dlib's HOG detector: about 80 px and larger, half of that per step of `upsample`.

    The picture is enlarged here: the same picture enlarged by dlib 20.0.1 itself gave a face in two calls and none in
    the next, as if memory were read before it was written.
    """
    factor = 2**upsample
    if factor > 1:
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    return [
        (max(0, top // factor), right // factor, bottom // factor, max(0, left // factor))
        for (top, right, bottom, left), _ in hog_faces_scored(image, 0.0)
    ]


def hog_faces_scored(image: Image, threshold: float) -> list[tuple[HogBox, float]]:
    """Faces of about 80 px with the detector's own score; those from `threshold` on, where 0 is its usual one."""
    detector = _library().api.face_detector
    boxes, scores, _ = detector.run(np.ascontiguousarray(image), 0, threshold)
    return [((b.top(), b.right(), b.bottom(), b.left()), float(s)) for b, s in zip(boxes, scores, strict=True)]


class DlibComparator:
    name = "dlib"

    def __init__(self) -> None:
        self._library = _library()
        self.model_sha256 = _weights_hash()

    def embed(self, crop: FaceCrop) -> Vector | None:
        image = np.ascontiguousarray(crop.image)
        boxes = hog_faces(image, 0) or hog_faces(image, 1)
        if not boxes:
            return None
        middle = image.shape[0] / 2
        box = min(boxes, key=lambda b: abs((b[0] + b[2]) / 2 - middle) + abs((b[1] + b[3]) / 2 - middle))
        if max(abs((box[0] + box[2]) / 2 - middle), abs((box[1] + box[3]) / 2 - middle)) > middle / 2:
            return None  # the neighbour's face
        return unit(self._library.face_encodings(image, [box], model="small")[0])


@lru_cache(maxsize=1)
def _weights_hash() -> str:
    import face_recognition_models as models

    return hashlib.sha256(Path(models.face_recognition_model_location()).read_bytes()).hexdigest()
