"""Any ArcFace-style ONNX file as a comparator, described by a small JSON beside it (`<name>.onnx`, `<name>.json`).

The JSON: {"name", "sha256", "licence", "size": 112, "channels": "RGB" | "BGR", "mean": 127.5, "scale": 0.0078125,
"flip": true, "template": [[x, y] x 5]}; pixels are fed as (value - mean) * scale. mean, scale, flip and template are
optional (0, 1, true, the usual 112 x 112 points).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from verifier.observe.comparators.base import ComparatorUnavailable, Vector, unit
from verifier.observe.face_crop import align

if TYPE_CHECKING:
    from verifier.observe.face_crop import FaceCrop

Point = tuple[float, float]
ARCFACE_TEMPLATE: tuple[Point, Point, Point, Point, Point] = (
    (38.3, 51.7),
    (73.5, 51.5),
    (56.0, 71.7),
    (41.5, 92.4),
    (70.7, 92.2),
)
"""Eyes, nose, mouth corners in a 112 x 112 chip (Deng et al., ArcFace, 2019)."""


class OnnxDescription(BaseModel):
    """How to feed one ONNX face model."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = Field(max_length=200)
    size: int = Field(default=112, ge=32, le=512)
    channels: Literal["RGB", "BGR"] = "RGB"
    mean: float = 0.0
    scale: float = 1.0
    flip: bool = True
    """Average with the mirrored chip's embedding: a little more accurate, twice the work."""
    template: tuple[Point, Point, Point, Point, Point] = Field(default=ARCFACE_TEMPLATE)


class OnnxComparator:
    """Embeds the aligned chip with onnxruntime on one thread."""

    thread_safe = True
    """One session may run in several threads at once."""

    def __init__(self, model: bytes, description: OnnxDescription, model_sha256: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # many small calls beside a decoding thread: more threads only contend
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            (self._input,) = self._session.get_inputs()
        except Exception as error:  # onnxruntime raises its own unexported types
            raise ComparatorUnavailable(f"model {description.name!r} is not a usable face model") from error
        self.name, self.model_sha256, self._description = description.name, model_sha256, description
        self._template = np.array(description.template, np.float32)

    def embed(self, crop: FaceCrop) -> Vector | None:
        if crop.five is None:
            return None
        d = self._description
        chip = align(crop, self._template, d.size)
        if d.channels == "BGR":
            chip = chip[:, :, ::-1]
        chips = [chip, chip[:, ::-1]] if d.flip else [chip]
        batch = [np.ascontiguousarray(((c.astype(np.float32) - d.mean) * d.scale).transpose(2, 0, 1)) for c in chips]
        return unit(np.sum([unit(self._run(one)) for one in batch], axis=0))

    def _run(self, chip: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float32]]:
        output = self._session.run(None, {self._input.name: chip[None]})[0]
        return np.asarray(output, np.float32).reshape(-1)


def load_onnx_comparator(model_path: Path) -> OnnxComparator:
    """The comparator of `<name>.onnx` with `<name>.json` beside it; ComparatorUnavailable when either is wrong."""
    try:
        description = OnnxDescription.model_validate(json.loads(model_path.with_suffix(".json").read_text()))
        data = model_path.read_bytes()
    except OSError as error:
        raise ComparatorUnavailable(
            f"{model_path.name}: needs a description {model_path.stem}.json beside it"
        ) from error
    except (ValueError, ValidationError) as error:
        raise ComparatorUnavailable(f"{model_path.stem}.json does not describe a face model") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != description.sha256:
        raise ComparatorUnavailable(f"{model_path.name} is not the file its description names (sha256 differs)")
    return OnnxComparator(data, description, digest)
