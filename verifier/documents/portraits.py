"""The portrait on a page: where it is, its small double, how it stands, and a fingerprint of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from verifier.media.types import Image
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

    @property
    def found(self) -> bool:
        return self.kept is not None

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
    return PortraitFacts(portrait.kept, "", portrait.faces, fingerprint(portrait.kept.crop.image))


def fingerprint(image: Image) -> str:
    """Signs of the 8 x 8 coarsest cosines of a grey picture against their median."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    coarse = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    bits = coarse > np.median(coarse[1:])
    return f"{int(''.join('1' if b else '0' for b in bits), 2):016x}"


def bits_apart(a: str, b: str) -> int:
    """In how many of 64 places two fingerprints differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()
