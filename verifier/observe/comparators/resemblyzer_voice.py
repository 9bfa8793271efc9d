"""Resemblyzer's 256-d speaker template (Apache-2.0), run by onnxruntime from the weights in its wheel.

Importing Resemblyzer would import torch, librosa and webrtcvad, none of which is needed to run three LSTM layers. Speech is
found by our own detector (speech.py) in place of webrtcvad.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.observe.comparators.base import ComparatorUnavailable
from verifier.observe.comparators.mel import mel_power
from verifier.observe.comparators.torch_file import TorchFormatError, read_tensors
from verifier.observe.comparators.voice_base import SAMPLE_RATE, Pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FRAMES, BANDS, HIDDEN, LAYERS = 160, 40, 256, 3
WINDOW, STEP = SAMPLE_RATE * 25 // 1000, SAMPLE_RATE * 10 // 1000
LEVEL_DBFS = -30.0
"""Every piece is brought to this level, as Resemblyzer does with quiet recordings: its spectrum is not logarithmic."""
_BATCH = 64


class ResemblyzerComparator:
    name = "resemblyzer"
    piece_samples = FRAMES * STEP

    def __init__(self) -> None:
        import onnxruntime

        data = _weights()
        self.model_sha256 = hashlib.sha256(data).hexdigest()
        try:
            model = to_onnx(read_tensors(data, "model_state"))
        except TorchFormatError as error:
            raise ComparatorUnavailable(f"Resemblyzer's weights cannot be read: {error}") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._network = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def embed(self, pieces: Pieces) -> NDArray[np.float32]:
        """Unit vectors [n, 256] of pieces [n, 25600]."""
        found = [self._batch(pieces[at : at + _BATCH]) for at in range(0, len(pieces), _BATCH)]
        return np.concatenate(found) if found else np.zeros((0, HIDDEN), np.float32)

    def _batch(self, pieces: Pieces) -> NDArray[np.float32]:
        mels = mel_power(at_level(pieces), SAMPLE_RATE, WINDOW, STEP, BANDS)[:, :FRAMES]
        return np.asarray(self._network.run(None, {"mels": mels})[0], np.float32)


def at_level(pieces: Pieces) -> Pieces:
    """Each piece [n, samples] at LEVEL_DBFS; silence stays silence."""
    rms = np.sqrt((pieces.astype(np.float64) ** 2).mean(axis=1, keepdims=True))
    return np.asarray(pieces * (10 ** (LEVEL_DBFS / 20) / np.maximum(rms, 1e-9)), np.float32)


def to_onnx(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """A serialised ONNX model: input "mels" [n, 160, 40], output "embedding" [n, 256], unit rows.

    Raises:
        TorchFormatError: the weights are not those of three LSTM layers and a projection.
    """
    from onnx import TensorProto, helper, numpy_helper

    constants = {f"{kind}{layer}": value for layer in range(LAYERS) for kind, value in _layer(weights, layer).items()}
    constants |= {"projection": _take(weights, "linear.weight", (HIDDEN, HIDDEN)).T, "bias": _take(weights, "linear.bias", (HIDDEN,))}  # fmt: skip
    nodes, x = [helper.make_node("Transpose", ["mels"], ["x0"], perm=[1, 0, 2])], "x0"
    for layer in range(LAYERS):
        wires = [x, f"W{layer}", f"R{layer}", f"B{layer}"]
        nodes.append(helper.make_node("LSTM", wires, [f"all{layer}", f"last{layer}"], hidden_size=HIDDEN))
        if layer < LAYERS - 1:
            nodes.append(helper.make_node("Squeeze", [f"all{layer}", "direction"], [x := f"x{layer + 1}"]))
    constants["direction"] = np.array([1], np.int64)
    constants["first"] = np.array([0], np.int64)
    nodes += [
        helper.make_node("Squeeze", [f"last{LAYERS - 1}", "first"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "projection"], ["projected"]),
        helper.make_node("Add", ["projected", "bias"], ["raw"]),
        helper.make_node("Relu", ["raw"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embedding"], axis=1, p=2),
    ]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "resemblyzer",
            [helper.make_tensor_value_info("mels", TensorProto.FLOAT, ["n", FRAMES, BANDS])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", HIDDEN])],
            [numpy_helper.from_array(np.ascontiguousarray(v), k) for k, v in constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", 15)],
        ir_version=8,
    )
    return bytes(model.SerializeToString())


def _layer(weights: Mapping[str, NDArray[np.float32]], layer: int) -> dict[str, Any]:
    """One layer with the gates in ONNX's order (input, output, forget, cell); torch has input, forget, cell, output."""
    width = BANDS if layer == 0 else HIDDEN
    shapes = {"weight_ih": (4 * HIDDEN, width), "weight_hh": (4 * HIDDEN, HIDDEN), "bias_ih": (4 * HIDDEN,), "bias_hh": (4 * HIDDEN,)}  # fmt: skip
    parts = {}
    for name, shape in shapes.items():
        gates = np.split(_take(weights, f"lstm.{name}_l{layer}", shape), 4)
        parts[name] = np.concatenate([gates[0], gates[3], gates[1], gates[2]])
    bias = np.concatenate([parts["bias_ih"], parts["bias_hh"]])
    return {"W": parts["weight_ih"][None], "R": parts["weight_hh"][None], "B": bias[None]}


def _take(weights: Mapping[str, NDArray[np.float32]], name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    found = weights.get(name)
    if found is None or found.shape != shape:
        raise TorchFormatError(f"{name} with shape {shape} expected")
    return found


def _weights() -> bytes:
    try:
        return Path(str(distribution("Resemblyzer").locate_file("resemblyzer/pretrained.pt"))).read_bytes()
    except (PackageNotFoundError, OSError) as error:
        raise ComparatorUnavailable("Resemblyzer is not installed: run make setup") from error
