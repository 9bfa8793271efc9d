from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.observe.face_crop import similarity
from verifier.observe.face_detector import FaceBox, suppress


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
