"""Changes of a face in a picture: another person's face on it, itself blended into itself, its mouth held still."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from verifier.media.types import Image
from verifier.seeds.faces import INNER_LIPS, OUTER_LIPS, OVAL, FaceFollower, Look, Mask, Window, feathered, flat, hull
from verifier.seeds.warp import warp

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.observe.face_mesh import Mesh
    from verifier.seeds.shots import PictureChange, Shots

FEATHER, POISSON = "feather", "Poisson"
_POISSON_PIXELS = 96
"""The light of a face is evened out at this size: what Poisson blending adds is smooth."""


@dataclass(frozen=True)
class SwapStyle:
    """How a face is put on another one."""

    blend: str = FEATHER
    grown: float = 0.98
    """Size of the region, over the oval of the face."""
    feather: float = 0.06
    """Width of the soft edge, over the width of the face."""
    pixels: int = 128
    """Side at which the face is rendered, as live swaps do, before it is scaled to its place."""
    colour: float = 0.9
    """How far light and colour are matched, 0..1."""
    own_mouth: bool = True
    """The inside of the mouth stays that of the person on the call."""
    jitter: float = 0.004
    """Of the landmarks, from picture to picture, over the width of the face."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> SwapStyle:
        return cls(
            blend=(FEATHER, POISSON)[int(rng.integers(2))],
            grown=float(rng.uniform(0.85, 1.0)),
            feather=float(rng.uniform(0.02, 0.12)),
            pixels=int(rng.choice([96, 128, 192, 256])),
            colour=float(rng.uniform(0.6, 1.0)),
            own_mouth=bool(rng.random() < 0.7),
            jitter=float(rng.uniform(0.0, 0.008)),
        )


