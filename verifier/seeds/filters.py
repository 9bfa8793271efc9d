"""What honest callers' software does to a picture: smoothing, a virtual background, low light, dropped pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.media.types import Image, MediaError
from verifier.observe.mediapipe_import import quiet_native_log, solutions

if TYPE_CHECKING:
    from verifier.seeds.shots import PictureChange, Shots

SMOOTHING, VIRTUAL_BACKGROUND, LOW_LIGHT = "smoothing", "virtual background", "low light"
NAMES = (SMOOTHING, VIRTUAL_BACKGROUND, LOW_LIGHT)
_NOISES = 8
"""Noise pictures that take turns."""


def named(name: str, rng: np.random.Generator) -> PictureChange:
    """The filter of this name. ValueError: there is none."""
    if name == SMOOTHING:
        return smoothing
    if name == VIRTUAL_BACKGROUND:
        return lambda shots: virtual_background(shots, rng)
    if name == LOW_LIGHT:
        return lambda shots: low_light(shots, rng)
    raise ValueError(f"no filter {name!r}; there are: {', '.join(NAMES)}")


def smoothing(shots: Shots) -> Shots:
    """Beautification: skin keeps its edges and loses its texture."""
    for time, image in shots:
        height, width = image.shape[:2]
        small = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        soft = cv2.resize(cv2.bilateralFilter(small, 7, 35, 5), (width, height), interpolation=cv2.INTER_LINEAR)
        _, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb))
        skin = ((red > 133) & (red < 180) & (blue > 77) & (blue < 130)).astype(np.float32)
        share = cv2.resize(cv2.GaussianBlur(skin, (0, 0), 2), (width, height))[..., None] * 0.85
        yield time, (image * (1 - share) + soft * share).astype(np.uint8)


def virtual_background(shots: Shots, rng: np.random.Generator) -> Shots:
    """Somebody in front of a drawn room, cut out by mediapipe's selfie segmentation.

    Raises:
        MediaError: mediapipe cannot be imported.
    """
    mp = solutions()
    if mp is None:
        raise MediaError("Virtual backgrounds need mediapipe, which cannot be imported here.")
    with quiet_native_log():
        model = mp.selfie_segmentation.SelfieSegmentation(model_selection=1)
    room: Image | None = None
    try:
        for time, image in shots:
            if room is None or room.shape != image.shape:
                room = _room(image.shape[1], image.shape[0], rng)
            found = model.process(cv2.resize(image, (256, 144), interpolation=cv2.INTER_AREA)).segmentation_mask
            share = cv2.resize(found, (image.shape[1], image.shape[0]))
            share = np.clip((share - 0.3) / 0.4, 0, 1)[..., None]
            yield time, (image * share + room * (1 - share)).astype(np.uint8)
    finally:
        model.close()


def _room(width: int, height: int, rng: np.random.Generator) -> Image:
    """A wall with a gradient and a few blurred things on it."""
    top, bottom = rng.integers(60, 220, (2, 3))
    wall = top + (bottom - top) * np.linspace(0, 1, height)[:, None, None]
    room = np.ascontiguousarray(np.broadcast_to(wall, (height, width, 3)).astype(np.uint8))
    for _ in range(6):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        w, h = (int(side * rng.uniform(0.05, 0.3)) for side in (width, height))
        cv2.rectangle(room, (x, y), (x + w, y + h), tuple(int(c) for c in rng.integers(30, 230, 3)), -1)
    blurred: Image = cv2.GaussianBlur(room, (0, 0), 3)
    return blurred


def low_light(shots: Shots, rng: np.random.Generator) -> Shots:
    """A dark room: a third of the light, the noise of a sensor turned up, and a camera that averages it away in time."""
    noises: list[np.ndarray] = []
    before: np.ndarray | None = None
    for number, (time, image) in enumerate(shots):
        if not noises or noises[0].shape != image.shape:
            noises, before = [rng.normal(0, 7, image.shape).astype(np.float32) for _ in range(_NOISES)], None
        dark = 255 * (image / np.float32(255)) ** 1.4 * 0.4 + noises[number % _NOISES] + 6
        before = dark if before is None else 0.55 * before + 0.45 * dark
        yield time, np.clip(before, 0, 255).astype(np.uint8)


def dropping(share: float, rng: np.random.Generator) -> PictureChange:
    """Leaves out that share of the pictures, some of them several in a row, as a poor connection does; never the first."""

    def drop(shots: Shots) -> Shots:
        left = 0
        for number, shot in enumerate(shots):
            if left == 0 and rng.random() < share / 2:
                left = int(rng.geometric(0.5))
            if left and number:
                left -= 1
            else:
                yield shot

    return drop
