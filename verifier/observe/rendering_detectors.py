"""Detectors of manipulated faces, ours and others': an ONNX file and a JSON that says how to feed it.

Others' lie as `$VERIFIER_HOME/detectors/NAME.onnx` with NAME.json: {"name", "sha256", "licence", "size", "window": 160,
"channels", "mean", "scale", "output": 0, "activation": "none" | "sigmoid" | "softmax", "high": "manipulated" | "genuine"}.
`window` is the side of the square that is cut from the middle of a 256-pixel crop whose eyes are 48 px apart, and brought to
`size`. None of them is calibrated, so none says more than its number.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from verifier import weights
from verifier.observe.comparators.base import ComparatorUnavailable
from verifier.observe.comparators.onnx_file import OnnxFile, read_described, session_of
from verifier.observe.face_crop import CROP_PIXELS

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop

WHAT = "detector of manipulated faces"
MOST_OUTPUTS = 64


class DetectorFile(OnnxFile):
    """How to feed one detector, and which way its answer points."""

    window: int = Field(default=160, ge=96, le=CROP_PIXELS)
    output: int = Field(default=0, ge=0, lt=MOST_OUTPUTS)
    """Which number of its first output is the answer."""
    activation: Literal["none", "sigmoid", "softmax"] = "none"
    high: Literal["manipulated", "genuine"] = "manipulated"
    """What a high answer means."""


class RenderingDetector:
    """Answers for crops of one face; higher = more traces."""

    def __init__(self, model: bytes, file: DetectorFile) -> None:
        """ComparatorUnavailable where the model does not take what the description says, tried on a grey picture."""
        self._session, self._input = session_of(model, file.name, WHAT)
        self._file, self.name = file, file.name
        grey = np.full((CROP_PIXELS, CROP_PIXELS, 3), 128, np.uint8)
        try:
            self._run(grey)
        except Exception as error:  # onnxruntime raises its own unexported types
            raise ComparatorUnavailable(
                f"model {file.name!r} does not take a picture of 3 x {file.size} x {file.size}, or has no output {file.output}"
            ) from error

    def traces(self, crop: FaceCrop) -> float:
        return self._run(crop.image)

    def _run(self, image: Image) -> float:
        f = self._file
        edge = (CROP_PIXELS - f.window) // 2
        face = image[edge : edge + f.window, edge : edge + f.window]
        if f.size != f.window:
            face = cv2.resize(
                face, (f.size, f.size), interpolation=cv2.INTER_AREA if f.size < f.window else cv2.INTER_CUBIC
            )
        if f.channels == "BGR":
            face = face[:, :, ::-1]
        fed = np.ascontiguousarray(((face.astype(np.float32) - f.mean) * f.scale).transpose(2, 0, 1))
        answer = self._activated(
            np.asarray(self._session.run(None, {self._input.name: fed[None]})[0], np.float64).ravel()
        )
        return answer if f.high == "manipulated" else -answer

    def _activated(self, out: NDArray[np.float64]) -> float:
        match self._file.activation:
            case "sigmoid":
                return float(1 / (1 + np.exp(-out[self._file.output])))
            case "softmax":
                powers = np.exp(out - out.max())
                return float((powers / powers.sum())[self._file.output])
        return float(out[self._file.output])


def load_detectors() -> tuple[list[RenderingDetector], list[tuple[str, str]]]:
    """Ours and those in VERIFIER_HOME; name and reason of those that cannot be used."""
    loaded: list[RenderingDetector] = []
    missing: list[tuple[str, str]] = []
    for path in (weights.packaged("face_rendering", "detector.onnx"), *_brought()):
        try:
            data, file = read_described(path, DetectorFile, WHAT)
            loaded.append(RenderingDetector(data, file))
        except ComparatorUnavailable as error:
            missing.append((path.stem, str(error)))
    return loaded, missing


def _brought() -> list[Path]:
    folder: Any = weights.home() / "detectors"
    return sorted(folder.glob("*.onnx")) if folder.is_dir() else []
