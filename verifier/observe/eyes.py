"""Where the irises lie between the corners of the eyes, from the mesh that watches the mouth: the base of gaze.

Nothing is said of what is looked at: only how the eyes move in the head, in widths of an eye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.observe.face_mesh import Mesh

FEATURES = ("left across", "right across", "down", "opening", "yaw", "width")
"""Of the eyes, left and right as in the picture: iris from the middle of the corners, to the right and down, and lids apart (all in
widths of the eye); yaw of the head in degrees; width of the wider eye in pixels."""
_EYES = ((33, 133, 468, 159, 145), (362, 263, 473, 386, 374))
"""Corners left and right in the picture, iris, upper and lower lid."""


def eye_features(mesh: Mesh) -> NDArray[np.float32]:
    """The FEATURES of one mesh: float32 [6]."""
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
    return np.array([*across, np.mean(down), np.mean(opening), mesh.yaw, max(widths)], np.float32)
