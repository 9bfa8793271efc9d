"""Where the machine-readable zone of a picture is, and its lines as level strips."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.documents.ocr import Points, TextBox, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

MOST_READ = 16
"""Lines of text that are read in search of a zone, the longest first."""
CLOSER_SIDE = 1600
"""Long side of a second look at a whole page, in pixels."""
LETTER_PIXELS = 22
"""Height of a line of text at the second, close look."""
MAX_CLOSE_SIDE = 1920
_FILLERS = re.compile("[«《〈くK]{3,}")
"""What a run of fillers is read as."""
_WHOLE = 18
"""Heights: a shorter line of text is a piece of a zone's line, which is up to 34 heights long."""
_SLANT = 8.0
"""Degrees that lines of one zone may differ by."""


@dataclass(frozen=True)
class Zone:
    """Two or three strips of one length, top to bottom; corners: of each strip in the picture, as `TextBox.corners`."""

    strips: tuple[Image, ...]
    corners: tuple[Points, ...]
    letter_px: float
    """Height of its lines of text in the picture, pixels."""


def looks_like_zone(text: str) -> bool:
    """Whether a line of text may be one of a machine-readable zone: fillers, capitals and digits and nothing else."""
    text = _FILLERS.sub(lambda m: "<" * len(m[0]), text.replace(" ", ""))
    if len(text) < 12 or _share(text) < 0.8:
        return False
    fillers, digits = text.count("<"), sum(c.isdigit() for c in text)
    return fillers >= 3 or (fillers >= 1 and len(text) >= 26) or (len(text) >= 28 and digits >= 10)


def seed_like(text: str) -> bool:
    """A weaker form, for a piece of a line: enough to look closer."""
    letters, digits = sum("A" <= c <= "Z" for c in text), sum(c.isdigit() for c in text)
    return looks_like_zone(text) or (len(text) >= 14 and _share(text) == 1 and digits >= 8 and letters >= 2)


def piece_like(text: str) -> bool:
    """Weaker still, for what stands beside a seed: nothing in it that a zone has not."""
    return seed_like(text) or (len(text) >= 12 and _share(text) == 1)


def _share(text: str) -> float:
    return sum(c == "<" or c.isdigit() or ("A" <= c <= "Z") for c in text) / max(len(text), 1)


def find_zones(ocr: Ocr, image: Image, boxes: Sequence[TextBox], *, closer: bool = True) -> list[Zone]:
    """All zones of an upright, level picture, the largest first; boxes: its lines of text.

    closer: where they show none, the picture is looked at once more, closer.
    """
    found = _zones(ocr, image, boxes)
    return found or (_zones(ocr, image, ocr.boxes(image, CLOSER_SIDE)) if closer else [])


def _zones(ocr: Ocr, image: Image, boxes: Sequence[TextBox]) -> list[Zone]:
    zones: list[Zone] = []
    for box in sorted((b for b in boxes if b.width > 5 * b.height), key=lambda b: b.width, reverse=True)[:MOST_READ]:
        if any(_within(box, zone) for zone in zones) or not seed_like(ocr.text(cut(image, box.corners))[0]):
            continue
        zone = _closer(ocr, image, box)
        zones += [zone] if zone is not None else []
    return sorted(zones, key=lambda z: z.letter_px, reverse=True)


def _within(box: TextBox, zone: Zone) -> bool:
    hull = cv2.convexHull(np.concatenate(zone.corners))
    return bool(cv2.pointPolygonTest(hull, box.centre, True) > -1.5 * zone.letter_px)


def _closer(ocr: Ocr, image: Image, seed: TextBox) -> Zone | None:
    """A second look around one line, level and at a fixed size of letters: all lines of its zone, whole."""
    matrix, size = _around(seed)
    near: Image = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    boxes = [b for b in ocr.boxes(near, max(size)) if b.width > 2.5 * b.height and abs(b.angle) < _SLANT]
    read = [(b, ocr.text(cut(near, b.corners))[0]) for b in boxes]
    kept = [b for b, _ in read]
    rows = list(_rows(kept, [looks_like_zone(text) for _, text in read]))
    if len(rows) < 2:  # pieces of lines, begun by a name or a number, hold few fillers
        rows = list(_rows(kept, [piece_like(text) for _, text in read]))
    if not rows:
        return None
    rows = _together(rows)
    start, end = min(r.start for r in rows), max(r.end for r in rows)
    # fillers are found less surely than letters: a line may be a piece at the zone's left
    rows = [r for r in rows if r.end - r.start > (0.2 if r.start - start < 2 * r.height else 0.5) * (end - start)][:3]
    if len(rows) < 2:
        return None
    rows = _parallel(rows)
    height = float(np.median([r.height for r in rows]))
    back = cv2.invertAffineTransform(matrix)
    corners = [r.corners(start - 0.6 * height, end + 0.6 * height, height) for r in rows]
    placed = [cv2.transform(c[None], back)[0].astype(np.float32) for c in corners]
    scale = float(np.hypot(*back[:, 0]))
    return Zone(tuple(cut(image, c) for c in placed), tuple(placed), height * scale)


