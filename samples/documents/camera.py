"""Three ways in which a document reaches the desk: a clean scan, a photo by phone, a small picture saved again and again.

Each takes the printed sheet and gives JPEG bytes and the 3 x 3 matrix from pixels of the sheet to pixels of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Taken = tuple[bytes, Matrix]


def scan(sheet: Rgb, rng: np.random.Generator) -> Taken:
    """Flat on the glass, up to 1.5 degrees askew, white around it."""
    height, width = sheet.shape[:2]
    margin = 60
    size = (width + 2 * margin, height + 2 * margin)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1.5, 1.5), 1.0)
    matrix = np.vstack([turn, (0, 0, 1)])
    matrix[:2, 2] += margin
    picture = _placed(sheet, matrix, np.full((size[1], size[0], 3), 251, np.float32))
    picture = cv2.GaussianBlur(picture, (0, 0), 0.6) + 1.5 * rng.standard_normal(picture.shape, np.float32)
    return jpeg(picture, 92), matrix


def phone(sheet: Rgb, rng: np.random.Generator) -> Taken:
    """On a table, seen at an angle, under one lamp: perspective, blur, uneven light, glare, noise."""
    height, width = sheet.shape[:2]
    scale = 1500 / max(width, height)
    w, h = width * scale, height * scale
    size = (round(w * 1.3), round(h * 1.35))
    corners = np.array([(0.15 * w, 0.17 * h), (1.15 * w, 0.17 * h), (1.15 * w, 1.17 * h), (0.15 * w, 1.17 * h)])
    corners = corners + rng.uniform(-0.035, 0.035, (4, 2)) * min(w, h)
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.uniform(-4, 4), 1.0)
    corners = corners @ turn[:, :2].T + turn[:, 2]
    of_sheet = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(of_sheet, corners.astype(np.float32))
    picture = _placed(sheet, matrix, _table(size, rng))
    picture *= _light(size, rng)[..., None]
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 1.3))
    picture = picture + _glare(size, corners, rng)[..., None]
    picture += rng.uniform(2.0, 4.5) * _grain(size, rng)
    return jpeg(picture, 82), matrix


def small(sheet: Rgb, rng: np.random.Generator) -> Taken:
    """Sent through two chats: shrunk to some 14 pixels a sign of the zone, saved twice at low quality."""
    height, width = sheet.shape[:2]
    scale = rng.uniform(0.44, 0.5)
    size = (round(width * scale), round(height * scale))
    first = decoded(jpeg(sheet.astype(np.float32), 70))
    picture = cv2.resize(first, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    picture += 1.5 * rng.standard_normal(picture.shape, np.float32)
    matrix = np.diag([size[0] / width, size[1] / height, 1.0])
    return jpeg(picture, int(rng.integers(45, 60))), matrix


QUALITIES = {"scan": scan, "phone": phone, "small": small}


def decoded(data: bytes) -> Rgb:
    """RGB of an encoded picture."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def jpeg(picture: NDArray[np.floating], quality: int) -> bytes:
    """RGB in 0..255 -> JPEG."""
    bgr = np.clip(np.rint(picture), 0, 255).astype(np.uint8)[..., ::-1]
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(bgr), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("the picture could not be encoded")
    return data.tobytes()


def _placed(sheet: Rgb, matrix: Matrix, ground: NDArray[np.float32]) -> NDArray[np.float32]:
    size = (ground.shape[1], ground.shape[0])
    shrunk = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    soft = cv2.GaussianBlur(sheet, (0, 0), 0.4 / shrunk) if shrunk < 0.9 else sheet  # no false patterns from shrinking
    moved = cv2.warpPerspective(soft.astype(np.float32), matrix, size, flags=cv2.INTER_CUBIC)
    inside = cv2.warpPerspective(np.ones(sheet.shape[:2], np.float32), matrix, size)[..., None]
    return np.asarray(moved * inside + ground * (1 - inside), np.float32)


def _table(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """A wooden table: one dark colour with long streaks."""
    colour = rng.uniform((70, 50, 30), (130, 100, 80)).astype(np.float32)
    streaks = cv2.GaussianBlur(rng.standard_normal((size[1], size[0]), np.float32), (0, 0), 40, sigmaY=1.2)
    return np.asarray(colour + 160 * streaks[..., None], np.float32)


def _light(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    angle = rng.uniform(0, 2 * np.pi)
    return np.asarray(0.94 + 0.12 * (np.cos(angle) * x + np.sin(angle) * y), np.float32)


def _glare(size: tuple[int, int], corners: Matrix, rng: np.random.Generator) -> NDArray[np.float32]:
    """A lamp's soft reflection somewhere in the upper two thirds: the zone is kept legible."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    at = (rng.uniform(left, right), rng.uniform(top, top + 0.55 * (bottom - top)))
    wide = rng.uniform(0.05, 0.1) * (right - left)
    return np.asarray(
        rng.uniform(60, 140) * np.exp(-(((x - at[0]) / wide) ** 2) - ((y - at[1]) / wide) ** 2), np.float32
    )


def _grain(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of a small sensor after its own smoothing."""
    return np.asarray(
        1.6 * cv2.GaussianBlur(rng.standard_normal((size[1], size[0], 3), np.float32), (0, 0), 0.6), np.float32
    )
