"""Text in pictures: where it stands and what it may say, with PP-OCRv4's models as rapidocr-onnxruntime's wheel carries them.

The models are run directly: the machine-readable zone needs what the recogniser believed at every step, which the
wheel's own code throws away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.media.types import Image

PACKAGE = "rapidocr_onnxruntime"
DETECTOR, RECOGNISER = "ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"
STRIP_HEIGHT = 48
"""Pixels: the recogniser's own input height; it gives one step for every 8 pixels of width."""
STEP_PIXELS = 8
MAX_STRIP_WIDTH = 3200
MAX_BOXES = 400
MOST_REMEMBERED = 256
"""Readings that are kept; a reading is a short text."""
_INK, _BOX, _GROW = 0.3, 0.5, 1.6
"""PP-OCR's own settings: text from here on, boxes by mean of it, growth of the shrunken text areas it was trained on."""

Points = NDArray[np.float32]
"""[n, 2], x and y in pixels."""
Steps = NDArray[np.float32]
"""[steps, classes]: probabilities; class 0 is "nothing new here"."""


T = TypeVar("T")


class OcrMissing(Exception):
    """The models are not installed; the message says what to do."""


@dataclass(frozen=True)
class PrintedLine:
    """A line of print; corners in the page, as `TextBox.corners`; sure: mean probability of its characters."""

    text: str
    sure: float
    corners: Points


@dataclass(frozen=True)
class TextBox:
    """A line of text; corners: [4, 2] along the line: start top, end top, end bottom, start bottom, read left to right."""

    corners: Points

    @property
    def width(self) -> float:
        return float(np.hypot(*(self.corners[1] - self.corners[0])))

    @property
    def height(self) -> float:
        return float(np.hypot(*(self.corners[3] - self.corners[0])))

    @property
    def angle(self) -> float:
        """Degrees clockwise from level, -90..90."""
        x, y = self.corners[1] - self.corners[0]
        return float(np.degrees(np.arctan2(y, x)))

    @property
    def centre(self) -> tuple[float, float]:
        x, y = self.corners.mean(axis=0)
        return float(x), float(y)


class _Remembered(Generic[T]):
    """What was found in the last pictures: a line is looked at to turn the page, to find its zone and to read its print."""

    def __init__(self) -> None:
        self._found: dict[int, T] = {}

    def get(self, asked: tuple[Image, int], find: Callable[[], T]) -> T:
        image, how = asked
        key = hash((image.shape, how, image.tobytes()))
        if key not in self._found:
            if len(self._found) >= MOST_REMEMBERED:
                del self._found[next(iter(self._found))]
            self._found[key] = find()
        return self._found[key]


