"""MXNet 1.x symbol and parameter files -> an ONNX graph, for the few operators MobileFace uses.

The parameter file is read as plain bytes with every length checked before it is used: a damaged or hostile
file raises `MXNetFormatError`, it never allocates what it merely claims to hold.
Format: u64 0x112 | u64 0 | u64 count | per array: u32 magic, i32 storage, u32 ndim, i64 dims, i32 device,
i32 device id, i32 dtype, data | u64 count | length-prefixed names ("arg:..." or "aux:...").
"""

from __future__ import annotations

import ast
import json
import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LIST_MAGIC = 0x112
_ARRAY_MAGIC = 0xF993FAC9
_FLOAT32 = 0
_DEFAULT_EPS = 1e-3


class MXNetFormatError(ValueError):
    """The file is not a graph or parameter file that this loader can read."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise MXNetFormatError("parameter file ends early")
        self._at += size
        return self._data[self._at - size : self._at]

    def unpack(self, fmt: str) -> tuple[int, ...]:
        return struct.unpack("<" + fmt, self.take(struct.calcsize("<" + fmt)))


def read_params(data: bytes) -> dict[str, NDArray[np.float32]]:
    """Arrays of a parameter file by name, "arg:" and "aux:" prefixes removed."""
    reader = _Reader(data)
    magic, _, count = reader.unpack("QQQ")
    if magic != _LIST_MAGIC or count > 10_000:
        raise MXNetFormatError("not an MXNet parameter file")
    arrays = [_read_array(reader) for _ in range(count)]
    (names,) = reader.unpack("Q")
    if names != count:
        raise MXNetFormatError("parameter file names do not match its arrays")
    params = {}
    for array in arrays:
        (length,) = reader.unpack("Q")
        name = reader.take(length).decode("utf-8", "strict")
        params[name.partition(":")[2]] = array
    return params


def _read_array(reader: _Reader) -> NDArray[np.float32]:
    magic, storage, ndim = reader.unpack("IiI")
    if magic != _ARRAY_MAGIC or storage != 0 or ndim > 8:
        raise MXNetFormatError("unsupported array in parameter file")
    dims = reader.unpack(f"{ndim}q")
    _, _, dtype = reader.unpack("iii")
    if dtype != _FLOAT32 or any(dim < 0 for dim in dims):
        raise MXNetFormatError("unsupported array in parameter file")
    return np.frombuffer(reader.take(4 * math.prod(dims)), "<f4").reshape(dims)


def to_onnx(symbol_json: bytes, params_file: bytes, input_size: int) -> bytes:
    """A serialised ONNX model: input "data" [N, 3, input_size, input_size], output "embedding" [N, D].

    Raises MXNetFormatError on an operator or file it does not know.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    params = read_params(params_file)
    try:
        symbol = json.loads(symbol_json)
        nodes, head = symbol["nodes"], symbol["heads"][0][0]
        builder = _GraphBuilder(params, nodes)
        for index in range(head + 1):
            builder.add(index)
        output = builder.outputs[head]
    except (KeyError, IndexError, TypeError, ValueError, SyntaxError) as error:
        raise MXNetFormatError(f"unreadable MXNet graph: {error}") from error
    side = [None, 3, input_size, input_size]
    graph = helper.make_graph(
        [*builder.onnx_nodes, helper.make_node("Identity", [output], ["embedding"])],
        "face",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, side)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [None, None])],
        [numpy_helper.from_array(np.array(value), name) for name, value in builder.constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class _GraphBuilder:
    """Translates node by node; `outputs[i]` is the ONNX value name of MXNet node i."""

    def __init__(self, params: dict[str, NDArray[np.float32]], nodes: list[dict[str, Any]]) -> None:
        self._nodes = nodes
        self.constants: dict[str, NDArray[np.float32]] = dict(params)
        self.onnx_nodes: list[Any] = []
        self.outputs: dict[int, str] = {}

    def add(self, index: int) -> None:
        node = self._nodes[index]
        op, name = node["op"], node["name"]
        if op == "null":
            if name != "data" and name not in self.constants:
                raise MXNetFormatError(f"parameter file has no {name!r}")
            self.outputs[index] = name
            return
        inputs = [self.outputs[i[0]] for i in node["inputs"]]
        attrs = node.get("attrs", {})
        self.outputs[index] = name
        match op:
            case "Convolution":
                self._emit("Conv", inputs, name, **_conv_attributes(attrs))
            case "BatchNorm":
                if attrs.get("fix_gamma", "True") != "False":
                    raise MXNetFormatError("BatchNorm with fix_gamma is not supported")
                epsilon = float(attrs.get("eps", _DEFAULT_EPS))
                self._emit("BatchNormalization", inputs, name, epsilon=epsilon)
            case "FullyConnected":
                self._emit("Gemm", inputs, name, transB=1)
            case "Flatten":
                self._emit("Flatten", inputs, name, axis=1)
            case "elemwise_add":
                self._emit("Add", inputs, name)
            case "_minus_scalar" | "_mul_scalar" | "_maximum_scalar" | "_minimum_scalar":
                self.constants[name + "_scalar"] = np.array(float(attrs["scalar"]), np.float32)
                onnx_op = {"_minus": "Sub", "_mul": "Mul", "_maximum": "Max", "_minimum": "Min"}[op[:-7]]
                self._emit(onnx_op, [*inputs, name + "_scalar"], name)
            case _:
                raise MXNetFormatError(f"operator {op!r} is not supported")

    def _emit(self, op: str, inputs: list[str], output: str, **attributes: Any) -> None:
        from onnx import helper

        self.onnx_nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))


def _conv_attributes(attrs: dict[str, str]) -> dict[str, Any]:
    pad = ast.literal_eval(attrs.get("pad", "(0, 0)"))
    return {
        "kernel_shape": ast.literal_eval(attrs["kernel"]),
        "strides": ast.literal_eval(attrs.get("stride", "(1, 1)")),
        "pads": [*pad, *pad],
        "group": int(attrs.get("num_group", "1")),
    }
