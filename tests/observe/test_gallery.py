"""Faces of a gallery view, down to tiles where they are about 40 pixels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.media.still import read_stills
from verifier.observe.face_detector import FaceDetector
from verifier.observe.face_mesh import FaceMesher

pytestmark = pytest.mark.data


def _with_mesh(image: np.ndarray) -> int:
    detector, mesher = FaceDetector(), FaceMesher()
    return sum(mesher.fit(image, box) is not None for box in detector.find(image, scan=True))


@pytest.mark.parametrize("width", [1911, 1280, 640, 480])
def test_every_tile_of_a_gallery(data: Path, width: int) -> None:
    image = read_stills(data / "calls" / "zoom_gallery_3x2.png")[0].image
    scale = width / image.shape[1]
    assert _with_mesh(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)) == 6


@pytest.mark.parametrize("across", [4, 6])
def test_many_small_tiles(data: Path, across: int) -> None:
    tiles = [read_stills(p)[0].image for p in sorted((data / "calls" / "zoom_tiles").glob("*.png"))]
    width, height = 1280 // across, 720 // across
    image = np.full((720, 1280, 3), 20, np.uint8)
    for number in range(across * across):
        y, x = number // across * height, number % across * width
        image[y + 2 : y + height - 2, x + 2 : x + width - 2] = cv2.resize(
            tiles[number % len(tiles)], (width - 4, height - 4), interpolation=cv2.INTER_AREA
        )
    assert _with_mesh(image) == across * across
