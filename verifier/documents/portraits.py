"""The portrait on a page: where it is, its small double, how it stands, and a fingerprint of the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.documents.ghost import ALIKE, GHOST_SIZE, Ghost, likeness
from verifier.observe.face_witness import WITNESS

if TYPE_CHECKING:
    from verifier.documents.ocr import Points
    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop
    from verifier.observe.faces import KeptCrop
    from verifier.observe.portrait import PortraitFinder

MOST_ROLL, MOST_TURN = 12.0, 25.0
"""Degrees that a head on a document may lean and turn: ICAO 9303-3 asks for level and frontal, prints are a little off."""


@dataclass(frozen=True)
class PortraitFacts:
    """The largest face of a page, or why there is none.

    hash: 16 hexadecimal digits, a fingerprint of the picture (64 signs of its coarsest cosines): the same portrait
    scanned again differs in a few of its 64 bits, another one in about half; for finding it in another case.
    """

    kept: KeptCrop | None
    reason: str
    faces: int
    hash: str = ""
    corners: Points | None = None
    """Of the picture around it on the page; a guess by the size of the face."""
    ghost: Ghost | None = None
    """The portrait's small double, where one was seen."""

    @property
    def found(self) -> bool:
        return self.kept is not None

    def without_pictures(self) -> PortraitFacts:
        """The same, without the face's pixels."""
        if self.kept is None:
            return self
        crop = replace(self.kept.crop, image=np.zeros((0, 0, 3), np.uint8))
        return replace(self, kept=replace(self.kept, crop=crop))

    @property
    def oddities(self) -> tuple[str, ...]:
        """How the head stands otherwise than documents ask for, each as half a sentence."""
        if self.kept is None:
            return ()
        yaw, five, said = self.kept.quality.yaw, self.kept.crop.five, []
        if five is not None:
            x, y = five[1] - five[0]
            lean = float(np.degrees(np.arctan2(abs(y), abs(x))))
            if lean > MOST_ROLL:
                said.append(f"the head leans by {lean:.0f} degrees")
        if yaw is not None and abs(yaw) > MOST_TURN:
            said.append(f"the head is turned by about {abs(yaw):.0f} degrees")
        return tuple(said)


def portrait_facts(finder: PortraitFinder, image: Image) -> PortraitFacts:
    """The portrait of an upright page."""
    portrait = finder.find([image])
    if portrait.kept is None:
        return PortraitFacts(None, portrait.reason, portrait.faces)
    kept = portrait.kept
    corners = _around(kept.crop, image.shape[1], image.shape[0], portrait.turn)
    ghost = _ghost(finder, image, kept.crop) if portrait.turn == 0 else None
    return PortraitFacts(kept, "", portrait.faces, fingerprint(kept.crop.image), corners, ghost)


def _ghost(finder: PortraitFinder, image: Image, portrait: FaceCrop) -> Ghost | None:
    """The largest of the smaller faces beside the portrait, which is painted out for that.

    One that the witness hardly sees counts where it looks like the portrait: what is no face does not.
    """
    height, width = image.shape[:2]
    beside = image.copy()
    own = np.rint(_around(portrait, width, height, 0)).astype(np.int32)
    cv2.fillConvexPoly(beside, own, tuple(np.median(image, axis=(0, 1)).tolist()))
    pale = finder.pale(beside, GHOST_SIZE * portrait.inter_eye_px)
    found = [(crop, witness, likeness(portrait, crop)) for witness, crop in pale]
    sure = [f for f in found if f[1] >= WITNESS] or [f for f in found if f[2] is not None and f[2] >= ALIKE]
    if not sure:
        return None
    crop, _, alike = max(sure, key=lambda f: f[0].inter_eye_px)
    return Ghost(_around(crop, width, height, 0), crop.inter_eye_px, alike)


def _around(crop: FaceCrop, width: int, height: int, turn: int) -> Points:
    """The portrait's picture: as far around the face as ICAO 9303-3 has it, turned back onto the page."""
    (x, y), eyes = crop.centre, crop.inter_eye_px
    left, top, right, bottom = x - 2 * eyes, y - 2.3 * eyes, x + 2 * eyes, y + 2.4 * eyes
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    if turn == 1:
        box = np.stack([box[:, 1], height - 1 - box[:, 0]], axis=1)
    elif turn == 2:
        box = np.array([width - 1, height - 1], np.float32) - box
    elif turn == 3:
        box = np.stack([width - 1 - box[:, 1], box[:, 0]], axis=1)
    return box.clip(0, (width - 1, height - 1)).astype(np.float32)


def fingerprint(image: Image) -> str:
    """Signs of the 8 x 8 coarsest cosines of a grey picture against their median."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    coarse = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    bits = coarse > np.median(coarse[1:])
    return f"{int(''.join('1' if b else '0' for b in bits), 2):016x}"


def bits_apart(a: str, b: str) -> int:
    """In how many of 64 places two fingerprints differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()
