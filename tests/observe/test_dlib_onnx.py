"""The network in onnxruntime gives what dlib itself gives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.observe.comparators import dlib_face
from verifier.observe.comparators.dlib_onnx import DlibFormatError, read_layers, to_onnx
from verifier.observe.face_crop import CROP_PIXELS, FaceCrop


@pytest.fixture(scope="module")
def comparator() -> dlib_face.DlibComparator:
    return dlib_face.DlibComparator()


def test_the_same_chip_gives_the_same_descriptor(comparator: dlib_face.DlibComparator) -> None:
    import dlib
    import face_recognition_models

    network = dlib.face_recognition_model_v1(face_recognition_models.face_recognition_model_location())
    rng = np.random.default_rng(3)
    for smooth in (1, 9, 41):
        noise = cv2.GaussianBlur(rng.integers(0, 256, (150, 150, 3)).astype(np.float32), (smooth, smooth), 0)
        chip = np.clip((noise - noise.mean()) * smooth + 120, 0, 255).astype(np.uint8)
        there = np.array(network.compute_face_descriptor(chip))
        assert comparator._network is not None
        here = comparator._network.run(None, {"chip": chip.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        assert np.abs(here - there).max() < 1e-5


@pytest.mark.data
def test_faces_give_what_face_recognition_gives(data: Path, comparator: dlib_face.DlibComparator) -> None:
    import face_recognition

    photos = sorted((data / "faces" / "lfw").glob("*/*.jpg"))[:12]
    crops = [
        cv2.cvtColor(cv2.resize(cv2.imread(str(p)), (CROP_PIXELS, CROP_PIXELS)), cv2.COLOR_BGR2RGB) for p in photos
    ]
    with ThreadPoolExecutor(2) as pool:
        vectors = list(pool.map(lambda image: comparator.embed(FaceCrop(image, None, 48.0)), crops))
    compared = 0
    for image, vector in zip(crops, vectors, strict=True):
        boxes = face_recognition.face_locations(image, 0)
        if len(boxes) != 1 or vector is None:
            continue
        expected = face_recognition.face_encodings(image, boxes, model="small")[0]
        assert np.abs(vector - expected / np.linalg.norm(expected)).max() < 1e-5
        compared += 1
    assert compared >= 8


def test_damaged_weights_are_refused_not_used() -> None:
    weights = dlib_face._weights()
    assert len(read_layers(weights)) == 59
    for damaged in (b"", b"\x05con_4", weights[:400_000], weights[:1000] + weights[200_000:]):
        with pytest.raises(DlibFormatError):
            to_onnx(damaged)
