"""A face model in memory only: mean and main directions of several hundred people's shapes and skins.

A drawn face is a random mixture of all of them. `Face.shares` says how much each source photo weighs in it, and
`draw` refuses a face in which anyone weighs too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate.mesh import INNER_LIPS, OVAL, mirror_of, open_mouth
from samples.generate.photos import Photo
from verifier.seeds.warp import Triangles, triangulate, warp

Float = NDArray[np.float64]

SKIN_SIZE = (300, 340)  # width and height of the canonical skin picture
_FACE_WIDTH = 240.0  # of the face oval in it
SHAPE_COMPONENTS = 25
SKIN_COMPONENTS = 120
MAX_SHARE = 0.10  # of one source photo in one drawn face
_CONTRAST = 34.0  # of every skin, in grey levels
_BRIGHTNESS = 128.0
_BROAD = 22.0  # pixels of the canonical skin: light and colour vary over more than this, features over less
MIN_PEOPLE = 30  # that a drawn face mixes, as the inverse of the sum of squared shares


@dataclass(frozen=True)
class Face:
    """A made-up face: mesh points around the origin, a skin picture on the model's canonical points."""

    points: Float  # N x 3
    skin: NDArray[np.float32]
    shares: Float  # of every source photo; sums to 1


@dataclass(frozen=True)
class Model:
    """Shapes are N x 3 around the origin in canonical pixels; skins are BGR pictures in 0..255."""

    mean_shape: Float
    shape_axes: Float  # components x 3N, scaled to one standard deviation
    shape_mix: Float  # components x photos: what one standard deviation is made of
    mean_skin: NDArray[np.float32]
    skin_axes: NDArray[np.float32]
    skin_mix: Float
    triangles: Triangles

    @property
    def canonical(self) -> Float:
        """Where the mesh points lie in a skin picture."""
        return canonical_points(self.mean_shape)


def canonical_points(shape: Float) -> Float:
    """Shape points moved into the frame of the skin picture."""
    return shape + np.array([SKIN_SIZE[0] / 2, SKIN_SIZE[1] / 2, 0.0])


def build(photos: list[Photo]) -> Model:
    """The model of these photos."""
    shapes, mean = _align([photo.points for photo in photos])
    triangles = face_triangles(mean)
    target = canonical_points(mean)
    skins = np.stack([_skin(photo, target, triangles) for photo in photos])
    skins = _even_light(skins, skins.any(axis=(0, 3)))
    shape_axes, shape_mix = _main_directions((shapes - mean).reshape(len(photos), -1), SHAPE_COMPONENTS)
    mean_skin = skins.mean(axis=0)
    flat = (skins - mean_skin).reshape(len(photos), -1)
    skin_axes, skin_mix = _main_directions(flat, SKIN_COMPONENTS)
    skin_axes = skin_axes.reshape(-1, *mean_skin.shape).astype(np.float32)
    return Model(mean, shape_axes, shape_mix, mean_skin, skin_axes, skin_mix, triangles)


def face_triangles(shape: Float) -> Triangles:
    """Triangles of the mesh, with a hole between the lips."""
    triangles = triangulate(open_mouth(shape, 0.5))
    return triangles[~np.isin(triangles, INNER_LIPS).all(axis=1)]


def draw(model: Model, seed: int, spread: float = 1.0) -> Face:
    """A face at about `spread` standard deviations from the mean in every direction."""
    rng = np.random.default_rng(seed)
    shape_draw = spread * rng.standard_normal(len(model.shape_axes))
    skin_draw = spread * rng.standard_normal(len(model.skin_axes))
    points = model.mean_shape + (shape_draw @ model.shape_axes).reshape(-1, 3)
    skin = model.mean_skin + np.tensordot(skin_draw.astype(np.float32), model.skin_axes, axes=1)
    shares = _shares(shape_draw @ model.shape_mix, skin_draw @ model.skin_mix)
    people = people_mixed(shares)
    if shares.max() > MAX_SHARE or people < MIN_PEOPLE:
        raise ValueError(f"seed {seed}: one photo weighs {shares.max():.3f}, {people:.0f} people are mixed")
    return Face(points, np.asarray(skin, np.float32), shares)


