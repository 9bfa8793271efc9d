"""Are the signs of a zone OCR-B, the typeface that ICAO Doc 9303-3 (4.1) asks for, or nearer to one that is on every computer?

Each sign is laid over drawings of itself in OCR-B and in other typefaces (normalised correlation, a little moved, stretched and
blurred); its margin is by how much OCR-B fits better. Measured in models/mrz_cells/typefaces.md.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.documents.mrz_formats import ALPHABET
from verifier.documents.witness import REACH, SIDE, middle_of, patch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.lattice import Grid
    from verifier.documents.zone_reading import ZoneReading
    from verifier.media.types import Image

DRAWN = ("mrz_cells", "typefaces.npz")
"""[typefaces, 37, 64, 64] ink in 0..255, OCR-B first, drawn by models/mrz_cells/typefaces.py."""
STRETCHES = ((1.0, 1.0), (1.0, 1.12), (1.12, 1.25), (0.9, 0.9))
"""Across and down: printers are not exact, and strips are straightened by eye."""
BLURS = (0.7, 1.3, 2.1)
"""Pixels of a cell of 32."""
TALL, WIDE, MOVED = (3, 29), (5, 27), 2
"""Rows and columns of a cell that are compared, without the neighbours; pixels that it may lie off."""
LEAST_SIGNS, LEAST_FIT = 8, 0.8
"""Signs of a line, fillers apart, and their median correlation with whatever fits best, below which nothing is said of it."""
LINE, RUN, RUN_OF = -0.02, -0.05, 3
"""Median margin of a line, and mean margin of three signs in a row, from which down they are called another typeface."""


class Typefaces:
    """Loaded when first asked."""

    def lines_apart(self, strips: Sequence[Image], reading: ZoneReading) -> tuple[str, ...] | None:
        """ "line1", ...: lines with signs that are not OCR-B. None: no line could be judged."""
        found, judged = [], False
        for number, (strip, line, grid) in enumerate(zip(strips, reading.lines, reading.grids, strict=True), 1):
            margins = self.margins(strip, grid, line.text, line.doubtful)
            if margins is None:
                continue
            judged = True
            if np.median(margins) <= LINE or weakest_run(margins) <= RUN:
                found.append(f"line{number}")
        return tuple(found) if judged else None

    def margins(self, strip: Image, grid: Grid, text: str, doubtful: Sequence[int] = ()) -> NDArray[np.float64] | None:
        """Of the signs of a line in turn, fillers and those in doubt left out: -2..2, below 0 where another typeface fits better."""
        grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float32)
        middle, centres = middle_of(grey), grid.centres(len(text))
        left_out = set(doubtful)
        fits = np.array([
            self._fits(patch(grey, centres[k], middle, grid.pitch * REACH), c)
            for k, c in enumerate(text) if c != "<" and k not in left_out
        ])  # fmt: skip
        if len(fits) < LEAST_SIGNS or np.median(fits.max(axis=1)) < LEAST_FIT:
            return None
        out: NDArray[np.float64] = fits[:, 0] - fits[:, 1:].max(axis=1)
        return out

    def _fits(self, cell: NDArray[np.float32], c: str) -> NDArray[np.float32]:
        """Best correlation with each typeface's drawing of a sign."""
        (top, bottom), (left, right) = TALL, WIDE
        seen = -cell[top - MOVED : bottom + MOVED, left - MOVED : right + MOVED]
        windows = np.lib.stride_tricks.sliding_window_view(seen, (bottom - top, right - left))
        best: NDArray[np.float32] = (self._variants(c) @ _even(windows).T).max(axis=(1, 2))
        return best

    def _variants(self, c: str) -> NDArray[np.float32]:
        """All drawings of a sign: [typefaces, stretches x blurs, pixels]."""
        if c not in self._known:
            self._known[c] = np.stack([_drawn_as(typeface[ALPHABET.index(c)]) for typeface in self._drawn])
        return self._known[c]

    @cached_property
    def _known(self) -> dict[str, NDArray[np.float32]]:
        return {}

    @cached_property
    def _drawn(self) -> NDArray[np.uint8]:
        with files("verifier_models").joinpath(*DRAWN).open("rb") as source, np.load(source) as stored:
            drawn: NDArray[np.uint8] = stored["drawn"]
        return drawn


def weakest_run(margins: NDArray[np.float64]) -> float:
    """The least mean of `RUN_OF` signs in a row."""
    return float(np.convolve(margins, np.full(RUN_OF, 1 / RUN_OF), "valid").min())


def _even(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """[.., rows, columns] -> [n, pixels] of mean 0 and length 1: their products are correlations."""
    flat = pictures.reshape(-1, pictures.shape[-2] * pictures.shape[-1])
    flat = flat - flat.mean(axis=1, keepdims=True)
    even: NDArray[np.float32] = flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6)
    return even


def _drawn_as(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One drawing as it may be seen: every stretch and blur, cut to what is compared."""
    half, shrink, out = ink.shape[0] / 2, SIDE / ink.shape[0], []
    for across, down in STRETCHES:
        matrix = np.array([
            [shrink * across, 0, SIDE / 2 - shrink * across * half], [0, shrink * down, SIDE / 2 - shrink * down * half]
        ])  # fmt: skip
        small = cv2.warpAffine(ink.astype(np.float32), matrix, (SIDE, SIDE), flags=cv2.INTER_AREA)
        out += [cv2.GaussianBlur(small, (0, 0), blur)[slice(*TALL), slice(*WIDE)] for blur in BLURS]
    return _even(np.stack(out))
