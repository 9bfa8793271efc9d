"""Where on a page everything is that was read, by name, and the same places in the picture as it was handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.documents.editing import PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.editing import Box
    from verifier.documents.ocr import Points
    from verifier.documents.page import Page
    from verifier.documents.portraits import PortraitFacts
    from verifier.documents.visual import VisualZone
    from verifier.documents.zone import Zone
    from verifier.media.types import Image

MOST_SIDE = 1400
"""Pixels: the long side of a page as it is shown."""
NAMES = {"given": "given_names"}
"""Fields that checks and outlines call by another name."""
GHOST = "ghost"


def places_of(zone: Zone | None, visual: VisualZone | None, portrait: PortraitFacts | None) -> dict[str, Points]:
    """portrait, ghost, line1.., surname, given_names, number, birth, issue, expiry -> corners [4, 2] in pixels of the page."""
    found = {} if portrait is None or portrait.corners is None else {"portrait": portrait.corners}
    if portrait is not None and portrait.ghost is not None:
        found[GHOST] = portrait.ghost.corners
    found |= {f"line{n}": corners for n, corners in enumerate(zone.corners, 1)} if zone is not None else {}
    if visual is not None:
        for name, corners in [(f.name, f.corners) for f in visual.fields] + [
            (f.name, f.corners) for f in visual.labelled
        ]:
            found.setdefault(NAMES.get(name, name), corners)
    return found


def as_handed_in(places: dict[str, Points], page: Page) -> dict[str, Box]:
    """The boxes around the same places in the picture as it was handed in; with the page's own where its edges were seen."""
    height, width = page.image.shape[:2]
    if page.outlined:
        places = {**places, PAGE: np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)}
    back = np.linalg.inv(page.matrix)
    return {
        name: _box(cv2.perspectiveTransform(corners[None].astype(np.float64), back)[0])
        for name, corners in places.items()
        if name != GHOST  # too small and pale for what is looked for there
    }


def _box(corners: Points) -> Box:
    (left, top), (right, bottom) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    return int(left), int(top), int(right), int(bottom)


def as_jpeg(page: Image, side: int = MOST_SIDE) -> bytes:
    """The page, its long side at most `side` pixels."""
    scale = min(1.0, side / max(page.shape[:2]))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return bytes(jpeg.tobytes()) if done else b""


def with_outlines(page: Image, places: Sequence[Points], side: int = 900) -> Image:
    """The page, its long side at most `side` pixels, with a line around every place."""
    scale = min(1.0, side / max(page.shape[:2]))
    picture: Image = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for corners in places:
        cv2.polylines(picture, [np.rint(corners * scale).astype(np.int32)], True, (214, 112, 32), 3)
    return picture
