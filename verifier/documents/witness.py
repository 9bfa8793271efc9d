"""A second reader of single characters, of another kind than the first: it was trained on drawn OCR-B alone.

The recogniser of `ocr.py` reads lines and leans on what is likely beside what; this network sees one cell of the grid and
a little of its neighbours (models/mrz_cells/card.md). Where both say the same, a character is confirmed.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.documents.mrz_formats import ALPHABET

if TYPE_CHECKING:
    from verifier.documents.lattice import Cells, Grid
    from verifier.media.types import Image

SIDE = 32
REACH = 1.6
"""Advances of the grid that the network sees, each way across."""
MODEL = ("mrz_cells", "mrz_cells.onnx")
SHARPEN = 1.8
"""Power of its chances: it was trained with softened labels and therefore says 0.98 where it means 0.9999. With 1.8, the
characters of the specimens that it reads rightly have a median of 1.000 and a twentieth below 0.98."""
SHIFTS = ((0.0, 0.0), (-0.07, 0.0), (0.07, 0.0), (0.0, -0.08), (0.0, 0.08))
"""Of an advance: the grid is never quite right, so each cell is looked at five times."""


class Witness:
    """The network; loaded when first asked."""

    def cells(self, strip: Image, grid: Grid, cells: int) -> tuple[Cells, NDArray[np.float64]]:
        """What every cell may hold, [cells, 37] adding up to 1, and how strange it looks: 1 - the chance of any of them."""
        grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float32)
        middle = middle_of(grey)
        seen = np.stack([
            patch(grey, x + dx * grid.pitch, middle + dy * grid.pitch, grid.pitch * REACH)
            for dx, dy in SHIFTS for x in grid.centres(cells)
        ])  # fmt: skip
        logits = self._session.run(None, {"cells": seen[:, None]})[0].astype(np.float64)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = (shares / shares.sum(axis=1, keepdims=True)).reshape(len(SHIFTS), cells, -1).mean(axis=0)
        known = (shares[:, : len(ALPHABET)] + 1e-6) ** SHARPEN
        return known / known.sum(axis=1, keepdims=True), shares[:, -1]

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        model = files("verifier_models").joinpath(*MODEL).read_bytes()
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def middle_of(grey: NDArray[np.float32]) -> float:
    """The height at which the line's characters have their middle, in pixels of the strip."""
    ground = cv2.GaussianBlur(cv2.dilate(grey, np.ones((9, 9), np.uint8)), (0, 0), 9)
    ink = np.maximum(ground - grey, 0).mean(axis=1)
    ink = np.maximum(ink - np.percentile(ink, 25), 0)
    ink[: len(ink) // 8] = ink[-len(ink) // 8 :] = 0
    return float((ink * np.arange(len(ink))).sum() / ink.sum()) if ink.sum() > 0 else len(ink) / 2


def patch(grey: NDArray[np.float32], x: float, y: float, side: float) -> NDArray[np.float32]:
    scale = SIDE / side
    matrix = np.array([[scale, 0, SIDE / 2 - x * scale], [0, scale, SIDE / 2 - y * scale]])
    patch = cv2.warpAffine(grey, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    out: NDArray[np.float32] = ((patch - patch.mean()) / (patch.std() + 1e-3)).astype(np.float32)
    return out
