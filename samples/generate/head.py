"""The head of a made-up person as one still picture with a mesh: face, skull, ears and hair, ready to be moved."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate import hair
from samples.generate.features import paint_eyes, paint_mouth
from samples.generate.mesh import (
    EYE_CORNERS,
    EYES,
    INNER_LIPS,
    INNER_RING,
    OVAL,
    close_lids,
    close_mouth,
    open_mouth,
    turn,
)
from samples.generate.model import Face, Model
from verifier.seeds.warp import Triangles, triangulate, warp

Float = NDArray[np.float64]
Picture = NDArray[np.float32]  # BGR 0..255, or BGRA with colour already multiplied by alpha 0..1

SCALE = 1.6  # pixels of the still picture per model unit
SIZE = (1000, 1180)
CENTRE = np.array([500.0, 520.0, 0.0])
_RINGS = (1.18, 1.45, 1.9)  # of the face oval: the mesh goes on around the face so that hair and ears follow


@dataclass(frozen=True)
class Look:
    """What is chosen for a person, next to the drawn face."""

    tone: tuple[float, float, float]  # BGR the skin is brought to
    hair_colour: tuple[float, float, float]
    hair_style: str  # "short" or "long"
    iris: tuple[float, float, float] = (58.0, 74.0, 96.0)
    lids: float = 0.0  # how far the eyes are opened beyond the drawn shape


@dataclass(frozen=True)
class Head:
    """Still picture, its mesh points in pixels, and the hair that hangs behind the neck."""

    picture: Picture
    behind: Picture
    points: Float
    triangles: Triangles
    pivot: Float
    skin: Float  # BGR of cheek and neck
    iris: tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """Where the head is in one frame. Angles in radians, place in frame pixels, size in frame pixels per model unit."""

    place: tuple[float, float]
    size: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    mouth: float = 0.0
    narrow: float = 0.0
    blink: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)


def make_head(model: Model, face: Face, chosen: Look, seed: int) -> Head:
    """The still picture of a face with everything around it."""
    rng = np.random.default_rng(seed)
    shape = close_lids(close_mouth(face.points), -chosen.lids)
    points = shape * SCALE + CENTRE
    points[:, 2] = _rounded_depth(points)
    moved, painted = warp(_clear(face.skin), model.canonical, points, model.triangles, SIZE, points[:, 2])
    moved = _closed(np.asarray(moved, np.float32), painted, points)
    oval = points[OVAL][:, :2]
    skin, tone = _toned(moved, points, oval, chosen.tone)
    skin = _without_eyes(skin, points, tone) + _pores(rng)[..., None]
    alpha = np.maximum(hair.filled(oval, SIZE, 2.0), hair.filled(_skull(oval), SIZE, 2.0))
    skin = _rounded(skin, alpha)
    picture = np.dstack([skin * alpha[..., None], alpha])
    if chosen.hair_style == "short":
        picture = over(_ears(oval, tone), picture)
    front, behind = hair.draw(chosen.hair_style, chosen.hair_colour, oval, SIZE, rng)
    picture = over(picture, _shadow(front))
    picture = over(picture, front)
    everything, pivot = _with_rings(points)
    topology = everything.copy()
    topology[: len(points)] = open_mouth(points, 0.5)
    triangles = triangulate(topology)
    triangles = triangles[~np.isin(triangles, INNER_LIPS).all(axis=1)]
    return Head(picture, behind, everything, _visible(triangles, everything, picture), pivot, tone, chosen.iris)


def _visible(triangles: Triangles, points: Float, picture: Picture) -> Triangles:
    """The triangles that have something to show; the others would only cost time."""
    corners = points[triangles][:, :, :2]
    low = np.clip(np.floor(corners.min(axis=1)).astype(int), 0, None)
    high = np.ceil(corners.max(axis=1)).astype(int) + 1
    alpha = picture[..., 3]
    shown = [bool(alpha[y0:y1, x0:x1].any()) for (x0, y0), (x1, y1) in zip(low, high, strict=True)]
    return np.asarray(triangles[shown])


def pose_points(head: Head, pose: Pose) -> Float:
    """The mesh of the head in frame pixels."""
    count = _face_count(head)
    points = head.points.copy()
    points[:count] = open_mouth(close_lids(points[:count], pose.blink), pose.mouth, pose.narrow)
    points = turn(points, pose.yaw, pose.pitch, pose.roll, head.pivot)
    points = (points - CENTRE) * (pose.size / SCALE)
    points[:, :2] += pose.place
    return points


def _face_count(head: Head) -> int:
    """How many of the points are the face's own; those of the rings come after them."""
    return len(head.points) - len(OVAL) * len(_RINGS)


