"""One line of a machine-readable zone: what every character cell may hold, from several readings of the same strip.

The characters stand on an even grid (OCR-B, 10 to the inch), so a line is not read as text that may skip or double a
filler, but cell by cell: the recogniser's steps are laid on the grid, and each cell has its own probabilities.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.documents.mrz_formats import ALPHABET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.ocr import Ocr, Steps
    from verifier.media.types import Image

Cells = NDArray[np.float64]
"""[cells, 37]: probability of each character of `ALPHABET` in each cell."""
STRETCHES = (1.0, 1.25)
FLOOR = 2e-4
_FILLERS = "<«《〈‹＜く∠≤"
_LOOK = {"|": "1I", "l": "1I", "o": "0O", "!": "1I"}


@dataclass(frozen=True)
class Spread:
    """One reading of a strip. x: [steps] pixel of each step in the strip; p: [steps, 37]."""

    x: NDArray[np.float64]
    p: Cells

    def marks(self) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
        """Position, probability and character of every mark that the recogniser is for seeing something at."""
        total = self.p.sum(axis=1)
        best = self.p.argmax(axis=1)
        found: list[tuple[float, float, str]] = []
        start = 0
        for k in range(1, len(best) + 1):
            if k == len(best) or total[k] < 0.3 or total[k - 1] < 0.3 or best[k] != best[k - 1]:
                if total[start] >= 0.3:
                    span = slice(start, k)
                    weight = total[span]
                    found.append(
                        (
                            float((self.x[span] * weight).sum() / weight.sum()),
                            float(weight.max()),
                            ALPHABET[best[start]],
                        )
                    )
                start = k
        xs, ws, cs = (list(v) for v in zip(*found, strict=True)) if found else ([], [], [])
        return np.array(xs), np.array(ws), cs


@dataclass(frozen=True)
class Grid:
    """Cell k stands at `start + k * pitch + k * k * bend` pixels of the strip."""

    start: float
    pitch: float
    bend: float = 0.0

    def centres(self, cells: int) -> NDArray[np.float64]:
        k = np.arange(cells)
        return self.start + k * self.pitch + k * k * self.bend


class Reader:
    """Reads strips with one recogniser."""

    def __init__(self, ocr: Ocr) -> None:
        self._ocr = ocr
        self._classes = [(n, shares) for n, c in enumerate(ocr.characters) if (shares := _as_mrz(c))]

    def spreads(self, strip: Image) -> list[Spread]:
        """Several readings: as it is, stretched, with its background evened out."""
        even = evened(strip)
        return [self._spread(s, stretch) for s in (strip, even) for stretch in STRETCHES]

    def _spread(self, strip: Image, stretch: float) -> Spread:
        steps = self._ocr.steps(strip, stretch)
        width = strip.shape[1]
        x = (np.arange(len(steps)) + 0.5) * width / len(steps)
        return Spread(x, self._on_alphabet(steps))

    def _on_alphabet(self, steps: Steps) -> Cells:
        out = np.zeros((len(steps), len(ALPHABET)))
        for n, shares in self._classes:
            for character in shares:
                out[:, ALPHABET.index(character)] += steps[:, n] / len(shares)
        return out


def evened(strip: Image) -> Image:
    """Dark print on an even light ground: the strip over its own background, as grey in three channels."""
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    ground = cv2.GaussianBlur(cv2.dilate(grey, np.ones((9, 9), np.uint8)), (0, 0), 9)
    flat = np.clip(grey / np.maximum(ground, 1) * 255, 0, 255)
    low, high = np.percentile(flat, (2, 90))
    flat = np.clip((flat - low) / max(high - low, 1) * 235 + 10, 0, 255).astype(np.uint8)
    return np.repeat(flat[..., None], 3, axis=2)


def fit(spreads: Sequence[Spread], cells: int) -> tuple[Grid, float] | None:
    """The grid on which the marks of all readings stand best, and how well (0..1); None where there are too few marks."""
    marks = [s.marks() for s in spreads]
    xs, ws = (np.concatenate([m[k] for m in marks]) for k in (0, 1))
    if len(xs) < cells:  # of several readings together
        return None
    longest = max((m[0] for m in marks), key=len)
    low, high = longest[0], longest[-1]
    best: tuple[float, Grid] | None = None
    for pitch in np.linspace((high - low) / (cells + 1), (high - low) / (cells - 4), 90):
        turn = np.exp(2j * np.pi * xs / pitch)
        phase = np.angle((turn * ws).sum()) / (2 * np.pi) * pitch
        for start in np.arange(phase + np.ceil((low - 3.5 * pitch - phase) / pitch) * pitch, low + 3.5 * pitch, pitch):
            at = (xs - start) / pitch
            inside = (at > -0.5) & (at < cells - 0.5)
            hit = ws * np.cos(2 * np.pi * at)
            covered = len(np.unique(np.rint(at[inside]))) / cells
            score = float(hit[inside].sum() - ws[~inside].sum()) / ws.sum() * covered
            if best is None or score > best[0]:
                best = (score, Grid(float(start), float(pitch)))
    if best is None:
        return None
    return _refined(best[1], xs, ws, cells), best[0]


def _refined(grid: Grid, xs: NDArray[np.float64], ws: NDArray[np.float64], cells: int) -> Grid:
    """The same grid, drawn through the marks near it; a page seen at a slant bends it a little."""
    for reach in (0.45, 0.35, 0.3):
        k = np.clip(np.rint(_index(grid, xs, cells)), 0, cells - 1)
        off = np.abs(xs - (grid.start + k * grid.pitch + k * k * grid.bend))
        near = off < reach * grid.pitch
        if near.sum() < cells // 2:
            return grid
        bend, pitch, start = np.polyfit(k[near], xs[near], 2, w=np.sqrt(ws[near]))
        if abs(bend) * cells > 0.25 * pitch:
            return grid
        grid = Grid(float(start), float(pitch), float(bend))
    return grid


def _index(grid: Grid, xs: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    return np.interp(xs, grid.centres(cells), np.arange(cells), left=-1, right=cells)


def on_grid(spread: Spread, grid: Grid, cells: int) -> Cells:
    """What one reading believes of every cell; a cell without a mark says nothing (all alike)."""
    centres = grid.centres(cells)
    half = grid.pitch * 0.62
    out = np.full((cells, len(ALPHABET)), FLOOR)
    for k, centre in enumerate(centres):
        near = np.abs(spread.x - centre) < half
        if near.any():
            weight = np.cos(np.abs(spread.x[near] - centre) / half * np.pi / 2)[:, None]
            out[k] += (spread.p[near] * weight).max(axis=0)
    shares: Cells = out / out.sum(axis=1, keepdims=True)
    return shares


def blended(readings: Sequence[Cells]) -> Cells:
    """Several readings as one: the geometric mean, floored, so that one reading alone can neither win nor veto."""
    logs = np.mean([np.log(np.maximum(r, 1e-3)) for r in readings], axis=0)
    out = np.exp(logs)
    shares: Cells = out / out.sum(axis=1, keepdims=True)
    return shares


def _as_mrz(character: str) -> str:
    """The zone's characters that a recogniser's character may stand for; empty for none."""
    if not character:
        return ""
    if character in _FILLERS:
        return "<"
    if character in _LOOK:
        return _LOOK[character]
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).upper())
    base = plain[:1]
    return base if base in ALPHABET and all(unicodedata.combining(c) for c in plain[1:]) else ""
