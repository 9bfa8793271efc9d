"""Edits of known kind on a document picture, and the honest twin that is saved the same way.

Every seed starts from the decoded picture, changes it as a picture editor would, and is saved as `SAVES` say; so is the twin, or a
detector would learn how files are saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from samples.documents.camera import decoded, jpeg
from samples.documents.sheet import font

Rgb = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
Boxes = Mapping[str, Box]
Edit = Callable[[Rgb, Boxes, Rgb, np.random.Generator], Rgb]

_SUBPIXELS = 4
"""Of one pixel of the screen: red, green, blue, gap."""
_GAMMA = 2.2


def portrait_swapped(image: Rgb, boxes: Boxes, other: Rgb, rng: np.random.Generator) -> Rgb:
    """Another portrait pasted over the first, brought to its colours, with a soft edge of two pixels."""
    left, top, right, bottom = boxes["portrait"]
    size = (right - left, bottom - top)
    new = cv2.resize(other, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    old = image[top:bottom, left:right].astype(np.float32)
    new = (new - new.mean((0, 1))) / (new.std() + 1) * old.std() + old.mean((0, 1))
    mask = np.zeros((size[1], size[0]), np.float32)
    mask[2:-2, 2:-2] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), 1.2)[..., None]
    out = image.copy()
    out[top:bottom, left:right] = np.clip(new * mask + old * (1 - mask), 0, 255).astype(np.uint8)
    return out


def name_edited(image: Rgb, boxes: Boxes, other: Rgb, rng: np.random.Generator) -> Rgb:
    """The surname is painted out with what is around it, and another one is written in a close typeface."""
    box = boxes["surname"] if "surname" in boxes else boxes["text"]
    word = "".join(
        rng.choice(list("ABCDEHIKLMNORSTU"), max(4, round((box[2] - box[0]) / max(1, box[3] - box[1]) / 0.95)))
    )
    return _written(_painted_out(image, box), box, word, _sans(box))


def digits_retyped(image: Rgb, boxes: Boxes, other: Rgb, rng: np.random.Generator) -> Rgb:
    """Three neighbouring signs of the zone ("digits") are painted out and typed anew, in OCR-B of the right size."""
    left, top, right, bottom = boxes["digits"]
    pitch = (right - left) / 3
    painted = _painted_out(image, (left, top - 1, right, bottom + 1))
    for number, digit in enumerate(rng.choice(list("0123456789"), 3)):
        painted = _written(painted, (round(left + number * pitch), top, right, bottom), str(digit), _ocr_b(pitch))
    return painted


def recaptured(image: Rgb, boxes: Boxes, other: Rgb, rng: np.random.Generator) -> Rgb:
    """Shown on a screen of red, green and blue stripes and photographed from it: the camera's grid meets the screen's.

    The photo has the size of the picture, and at least 1600 pixels across, as cameras have; boxes do not hold in it.
    """
    shown = _scaled(image, min(1.0, int(rng.integers(500, 900)) / image.shape[1]), cv2.INTER_AREA)
    lit = 255 * (_scaled(shown, _SUBPIXELS, cv2.INTER_NEAREST).astype(np.float32) / 255) ** _GAMMA
    stripes = np.zeros((1, _SUBPIXELS, 3), np.float32)
    stripes[0, 0, 0], stripes[0, 1, 1], stripes[0, 2, 2] = 2.6, 2.6, 2.6
    lit *= np.tile(stripes, (1, shown.shape[1], 1))
    lit[::_SUBPIXELS] *= 0.35  # the dark gap between rows
    width = max(1600, image.shape[1])
    height = round(width * lit.shape[0] / lit.shape[1])
    scale = width / lit.shape[1] * rng.uniform(0.9, 1.0)
    middle = (lit.shape[1] / 2, lit.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(-2, 2), scale)
    turn[:, 2] += (width / 2 - middle[0], height / 2 - middle[1])
    lens = cv2.GaussianBlur(lit, (0, 0), 0.35 / scale)
    taken = 320 * (np.clip(cv2.warpAffine(lens, turn, (width, height)), 0, None) / 255) ** (1 / _GAMMA)
    return np.clip(taken + 2 * rng.standard_normal(taken.shape), 0, 255).astype(np.uint8)


def nothing(image: Rgb, boxes: Boxes, other: Rgb, rng: np.random.Generator) -> Rgb:
    """The honest twin."""
    return image


EDITS: dict[str, Edit] = {
    "genuine": nothing, "portrait swapped": portrait_swapped, "name edited": name_edited, "digits retyped": digits_retyped,
    "recaptured": recaptured,
}  # fmt: skip


def saved(image: Rgb) -> Rgb:
    """As a picture editor saves it."""
    return decoded(jpeg(image.astype(np.float32), 92))


def sent_on(image: Rgb) -> Rgb:
    """Then through a chat: three quarters of the size, quality 75."""
    small = cv2.resize(saved(image), None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
    return decoded(jpeg(small.astype(np.float32), 75))


SAVES = {"as saved": (saved, 1.0), "sent on": (sent_on, 0.75)}
"""How -> the function and its change of size."""


def _scaled(image: Rgb, factor: float, how: int) -> Rgb:
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def _painted_out(image: Rgb, box: Box) -> Rgb:
    mask = np.zeros(image.shape[:2], np.uint8)
    left, top, right, bottom = box
    mask[max(0, top) : bottom, max(0, left) : right] = 255
    bgr = cv2.inpaint(np.ascontiguousarray(image[..., ::-1]), mask, 5, cv2.INPAINT_TELEA)
    return np.ascontiguousarray(bgr[..., ::-1])


def _written(image: Rgb, box: Box, words: str, chosen: ImageFont.FreeTypeFont) -> Rgb:
    picture = Image.fromarray(image)
    ImageDraw.Draw(picture).text((box[0], box[3]), words, font=chosen, fill=(40, 38, 44), anchor="ls")
    return np.asarray(picture, np.uint8)


def _sans(box: Box) -> ImageFont.FreeTypeFont:
    return font(1.0, "DejaVuSans-Bold").font_variant(size=max(6, 1.35 * (box[3] - box[1])))


def _ocr_b(pitch: float) -> ImageFont.FreeTypeFont:
    return font(1.0, "OCR-B").font_variant(size=max(6, pitch * 1000 / 723))
