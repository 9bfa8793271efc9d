"""ONNX files that others bring, each with a JSON beside it that says how to feed it: `<name>.onnx`, `<name>.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from verifier.json_file import first_problem
from verifier.observe.comparators.base import ComparatorUnavailable

if TYPE_CHECKING:
    from verifier.media.types import Image

PerChannel = float | tuple[float, float, float]


class OnnxFile(BaseModel):
    """What every description says."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = Field(max_length=200)
    size: int = Field(default=112, ge=32, le=512)
    channels: Literal["RGB", "BGR"] = "RGB"
    mean: PerChannel = 0.0
    scale: PerChannel = 1.0
    """Pixels are fed as (value - mean) * scale; three numbers are those of the channels, in their order."""

    def fed(self, face: Image) -> NDArray[np.float32]:
        """An RGB picture [size, size, 3] as the model takes it: [3, size, size]."""
        ordered = face[:, :, ::-1] if self.channels == "BGR" else face
        mean, scale = np.array(self.mean, np.float32), np.array(self.scale, np.float32)
        return np.ascontiguousarray(((ordered.astype(np.float32) - mean) * scale).transpose(2, 0, 1))


MOST_BYTES, MOST_WORDS = 500_000_000, 100_000
"""Of a model, and of its description: larger ones are not read."""

Description = TypeVar("Description", bound=OnnxFile)


def read_described(model_path: Path, kind: type[Description], what: str) -> tuple[bytes, Description]:
    """The file's bytes and its description; ComparatorUnavailable where either is wrong or they do not belong together."""
    told = model_path.with_suffix(".json")
    try:
        if model_path.stat().st_size > MOST_BYTES or told.stat().st_size > MOST_WORDS:
            raise ComparatorUnavailable(f"{model_path.name} or its description is too large to be a {what}")
        description = kind.model_validate(json.loads(told.read_text("utf-8")))
        data = model_path.read_bytes()
    except OSError as error:
        raise ComparatorUnavailable(
            f"{model_path.name}: needs a description {model_path.stem}.json beside it"
        ) from error
    except ValueError as error:
        why = f": {first_problem(error, kind)}" if isinstance(error, ValidationError) else ""
        raise ComparatorUnavailable(f"{model_path.stem}.json does not describe a {what}{why}") from error
    if hashlib.sha256(data).hexdigest() != description.sha256:
        raise ComparatorUnavailable(f"{model_path.name} is not the file its description names (sha256 differs)")
    return data, description


def session_of(model: bytes, name: str, what: str) -> tuple[Any, Any]:
    """A session on one thread and its only input."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # many small calls beside a decoding thread: more threads only contend
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        (only,) = session.get_inputs()
    except Exception as error:  # onnxruntime raises its own unexported types
        raise ComparatorUnavailable(f"model {name!r} is not a usable {what}") from error
    return session, only
