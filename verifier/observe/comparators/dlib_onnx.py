"""dlib's face network, run by onnxruntime: the same 128 numbers from the same weights in a fifth of the time.

dlib-bin is compiled without BLAS and holds Python's lock while it computes. The layers are those of `anet_type` in dlib's
dnn_face_recognition_ex.cpp; the weights are read from the file that face_recognition_models brings. Every length in the
file is checked before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHIP_PIXELS = 150
_MEAN_RGB = (122.782, 117.001, 104.298)
_BLOCKS = (
    *((32, 1),) * 3,
    *((64, 2), (64, 1), (64, 1), (64, 1)),
    *((128, 2), (128, 1), (128, 1)),
    *((256, 2), (256, 1), (256, 1)),
    (256, 2),
)
"""(filters, stride) of each residual block, from the picture on; each is two 3 x 3 convolutions."""

_BETWEEN_LAYERS = 2000
"""Bytes, at most, of settings before the next layer's name."""

Array = NDArray[np.float32]


class DlibFormatError(ValueError):
    """The file is not the face network that this reader knows."""


def read_layers(data: bytes) -> list[tuple[str, Array]]:
    """("con" | "affine" | "fc", its parameters as one row) for each layer with weights, from the picture on."""
    names = {b"\x05con_4": ("con", 0), b"\x07affine_": ("affine", 0), b"\x04fc_2": ("fc", 2)}
    layers: list[tuple[str, Array]] = []
    at = 0
    while True:
        found = [(place, name) for name in names if (place := data.find(name, at, at + _BETWEEN_LAYERS)) >= 0]
        if not found:
            return layers
        place, name = min(found)
        kind, integers = names[name]
        at = place + len(name)
        for _ in range(integers):
            _, at = _integer(data, at)
        values, at = _tensor(data, at)
        layers.append((kind, values))


def _tensor(data: bytes, at: int) -> tuple[Array, int]:
    version, at = _integer(data, at)
    size = 1
    for _ in range(4):
        side, at = _integer(data, at)
        size *= side
    if version != 2 or not 0 < size <= (len(data) - at) // 4:
        raise DlibFormatError("unexpected tensor")
    return np.frombuffer(data, "<f4", size, at), at + 4 * size


def _integer(data: bytes, at: int) -> tuple[int, int]:
    """Dlib's packed integers: a byte with their length (and sign), then the bytes, lowest first."""
    length = data[at] if at < len(data) else 0
    if not 1 <= length <= 8:
        raise DlibFormatError("unexpected integer")
    return int.from_bytes(data[at + 1 : at + 1 + length], "little"), at + 1 + length


def to_onnx(data: bytes) -> bytes:
    """A serialised ONNX model: input "chip" [1, 3, 150, 150] RGB 0-255, output "embedding" [1, 128].

    Raises:
        DlibFormatError: the weights are not those of the network described above.
    """
    from onnx import TensorProto, helper

    graph = _Graph(read_layers(data))
    top = graph.network()
    if graph.left:
        raise DlibFormatError("more layers than expected")
    side = [1, 3, CHIP_PIXELS, CHIP_PIXELS]
    model = helper.make_model(
        helper.make_graph(
            [*graph.nodes, helper.make_node("Identity", [top], ["embedding"])],
            "dlib_face",
            [helper.make_tensor_value_info("chip", TensorProto.FLOAT, side)],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 128])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 15)],
        ir_version=8,
    )
    return bytes(model.SerializeToString())


@dataclass
class _Graph:
    """Builds from the picture on, taking the layers' weights in turn."""

    left: list[tuple[str, Array]]
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def network(self) -> str:
        scaled = self._node("Div", self._node("Sub", "chip", self._constant(_rows(_MEAN_RGB))), self._constant([256.0]))
        x = self._node("Relu", self._convolution(scaled, 3, 32, 7, 2))
        x = self._node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
        channels, side = 32, _shrunk(_shrunk(CHIP_PIXELS, 7), 3)
        for filters, stride in _BLOCKS:
            x, side = self._residual(x, side, channels, filters, stride)
            channels = filters
        x = self._node("Flatten", self._node("GlobalAveragePool", x))
        weights = self._take("fc", channels * 128).reshape(channels, 128)
        return self._node("MatMul", x, self._constant(weights))

    def _residual(self, x: str, side: int, channels: int, filters: int, stride: int) -> tuple[str, int]:
        y = self._node("Relu", self._convolution(x, channels, filters, 3, stride))
        y = self._convolution(y, filters, filters, 3, 1)
        if stride == 1:
            return self._node("Relu", self._node("Add", x, y)), side
        x = self._node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        halved, convolved = _shrunk(side, 2), _shrunk(side, 3)
        # dlib adds unlike shapes as if the smaller one went on with zeros: below, to the right, in further channels
        x = self._padded(x, filters - channels, 0)
        y = self._padded(y, 0, halved - convolved)
        return self._node("Relu", self._node("Add", x, y)), halved

    def _padded(self, x: str, channels: int, below: int) -> str:
        if not channels and not below:
            return x
        return self._node("Pad", x, self._constant([0, 0, 0, 0, 0, channels, below, below], np.int64))

    def _convolution(self, x: str, channels: int, filters: int, size: int, stride: int) -> str:
        """A convolution and the affine layer behind it, in one: dlib pads those with stride 1 only."""
        count = filters * channels * size * size
        values = self._take("con", count + filters)
        affine = self._take("affine", 2 * filters)
        gamma, beta = affine[:filters], affine[filters:]
        weights = values[:count].reshape(filters, channels, size, size) * gamma[:, None, None, None]
        bias = values[count:] * gamma + beta
        pad = size // 2 if stride == 1 else 0
        wired = (x, self._constant(weights), self._constant(bias))
        return self._node("Conv", *wired, strides=[stride, stride], pads=[pad] * 4)

    def _take(self, kind: str, size: int) -> Array:
        found, values = self.left.pop(0) if self.left else ("nothing", np.zeros(0, np.float32))
        if found != kind or len(values) != size:
            raise DlibFormatError(f"{kind} with {size} numbers expected, found {found} with {len(values)}")
        return values

    def _constant(self, value: Any, kind: type = np.float32) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, kind), name))
        return name

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name


def _shrunk(side: int, window: int) -> int:
    """Side after a window with stride 2 and no padding."""
    return (side - window) // 2 + 1


def _rows(values: tuple[float, ...]) -> Array:
    return np.array(values, np.float32).reshape(1, len(values), 1, 1)