def paint(frame: Picture, head: Head, pose: Pose, light: Picture) -> None:
    """The head laid over `frame`, in place. `light` is a BGR gain for every column of the frame (1 x width x 3)."""
    points = pose_points(head, pose)
    shown = points[np.unique(head.triangles)][:, :2]
    x, y = np.maximum(np.floor(shown.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(shown.max(axis=0)).astype(int) + 1, (frame.shape[1], frame.shape[0]))
    points[:, :2] -= (x, y)
    layer = np.zeros((bottom - y, right - x, 4), np.float32)
    paint_mouth(layer, points)
    depth = points[:, 2].copy()
    depth[_face_count(head) :] += 1e4  # what is around the face never covers it
    moved, _ = warp(head.picture, head.points, points, head.triangles, (right - x, bottom - y), depth)
    layer = over(layer, np.asarray(moved, np.float32))
    paint_eyes(layer, points, head.iris, pose.gaze)
    layer[..., :3] *= light[:, x:right]
    frame[y:bottom, x:right] = over(frame[y:bottom, x:right], layer)


def over(below: Picture, above: Picture) -> Picture:
    """`above` (with alpha) laid over `below` (with or without alpha)."""
    return np.asarray(below * (1 - above[..., 3:]) + above[..., : below.shape[2]], np.float32)


def _clear(skin: Picture) -> Picture:
    """Mixing many photos softens them; unsharp masking gives back some of the edge."""
    return np.asarray(skin + 0.5 * (skin - cv2.GaussianBlur(skin, (0, 0), 2.0)), np.float32)


def _closed(skin: Picture, painted: NDArray[np.bool_], points: Float) -> Picture:
    """The seam between the lips filled from both sides, with the soft dark line that closed lips have."""
    ring = points[INNER_RING][:, :2]
    seam = np.zeros((SIZE[1], SIZE[0]), np.float32)
    cv2.polylines(seam, [np.round(ring * 8).astype(np.int32)], True, 1.0, 9, cv2.LINE_AA, 3)
    known = (painted & (seam < 0.5)).astype(np.float32)
    around = cv2.GaussianBlur(skin * known[..., None], (0, 0), 4.0) / (
        cv2.GaussianBlur(known, (0, 0), 4.0)[..., None] + 1e-3
    )
    soft = cv2.GaussianBlur(seam, (0, 0), 1.5)[..., None]
    line = cv2.GaussianBlur(seam, (0, 0), 2.5)[..., None]
    return np.asarray((skin * (1 - soft) + around * soft) * (1 - 0.38 * line), np.float32)


def _toned(skin: Picture, points: Float, oval: Float, tone: tuple[float, float, float]) -> tuple[Picture, Float]:
    """The skin in the chosen tone, going on beyond the face oval, and the colour it has at the cheeks."""
    middle = oval.mean(axis=0)
    inner = hair.filled(middle + (oval - middle) * 0.93, SIZE, 7.0)[..., None]
    lips = points[INNER_RING][:, :2]  # the hole between the lips must not darken what goes on around it
    hole = cv2.dilate(hair.filled(lips, SIZE, 1.0), np.ones((7, 7)))[..., None]
    weight = inner * (1 - hole)
    near_and_far = ((18, 1.0), (60, 0.05), (160, 0.002))
    spread = sum(_blurred(skin * weight, sigma) * part for sigma, part in near_and_far)
    share = sum(_blurred(weight[..., 0], sigma) * part for sigma, part in near_and_far)
    beyond = spread / (share[..., None] + 1e-6)
    cheeks = np.median(skin[inner[..., 0] > 0.9], axis=0)
    whole = np.where(hole > 0.5, np.where(skin.sum(axis=2, keepdims=True) > 30, skin, beyond), skin)
    joined = whole * inner + beyond * (1 - inner)
    gain = np.array(tone) / cheeks
    return np.asarray(joined * gain, np.float32), np.asarray(tone, np.float64)


def _blurred(picture: Picture, sigma: float) -> Picture:
    """A broad blur, made on a small copy."""
    small = cv2.resize(picture, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 8), SIZE), np.float32)


def _without_eyes(skin: Picture, points: Float, tone: Float) -> Picture:
    """Lid skin where the eyes are: they are drawn afresh in every frame, and a closing lid must bring skin along."""
    for (upper, lower, _), corners in zip(EYES, EYE_CORNERS, strict=True):
        outline = points[[corners[0], *upper, corners[1], *lower[::-1]]][:, :2]
        width = float(np.ptp(outline[:, 0]))
        hole = hair.filled(outline, SIZE, 1.0) > 0.02
        hole = cv2.dilate(hole.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
        known = cv2.GaussianBlur(hair.filled(outline, SIZE, 1.0), (0, 0), 0.16 * width) * (1 - hole)
        # Light lids: shadows and lashes around the eye must not spread over them.
        known = known[..., None] * np.clip(skin.mean(axis=2, keepdims=True) / 255, 0.05, 1) ** 3
        colour = _blurred(skin * known, 0.22 * width)
        share = _blurred(known, 0.22 * width)[..., None]
        soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 3.0)[..., None]
        lid = 0.2 * colour / (share + 1e-6) + tone * (0.66, 0.66, 0.70)
        skin = skin * (1 - soft) + lid * soft
    return np.asarray(skin, np.float32)


