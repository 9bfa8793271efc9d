"""Documents as they should not be handed in, made from the specimens of Utopia."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from samples.documents.print import face, faces
from samples.documents.specimens import Specimen, make
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


def selfie(picture: Picture) -> Picture:
    """Somebody's face above a document held up, as a front camera shows it: mirrored."""
    person = cv2.resize(np.asarray(face(faces()[0])), (700, 900), interpolation=cv2.INTER_CUBIC)
    wide = max(picture.shape[1], person.shape[1]) + 60
    both = np.full((person.shape[0] + picture.shape[0] + 90, wide, 3), (150, 160, 165), np.uint8)
    both[30 : 30 + person.shape[0], (wide - 700) // 2 : (wide - 700) // 2 + 700] = person
    both[-30 - picture.shape[0] : -30, 30 : 30 + picture.shape[1]] = picture
    return np.ascontiguousarray(both[:, ::-1])


def letter() -> Picture:
    """A page of text that is no document."""
    page = np.full((1100, 800, 3), 250, np.uint8)
    for n in range(14):
        words = f"Dear team, thank you for line {n + 1} of the talk we had"
        cv2.putText(page, words, (60, 120 + 60 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 30, 30), 1, cv2.LINE_AA)
    return page


def covered(one: Specimen) -> Picture:
    """A thumb over the whole zone."""
    (left, top), *_ = one.places["line1"]
    right, bottom = one.places["line2"][2]
    picture = one.image.copy()
    picture[int(top) - 8 : int(bottom) + 8, int(left) - 8 : int(right) + 8] = (205, 160, 130)
    return picture


def locked_pdf(path: Path) -> Path:
    """With a password that nobody knows: its keys are zeros."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"00" * 32 + b">/U<" + b"00" * 32 + b">>>",
    ]  # fmt: skip
    data, at = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        at.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % a for a in at)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    path.write_bytes(data + table + trailer)
    return path


def huge_png(path: Path) -> Path:
    """A few bytes whose header says 60,000 by 60,000 pixels."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(99))),
        (b"IEND", b""),
    )
    chunks = [struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


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
