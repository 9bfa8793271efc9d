"""Detectors that somebody brings: small ONNX graphs made here, right and wrong in every way their description can be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from verifier.observe.comparators import onnx_file
from verifier.observe.face_crop import FaceCrop
from verifier.observe.rendering_detectors import MOST_DETECTORS, load_detectors

SIZE = 64


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VERIFIER_HOME", str(tmp_path))
    (tmp_path / "detectors").mkdir()
    return tmp_path / "detectors"


def graph(channels: int | str = 3, size: int | str = SIZE, times: float = 1.0) -> bytes:
    """The mean of each channel of the picture, times a factor: [n, channels]."""
    given = helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", channels, size, size])
    out = helper.make_tensor_value_info("means", TensorProto.FLOAT, ["n", channels])
    nodes = [
        helper.make_node("ReduceMean", ["faces"], ["plain"], axes=[2, 3], keepdims=0),
        helper.make_node("Mul", ["plain", "times"], ["means"]),
    ]
    factor = numpy_helper.from_array(np.array(times, np.float32), "times")
    made = helper.make_model(
        helper.make_graph(nodes, "g", [given], [out], [factor]), opset_imports=[helper.make_opsetid("", 17)]
    )
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made.SerializeToString()


def bring(folder: Path, file: str, model: bytes, **more: Any) -> None:
    (folder / f"{file}.onnx").write_bytes(model)
    told = {"name": file, "sha256": hashlib.sha256(model).hexdigest(), "licence": "none", "size": SIZE, **more}
    (folder / f"{file}.json").write_text(json.dumps(told))


def crop() -> FaceCrop:
    """Grey, with a middle of 96 pixels in a colour of its own."""
    image = np.full((256, 256, 3), 20, np.uint8)
    image[80:176, 80:176] = (200, 100, 50)
    return FaceCrop(image, None, 48.0)


def test_margin_channels_scale_and_output_are_those_of_the_description(folder: Path) -> None:
    bring(folder, "red", graph(), window=96, scale=0.01)
    bring(folder, "blue-first", graph(), window=96, channels="BGR", mean=[10.0, 20.0, 40.0], scale=[0.5, 1, 1])
    bring(folder, "third", graph(), window=96, output=2, mean=[10.0, 20.0, 40.0])
    bring(folder, "wide", graph("c", "side"), window=192, size=96)
    bring(folder, "genuine-high", graph(), window=96, high="genuine", mean=100.0, scale=0.01)
    bring(folder, "sure", graph(), window=96, activation="softmax")
    bring(folder, "even", graph(times=0), activation="sigmoid")
    loaded, missing = load_detectors()
    assert not missing
    says = {d.name: d.traces(crop()) for d in loaded}
    assert says.pop("face-rendering") == pytest.approx(says["red"], abs=100)
    assert says == {
        "red": pytest.approx(2.0), "blue-first": pytest.approx(20), "third": pytest.approx(10),
        "wide": pytest.approx(65, abs=1), "genuine-high": pytest.approx(-1.0), "sure": pytest.approx(1.0), "even": 0.5,
    }  # fmt: skip


def wrong_hash(folder: Path) -> None:
    bring(folder, "odd", graph(), sha256="0" * 64)


def no_description(folder: Path) -> None:
    (folder / "odd.onnx").write_bytes(graph())


def unknown_word(folder: Path) -> None:
    bring(folder, "odd", graph(), threshold=0.5)


def no_model(folder: Path) -> None:
    bring(folder, "odd", b"not a model")


def flat_input(folder: Path) -> None:
    given = helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", 12])
    out = helper.make_tensor_value_info("same", TensorProto.FLOAT, ["n", 12])
    made = helper.make_model(
        helper.make_graph([helper.make_node("Identity", ["faces"], ["same"])], "g", [given], [out])
    )
    made.ir_version = 8
    bring(folder, "odd", made.SerializeToString())


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (wrong_hash, "odd.onnx is not the file its description names (sha256 differs)"),
        (no_description, "odd.onnx: needs a description odd.json beside it"),
        (unknown_word, "odd.json does not describe a detector of manipulated faces: threshold: Extra inputs are not permitted"),
        (lambda f: bring(f, "odd", graph(), channels="GRAY"), "odd.json does not describe a detector of manipulated faces: channels: Input should be 'RGB' or 'BGR'"),
        (lambda f: bring(f, "odd", graph(), sha256="A" * 64), "odd.json does not describe a detector of manipulated faces: sha256: String should match pattern '^[0-9a-f]{64}$'"),
        (lambda f: bring(f, "odd", graph(), mean=[1.0, 2.0]), "odd.json does not describe a detector of manipulated faces: mean.float: Input should be a valid number"),
        (no_model, "model 'odd' is not a usable detector of manipulated faces"),
        (flat_input, "model 'odd' does not take pictures as [n, channels, height, width]"),
        (lambda f: bring(f, "odd", graph(channels=1)), "model 'odd' takes 1 channels, not 3"),
        (lambda f: bring(f, "odd", graph(size=96)), "model 'odd' takes pictures of 96 x 96, not of 64 x 64 as its description says"),
        (lambda f: bring(f, "odd", graph(), output=3), "model 'odd' does not take a picture of 3 x 64 x 64, or has no output 3"),
        (lambda f: bring(f, "odd", graph(times=float("nan"))), "model 'odd' gives no number for a plain grey picture"),
        (lambda f: bring(f, "odd", graph(), name="face-rendering"), "odd.onnx: there is a detector 'face-rendering' already; name it otherwise"),
    ],
)  # fmt: skip
def test_one_that_does_not_fit_is_one_clear_line_and_the_others_are_used(folder: Path, spoil: Any, line: str) -> None:
    bring(folder, "zz-good", graph())
    spoil(folder)
    loaded, missing = load_detectors()
    assert [d.name for d in loaded] == ["face-rendering", "zz-good"]
    assert missing == [("odd", line)]


def test_files_too_large_to_be_one_and_detectors_beyond_a_few_are_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST_DETECTORS + 1):
        bring(folder, f"d{number}", graph())
    loaded, missing = load_detectors()
    assert len(loaded) == MOST_DETECTORS + 1
    assert missing == [("d8", "d8.onnx: at most 8 detectors are used beside ours")]
    monkeypatch.setattr(onnx_file, "MOST_BYTES", 10)
    assert all("too large" in why for _, why in load_detectors()[1])
