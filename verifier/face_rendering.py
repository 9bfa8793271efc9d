"""The face-rendering network over the kept crops of a face: traces of blending or rendering, frame by frame.

Self-blended images: Shiohara and Yamasaki, CVPR 2022. Training, figures and card: models/face_rendering/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.observe.face_crop import CROP_PIXELS

if TYPE_CHECKING:
    from verifier.media.types import Image

WINDOW = 160
"""Pixels of the middle of a crop that the network sees: the face with a margin."""


def window(crop: Image) -> Image:
    """The middle of a crop [256, 256, 3] -> [160, 160, 3]."""
    edge = (CROP_PIXELS - WINDOW) // 2
    return crop[edge : edge + WINDOW, edge : edge + WINDOW]
