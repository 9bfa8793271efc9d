"""dlib's HOG face detector: near-frontal faces of 80 pixels and more, by way of face_recognition.

face_recognition loads four model files on import, among them 68-point landmarks that exclude commercial use and 95 MB
of memory: it is handed the 5-point file in their place, so the 68-point file is never opened.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from verifier.media.types import Image

HogBox = tuple[int, int, int, int]
"""top, right, bottom, left in pixels, as face_recognition orders them."""
ONE_AT_A_TIME = Lock()
"""face_recognition has one detector and one network for the whole process, and dlib works in them without Python's own lock:
two threads at once end the process."""


class DlibMissing(Exception):
    """dlib is not here, or cannot be loaded: why, in one line."""


@lru_cache(maxsize=1)
def dlib_library() -> Any:
    """face_recognition, loaded once. Raises DlibMissing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pkg_resources is deprecated; setuptools is pinned below its removal
            import face_recognition_models as models

            models.pose_predictor_model_location = models.pose_predictor_five_point_model_location
            import face_recognition
            from PIL import ImageFile
    except (ImportError, SystemExit) as error:
        raise DlibMissing(f"face_recognition cannot be loaded ({error})") from error
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
    detector = dlib_library().api.face_detector
    with ONE_AT_A_TIME:
        boxes, scores, _ = detector.run(np.ascontiguousarray(image), 0, threshold)
    return [((b.top(), b.right(), b.bottom(), b.left()), float(s)) for b, s in zip(boxes, scores, strict=True)]
