from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.observe.face_crop import BEYOND, CROP_INTER_EYE, cut_crop, similarity
from verifier.observe.face_detector import FaceBox, suppress
from verifier.observe.face_mesh import Mesh


@given(st.floats(-3, 3), st.floats(0.2, 5), st.floats(-100, 100), st.floats(-100, 100))
def test_similarity_recovers_a_known_movement(angle: float, scale: float, x: float, y: float) -> None:
    points = np.array([[38, 52], [74, 51], [56, 72], [41, 92], [71, 92]], np.float32)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = points @ turn.T + (x, y)
    found = similarity(points, moved)
    assert found == pytest.approx(np.hstack([turn, [[x], [y]]]), abs=1e-3, rel=1e-3)


def test_nested_boxes_are_one_face() -> None:
    outer, inner = FaceBox(0, 0, 100, 100, 0.9), FaceBox(20, 20, 50, 50, 0.8)
    apart = FaceBox(200, 0, 80, 80, 0.7)
    assert suppress([inner, apart, outer]) == [outer, apart]


@pytest.mark.parametrize("at", [(640.0, 360.0), (150.0, 90.0), (1200.0, 700.0)])
def test_a_large_face_is_cut_as_if_the_whole_picture_had_been_shrunk(at: tuple[float, float]) -> None:
    rng = np.random.default_rng(5)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8), (0, 0), 6)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = at
    points[468, 0] -= 80
    points[473, 0] += 80
    crop = cut_crop(picture, FaceBox(at[0] - 150, at[1] - 150, 300, 300, 0.9), Mesh(points))
    centre = points[:, :2].mean(axis=0)
    scale = CROP_INTER_EYE / 160
    small = cv2.resize(picture, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
    affine = np.array([[0.5, 0, 128 - centre[0] * scale], [0, 0.5, 128 - centre[1] * scale]])
    expected = cv2.warpAffine(small, affine, (256, 256), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.abs(crop.image.astype(int) - expected).mean() < 2
    assert crop.five is not None
    assert np.allclose(crop.five[1] - crop.five[0], (48, 0), atol=0.01)
    assert np.allclose(
        crop.five.mean(axis=0), ((points[[468, 473, 1, 61, 291], :2]).mean(axis=0) - centre) * scale + 128, atol=0.05
    )


@pytest.mark.parametrize("inter_eye", [30, 160])
def test_beyond_the_picture_people_see_grey_and_comparators_its_edge(inter_eye: int) -> None:
    picture = np.full((900, 900, 3), 20, np.uint8)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = (450, 890)  # the chin is cut off
    points[468, 0] -= inter_eye / 2
    points[473, 0] += inter_eye / 2
    crop = cut_crop(picture, FaceBox(400, 840, 100, 60, 0.9), Mesh(points))
    assert (crop.image == 20).all()
    edge = 128 + round(10 * CROP_INTER_EYE / inter_eye)
    assert (crop.shown[: edge - 2, 100:150] == 20).all()
    assert (crop.shown[edge + 2 :] == BEYOND).all()
    points[:, :2] += (550, 110)
    whole = cut_crop(np.full((2000, 2000, 3), 20, np.uint8), FaceBox(950, 950, 100, 100, 0.9), Mesh(points))
    assert whole.inside is None
    assert whole.shown is whole.image