def people_mixed(shares: Float) -> float:
    """How many people equal shares would need to mix as much: the inverse of the sum of squared shares."""
    return 1.0 / float((shares**2).sum())


def _shares(*weights: Float) -> Float:
    """Share of every photo, from the weights of the photos in the shape and in the skin; the larger one counts."""
    parts = []
    for weight in weights:
        absolute = np.abs(weight + 1.0 / len(weight))  # the mean contributes the same amount of everyone
        parts.append(absolute / absolute.sum())
    largest = np.max(parts, axis=0)
    return np.asarray(largest / largest.sum())


def _main_directions(data: Float, count: int) -> tuple[Float, Float]:
    """Principal axes scaled to one standard deviation, and the mix of rows that makes each of them."""
    rows = len(data)
    values, vectors = np.linalg.eigh(data @ data.T / rows)
    chosen = np.argsort(values)[::-1][:count]
    mix = vectors[:, chosen].T / np.sqrt(rows)
    return mix @ data, mix


def _align(points: list[Float], rounds: int = 4) -> tuple[Float, Float]:
    """Meshes without position, size and head turn, and their mirror-symmetric mean."""
    shapes = np.stack([p - p[OVAL].mean(axis=0) for p in points])
    shapes *= (_FACE_WIDTH / np.ptp(shapes[:, OVAL, 0], axis=1))[:, None, None]
    for _ in range(rounds):
        mean = _symmetric(shapes.mean(axis=0))
        mean *= _FACE_WIDTH / np.ptp(mean[OVAL, 0])
        shapes = np.stack([_onto(shape, mean) for shape in shapes])
    return shapes, mean


def _onto(shape: Float, mean: Float) -> Float:
    """`shape` turned and scaled onto `mean` (least squares)."""
    centred = shape - shape.mean(axis=0)
    left, sizes, right = np.linalg.svd(centred.T @ (mean - mean.mean(axis=0)))
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = (sizes * sign).sum() / (centred**2).sum()
    return np.asarray(scale * centred @ (left * sign) @ right + mean.mean(axis=0))


def _symmetric(mean: Float) -> Float:
    mirrored = mean[mirror_of(mean)] * (-1.0, 1.0, 1.0)
    return np.asarray((mean + mirrored) / 2)


def _skin(photo: Photo, target: Float, triangles: Triangles) -> NDArray[np.float32]:
    """The photo's skin on the canonical points, half-way to its mirror image, at a common brightness and contrast."""
    moved, inside = warp(photo.image, photo.points, target, triangles, SKIN_SIZE)
    skin = np.asarray(moved, np.float32)
    skin = 0.6 * skin + 0.4 * skin[:, ::-1]
    mean, spread = skin[inside].mean(axis=0), float(skin[inside].mean(axis=1).std())
    skin = (skin - mean) * np.clip(_CONTRAST / spread, 0.6, 1.6) + mean * (_BRIGHTNESS / mean.mean())
    return np.asarray(np.clip(skin, 0, 255) * inside[..., None], np.float32)


def _even_light(skins: NDArray[np.float32], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Skins whose broad light and colour are mostly the common one.

    Camera and lamp differ more between photos than people do, and a mixture of lamps looks patchy.
    """
    weight = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), _BROAD)[..., None] + 1e-6
    broad = np.stack([cv2.GaussianBlur(skin, (0, 0), _BROAD) for skin in skins]) / weight
    common = broad.mean(axis=0)
    common = (common + common[:, ::-1]) / 2
    return np.asarray((skins + 0.75 * (common - broad)) * inside[..., None], np.float32)
