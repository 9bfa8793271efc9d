"""Neck, shoulders and clothes under a head."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate.hair import filled, smooth

Float = NDArray[np.float64]
Picture = NDArray[np.float32]


_NECK = 0.20  # how much shorter the neck is than the outlines below would make it


@dataclass(frozen=True)
class Clothes:
    """Colour (BGR) and cut: "shirt" has an open collar, "round" a round neck."""

    colour: tuple[float, float, float]
    cut: str
    inner: tuple[float, float, float] = (225.0, 225.0, 225.0)


def draw(
    skin: Float, clothes: Clothes, chin: tuple[float, float], unit: float, size: tuple[int, int], seed: int
) -> Picture:
    """The body as a picture with alpha. `chin` is the tip of the chin and `unit` half the width of the face."""
    place = _Place((chin[0], chin[1] - _NECK * unit), unit, size)
    neck = filled(smooth(place.at(_NECK_OUTLINE)), size, 2.0)
    layer = _coat(np.zeros((size[1], size[0], 4), np.float32), neck, _neck_skin(skin, place.chin, unit, size))
    opening, depth = ((0.0, 1.35), 0.78) if clothes.cut == "shirt" else ((0.0, 0.92), 0.70)
    chest = smooth(place.at([*_CHEST_OUTLINE, (0.44, depth), opening, (-0.44, depth)]))
    cloth = _cloth(clothes.colour, place.chin, unit, size, np.random.default_rng(seed))
    mask = filled(chest, size, 2.0)
    edge = np.roll(cv2.GaussianBlur(mask, (0, 0), 0.09 * unit), int(-0.05 * unit), axis=0)
    layer[..., :3] *= 1 - 0.45 * edge[..., None]  # the shadow of the cloth on the skin
    layer = _coat(layer, mask, cloth)
    return _collar(layer, place, opening, cloth) if clothes.cut == "shirt" else _rim(layer, place, opening, cloth, mask)


@dataclass(frozen=True)
class _Place:
    """Outlines are given in half face widths from the tip of the chin."""

    chin: tuple[float, float]
    unit: float
    size: tuple[int, int]

    def at(self, corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(self.chin[0] + x * self.unit, self.chin[1] + y * self.unit) for x, y in corners]


_NECK_OUTLINE = [
    (-0.66, -1.0), (-0.64, -0.1), (-0.67, 0.35), (-1.0, 0.72), (-0.6, 1.6), (0, 1.9), (0.6, 1.6), (1.0, 0.72),
    (0.67, 0.35), (0.64, -0.1), (0.66, -1.0), (0, -1.3),
]  # fmt: skip
_CHEST_OUTLINE = [
    (-0.66, 0.42), (-1.3, 0.68), (-2.05, 0.98), (-2.55, 1.5), (-2.8, 2.6), (-2.9, 4.5), (0.0, 5.0), (2.9, 4.5),
    (2.8, 2.6), (2.55, 1.5), (2.05, 0.98), (1.3, 0.68), (0.66, 0.42),
]  # fmt: skip


def _collar(layer: Picture, place: _Place, opening: tuple[float, float], cloth: Picture) -> Picture:
    """The two flaps of an open shirt collar, with their shadows."""
    for side in (-1, 1):
        corners = [(side * 0.62, 0.30), (side * 0.80, 0.52), (side * 0.50, 1.28), opening, (side * 0.40, 0.86)]
        flap = np.array(place.at(corners))
        below = flap + np.array([0.0, 0.07 * place.unit])
        layer[..., :3] *= 1 - 0.4 * filled(below, place.size, 0.06 * place.unit)[..., None]
        layer = _coat(layer, filled(flap, place.size, 1.5), cloth * 1.1)
    return layer


def _rim(layer: Picture, place: _Place, opening: tuple[float, float], cloth: Picture, mask: Picture) -> Picture:
    """The band around a round neck."""
    curve = _curve(np.array(place.at([(-0.66, 0.44), (-0.46, 0.70), opening, (0.46, 0.70), (0.66, 0.44)])))
    band = np.zeros(mask.shape, np.float32)
    cv2.polylines(band, [np.round(curve * 8).astype(np.int32)], False, 1.0, int(0.10 * place.unit), cv2.LINE_AA, 3)
    return _coat(layer, cv2.GaussianBlur(band, (0, 0), 1.5) * mask.clip(0.0, 1.0), cloth * 0.82)


def _curve(points: Float) -> Float:
    from scipy.interpolate import splev, splprep

    knots, _ = splprep(points.T, s=0)
    return np.stack(splev(np.linspace(0, 1, 80), knots), axis=1)


def _coat(below: Picture, mask: Picture, colour: Picture) -> Picture:
    """`colour` laid over `below` where the mask is."""
    above = np.dstack([colour * mask[..., None], mask])
    return np.asarray(below * (1 - mask[..., None]) + above, np.float32)


def _neck_skin(skin: Float, chin: tuple[float, float], unit: float, size: tuple[int, int]) -> Picture:
    """Skin that is round (darker at the sides) and in the shadow of the jaw."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    x, y = (columns - chin[0]) / unit, (rows - chin[1]) / unit
    sides = 0.26 * np.clip(np.abs(x) / 0.62, 0, 1.3) ** 2 * np.clip(1.3 - y, 0, 1)
    jaw = 0.48 * np.exp(-(((y - 0.45 * (0.35 - x**2)) / 0.34) ** 2) - (x / 0.75) ** 4) + 0.30 * (y < -0.1)
    tendons = 0.05 * np.exp(-(((np.abs(x) - 0.28 + 0.18 * y) / 0.07) ** 2)) * np.clip(y, 0, 1)
    bones = 0.06 * np.exp(-(((y - 0.98 - 0.10 * np.abs(x)) / 0.05) ** 2)) * (np.abs(x) > 0.1)
    light = 0.93 - sides - cv2.GaussianBlur(jaw.astype(np.float32), (0, 0), 0.05 * unit) + tendons - bones
    return np.asarray(skin * np.clip(light, 0.3, 1)[..., None], np.float32)


def _cloth(
    colour: tuple[float, float, float], chin: tuple[float, float], unit: float, size: tuple[int, int],
    rng: np.random.Generator,
) -> Picture:  # fmt: skip
    """Cloth with broad folds, a fine weave, and less light at the arms."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    x, y = (columns - chin[0]) / unit, (rows - chin[1]) / unit
    noise = rng.standard_normal((size[1], size[0])).astype(np.float32)
    folds = cv2.GaussianBlur(noise, (0, 0), sigmaX=0.22 * unit, sigmaY=0.60 * unit)
    weave = cv2.GaussianBlur(noise, (0, 0), 1.0)
    light = 1.0 - 0.10 * np.clip(np.abs(x) - 0.9, 0, 2) - 0.06 * np.clip(y - 1, 0, 3)
    light += 0.07 * folds / folds.std() + 0.02 * weave / weave.std()
    return np.asarray(np.array(colour) * np.clip(light, 0.3, 1.3)[..., None], np.float32)
