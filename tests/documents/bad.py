"""Documents as they should not be handed in, made from the specimens of Utopia."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from samples.documents.specimens import make
from tests.documents.pictures import Picture

if TYPE_CHECKING:
    from pathlib import Path


def save(folder: Path, name: str, picture: Picture, quality: int = 85) -> Path:
    Image.fromarray(picture).save(folder / f"{name}.jpg", quality=quality)
    return folder / f"{name}.jpg"


def several(*kinds: str) -> Picture:
    """Documents below each other on a dark table."""
    pictures = [make(kind, "small", 5).image for kind in kinds]
    width = max(p.shape[1] for p in pictures) + 80
    table = np.full((sum(p.shape[0] + 40 for p in pictures) + 40, width, 3), (90, 70, 55), np.uint8)
    top = 40
    for p in pictures:
        table[top : top + p.shape[0], 40 : 40 + p.shape[1]] = p
        top += p.shape[0] + 40
    return table


def grey(picture: Picture) -> Picture:
    """A black-and-white copy, with a copier's contrast."""
    one = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.repeat(np.clip((one - 90) * 1.6, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def thumbnail(folder: Path, picture: Picture) -> Path:
    """At most 12 kB."""
    small = cv2.resize(picture, (280, round(280 * picture.shape[0] / picture.shape[1])), interpolation=cv2.INTER_AREA)
    path = save(folder, "thumbnail", small, 40)
    assert path.stat().st_size < 12_000
    return path


def pdf(path: Path, pictures: list[Picture]) -> Path:
    first, *more = (Image.fromarray(p) for p in pictures)
    first.save(path, save_all=True, append_images=more, resolution=150)
    return path
