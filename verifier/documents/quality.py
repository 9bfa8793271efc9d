"""Whether a picture of a document is good enough to be read, and if not, what to do again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from verifier.documents.page import Page
    from verifier.documents.zone import Zone
    from verifier.media.types import Image

LEAST_LETTER_PX = 10.0
"""Height of a zone's line of text in pixels. Of 29 specimens all lines of 12 and more were read, of those of 8 and 9 most."""
SMALL_SIDE = 500
"""Pixels of the long side of a page below which its original is asked for."""
LEAST_SHARPNESS = 25.0
"""Variance of the Laplacian over the page at most 1000 pixels wide. The 29 published specimens, nearly all of whose lines are read, gave 141 to
17,666 as they are, 104 and more at 0.6 of their size, 348 and more with noise of 12 grey levels (noise hides blur). Blurred by 1.2 of those pixels (sigma) they
gave 18 to 295 and 1 of 29 is called blurred, by 2 pixels 5 to 162 and 23 of 29. What is still read then: models/mrz_cells/gate.md."""
GLARE = 250
"""Grey level of burnt-out paper, where the ground around is darker."""
MOST_GLARE = 0.04


def retakes(page: Page, zone: Zone | None) -> tuple[str, ...]:
    """What is wrong with the picture and what helps, each as a sentence; empty when nothing is."""
    said = []
    height, width = page.image.shape[:2]
    if zone is not None and zone.letter_px < LEAST_LETTER_PX:
        said.append(
            f"The letters are small ({zone.letter_px:.0f} pixels high): ask for a larger scan, or a photo taken from nearer."
        )
    elif zone is None and max(height, width) < SMALL_SIDE:
        said.append(f"The picture is small ({width} x {height} pixels): ask for the original file.")
    if page.boxes and sharpness(page.image) < LEAST_SHARPNESS:
        said.append("The picture is blurred: ask for a photo held still, in more light.")
    if _glare(page.image) > MOST_GLARE:
        said.append("Light is reflected in it: ask for a photo without flash, tilted a little.")
    if zone is not None and _cut_off(zone, page):
        said.append("The lines at the bottom run out of the picture: ask for a photo that shows all four corners.")
    return tuple(said)


def sharpness(image: Image) -> float:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, 1000 / grey.shape[1])
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var())


def _glare(image: Image) -> float:
    """Share of burnt-out patches on a page whose ground is not white."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (200, 140), interpolation=cv2.INTER_AREA)
    if np.median(grey) > 225:
        return 0.0
    burnt = cv2.morphologyEx((grey >= GLARE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    edge = np.ones_like(burnt)
    edge[4:-4, 4:-4] = 0
    count, labels = cv2.connectedComponents(burnt)
    inside = [(labels == k) for k in range(1, count) if not edge[labels == k].any()]
    return float(sum(m.sum() for m in inside) / burnt.size)


def _cut_off(zone: Zone, page: Page) -> bool:
    """The zone's ends lie outside the picture by more than its own margin."""
    height, width = page.image.shape[:2]
    ends = np.concatenate(zone.corners)
    margin = 0.7 * zone.letter_px
    return bool((ends < -margin).any() or (ends[:, 0] > width + margin).any() or (ends[:, 1] > height + margin).any())