@dataclass(frozen=True)
class SelfBlendStyle:
    """How a face is blended into itself (Shiohara and Yamasaki, "Detecting Deepfakes with Self-Blended Images", 2022)."""

    shift: tuple[float, float] = (0.01, 0.01)
    """Of the pasted face, over the width of the face."""
    scale: float = 1.02
    gain: tuple[float, float, float] = (1.04, 1.0, 0.96)
    """Of red, green, blue."""
    offset: float = 4.0
    """Grey levels."""
    sharpness: float = -0.5
    """Above 0 sharpened, below 0 blurred, in pixels per 100 of the face's width."""
    grown: float = 0.9
    feather: float = 0.08
    share: float = 1.0
    """Of the pasted face within the region."""
    lower: bool = False
    """Only the lower half of the face."""
    wobble: float = 0.03
    """How far the outline departs from the oval, over the width of the face."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> SelfBlendStyle:
        return cls(
            shift=(float(rng.uniform(-0.03, 0.03)), float(rng.uniform(-0.015, 0.015))),
            scale=float(rng.uniform(0.95, 1.05)),
            gain=tuple(float(g) for g in rng.uniform(0.9, 1.1, 3)),  # type: ignore[arg-type]
            offset=float(rng.uniform(-10, 10)),
            sharpness=float(rng.uniform(-1.0, 1.0)),
            grown=float(rng.uniform(0.7, 1.02)),
            feather=float(rng.uniform(0.02, 0.15)),
            share=float(rng.choice([0.5, 0.75, 1.0, 1.0, 1.0])),
            lower=bool(rng.random() < 0.25),
            wobble=float(rng.uniform(0.0, 0.06)),
        )


def swapped(image: Image, mesh: Mesh, look: Look, style: SwapStyle, rng: np.random.Generator) -> tuple[Image, Mask]:
    """`image` with the face of `look` on it, and where it is: [height, width], 0..1."""
    points = flat(mesh)
    points = points + rng.normal(0, style.jitter * np.ptp(points[:, 0]), points.shape[1])
    window = Window.around(points, image)
    if window is None:
        return image, np.zeros(image.shape[:2], np.float32)
    inside = window.moved(points)
    moved, painted = warp(look.image, look.points, inside, look.triangles, window.size)
    face = _rendered(np.asarray(moved, np.uint8), style.pixels)
    width = float(np.ptp(inside[:, 0]))
    mask = feathered(hull(inside[list(OVAL)], window.size, style.grown) * painted, style.feather * width)
    if style.own_mouth:
        mouth = hull(inside[list(INNER_LIPS)], window.size, 1.05)
        mask = mask * (1 - cv2.GaussianBlur(mouth, (0, 0), 0.01 * width + 0.5))
    here = window.of(image)
    lit = _lit_as(face, here, mask, style.colour)
    if style.blend == POISSON:
        lit = _evened(lit, here, mask)
    return _laid(image, window, lit, mask)


def self_blended(image: Image, mesh: Mesh, style: SelfBlendStyle, rng: np.random.Generator) -> tuple[Image, Mask]:
    """`image` with its own face, changed a little, laid on itself, and where: [height, width], 0..1."""
    points = flat(mesh)
    window = Window.around(points, image)
    if window is None:
        return image, np.zeros(image.shape[:2], np.float32)
    here, inside = window.of(image), window.moved(points)
    width, middle = float(np.ptp(inside[:, 0])), inside.mean(axis=0)
    affine = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), 0.0, style.scale)
    affine[:, 2] += np.array(style.shift) * width
    face = cv2.warpAffine(here, affine, window.size, borderMode=cv2.BORDER_REFLECT).astype(np.float32)
    blurred = cv2.GaussianBlur(face, (0, 0), max(0.3, abs(style.sharpness) * width / 100))
    face = blurred if style.sharpness < 0 else 2 * face - blurred
    face = face * np.array(style.gain, np.float32) + np.float32(style.offset)
    outline = inside[list(OVAL)]
    if style.lower:
        outline = outline[outline[:, 1] > inside[1, 1] - 0.1 * width]
    outline = outline + rng.normal(0, style.wobble * width, outline.shape)
    mask = feathered(hull(outline, window.size, style.grown), style.feather * width) * np.float32(style.share)
    return _laid(image, window, face, mask)


def mouth_held(image: Image, mesh: Mesh, look: Look) -> tuple[Image, Mask]:
    """`image` with the mouth of `look`, the same person at another moment, and where: [height, width], 0..1."""
    points = flat(mesh)
    window = Window.around(points, image)
    if window is None:
        return image, np.zeros(image.shape[:2], np.float32)
    inside = window.moved(points)
    # the mouth keeps its shape: its points are those of the held picture, moved by the head as a whole
    anchors = [i for i in OVAL if inside[i, 1] < inside[1, 1]] + [1, 6, 33, 263]
    affine, _ = cv2.estimateAffinePartial2D(look.points[anchors], inside[anchors])
    if affine is None:
        return image, np.zeros(image.shape[:2], np.float32)
    face = cv2.warpAffine(look.image, affine, window.size, borderMode=cv2.BORDER_REFLECT)
    lips = look.points[list(OUTER_LIPS)] @ affine[:, :2].T + affine[:, 2]
    both = np.concatenate([lips, inside[list(OUTER_LIPS)]])
    width = float(np.ptp(inside[:, 0]))
    mask = feathered(hull(both, window.size, 1.35), 0.04 * width)
    return _laid(image, window, _lit_as(face, window.of(image), mask, 0.8), mask)


def swapping(look: Look, style: SwapStyle, span: tuple[float, float], rng: np.random.Generator) -> PictureChange:
    return lambda shots: _on_faces(shots, span, lambda i, m: swapped(i, m, look, style, rng)[0])


def self_blending(style: SelfBlendStyle, span: tuple[float, float], rng: np.random.Generator) -> PictureChange:
    """One style all through, its outline drawn anew in each picture, a tenth as uneven as in a single one."""
    steady = replace(style, wobble=style.wobble / 10)
    return lambda shots: _on_faces(shots, span, lambda i, m: self_blended(i, m, steady, rng)[0])


def mouth_holding(span: tuple[float, float]) -> PictureChange:
    """The mouth stays as it is in the first picture of the span that shows it."""

    def change(shots: Shots) -> Shots:
        looks: list[Look] = []

        def hold(image: Image, mesh: Mesh) -> Image:
            if not looks:
                looks.append(Look.of(image.copy(), mesh))
            return mouth_held(image, mesh, looks[0])[0]

        return _on_faces(shots, span, hold)

    return change


def _on_faces(shots: Shots, span: tuple[float, float], change: Callable[[Image, Mesh], Image]) -> Shots:
    with FaceFollower() as follower:
        for time, image in shots:
            mesh = follower.mesh(image) if span[0] <= time < span[1] else None
            yield time, image if mesh is None else change(image, mesh)


def _rendered(face: Image, pixels: int) -> Image:
    """The face as if it had been rendered `pixels` wide."""
    height, width = face.shape[:2]
    if max(height, width) <= pixels:
        return face
    scale = pixels / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(face, size, interpolation=cv2.INTER_AREA)
    back: Image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return back


def _lit_as(face: Image, here: Image, mask: Mask, strength: float) -> Image:
    """The face with mean and spread of each colour moved towards those of the picture where it will lie."""
    inside = mask > 0.5
    if inside.sum() < 20:
        return face
    own, wanted = face[inside].astype(np.float32), here[inside].astype(np.float32)
    spread = np.clip(wanted.std(axis=0) / np.maximum(own.std(axis=0), 1.0), 0.5, 2.0)
    matched = (face - own.mean(axis=0)) * spread + wanted.mean(axis=0)
    lit: Image = np.clip(face + (matched - face) * np.float32(strength), 0, 255).astype(np.uint8)
    return lit


def _evened(face: Image, here: Image, mask: Mask) -> Image:
    """Poisson blending at a small size, and the smooth difference that it makes added at full size."""
    height, width = mask.shape
    scale = min(1.0, _POISSON_PIXELS / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small, around, region = (cv2.resize(a, size, interpolation=cv2.INTER_AREA) for a in (face, here, mask))
    region = ((region > 0.3) * 255).astype(np.uint8)
    region[:2], region[-2:], region[:, :2], region[:, -2:] = 0, 0, 0, 0
    if not region.any():
        return face
    x, y, w, h = cv2.boundingRect(region)
    blended = cv2.seamlessClone(small, around, region, (x + w // 2, y + h // 2), cv2.NORMAL_CLONE)
    change = (blended.astype(np.float32) - small) * (region[..., None] > 0)
    change = cv2.resize(cv2.GaussianBlur(change, (0, 0), 1.5), (width, height), interpolation=cv2.INTER_LINEAR)
    even: Image = np.clip(face + change, 0, 255).astype(np.uint8)
    return even


def _laid(image: Image, window: Window, face: np.ndarray[Any, Any], mask: Mask) -> tuple[Image, Mask]:
    out, where = image.copy(), np.zeros(image.shape[:2], np.float32)
    here, share = window.of(out), mask[..., None]
    here[:] = np.clip(here * (1 - share) + face * share, 0, 255).astype(np.uint8)
    where[window.top : window.bottom, window.left : window.right] = mask
    return out, where
