"""Pictures that a report shows, made small while a case is read: faces, and pages with a part outlined."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

import cv2

from verifier.report.model import Picture
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.media.types import Image
    from verifier.observe.faces import KeptCrop
    from verifier.timing import MediaTime

    Pictures = dict[str, Picture]

QUALITY = 88


def keep_crops(
    pictures: Pictures,
    prefix: str,
    subject: str,
    label: str,
    kept: Sequence[KeptCrop],
    *,
    photo: bool = False,
    when: Sequence[str] = (),
) -> tuple[str, ...]:
    """Adds the faces of `kept` as "prefix#0", ...; returns the keys.

    subject: id of the round or reference they are of. when: a word on each, for its caption.
    """
    keys = [f"{prefix}#{number}" for number in range(len(kept))]
    for key, k, word in zip(keys, kept, chain(when, repeat("")), strict=False):
        caption = label if photo else f"{label}, {clock(k.time)}{f', {word}' if word else ''}"
        keep_picture(pictures, key, k.crop.shown, caption, subject, None if photo else k.time)
    return tuple(key for key in keys if key in pictures)


def keep_picture(
    pictures: Pictures, key: str, image: Image, caption: str, subject: str, time: MediaTime | None = None
) -> None:
    """Adds one picture, RGB; nothing where it cannot be written as JPEG."""
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if done:
        height, width = image.shape[:2]
        pictures[key] = Picture(key, jpeg.tobytes(), width, height, caption, subject, time)
