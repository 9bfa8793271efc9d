"""Rooms behind the people: drawn boxes, out of focus."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]


def draw(kind: str, size: tuple[int, int], seed: int) -> Picture:
    """A room of the given kind ("shelves", "window", "lamp" or "plain") in BGR 0..255."""
    rng = np.random.default_rng(seed)
    picture = {"shelves": _shelves, "window": _window, "lamp": _lamp, "plain": _plain}[kind](size, rng)
    grain = cv2.GaussianBlur(rng.standard_normal((size[1], size[0])).astype(np.float32), (0, 0), 40) * 60
    return np.asarray(np.clip(picture + grain[..., None], 0, 255), np.float32)


def _wall(size: tuple[int, int], top: tuple[float, float, float], bottom: tuple[float, float, float]) -> Picture:
    down = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    wall = np.array(top, np.float32) * (1 - down) + np.array(bottom, np.float32) * down
    return np.repeat(wall, size[0], axis=1).astype(np.float32)


def _shade(picture: Picture, x: float, width: float, strength: float) -> Picture:
    """Light that falls off from the place `x` (share of the width)."""
    across = np.linspace(0, 1, picture.shape[1], dtype=np.float32)
    light = 1 - strength + strength * np.exp(-(((across - x) / width) ** 2))
    return np.asarray(picture * light[None, :, None], np.float32)


def _shelves(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    width, height = size
    picture = _wall(size, (176, 190, 198), (150, 166, 176))
    left, right = int(0.52 * width), int(1.02 * width)
    cv2.rectangle(picture, (left, -5), (right, height), (58, 84, 112), -1)
    row = int(0.25 * height)
    for top in range(-20, height, row):
        cv2.rectangle(picture, (left + 14, top), (right, top + row - 16), (40, 58, 78), -1)
        x = left + 20
        while x < right:
            wide, tall = int(rng.integers(14, 40)), int(rng.integers(int(0.5 * row), int(0.85 * row)))
            if rng.random() < 0.82:
                hue, grey = rng.uniform(40, 190, 3), rng.uniform(60, 170)
                colour = [float(v) for v in 0.3 * hue + 0.55 * grey]
                cv2.rectangle(picture, (x, top + row - 16 - tall), (x + wide, top + row - 17), colour, -1)
            x += wide + 3
    cv2.rectangle(
        picture, (int(0.09 * width), int(0.14 * height)), (int(0.27 * width), int(0.5 * height)), (70, 78, 84), -1
    )
    cv2.rectangle(
        picture, (int(0.10 * width), int(0.16 * height)), (int(0.26 * width), int(0.48 * height)), (196, 202, 190), -1
    )
    cv2.circle(picture, (int(0.18 * width), int(0.33 * height)), int(0.08 * height), (150, 140, 96), -1)
    return _shade(cv2.GaussianBlur(picture, (0, 0), 9), 0.1, 0.9, 0.4)


def _window(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    width, height = size
    picture = _wall(size, (168, 160, 150), (140, 134, 128))
    x0, x1, y1 = int(0.62 * width), int(0.93 * width), int(0.62 * height)
    cv2.rectangle(picture, (x0, -10), (x1, y1), (226, 226, 222), -1)
    for a, b in ((x0 + 14, (x0 + x1) // 2 - 6), ((x0 + x1) // 2 + 6, x1 - 14)):
        pane = _wall((b - a, y1 - 12), (250, 240, 224), (214, 226, 206))
        picture[: y1 - 12, a:b] = pane
    for _ in range(40):  # trees outside
        x, y = int(rng.integers(x0 + 20, x1 - 20)), int(rng.integers(int(0.35 * height), y1 - 30))
        cv2.circle(picture, (x, y), int(rng.integers(8, 26)), (150, 190, 160), -1)
    pot = (int(0.13 * width), int(0.93 * height))
    cv2.rectangle(picture, (pot[0] - 46, pot[1] - 60), (pot[0] + 46, height), (92, 116, 160), -1)
    for _ in range(26):  # a plant
        angle, length = rng.uniform(-1.2, 1.2), rng.uniform(0.2, 0.5) * height
        tip = (int(pot[0] + np.sin(angle) * length), int(pot[1] - 50 - np.cos(angle) * length))
        green = float(rng.uniform(70, 130))
        cv2.line(picture, (pot[0], pot[1] - 50), tip, (0.55 * green, green, 0.6 * green), int(rng.integers(8, 22)))
    return _shade(cv2.GaussianBlur(picture, (0, 0), 11), 0.8, 0.9, 0.35)


def _lamp(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    width, height = size
    picture = _wall(size, (116, 124, 112), (96, 104, 96))
    cv2.rectangle(
        picture, (int(0.70 * width), int(0.12 * height)), (int(0.92 * width), int(0.46 * height)), (60, 74, 90), -1
    )
    inner = (int(0.715 * width), int(0.145 * height)), (int(0.905 * width), int(0.435 * height))
    cv2.rectangle(picture, *inner, (176, 190, 200), -1)
    (left, top), (right, bottom) = inner
    for share in (0.45, 0.62, 0.78):  # hills, one before the other
        x = np.linspace(left, right, 60)
        y = top + (bottom - top) * (share + 0.09 * np.sin(rng.uniform(3, 6) * x / (right - left) + rng.uniform(0, 6)))
        hill = np.vstack([np.stack([x, y], axis=1), [(right, bottom), (left, bottom)]])
        cv2.fillPoly(picture, [np.round(hill).astype(np.int32)], [float(v) for v in rng.uniform(85, 150, 3)])
    cv2.rectangle(picture, (-5, int(0.72 * height)), (int(0.36 * width), height), (64, 84, 116), -1)
    x, y = int(0.16 * width), int(0.40 * height)
    cv2.rectangle(picture, (x - 5, y), (x + 5, int(0.72 * height)), (50, 56, 60), -1)
    shade = np.array([(x - 52, y - 74), (x + 52, y - 74), (x + 84, y + 26), (x - 84, y + 26)])
    cv2.fillPoly(picture, [shade], (170, 216, 244))
    picture = cv2.GaussianBlur(picture, (0, 0), 10)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (0.28 * height) ** 2))
    return np.asarray(picture + glow[..., None] * np.array([26, 50, 66], np.float32), np.float32)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    del rng
    return _wall(size, (228, 227, 224), (220, 219, 216))
