"""Moving a picture with a mesh: every triangle of the mesh takes its pixels along."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

Triangles = NDArray[np.int32]
Float = NDArray[np.float64]


def triangulate(points: Float) -> Triangles:
    """Triangles over the flat positions of the points."""
    return np.asarray(Delaunay(points[:, :2]).simplices, np.int32)


def warp(
    image: NDArray[np.generic],
    source: Float,
    target: Float,
    triangles: Triangles,
    size: tuple[int, int],
    depth: Float | None = None,
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """`image` moved from the points `source` to the points `target`, on a canvas of `size` (width, height).

    Triangles are laid far to near by `depth`, so that a turned nose covers the cheek behind it.
    Returns the picture and where it was painted.
    """
    order = np.argsort(-depth[triangles].mean(axis=1)) if depth is not None else np.arange(len(triangles))
    corners = target[triangles][:, :, :2]
    painted = np.full((size[1], size[0]), -1, np.int32)
    fixed = np.round(corners * 16).astype(np.int32)
    for index in order:
        cv2.fillConvexPoly(painted, fixed[index], int(index), lineType=cv2.LINE_8, shift=4)
    inverse = _affine_back(source[triangles][:, :, :2], corners).astype(np.float32)
    rows, columns = np.nonzero(painted >= 0)
    chosen = inverse[painted[rows, columns]]
    back = chosen[:, :, 0] * columns[:, None] + chosen[:, :, 1] * rows[:, None] + chosen[:, :, 2]
    lookup = np.full((size[1], size[0], 2), -1e4, np.float32)
    lookup[rows, columns] = back
    moved = cv2.remap(image, lookup[..., 0], lookup[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return moved, painted >= 0


def _affine_back(source: Float, target: Float) -> Float:
    """For each triangle the 2x3 matrix that takes its target position back to its source position."""
    ones = np.ones((len(source), 3, 1))
    matrix = np.concatenate([target, ones], axis=2)
    flat = np.abs(np.linalg.det(matrix)) < 1e-6  # a closed lid: nothing is painted, any matrix will do
    matrix[flat] = np.eye(3)
    return np.asarray(np.transpose(np.linalg.solve(matrix, source), (0, 2, 1)))
