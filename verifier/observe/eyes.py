"""Where the irises lie between the corners of the eyes, from the mesh that watches the mouth: the base of gaze.

Nothing is said of what is looked at: only how the eyes move in the head, in widths of an eye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.media.types import Image
    from verifier.observe.face_mesh import Mesh

FEATURES = ("left across", "right across", "down", "opening", "yaw", "width", "mirrored")
"""Of the eyes, left and right as in the picture: iris from the middle of the corners, to the right and down, and lids apart (all in
widths of the eye); yaw of the head in degrees; width of the wider eye in pixels; share of the irises that is brighter than the cheeks
and than BRIGHT, as where glasses mirror a screen or a lamp."""
_EYES = ((33, 133, 468, 159, 145), (362, 263, 473, 386, 374))
"""Corners left and right in the picture, iris, upper and lower lid."""
_CHEEKS = (50, 280)
_IRIS = 0.17
"""Widths of the eye: most of an iris's radius, which is 0.19 to 0.23 in clips of people."""
BRIGHT = 170.0
"""Grey level of 255, lest a light iris beside dark skin be taken for a mirrored lamp; no clip at hand shows one."""


def eye_features(mesh: Mesh, image: Image) -> NDArray[np.float32]:
    """The FEATURES of one mesh in its picture (RGB): float32 [7]."""
    p = mesh.points[:, :2].astype(np.float64)
    across, down, opening, widths = [], [], [], []
    for left, right, iris, upper, lower in _EYES:
        axis = p[right] - p[left]
        width = max(float(np.hypot(*axis)), 1.0)
        along, off = axis / width, p[iris] - (p[left] + p[right]) / 2
        across.append(float(off @ along) / width)
        down.append(float(off @ (-along[1], along[0])) / width)
        opening.append(float(np.hypot(*(p[upper] - p[lower]))) / width)
        widths.append(width)
    seen = [
        *across,
        np.mean(down),
        np.mean(opening),
        mesh.yaw,
        max(widths),
        _mirrored(p, float(np.mean(widths)), image),
    ]
    return np.array(seen, np.float32)


def _mirrored(points: NDArray[np.float64], width: float, image: Image) -> float:
    cheeks = [_greys(image, points[cheek], 0.1 * width, 0.1 * width) for cheek in _CHEEKS]
    irises = [
        _greys(image, points[iris], _IRIS * width, min(_IRIS * width, float(points[lower, 1] - points[upper, 1]) / 2))
        for _, _, iris, upper, lower in _EYES
    ]
    least = max([BRIGHT, *(float(grey.mean()) for grey in cheeks if grey.size)])
    return max((float((grey > least).mean()) for grey in irises if grey.size), default=0.0)


def _greys(image: Image, centre: NDArray[np.float64], across: float, down: float) -> NDArray[np.float32]:
    """Grey levels of the pixels within so far to either side of the centre and so far up and down."""
    x, y, dx, dy = (round(float(v)) for v in (*centre, across, max(down, 0.0)))
    part = image[max(0, y - dy) : max(0, y + dy + 1), max(0, x - dx) : max(0, x + dx + 1)]
    return np.asarray(part.mean(axis=2), np.float32)
