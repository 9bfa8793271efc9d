"""Eyes and the inside of the mouth: drawn afresh in every frame, because no photo shows them as they move."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate.mesh import EYE_CORNERS, EYES, INNER_RING

Float = NDArray[np.float64]
Picture = NDArray[np.float32]
Colour = tuple[float, float, float]

_FINE = 3  # drawn this much larger and brought back, for clean edges
_WHITE = np.array([206.0, 212.0, 218.0])
_IRIS_SHARE = 0.205  # radius of the iris as a share of the eye's width


@dataclass(frozen=True)
class _Patch:
    """A small window of the frame, seen `_FINE` times as large."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, points: Float, margin: float, frame: Picture) -> _Patch | None:
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        x, y = max(0, int(low[0])), max(0, int(low[1]))
        right, bottom = min(frame.shape[1], int(high[0]) + 1), min(frame.shape[0], int(high[1]) + 1)
        return cls(x, y, right - x, bottom - y) if right - x > 2 and bottom - y > 2 else None

    def fine(self, points: Float) -> Float:
        return (points - (self.x, self.y) + 0.5) * _FINE - 0.5

    def grid(self) -> tuple[Picture, Picture]:
        rows, columns = np.mgrid[0 : self.height * _FINE, 0 : self.width * _FINE].astype(np.float32)
        return columns, rows

    def filled(self, outline: Float, blur: float) -> Picture:
        mask = np.zeros((self.height * _FINE, self.width * _FINE), np.float32)
        cv2.fillPoly(mask, [np.round(self.fine(outline) * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.3, blur * _FINE)), np.float32)

    def line(self, points: Float, thick: float, blur: float) -> Picture:
        mask = np.zeros((self.height * _FINE, self.width * _FINE), np.float32)
        fine = np.round(self.fine(points) * 8).astype(np.int32)
        cv2.polylines(mask, [fine], False, 1.0, max(1, round(thick * _FINE)), cv2.LINE_AA, 3)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.3, blur * _FINE)), np.float32)

    def lay(self, frame: Picture, colour: Picture, alpha: Picture) -> None:
        """`colour` laid over the frame (BGR or BGRA, colour multiplied by alpha) where alpha is."""
        small = (self.width, self.height)
        coat = cv2.resize(colour * alpha[..., None], small, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(alpha, small, interpolation=cv2.INTER_AREA)[..., None]
        part = frame[self.y : self.y + self.height, self.x : self.x + self.width]
        part *= 1 - cover
        part[..., :3] += coat
        if part.shape[2] == 4:
            part[..., 3:] += cover


def paint_eyes(frame: Picture, points: Float, iris_colour: Colour, gaze: tuple[float, float]) -> None:
    """Both eyes between the lids of the posed mesh `points`; `gaze` in shares of the eye's width."""
    for eye, corners in zip(EYES, EYE_CORNERS, strict=True):
        _paint_eye(frame, points, eye, corners, iris_colour, gaze)


def _paint_eye(
    frame: Picture, points: Float, eye: tuple[list[int], list[int], list[int]], corners: tuple[int, int],
    iris_colour: Colour, gaze: tuple[float, float],
) -> None:  # fmt: skip
    flat = points[:, :2]
    outer, inner = flat[corners[0]], flat[corners[1]]
    width = float(np.linalg.norm(outer - inner))
    upper = _curve(np.vstack([outer, flat[eye[0]], inner]))
    lower = _curve(np.vstack([outer, flat[eye[1]], inner]))
    outline = np.vstack([upper, lower[::-1]])
    patch = _Patch.around(outline, 0.25 * width, frame)
    if patch is None:
        return
    gap = float(np.median(lower[:, 1] - upper[:, 1]))
    if gap > 0.035 * width:
        # The eyeball sits where the corners are, not where the lids have gone.
        centre = (outer + inner) / 2 + np.array([gaze[0] * width, (gaze[1] - 0.035) * width])
        inside = patch.filled(outline, 0.018 * width)
        shade = _eyeball(patch, outline, upper, centre, width, np.array(iris_colour))
        patch.lay(frame, shade, inside * np.float32(min(1.0, gap / (0.10 * width))))
    lashes = np.zeros((patch.height * _FINE, patch.width * _FINE, 3), np.float32)
    patch.lay(frame, lashes + np.float32(24), 0.62 * patch.line(upper, 0.050 * width, 0.022 * width))
    patch.lay(frame, lashes + np.float32(60), 0.22 * patch.line(lower, 0.025 * width, 0.022 * width))


def _eyeball(patch: _Patch, outline: Float, upper: Float, centre: Float, width: float, iris: Float) -> Picture:
    columns, rows = patch.grid()
    middle = patch.fine(centre[None])[0]
    radius = _IRIS_SHARE * width * _FINE
    dx, dy = columns - middle[0], rows - middle[1]
    distance = np.hypot(dx, dy) / radius
    soft = 0.30 * width / (width * _IRIS_SHARE) * 0.16  # edge of the iris, in radii
    ball = np.broadcast_to(_WHITE, (*distance.shape, 3)).astype(np.float32)
    ball = ball - np.float32(40) * np.clip(np.abs(columns - patch.fine(outline.mean(axis=0)[None])[0, 0]) / (0.5 * width * _FINE), 0, 1)[..., None] ** 2 * np.array([1.0, 1.0, 0.7], np.float32)  # fmt: skip
    angle = np.arctan2(dy, dx)
    spokes = 1 + 0.10 * np.sin(angle * 23 + 1.3) * np.sin(angle * 7)
    ring = 1 - 0.55 * np.clip((distance - 0.72) / 0.28, 0, 1) ** 2
    glow = 0.85 + 0.45 * np.clip(dy / radius, -0.6, 1)  # light from above shows below in the iris
    coloured = iris[None, None] * (spokes * ring * glow)[..., None]
    ball = _mix(ball, coloured, 1 - np.clip((distance - (1 - soft)) / (2 * soft), 0, 1))
    ball = _mix(ball, np.array([14.0, 12.0, 12.0]), 1 - np.clip((distance - 0.34) / 0.14, 0, 1))
    # The lid and its lashes throw a shadow on the ball.
    shadow = patch.line(upper, 0.16 * width, 0.055 * width)
    ball = ball * (1 - 0.62 * np.clip(1.25 * shadow, 0, 1))[..., None]
    spark = np.hypot(dx + 0.34 * radius, dy + 0.36 * radius) / radius
    return _mix(ball, np.array([240.0, 242.0, 244.0]), 0.85 * (1 - np.clip((spark - 0.10) / 0.12, 0, 1)))


def paint_mouth(frame: Picture, points: Float) -> None:
    """Dark, teeth and tongue between the lips of the posed mesh, as far as they are apart."""
    ring = points[INNER_RING][:, :2]
    width = float(np.linalg.norm(ring[0] - ring[10]))
    gap = float(np.median(ring[11:20, 1][::-1] - ring[1:10, 1]))
    patch = _Patch.around(ring, 0.15 * width, frame)
    if gap < 0.012 * width or patch is None:
        return
    middle = ring.mean(axis=0)
    wide = middle + (ring - middle) * (1.03, 1.0 + 0.05 * width / max(gap, 1.0) * 0.5)
    columns, rows = patch.grid()
    centre = patch.fine(middle[None])[0]
    x = (columns - centre[0]) / (0.5 * width * _FINE)
    top = patch.fine(ring[1:10].mean(axis=0)[None])[0, 1]
    bottom = patch.fine(ring[11:20].mean(axis=0)[None])[0, 1]
    colour = np.broadcast_to(np.array([46.0, 40.0, 74.0]), (*x.shape, 3)).astype(np.float32)
    tongue = np.exp(-((x / 0.62) ** 4)) * np.clip(
        (rows - (top + 0.62 * (bottom - top))) / (0.16 * width * _FINE) + 0.3, 0, 1
    )
    colour = _mix(colour, np.array([88.0, 82.0, 150.0]), 0.85 * tongue)
    tall = 0.125 * width * _FINE * (1 - 0.35 * x**2)  # the teeth hang from above, the lip hides the rest
    start = top - 0.05 * width * _FINE
    teeth = np.clip((start + tall - rows) / (0.03 * width * _FINE) + 0.5, 0, 1) * np.clip(
        (0.80 - np.abs(x)) / 0.2, 0, 1
    )
    between = 1 - 0.10 * np.exp(-(((np.abs((x * 5.5) % 1 - 0.5) - 0.5) / 0.10) ** 2))
    colour = _mix(colour, np.array([182.0, 194.0, 202.0]) * (between * (1 - 0.4 * x**2))[..., None], 0.92 * teeth)
    inside = patch.filled(wide, 0.012 * width)
    patch.lay(frame, colour, inside * np.float32(min(1.0, gap / (0.05 * width))))


def _mix(below: Picture, above: Float, share: Picture) -> Picture:
    return np.asarray(below * (1 - share[..., None]) + above * share[..., None], np.float32)


def _curve(points: Float) -> Float:
    """A smooth line through a lid's points."""
    from scipy.interpolate import splev, splprep

    knots, _ = splprep(points.T, s=0.3 * len(points) * 0.05, k=3)
    return np.stack(splev(np.linspace(0, 1, 48), knots), axis=1)