class Ocr:
    """The two models, loaded when first asked for; one instance per thread."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._boxes: _Remembered[list[TextBox]] = _Remembered()
        self._texts: _Remembered[tuple[str, float]] = _Remembered()

    def boxes(self, image: Image, side: int = 960) -> list[TextBox]:
        """Lines of text in an RGB picture that is looked at with its long side at `side` pixels, top to bottom."""
        return list(self._boxes.get((image, side), lambda: self._found(image, side)))

    def _found(self, image: Image, side: int) -> list[TextBox]:
        height, width = image.shape[:2]
        scale = side / max(height, width)
        size = tuple(max(32, round(v * scale / 32) * 32) for v in (width, height))
        seen = _run(self._detector, _normal(cv2.resize(image, size)))[0, 0]
        mask = (seen > _INK).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        back = np.array([width / size[0], height / size[1]], np.float32)
        found = [_box(c, seen, back) for c in sorted(contours, key=len, reverse=True)[:MAX_BOXES]]
        return sorted((b for b in found if b is not None), key=lambda b: b.centre[1])

    def steps(self, strip: Image, stretch: float = 1.0) -> Steps:
        """What the recogniser believes at every step along a level strip of one line; `stretch` widens it first."""
        height, width = strip.shape[:2]
        wide = int(np.clip(round(width * STRIP_HEIGHT / max(height, 1) * stretch), 16, MAX_STRIP_WIDTH))
        way = cv2.INTER_AREA if height > STRIP_HEIGHT else cv2.INTER_CUBIC
        out: Steps = _run(self._recogniser, _normal(cv2.resize(strip, (wide, STRIP_HEIGHT), interpolation=way)))[0]
        return out

    def text(self, strip: Image) -> tuple[str, float]:
        """The likeliest reading of a strip, and the mean probability of its characters (0 when there are none)."""
        return self._texts.get((strip, 0), lambda: self._read(strip))

    def _read(self, strip: Image) -> tuple[str, float]:
        steps = self.steps(strip)
        best = steps.argmax(axis=1)
        new = (best != 0) & (best != np.concatenate([[0], best[:-1]]))
        sure = steps.max(axis=1)[new]
        return "".join(self.characters[k] for k in best[new]), float(sure.mean()) if len(sure) else 0.0

    @cached_property
    def characters(self) -> list[str]:
        """By class; the first is empty."""
        listed = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        return ["", *listed, " "]

    @cached_property
    def _detector(self) -> Any:
        return _session(DETECTOR, self._threads)

    @cached_property
    def _recogniser(self) -> Any:
        return _session(RECOGNISER, self._threads)


def cut(image: Image, corners: Points, height: int = STRIP_HEIGHT) -> Image:
    """The strip inside four corners (in a `TextBox`'s order), level, `height` pixels high."""
    top, side = (float(np.hypot(*(corners[k] - corners[0]))) for k in (1, 3))
    width = int(np.clip(round(top * height / max(side, 1.0)), 8, MAX_STRIP_WIDTH))
    onto = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shrink = side / height
    if shrink > 2:  # a warp alone would alias
        image, corners = _near(image, corners, 4 * shrink)
        image = cv2.resize(image, None, fx=2 / shrink, fy=2 / shrink, interpolation=cv2.INTER_AREA)
        corners = corners * np.float32(2 / shrink)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), onto)
    strip: Image = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return strip


def _near(image: Image, corners: Points, margin: float) -> tuple[Image, Points]:
    """The part of a picture around four corners, which may reach beyond it, and the corners in that part."""
    size = np.array(image.shape[1::-1])
    low = np.clip(np.floor(corners.min(axis=0) - margin), 0, size - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + margin), low + 1, size).astype(int)
    return image[low[1] : high[1], low[0] : high[0]], corners - low.astype(np.float32)


def models() -> Path:
    """Where the wheel keeps its models; finding them imports nothing of it."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise OcrMissing("text cannot be read here: pip install rapidocr-onnxruntime==1.4.4")
    return Path(spec.submodule_search_locations[0]) / "models"


def _box(contour: NDArray[np.int32], seen: NDArray[np.float32], back: Points) -> TextBox | None:
    (cx, cy), (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < 3:
        return None
    x, y, w, h = cv2.boundingRect(contour)
    inside = np.zeros((h, w), np.uint8)
    cv2.fillPoly(inside, [contour - (x, y)], 1)
    if seen[y : y + h, x : x + w][inside > 0].mean() < _BOX:
        return None
    grow = 2 * width * height * _GROW / (2 * (width + height))
    corners = cv2.boxPoints(((cx, cy), (width + grow, height + grow), angle)) * back
    return TextBox(_along(corners.astype(np.float32)))


def _along(corners: Points) -> Points:
    """Corners of a rectangle, begun where its long side starts on the left (or, standing upright, at its foot)."""
    if np.hypot(*(corners[1] - corners[0])) < np.hypot(*(corners[2] - corners[1])):
        corners = np.roll(corners, -1, axis=0)
    (ax, ay), (bx, by) = corners[0], corners[1]
    if bx < ax or (bx == ax and by > ay):
        corners = np.roll(corners, 2, axis=0)
    return corners


def _session(name: str, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    return onnxruntime.InferenceSession(models() / name, options, providers=["CPUExecutionProvider"])


def _normal(image: Image) -> NDArray[np.float32]:
    """RGB 0..255 to the models' own input: BGR, -1..1, [1, 3, height, width]."""
    values = image[..., ::-1].astype(np.float32) / 127.5 - 1
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def _run(session: Any, values: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: values})[0]
    return out
