"""dlib's 128-d face template through face-recognition, with dlib's own detector and 5-point chip.

Its network is run by onnxruntime (dlib_onnx.py), which gives the same template many times quicker.

Its embedding was trained on chips from its own HOG detector; other detectors' boxes cost much accuracy. The cosine
of two templates ranks pairs better than their Euclidean distance (models/face_calibration/card.md).
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verifier.observe.comparators.base import ComparatorUnavailable, Vector, unit
from verifier.observe.comparators.dlib_onnx import CHIP_PIXELS, DlibFormatError, to_onnx
from verifier.observe.hog_faces import ONE_AT_A_TIME, DlibMissing, HogBox, dlib_library, hog_faces

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop

log = logging.getLogger(__name__)


class DlibComparator:
    name = "dlib"
    thread_safe = True

    def __init__(self) -> None:
        try:
            self._library = dlib_library()
        except DlibMissing as error:
            raise ComparatorUnavailable(str(error)) from error
        weights = _weights()
        self.model_sha256 = hashlib.sha256(weights).hexdigest()
        self._network = _network(weights)

    def embed(self, crop: FaceCrop) -> Vector | None:
        image = np.ascontiguousarray(crop.image)
        box = _middle_face(image)
        if box is None:
            return None
        with ONE_AT_A_TIME:
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
