"""Any ArcFace-style ONNX file as a comparator, described by a small JSON beside it (`<name>.onnx`, `<name>.json`).

The JSON: {"name", "sha256", "licence", "size": 112, "channels": "RGB" | "BGR", "mean": 127.5, "scale": 0.0078125,
"flip": true, "template": [[x, y] x 5]}; pixels are fed as (value - mean) * scale, each one number or three in the order of
`channels`. mean, scale, flip and template are optional (0, 1, true, the usual 112 x 112 points).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from verifier.observe.comparators.base import Vector, unit
from verifier.observe.comparators.onnx_file import OnnxFile, read_described, session_of
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
WHAT = "face model"


class OnnxDescription(OnnxFile):
    """How to feed one ONNX face model."""

    flip: bool = True
    """Average with the mirrored chip's embedding: a little more accurate, twice the work."""
    template: tuple[Point, Point, Point, Point, Point] = Field(default=ARCFACE_TEMPLATE)


class OnnxComparator:
    """Embeds the aligned chip with onnxruntime on one thread."""

    thread_safe = True
    """One session may run in several threads at once."""

    def __init__(self, model: bytes, description: OnnxDescription, model_sha256: str) -> None:
        self._session, self._input = session_of(model, description.name, WHAT)
        self.name, self.model_sha256, self._description = description.name, model_sha256, description
        self._template = np.array(description.template, np.float32)

    def embed(self, crop: FaceCrop) -> Vector | None:
        if crop.five is None:
            return None
        d = self._description
        chip = align(crop, self._template, d.size)
        chips = [chip, chip[:, ::-1]] if d.flip else [chip]
        return unit(np.sum([unit(self._run(d.fed(one))) for one in chips], axis=0))

    def _run(self, chip: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float32]]:
        output = self._session.run(None, {self._input.name: chip[None]})[0]
        return np.asarray(output, np.float32).reshape(-1)


def load_onnx_comparator(model_path: Path) -> OnnxComparator:
    """The comparator of `<name>.onnx` with `<name>.json` beside it; ComparatorUnavailable when either is wrong."""
    data, description = read_described(model_path, OnnxDescription, WHAT)
    return OnnxComparator(data, description, description.sha256)
