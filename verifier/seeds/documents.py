"""Changes of documents: another face on a photo, a slip in a machine-readable zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.media.types import Image, MediaError
from verifier.seeds.face_changes import SwapStyle, swapped
from verifier.seeds.faces import FaceFollower, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOK_ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1", "8": "B", "B": "8", "5": "S", "S": "5", "2": "Z", "Z": "2",
              "6": "G", "G": "6", "D": "0", "Q": "O", "<": "K", "K": "<"}  # fmt: skip


def portrait_edited(page: Image, portrait: Image, rng: np.random.Generator) -> tuple[Image, tuple[int, int, int, int]]:
    """A document's photo with another face on the same head, and where: left, top, right, bottom in pixels.

    Raises:
        MediaError: one of the pictures shows no face.
    """
    meshes = []
    for image, what in ((page, "document"), (portrait, "other picture")):
        with FaceFollower() as follower:
            mesh = follower.mesh(image)
        if mesh is None:
            raise MediaError(f"No face was found in the {what}.")
        meshes.append(mesh)
    style = SwapStyle.drawn(rng)
    edited, mask = swapped(page, meshes[0], Look.of(portrait, meshes[1]), SwapStyle(style.blend, style.grown, style.feather, 256, style.colour, own_mouth=False), rng)  # fmt: skip
    x, y, width, height = cv2.boundingRect((mask > 0.05).astype(np.uint8))
    return edited, (x, y, x + width, y + height)


def mrz_typo(lines: Sequence[str], rng: np.random.Generator) -> tuple[list[str], tuple[int, int]]:
    """One character taken for one that looks like it, and where it is: line and column, from 0.

    Raises:
        ValueError: no character of the zone has one that looks like it.
    """
    places = [(row, at) for row, line in enumerate(lines) for at, c in enumerate(line) if c in LOOK_ALIKE]
    if not places:
        raise ValueError("no character of this zone looks like another one")
    row, at = places[int(rng.integers(len(places)))]
    changed = list(lines)
    changed[row] = changed[row][:at] + LOOK_ALIKE[changed[row][at]] + changed[row][at + 1 :]
    return changed, (row, at)