def _pores(rng: np.random.Generator) -> Picture:
    noise = rng.standard_normal((SIZE[1], SIZE[0])).astype(np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), 1.2) * 5.0
    coarse = cv2.GaussianBlur(noise, (0, 0), 4.0) * 14.0
    return np.asarray(0.8 * fine + coarse * 0.5, np.float32)


def _skull(oval: Float) -> Float:
    """The outline of the skull above the cheekbones."""
    left, right, top = oval[:, 0].min(), oval[:, 0].max(), oval[:, 1].min()
    half, height = (right - left) / 2, float(np.ptp(oval[:, 1]))
    middle = ((left + right) / 2, top + 0.36 * height)
    angle = np.linspace(np.pi, 2 * np.pi, 60)
    up = np.stack([middle[0] + 1.0 * half * np.cos(angle), middle[1] + 0.58 * height * np.sin(angle)], axis=1)
    return np.vstack([up, [middle[0], middle[1] + 0.2 * height]])


def _ears(oval: Float, tone: Float) -> Picture:
    layer = np.zeros((SIZE[1], SIZE[0], 4), np.float32)
    left, right, top = oval[:, 0].min(), oval[:, 0].max(), oval[:, 1].min()
    height = float(np.ptp(oval[:, 1]))
    rings = (  # width and height over the face's height, way out and up in pixels, share of the skin's tone
        ((0.058, 0.122), (0, 0), (0.76, 0.76, 0.83)),
        ((0.046, 0.108), (1, 0), (0.85, 0.85, 0.90)),
        ((0.030, 0.076), (2, -3), (0.66, 0.66, 0.74)),
        ((0.020, 0.050), (-2, 3), (0.56, 0.56, 0.65)),
    )
    for x, side in ((left, -1), (right, 1)):
        for (wide, tall), (out, up), share in rings:
            centre = (int(x + side * (8 + out)), int(top + 0.43 * height + up))
            colour = [float(v) for v in tone * share]
            axes = (int(wide * height), int(tall * height))
            cv2.ellipse(layer, centre, axes, side * 9, 0, 360, (*colour, 1.0), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), 3.0), np.float32)


def _rounded(skin: Picture, alpha: Picture) -> Picture:
    """Darker towards the outline, as a round head is."""
    inside = cv2.distanceTransform((alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(skin * (1 - 0.30 * np.exp(-inside / 22.0) - 0.10 * np.exp(-inside / 70.0))[..., None], np.float32)


def _shadow(front: Picture) -> Picture:
    """The shadow that hair throws on the skin right below it."""
    soft = cv2.GaussianBlur(front[..., 3], (0, 0), 11.0)
    soft = np.roll(soft, 7, axis=0)
    return np.dstack([np.zeros((*soft.shape, 3), np.float32), 0.38 * soft])


def _with_rings(points: Float) -> tuple[Float, Float]:
    """Mesh points with rings around the face, and the point the head turns about."""
    oval = points[OVAL]
    centre = oval.mean(axis=0)
    pivot = np.array([centre[0], centre[1] + 40 * SCALE, float(oval[:, 2].mean()) + 45 * SCALE])
    rings = []
    for factor in _RINGS:
        ring = centre + (oval - centre) * (factor, factor, 1.0)
        ring[:, 2] = oval[:, 2] + (factor - 1) * 60 * SCALE
        rings.append(ring)
    return np.vstack([points, *rings]), pivot


def _rounded_depth(points: Float) -> Float:
    """Depth whose slope has a bound, so that a head turned by half a radian never folds over at the far cheek.

    The broad form is a bowl fitted to the mesh; nose, lips and brows stand out from it as the mesh says.
    """
    oval = points[OVAL]
    middle, half = oval[:, :2].mean(axis=0), np.ptp(oval[:, :2], axis=0) / 2
    x, y = ((points[:, :2] - middle) / half).T
    terms = np.stack([np.ones_like(x), x**2, y**2, y], axis=1)
    bowl = terms @ np.linalg.lstsq(terms, points[:, 2], rcond=None)[0]
    near = np.clip(1 - (x**2 + y**2), 0, 1) ** 0.5
    steep = half[0] * 0.62 / max(1e-6, float(np.ptp(bowl)))
    return np.asarray(bowl * min(1.0, steep) + (points[:, 2] - bowl) * near * 0.8)
