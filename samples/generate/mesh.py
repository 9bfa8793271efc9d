"""Names for the points of the face mesh, and the movements of mouth, lids, gaze and head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Float = NDArray[np.float64]

OVAL = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]  # fmt: skip
INNER_UPPER = [191, 80, 81, 82, 13, 312, 311, 310, 415]
INNER_LOWER = [95, 88, 178, 87, 14, 317, 402, 318, 324]
INNER_CORNERS = (78, 308)
INNER_LIPS = [*INNER_UPPER, *INNER_LOWER, *INNER_CORNERS]
INNER_RING = [78, *INNER_UPPER, 308, *INNER_LOWER[::-1]]
MOUTH_CORNERS = (61, 291)

# Per eye: upper lid and lower lid from the outer to the inner corner, then the iris.
EYES = (
    ([246, 161, 160, 159, 158, 157, 173], [7, 163, 144, 145, 153, 154, 155], [468, 469, 470, 471, 472]),
    ([466, 388, 387, 386, 385, 384, 398], [249, 390, 373, 374, 380, 381, 382], [473, 474, 475, 476, 477]),
)
EYE_CORNERS = ((33, 133), (263, 362))  # outer and inner
CHIN, FOREHEAD, NOSE = 152, 10, 1


def mirror_of(shape: Float) -> NDArray[np.intp]:
    """For every point the index of its mirror image, found on a roughly symmetric shape."""
    tree = cKDTree(shape * (-1.0, 1.0, 1.0))
    return np.asarray(tree.query(shape)[1], np.intp)


def open_mouth(shape: Float, amount: float, narrow: float = 0.0) -> Float:
    """The mouth opened by `amount` (1 is wide open) and rounded by `narrow` (0..1): the jaw and lower lip drop."""
    moved = shape.copy()
    left, right = shape[MOUTH_CORNERS[0]], shape[MOUTH_CORNERS[1]]
    centre, half = (left + right) / 2, abs(right[0] - left[0]) / 2
    drop = 0.55 * half * amount
    line = shape[[13, 14], 1].mean()
    across = np.clip(1 - (np.abs(shape[:, 0] - centre[0]) / (1.02 * half)) ** 2, 0, 1)
    below = shape[:, 1] - line
    chin_reach = shape[CHIN, 1] - line
    # Lower lip follows the arc of the mouth; the jaw below it drops as one piece.
    jaw = np.clip(below / (0.55 * chin_reach), 0, 1) * np.exp(-((np.abs(shape[:, 0] - centre[0]) / (1.9 * half)) ** 4))
    lower = below > 0
    lower[INNER_LOWER] = True
    lower[INNER_UPPER] = False
    weight = np.where(lower, np.maximum(across * np.clip(1 - below / (0.9 * chin_reach), 0, 1), 0.75 * jaw), 0.0)
    moved[:, 1] += drop * weight
    near = np.exp(-(((shape[:, 1] - line) / (0.9 * half)) ** 2))
    upper = (~lower) & (below > -0.75 * half)
    moved[:, 1] -= np.where(upper, 0.12 * drop * across * near, 0.0)
    mouth = near * np.exp(-((np.abs(shape[:, 0] - centre[0]) / (1.5 * half)) ** 4))
    moved[:, 0] -= (shape[:, 0] - centre[0]) * 0.16 * narrow * mouth
    moved[:, 2] -= 0.10 * half * narrow * mouth
    return moved


def close_mouth(shape: Float) -> Float:
    """Lips brought together, so that a drawn face starts from rest."""
    moved = shape.copy()
    for upper, lower in zip(INNER_UPPER, INNER_LOWER, strict=True):
        middle = (shape[upper] + shape[lower]) / 2
        moved[upper], moved[lower] = middle, middle
    return moved


def close_lids(shape: Float, amount: float) -> Float:
    """Both eyes closed by `amount` (0..1): the upper lids come down on the lower ones."""
    moved = shape.copy()
    for upper, lower, iris in EYES:
        gap = shape[lower] - shape[upper]
        moved[upper] = shape[upper] + 0.93 * amount * gap
        moved[lower] = shape[lower] - 0.05 * amount * gap
        floor = moved[lower][len(lower) // 2]
        moved[iris, 1] += amount * 0.9 * (floor[1] - shape[iris, 1])
    return moved


def turn(shape: Float, yaw: float, pitch: float, roll: float, pivot: Float) -> Float:
    """The points turned about `pivot` by angles in radians (yaw left-right, pitch up-down, roll sideways)."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray((shape - pivot) @ (about_z @ about_x @ about_y).T + pivot)
