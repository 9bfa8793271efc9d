"""A picture of a document -> its page, upright, level, the right way round, and straight where its edges are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.documents.ocr import Points, TextBox, cut
from verifier.documents.zone import MOST_READ, seed_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

FIRST_SIDE, CLOSE_SIDE = 960, 1600
"""Long side of the looks at a whole picture, in pixels: the second only where the first shows no line of a zone."""
MAX_PAGE_SIDE = 2600
LEVEL_ENOUGH = 0.7
"""Degrees within which a page counts as level."""
WITNESSES = 8
"""Lines of text that say which way up a page without a zone is."""
MIRROR_MARGIN = 0.15
"""So much surer must mirrored text be read before a page is called mirrored."""
LEAST_SURE, SURE_AT_ONCE = 0.6, 0.9
"""Mean probability of the characters of a line that says which way up a page is, and of one that settles it alone."""
READ_SURELY = 0.85
"""Median sureness of a page's longest lines with which it is the right way up, whatever they say: 29 pictures gave 0.46 to
0.98, upside down or mirrored 0.79 at most, made worse 0.81. Where a page is not read that surely, the other ways up are tried too, which costs
time alone: models/mrz_cells/gate.md."""
_FEW_LINES = 6
ZONE_LIKE = 15
"""Heights: a line of text this long is likely one of a zone, whose lines are 20 to 34 heights long."""
MOST_MIRRORED = 6
"""Lines that are also read in a mirror."""
CLEARLY = 0.15
"""By so much less surely are the longest lines read in a way up that is not looked at further."""
WAYS = ((False, 0), (False, 180), (True, 0), (True, 180))
"""Mirrored or not, and half turns in degrees: as they are tried."""
_HELD = 0.95
"""Of all text, by its length, that lies within an outline which is the page's."""
_OUTLINE_SIDE = 640
_LEAST_SHARE = 0.2
"""Of the picture that a document's outline must fill."""


