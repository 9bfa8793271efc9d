"""Reads the tensors of a torch checkpoint in the format before torch 1.6, without torch: a pickle, then the raw numbers.

Nothing but tensors, dicts and plain values is accepted, so a file that asks for any other object is refused.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_KINDS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class TorchFormatError(ValueError):
    """The file is no checkpoint that this reader knows."""


class _Storage:
    def __init__(self, kind: np.dtype[Any], size: int) -> None:
        self.kind, self.size = kind, size
        self.values: NDArray[Any] | None = None


class _Tensor:
    """A view into a storage, filled in once the numbers behind the pickle are read."""

    def __init__(
        self, storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object
    ) -> None:
        self.storage, self.offset, self.shape, self.stride = storage, offset, shape, stride

    def array(self) -> NDArray[Any]:
        values = self.storage.values
        contiguous = tuple(int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape)))
        size = int(np.prod(self.shape))
        if values is None or self.stride != contiguous or self.offset + size > len(values):
            raise TorchFormatError("unexpected tensor")
        return values[self.offset : self.offset + size].reshape(self.shape)


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) in (("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_parameter")):
            return _Tensor if name.endswith("v2") else lambda tensor, *_: tensor
        if module == "torch" and name in _KINDS:
            return _KINDS[name]
        raise TorchFormatError(f"unexpected object {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        if not (isinstance(pid, tuple) and len(pid) >= 5 and pid[0] == "storage"):
            raise TorchFormatError("unexpected storage")
        return self.storages.setdefault(pid[2], _Storage(pid[1], int(pid[4])))


def read_tensors(data: bytes, key: str) -> dict[str, NDArray[Any]]:
    """Name -> array of the tensors under `key` of the checkpoint.

    Raises:
        TorchFormatError: the file is laid out in another way.
    """
    file = io.BytesIO(data)
    try:
        if _Reader(file).load() != _MAGIC:
            raise TorchFormatError("no torch checkpoint")
        _Reader(file).load()  # version of the format
        _Reader(file).load()  # sizes of types
        reader = _Reader(file)
        checkpoint = reader.load()
        for name in _Reader(file).load():
            _fill(reader.storages[name], file)
        return {k: v.array() for k, v in checkpoint[key].items() if isinstance(v, _Tensor)}
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise TorchFormatError(f"no torch checkpoint ({type(error).__name__})") from error


def _fill(storage: _Storage, file: io.BytesIO) -> None:
    size = int.from_bytes(file.read(8), "little")
    raw = file.read(storage.size * storage.kind.itemsize)
    if size != storage.size or len(raw) != size * storage.kind.itemsize:
        raise TorchFormatError("the file ends early")
    storage.values = np.frombuffer(raw, storage.kind)