def _around(seed: TextBox) -> tuple[Points, tuple[int, int]]:
    """The transform onto a level picture around a line, and that picture's size."""
    scale = LETTER_PIXELS / seed.height
    whole = seed.width > _WHOLE * seed.height
    reach_x, reach_y = seed.width * (0.75 if whole else 0.5) + (4 if whole else 34) * seed.height, 7 * seed.height
    scale = min(scale, MAX_CLOSE_SIDE / (2 * reach_x))
    angle = np.radians(seed.angle)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    cx, cy = seed.centre
    matrix = np.array(
        [[cos, sin, reach_x * scale - cos * cx - sin * cy], [-sin, cos, reach_y * scale + sin * cx - cos * cy]]
    )
    return matrix, (max(64, round(2 * reach_x * scale)), max(64, round(2 * reach_y * scale)))


@dataclass(frozen=True)
class _Row:
    """Boxes of one line; its middle runs along `slope * x + offset`."""

    start: float
    end: float
    height: float
    slope: float
    offset: float

    @property
    def middle(self) -> float:
        return self.slope * (self.start + self.end) / 2 + self.offset

    def at(self, x: float) -> float:
        return self.slope * x + self.offset

    def corners(self, start: float, end: float, height: float) -> Points:
        half = height / 2
        return np.array(
            [
                [start, self.at(start) - half],
                [end, self.at(end) - half],
                [end, self.at(end) + half],
                [start, self.at(start) + half],
            ],
            np.float32,
        )


def _rows(boxes: Sequence[TextBox], zone_like: Sequence[bool]) -> Iterator[_Row]:
    """Boxes joined into lines, top to bottom; a line counts where one of its boxes reads like a zone."""
    left = sorted(range(len(boxes)), key=lambda k: boxes[k].width, reverse=True)
    rows = []
    while left:
        first = boxes[left[0]]
        slope = (first.corners[1][1] - first.corners[0][1]) / max(first.width, 1)
        row = [
            k
            for k in left
            if abs(_off(first, slope, boxes[k])) < 0.5 * first.height and 0.6 < boxes[k].height / first.height < 1.6
        ]
        row = row or [left[0]]
        left = [k for k in left if k not in row]
        if any(zone_like[k] for k in row):
            rows.append(_row([boxes[k] for k in row]))
    yield from sorted(rows, key=lambda r: r.middle)


def _off(first: TextBox, slope: float, other: TextBox) -> float:
    return other.centre[1] - first.centre[1] - slope * (other.centre[0] - first.centre[0])


def _row(boxes: Sequence[TextBox]) -> _Row:
    ends = np.concatenate([[b.corners[[0, 3]].mean(axis=0), b.corners[[1, 2]].mean(axis=0)] for b in boxes])
    slope, offset = np.polyfit(ends[:, 0], ends[:, 1], 1)
    height = float(np.median([b.height for b in boxes]))
    return _Row(float(ends[:, 0].min()), float(ends[:, 0].max()), height, float(slope), float(offset))


def _parallel(rows: list[_Row]) -> list[_Row]:
    """A piece of a line says where the line is, the longest line which way all of them run."""
    longest = max(rows, key=lambda r: r.end - r.start)
    out = []
    for r in rows:
        if r.end - r.start < 0.6 * (longest.end - longest.start):
            middle = (r.start + r.end) / 2
            r = replace(r, slope=longest.slope, offset=r.at(middle) - longest.slope * middle)
        out.append(r)
    return out


def _together(rows: list[_Row]) -> list[_Row]:
    """The run of evenly spaced lines around the widest one."""
    widest = max(range(len(rows)), key=lambda k: rows[k].end - rows[k].start)
    kept = [rows[widest]]
    for step in (-1, 1):
        at = widest
        while 0 <= at + step < len(rows):
            gap = abs(rows[at + step].middle - rows[at].middle)
            if gap > 3.2 * rows[widest].height or not 0.6 < rows[at + step].height / rows[widest].height < 1.6:
                break
            at += step
            kept.append(rows[at])
    return sorted(kept, key=lambda r: r.middle)
