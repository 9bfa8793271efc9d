"""A face model that somebody brings: fed as its description says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from tests.observe.test_rendering_detectors import graph
from verifier.observe.comparators.onnx_face import ARCFACE_TEMPLATE, load_onnx_comparator
from verifier.observe.face_crop import FaceCrop


@pytest.mark.parametrize(
    ("channels", "expected"), [("RGB", (200 - 10, (100 - 20) * 2, 50 - 40)), ("BGR", (50 - 10, (100 - 20) * 2, 200 - 40))]
)  # fmt: skip
def test_mean_and_scale_of_each_channel_are_in_the_order_of_the_channels(
    channels: str, expected: tuple[int, int, int], tmp_path: Path
) -> None:
    model = graph(size=112)
    (tmp_path / "one.onnx").write_bytes(model)
    told = {"name": "one", "sha256": hashlib.sha256(model).hexdigest(), "licence": "none", "channels": channels,
            "mean": [10, 20, 40], "scale": [1, 2, 1]}  # fmt: skip
    (tmp_path / "one.json").write_text(json.dumps(told))
    crop = FaceCrop(np.full((256, 256, 3), (200, 100, 50), np.uint8), np.array(ARCFACE_TEMPLATE, np.float32) + 70, 48.0)
    found = load_onnx_comparator(tmp_path / "one.onnx").embed(crop)
    assert found == pytest.approx(np.array(expected) / np.linalg.norm(expected), abs=1e-4)
