"""A call played from the screen of another device: its pixels beat with the camera's, its edge shows, a hand holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.types import Image

if TYPE_CHECKING:
    from verifier.seeds.shots import PictureChange, Shots


@dataclass(frozen=True)
class ScreenStyle:
    beat: tuple[float, float] = (0.09, 0.04)
    """Moire: what is left of the screen's grid after the camera's sampling, cycles per pixel across and down."""
    moire: float = 0.05
    """Its depth, 0..1; red, green and blue beat apart, since the stripes of a screen's pixels lie side by side."""
    gamma: float = 1.25
    contrast: float = 0.85
    tilt: float = 0.06
    """How far the corners of the screen are moved, over the picture's width."""
    border: float = 0.06
    """Of the picture's width that is frame and room; 0: the screen fills the picture."""
    sway: float = 0.004
    """Of a hand, over the picture's width."""
    flicker: float = 0.03
    """A bright band that runs down, 0..1."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> ScreenStyle:
        turn, beat = rng.uniform(0, np.pi), rng.uniform(0.03, 0.25)
        return cls(
            (float(beat * np.cos(turn)), float(beat * np.sin(turn))),
            float(rng.uniform(0.02, 0.08)),
            float(rng.uniform(1.1, 1.5)),
            float(rng.uniform(0.75, 0.95)),
            float(rng.uniform(0.02, 0.08)),
            float(rng.choice([0.0, 0.04, 0.08])),
            float(rng.uniform(0.0, 0.008)),
            float(rng.uniform(0.0, 0.05)),
        )


def replaying(style: ScreenStyle, span: tuple[float, float], rng: np.random.Generator) -> PictureChange:
    def change(shots: Shots) -> Shots:
        screen: _Screen | None = None
        for time, image in shots:
            if not span[0] <= time < span[1]:
                yield time, image
                continue
            if screen is None or screen.size != (image.shape[1], image.shape[0]):
                screen = _Screen(style, image.shape[1], image.shape[0], rng)
            yield time, screen.shown(image, time)

    return change


class _Screen:
    """What stays the same while a screen is filmed."""

    def __init__(self, style: ScreenStyle, width: int, height: int, rng: np.random.Generator) -> None:
        self.size, self._style = (width, height), style
        self._grid = _moire(style, width, height)
        self._tone = np.round(255 * style.contrast * (np.arange(256) / 255) ** style.gamma + 8).astype(np.uint8)
        inset = style.border * width
        corners = np.array(
            [[inset, inset], [width - inset, inset], [width - inset, height - inset], [inset, height - inset]]
        )
        self._corners = corners + rng.uniform(-1, 1, (4, 2)) * style.tilt * width * (1 if style.border else 0.3)
        if not style.border:  # tilted, but nothing beside it in the picture
            middle = corners.mean(axis=0)
            self._corners = middle + (self._corners - middle) * (1 + style.tilt)
        self._phase = rng.uniform(0, 2 * np.pi, 2)
        self._room = np.full((height, width, 3), rng.integers(20, 90, 3), np.uint8)

    def shown(self, image: Image, time: float) -> Image:
        style, (width, height) = self._style, self.size
        sway = style.sway * width * np.sin(np.array([1.3, 0.9]) * time * 2 * np.pi * 0.4 + self._phase)
        target = (self._corners + sway).astype(np.float32)
        edge = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        bezel = ((target - target.mean(axis=0)) * 1.04 + target.mean(axis=0)).astype(np.int32)
        out = self._room.copy()
        cv2.fillConvexPoly(out, bezel, (18, 18, 20))
        toned = cv2.LUT(image, self._tone)
        plane = cv2.getPerspectiveTransform(edge, target)
        cv2.warpPerspective(toned, plane, (width, height), dst=out, borderMode=cv2.BORDER_TRANSPARENT)
        band = 1 + style.flicker * np.sin(2 * np.pi * (np.arange(height) / height - 0.35 * time))
        # the beat belongs to the camera's pixels and runs as the hand moves
        across, down = (int(s * 12) for s in sway)
        grid = np.roll(self._grid, (down, across), (0, 1))
        lit: Image = np.clip(out * grid * band.astype(np.float32)[:, None, None], 0, 255).astype(np.uint8)
        return lit


def _moire(style: ScreenStyle, width: int, height: int) -> NDArray[np.float32]:
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bent = 1 + 0.15 * (x / width - 0.5) * (y / height - 0.5)  # perspective: the beat changes over the picture
    along = 2 * np.pi * (style.beat[0] * x + style.beat[1] * y) * bent
    waves = [np.cos(along + 2 * np.pi * third / 3) + 0.4 * np.cos(2 * along + third) for third in range(3)]
    grid: NDArray[np.float32] = (1 + style.moire * np.stack(waves, axis=-1)).astype(np.float32)
    return grid