@dataclass(frozen=True)
class Page:
    """image: the page; boxes: its lines of text; matrix: 3 x 3, from the handed-in picture to `image`."""

    image: Image
    boxes: tuple[TextBox, ...]
    matrix: NDArray[np.float64]
    turned: float = 0.0
    """Degrees clockwise that the handed-in picture was off."""
    mirrored: bool = False
    outlined: bool = False
    """Its four edges were seen, and it was straightened by them."""
    outlines: int = 0
    """Documents whose four edges were seen in the picture."""
    kept_size: tuple[int, int] | None = None
    """Of a page whose pixels are gone."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.kept_size or (self.image.shape[1], self.image.shape[0])

    def without_pixels(self) -> Page:
        """The same, in a thousandth of the memory: a batch holds many."""
        return replace(self, image=np.zeros((0, 0, 3), np.uint8), kept_size=self.size)


@dataclass(frozen=True)
class _Way:
    """How a picture must be moved to be read: mirrored first, then turned."""

    angle: float
    mirrored: bool


def straighten(ocr: Ocr, image: Image, *, has_code: bool = False) -> Page:
    """The page that a picture shows; a picture without text comes back as it is, with no boxes.

    has_code: a licence's barcode was read on it: then it is not mirrored, and no zone is searched for to see which way up it is.
    """
    boxes = ocr.boxes(image, FIRST_SIDE)
    way = None
    if not has_code:
        way, likely = _by_zone(ocr, image, boxes, WAYS)
        if way is None:
            closer = ocr.boxes(image, CLOSE_SIDE)
            way, likely = _by_zone(ocr, image, closer, likely)
            boxes = closer if way is not None or len(closer) > 2 * len(boxes) else boxes
    if way is None:
        way = _by_text(ocr, image, boxes, WAYS[:2] if has_code else WAYS)
    page = Page(image, tuple(boxes), np.eye(3))
    moved = way is not None and (way.mirrored or abs(way.angle) > LEVEL_ENOUGH)
    page = _within_outline(_moved(page, way) if moved and way is not None else page)
    return replace(page, boxes=tuple(ocr.boxes(page.image, FIRST_SIDE))) if moved or page.outlined else page


def _by_zone(
    ocr: Ocr, image: Image, boxes: Sequence[TextBox], ways: Sequence[tuple[bool, int]]
) -> tuple[_Way | None, Sequence[tuple[bool, int]]]:
    """The way up in which a line reads most surely like one of a zone; and those in which the longest lines are not clearly worse read."""
    long = sorted((b for b in boxes if b.width > 5 * b.height), key=lambda b: b.width, reverse=True)[:MOST_READ]
    for mirrored, half in ways:  # at a glance: two lines as long as a zone's, which say nothing the wrong way up
        for box in [] if mirrored else [b for b in long[:2] if b.width > ZONE_LIKE * b.height]:
            text, sure = ocr.text(_as_read(cut(image, box.corners), mirrored, half))
            if sure > SURE_AT_ONCE and seed_like(text):
                return _way(_mean_angle(box, boxes), mirrored, half), ways
    best: tuple[float, _Way] | None = None
    longest: dict[tuple[bool, int], float] = {}
    for mirrored, half in ways:
        surest: list[float] = []
        for box in long[: MOST_MIRRORED if mirrored else MOST_READ]:
            if len(surest) == _FEW_LINES:
                longest[mirrored, half] = float(np.median(surest))
                if _much_worse(longest, (mirrored, half)):
                    break
            text, sure = ocr.text(_as_read(cut(image, box.corners), mirrored, half))
            surest.append(sure)
            if sure < LEAST_SURE or not seed_like(text):
                continue
            # upside down and mirrored, digits and capitals still look like some: the surer reading is right
            if best is None or sure * len(text) > best[0]:
                best = (sure * len(text), _way(_mean_angle(box, boxes), mirrored, half))
            if sure > SURE_AT_ONCE:
                return best[1], ways
        if len(surest) >= _FEW_LINES:
            longest.setdefault((mirrored, half), float(np.median(surest)))
            if np.median(surest) > READ_SURELY:
                ways = ((mirrored, half),)
                break
    return (best[1] if best is not None else None), [w for w in ways if not _much_worse(longest, w)]


def _much_worse(sure: dict[tuple[bool, int], float], way: tuple[bool, int]) -> bool:
    return way in sure and sure[way] < max(sure.values()) - CLEARLY


def _by_text(ocr: Ocr, image: Image, boxes: Sequence[TextBox], ways: Sequence[tuple[bool, int]]) -> _Way | None:
    """The way up in which the longest lines are read most surely."""
    long = sorted((b for b in boxes if b.width > 2.5 * b.height), key=lambda b: b.width, reverse=True)
    if not long:
        return None
    main = _mean_angle(max(long, key=lambda b: sum(o.width for o in long if _between(b, o) < 5)), long)
    strips = [cut(image, b.corners) for b in long if abs(_wrapped(b.angle - main)) < 10][:WITNESSES]
    sure: dict[tuple[bool, int], float] = {}
    for way in ways:
        sure[way] = float(np.mean([ocr.text(_as_read(s, *way))[1] for s in strips]))
        if len(strips) >= _FEW_LINES and sure[way] > READ_SURELY:
            return _way(main, *way)
    best = max((w for w in sure if not w[0]), key=lambda w: sure[w])
    other = max((w for w in sure if w[0]), key=lambda w: sure[w], default=best)
    return _way(main, *(other if sure[other] > sure[best] + MIRROR_MARGIN else best))


def _as_read(strip: Image, mirrored: bool, half: int) -> Image:
    if half:
        strip = strip[::-1, ::-1]
    return np.ascontiguousarray(strip[:, ::-1] if mirrored else strip)


def _way(angle: float, mirrored: bool, half: int) -> _Way:
    return _Way(_wrapped(((-angle if mirrored else angle) + half), 360), mirrored)


def _wrapped(angle: float, turn: float = 180) -> float:
    return (angle + turn / 2) % turn - turn / 2


def _between(a: TextBox, b: TextBox) -> float:
    return abs(_wrapped(a.angle - b.angle))


def _mean_angle(box: TextBox, boxes: Sequence[TextBox]) -> float:
    """The angle of a line, made surer by the lines that run as it does."""
    near = [b for b in boxes if b.width > 3 * b.height and _between(b, box) < 5]
    offs = [(_wrapped(b.angle - box.angle), b.width) for b in (*near, box)]
    return box.angle + float(np.average([o for o, _ in offs], weights=[w for _, w in offs]))


def _moved(page: Page, way: _Way) -> Page:
    """The page turned; its boxes are carried along, and stand roughly."""
    height, width = page.image.shape[:2]
    angle = np.radians(way.angle)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0, 0, 1]])
    flip = np.array([[-1, 0, width], [0, 1, 0], [0, 0, 1.0]]) if way.mirrored else np.eye(3)
    matrix = turn @ flip
    corners = cv2.perspectiveTransform(
        np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64), matrix
    )[0]
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = min(1.0, 2 * MAX_PAGE_SIDE / float((high - low).max()))
    matrix = np.array([[scale, 0, -low[0] * scale], [0, scale, -low[1] * scale], [0, 0, 1]]) @ matrix
    size = tuple(int(v) for v in np.maximum(np.ceil((high - low) * scale), 8))
    image = cv2.warpPerspective(page.image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    boxes = tuple(TextBox(cv2.perspectiveTransform(b.corners[None], matrix)[0]) for b in page.boxes)
    return replace(page, image=image, boxes=boxes, matrix=matrix @ page.matrix, turned=way.angle, mirrored=way.mirrored)


def _within_outline(page: Page) -> Page:
    """The page cut out by its four edges, where they are seen and hold its text."""
    found = outlines(page.image)
    page = replace(page, outlines=len(found))
    if not found or not page.boxes:
        return page
    held = [sum(b.width for b in page.boxes if cv2.pointPolygonTest(q, b.centre, False) >= 0) for q in found]
    best = int(np.argmax(held))
    if held[best] < _HELD * sum(b.width for b in page.boxes):  # a panel of the page, or one document of several
        return page
    quad = found[best]
    width = float(max(np.hypot(*(quad[1] - quad[0])), np.hypot(*(quad[2] - quad[3]))))
    height = float(max(np.hypot(*(quad[3] - quad[0])), np.hypot(*(quad[2] - quad[1]))))
    scale = min(1.0, MAX_PAGE_SIDE / max(width, height))
    size = (round(width * scale), round(height * scale))
    onto = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, onto)
    image = cv2.warpPerspective(page.image, matrix, size, flags=cv2.INTER_CUBIC)
    return replace(page, image=image, matrix=matrix @ page.matrix, outlined=True)


def outlines(image: Image) -> list[Points]:
    """Corners of every upright or lying sheet whose four edges are seen whole: [4, 2], clockwise from its upper left."""
    scale = min(1.0, _OUTLINE_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    found: list[Points] = []
    for plane in (*cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)),):
        soft = cv2.bilateralFilter(plane, 7, 40, 7)
        edges = cv2.dilate(cv2.Canny(soft, 30, 90), np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:12]:
            hull = cv2.convexHull(contour)
            area = cv2.contourArea(hull)
            if not _LEAST_SHARE / 3 < area / (height * width) < 0.95 or cv2.contourArea(contour) < 0.9 * area:
                continue
            quad = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)[:, 0].astype(np.float32)
            sheet = len(quad) == 4 and cv2.contourArea(quad) > 0.93 * area and _like_a_sheet(quad)
            if sheet and not any(_same_place(quad, other) for other in found):
                found.append(quad)
    return [_clockwise(q) / np.float32(scale) for q in found]


def _like_a_sheet(quad: Points) -> bool:
    """Level, with sides like those of a card (1.59), a passport page (1.42) or an open passport (1.41), seen at a slant."""
    sides = [float(np.hypot(*(quad[(k + 1) % 4] - quad[k]))) for k in range(4)]
    one, two = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    x, y = quad[1] - quad[0] if abs(quad[1][0] - quad[0][0]) > abs(quad[1][1] - quad[0][1]) else quad[2] - quad[1]
    level = abs(y) < 0.2 * abs(x)
    even = (
        min(sides[0], sides[2]) / max(sides[0], sides[2]) > 0.6
        and min(sides[1], sides[3]) / max(sides[1], sides[3]) > 0.6
    )
    return bool(even and level and 1.2 < max(one, two) / max(min(one, two), 1) < 1.9)


def _same_place(a: Points, b: Points) -> bool:
    shared, _ = cv2.intersectConvexConvex(a, b)
    return bool(shared > 0.5 * min(cv2.contourArea(a), cv2.contourArea(b)))


def _clockwise(quad: Points) -> Points:
    """Begun at the corner nearest to the picture's upper left."""
    centre = quad.mean(axis=0)
    order = np.argsort(np.arctan2(*(quad - centre).T[::-1]))
    quad = quad[order]
    return np.roll(quad, -int(np.argmin(quad.sum(axis=1))), axis=0).astype(np.float32)
