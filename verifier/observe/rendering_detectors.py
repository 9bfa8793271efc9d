"""Detectors of manipulated faces, ours and others': an ONNX file and a JSON that says how to feed it.

Others' lie as `$VERIFIER_HOME/detectors/NAME.onnx` with NAME.json: {"name", "sha256", "licence", "size", "window": 160,
"channels", "mean", "scale", "output": 0, "activation": "none" | "sigmoid" | "softmax", "high": "manipulated" | "genuine"}.
`window` is the crop margin: the side of the square that is cut from the middle of a 256-pixel crop whose eyes are 48 px apart,
and brought to `size`. `mean` and `scale` are one number or three in the order of `channels`: networks normalised as on
ImageNet take mean [123.675, 116.28, 103.53], scale [0.01712, 0.01751, 0.01743]. None of them is calibrated, so none says more than its number.
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
MOST_OUTPUTS, MOST_DETECTORS = 64, 8


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
        misfit = _misfit(self._input.shape, file.size)
        if misfit:
            raise ComparatorUnavailable(f"model {file.name!r} {misfit}")
        grey = np.full((CROP_PIXELS, CROP_PIXELS, 3), 128, np.uint8)
        try:
            answer = self._run(grey)
        except Exception as error:  # onnxruntime raises its own unexported types
            raise ComparatorUnavailable(
                f"model {file.name!r} does not take a picture of 3 x {file.size} x {file.size}, or has no output {file.output}"
            ) from error
        if not np.isfinite(answer):
            raise ComparatorUnavailable(f"model {file.name!r} gives no number for a plain grey picture")

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
        out = self._session.run(None, {self._input.name: f.fed(face)[None]})[0]
        answer = self._activated(np.asarray(out, np.float64).ravel())
        return answer if f.high == "manipulated" else -answer

    def _activated(self, out: NDArray[np.float64]) -> float:
        match self._file.activation:
            case "sigmoid":
                return float(1 / (1 + np.exp(-out[self._file.output])))
            case "softmax":
                powers = np.exp(out - out.max())
                return float((powers / powers.sum())[self._file.output])
        return float(out[self._file.output])


def _misfit(shape: list[Any], size: int) -> str:
    """What a model says of its input [n, channels, height, width] that is not as described; sizes it leaves open fit."""
    if len(shape) != 4:
        return "does not take pictures as [n, channels, height, width]"
    _, channels, height, width = shape
    if isinstance(channels, int) and channels != 3:
        return f"takes {channels} channels, not 3"
    if any(isinstance(side, int) and side != size for side in (height, width)):
        return f"takes pictures of {height} x {width}, not of {size} x {size} as its description says"
    return ""


def load_detectors() -> tuple[list[RenderingDetector], list[tuple[str, str]]]:
    """Ours and those in VERIFIER_HOME; name and reason of those that cannot be used."""
    loaded: list[RenderingDetector] = []
    missing: list[tuple[str, str]] = []
    for path in (weights.packaged("face_rendering", "detector.onnx"), *_brought()):
        try:
            if len(loaded) > MOST_DETECTORS:
                raise ComparatorUnavailable(f"{path.name}: at most {MOST_DETECTORS} detectors are used beside ours")
            data, file = read_described(path, DetectorFile, WHAT)
            if file.name in {d.name for d in loaded}:
                raise ComparatorUnavailable(
                    f"{path.name}: there is a detector {file.name!r} already; name it otherwise"
                )
            loaded.append(RenderingDetector(data, file))
        except ComparatorUnavailable as error:
            missing.append((path.stem, str(error)))
    return loaded, missing


def _brought() -> list[Path]:
    folder = weights.home() / "detectors"
    return sorted(folder.glob("*.onnx")) if folder.is_dir() else []
