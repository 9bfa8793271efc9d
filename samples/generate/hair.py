"""Hair: a smooth outline, filled with strands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import splev, splprep

Float = NDArray[np.float64]
Picture = NDArray[np.float32]
Colour = tuple[float, float, float]


def filled(outline: Float, size: tuple[int, int], blur: float) -> Picture:
    """How much of every pixel (0..1) lies inside the outline."""
    mask = np.zeros((size[1], size[0]), np.float32)
    cv2.fillPoly(mask, [np.round(outline * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur), np.float32)


def smooth(corners: list[tuple[float, float]]) -> Float:
    """A smooth closed curve through the corners."""
    closed = np.array([*corners, corners[0]])
    knots, _ = splprep(closed.T, s=0, per=True)
    return np.stack(splev(np.linspace(0, 1, 240), knots), axis=1)


def draw(
    style: str, colour: Colour, oval: Float, size: tuple[int, int], rng: np.random.Generator
) -> tuple[Picture, Picture]:
    """Hair in front of the head, and hair behind the neck (empty for short hair)."""
    left, right = float(oval[:, 0].min()), float(oval[:, 0].max())
    top, height = float(oval[:, 1].min()), float(np.ptp(oval[:, 1]))
    frame = _Frame((left + right) / 2, top, (right - left) / 2, height)
    nothing = np.zeros((size[1], size[0], 4), np.float32)
    if style == "short":
        return _fill(frame, [smooth(frame.at(_SHORT))], colour, size, rng, frame.x, top + 0.5 * height), nothing
    part = frame.at([(0.22, -0.06)])[0]
    front = _fill(frame, [smooth(frame.at(_LONG_LEFT)), smooth(frame.at(_LONG_RIGHT))], colour, size, rng, *part)
    dark = (colour[0] * 0.55, colour[1] * 0.55, colour[2] * 0.55)
    return front, _fill(frame, [smooth(frame.at(_LONG_BACK))], dark, size, rng, *part)


class _Frame:
    """Outlines are given in half face widths from the middle and face heights from the top of the forehead."""

    def __init__(self, x: float, top: float, half: float, height: float) -> None:
        self.x, self.top, self.half, self.height = x, top, half, height

    def at(self, corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(self.x + a * self.half, self.top + b * self.height) for a, b in corners]


_SHORT = [
    (-0.97, 0.38), (-1.05, 0.24), (-1.07, 0.05), (-0.96, -0.13), (-0.66, -0.26), (-0.15, -0.315), (0.35, -0.305),
    (0.76, -0.22), (0.99, -0.09), (1.07, 0.07), (1.05, 0.24), (0.97, 0.38), (0.93, 0.27), (0.90, 0.16),
    (0.82, 0.06), (0.66, -0.02), (0.42, -0.03), (0.10, -0.035), (-0.30, -0.02), (-0.62, -0.025), (-0.80, 0.05),
    (-0.90, 0.15), (-0.93, 0.27),
]  # fmt: skip
_LONG_LEFT = [
    (0.34, -0.26), (-0.10, -0.31), (-0.62, -0.25), (-1.02, -0.05), (-1.20, 0.22), (-1.22, 0.50), (-1.36, 0.78),
    (-1.40, 1.02), (-1.24, 1.24), (-0.92, 1.30), (-0.72, 1.16), (-0.86, 0.98), (-0.98, 0.76), (-0.92, 0.54),
    (-0.95, 0.34), (-0.84, 0.16), (-0.50, 0.06), (-0.08, -0.02), (0.24, -0.10),
]  # fmt: skip
_LONG_RIGHT = [
    (0.10, -0.28), (0.44, -0.29), (0.82, -0.20), (1.08, -0.02), (1.21, 0.24), (1.22, 0.50), (1.35, 0.76),
    (1.41, 1.00), (1.26, 1.22), (0.96, 1.28), (0.74, 1.14), (0.88, 0.95), (0.99, 0.74), (0.93, 0.54), (0.95, 0.34),
    (0.88, 0.17), (0.66, 0.05), (0.42, -0.02), (0.22, -0.10),
]  # fmt: skip
_LONG_BACK = [
    (0.0, -0.25), (-0.7, -0.2), (-1.05, 0.1), (-1.16, 0.6), (-1.30, 1.0), (-1.15, 1.2), (-0.5, 1.25), (0.5, 1.25),
    (1.15, 1.2), (1.30, 1.0), (1.16, 0.6), (1.05, 0.1), (0.7, -0.2),
]  # fmt: skip


def _fill(
    frame: _Frame,
    outlines: list[Float],
    colour: Colour,
    size: tuple[int, int],
    rng: np.random.Generator,
    x: float,
    y: float,
) -> Picture:
    """The outlines filled with strands that run away from the point (x, y) and then hang down."""
    strands = _strands(size, rng, x, y, frame.half)
    mask = np.max([filled(outline, size, 7.0) for outline in outlines], axis=0)
    # Strands eat into the soft edge, so that the outline is ragged as hair is.
    alpha = np.clip((mask + 0.45 * (strands - 0.5) - 0.5) * 2.4 + 0.5, 0, 1) * (mask > 0.02)
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 1.3)
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    distance = np.hypot((columns - frame.x) / frame.half, (rows - frame.top - 0.45 * frame.height) / frame.height * 1.6)
    shine = np.exp(-(((distance - 1.08) / 0.13) ** 2)) * np.clip(1 - (rows - frame.top) / (0.9 * frame.height), 0, 1)
    depth = cv2.GaussianBlur(alpha, (0, 0), 14.0)
    light = (0.58 + 0.40 * strands + 0.34 * shine * (0.4 + strands)) * (0.55 + 0.45 * depth)
    shade = np.array(colour, np.float32) * light[..., None] + 12 * (shine * strands)[..., None]
    return np.asarray(np.dstack([shade * alpha[..., None], alpha]), np.float32)


def _strands(size: tuple[int, int], rng: np.random.Generator, x: float, y: float, reach: float) -> Picture:
    """Noise in 0..1 that changes quickly across strands and slowly along them."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    dx, dy = columns - x, rows - y
    radius = np.hypot(dx, dy) / reach
    angle = np.arctan2(dy, dx) / (2 * np.pi) + 0.5 + 0.03 * np.sin(2.5 * radius)
    around = _streaks(rng, angle * 2000, radius * 40)
    hanging = _streaks(rng, columns * 1.0 + 14 * np.sin(rows / 55), rows * 0.10)
    low = np.clip((dy / reach - 0.3) / 0.7, 0, 1)
    mixed = around * (1 - low) + hanging * low
    return np.asarray(np.clip(0.5 + 0.22 * mixed, 0, 1), np.float32)


def _streaks(rng: np.random.Generator, across: Picture, along: Picture) -> Picture:
    noise = rng.standard_normal((256, 2048)).astype(np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.6, sigmaY=9)
    broad = cv2.GaussianBlur(noise, (0, 0), sigmaX=9, sigmaY=14)
    streaks = fine / fine.std() * 0.7 + broad / broad.std() * 0.7
    where = (np.mod(across, 2047).astype(np.float32), np.mod(along, 255).astype(np.float32))
    return np.asarray(cv2.remap(streaks, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
