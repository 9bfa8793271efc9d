"""dlib's 128-d face template through face-recognition, with dlib's own detector and 5-point chip.

Its network is run by onnxruntime (dlib_onnx.py), which gives the same template many times quicker.

Its embedding was trained on chips from its own HOG detector; other detectors' boxes cost much accuracy. The cosine
of two templates ranks pairs better than their Euclidean distance (models/face_calibration/card.md).
face_recognition loads four model files on import, among them 68-point landmarks that exclude commercial use and 95 MB
of memory: it is handed the 5-point file in their place, so the 68-point file is never opened.
"""

from __future__ import annotations

import hashlib
import logging
import warnings
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.comparators.base import ComparatorUnavailable, Vector, unit
from verifier.observe.comparators.dlib_onnx import CHIP_PIXELS, DlibFormatError, to_onnx

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop

log = logging.getLogger(__name__)
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
    thread_safe = True

    def __init__(self) -> None:
        self._library = _library()
        weights = _weights()
        self.model_sha256 = hashlib.sha256(weights).hexdigest()
        self._network = _network(weights)
        self._lock = Lock()
        """dlib's own objects keep state while they work."""

    def embed(self, crop: FaceCrop) -> Vector | None:
        image = np.ascontiguousarray(crop.image)
        with self._lock:
            box = _middle_face(image)
            if box is None:
                return None
            if self._network is None:
                return unit(self._library.face_encodings(image, [box], model="small")[0])
            chip = self._chip(image, box)
        return unit(self._network.run(None, {"chip": chip})[0][0])

    def _chip(self, image: Image, box: HogBox) -> NDArray[np.float32]:
        """What face_encodings with model="small" gives to the network: [1, 3, 150, 150]."""
        api = self._library.api
        top, right, bottom, left = box
        points = api.pose_predictor_5_point(image, api.dlib.rectangle(left, top, right, bottom))
        chip = api.dlib.get_face_chip(image, points, size=CHIP_PIXELS, padding=0.25)
        return np.ascontiguousarray(chip.transpose(2, 0, 1)[None], np.float32)


def _middle_face(image: Image) -> HogBox | None:
    """The face in the middle of a crop; None where there is none, or only a neighbour's."""
    boxes = hog_faces(image, 0) or hog_faces(image, 1)
    if not boxes:
        return None
    middle = image.shape[0] / 2
    box = min(boxes, key=lambda b: abs((b[0] + b[2]) / 2 - middle) + abs((b[1] + b[3]) / 2 - middle))
    away = max(abs((box[0] + box[2]) / 2 - middle), abs((box[1] + box[3]) / 2 - middle))
    return box if away <= middle / 2 else None


def _network(weights: bytes) -> Any | None:
    """Dlib's network in onnxruntime; None (then dlib itself computes) where the weights are laid out in another way."""
    import onnxruntime

    try:
        model = to_onnx(weights)
    except DlibFormatError as error:
        log.warning("dlib's network is run by dlib, more slowly: %s", error)
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # as for every comparator: many small calls, spread over threads by the caller
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _weights() -> bytes:
    import face_recognition_models as models

    return Path(models.face_recognition_model_location()).read_bytes()
