"""Traces of editing in the picture of a document: parts with another history of saving, and the grid of a screen.

A part that was pasted or typed in after the picture had been saved as JPEG lacks the trace of that saving ("JPEG ghost", H. Farid, 2009). A screen's
rows and columns, seen by a camera, stand out as single frequencies that paper does not have.
Also tried and left out, since honest documents gave the same values: noise and sharpness of the portrait against its card, noise behind names
(models/document_editing/card.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.media.types import Image

Float = NDArray[np.float32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture."""

PAGE = "page"
"""Name of the box of the document itself; the whole picture where it is not given."""
RESAVED = 0.35
"""Of `RegionTrace.missing`: from here on it is shown. Measured in models/document_editing/figures.md."""
SCREEN = 100.0
"""Of `EditingTraces.screen`: from here on it is shown. Measured in models/document_editing/figures.md."""
MAX_SIDE = 2400
"""Pixels: of a larger picture, the middle of the page is looked at. Making it smaller would wipe out both traces."""
MAX_REGIONS = 24
_QUALITIES = np.arange(46, 99, 2)
_NEAR = 2  # places in _QUALITIES: a quality is compared with those 4 lower and 4 higher
_BLOCK = 8  # pixels of a JPEG block
_LEAST_BLOCKS, _LEAST_REFERENCE = 10, 150
_CLEAR_DIP = 0.2
"""A saving whose dip is shallower is not told from chance."""
_WINDOW = 512
_LEAST_WINDOW = 200
_SCREEN_BAND = (0.2, 0.5)
"""Cycles a pixel. Printed lines and letters fill the frequencies below."""


@dataclass(frozen=True)
class RegionTrace:
    name: str
    box: Box
    missing: float | None
    """0..1: how much of a saving that the rest of the document shows is missing here. None: it could not be judged."""

    @property
    def stands_out(self) -> bool:
        return self.missing is not None and self.missing >= RESAVED


@dataclass(frozen=True)
class EditingTraces:
    regions: tuple[RegionTrace, ...]
    savings: int
    """How many JPEG savings at different qualities the document shows. Below 2 no part can be judged."""
    screen: float | None
    """Strongest single frequency over its surroundings: honest documents stay below 60. None: the picture is too small."""
    programs: tuple[tuple[str, str], ...]
    """Where in the file a program is named, and which; as given."""
    other_typeface: tuple[str, ...] | None = None
    """Lines of the zone with signs in another typeface ("line1"), see `typeface`. None: it could not be judged."""

    @property
    def to_outline(self) -> tuple[str, ...]:
        """Names of the parts that a check points at."""
        return tuple(dict.fromkeys((*(r.name for r in self.regions if r.stands_out), *(self.other_typeface or ()))))

    @property
    def on_screen(self) -> bool:
        return self.screen is not None and self.screen >= SCREEN


def traces(image: Image, regions: Mapping[str, Box], programs: tuple[tuple[str, str], ...] = ()) -> EditingTraces:
    """What can be seen in the picture as it was handed in: neither turned nor made smaller, which wipes the traces out.

    Args:
        image: height x width x 3, RGB, 8 bit.
        regions: name -> box of portrait, name, number, lines of the zone; `PAGE` for the document. Boxes may reach beyond the picture.
        programs: see `editing_metadata.program_facts`.
    """
    height, width = image.shape[:2]
    page = _inside(regions.get(PAGE, (0, 0, width, height)), width, height)
    left, top, right, bottom = _aligned(page)
    part = image[top:bottom, left:right]
    wanted = [(name, _inside(box, width, height)) for name, box in regions.items() if name != PAGE][:MAX_REGIONS]
    if min(part.shape[:2], default=0) < 2 * _BLOCK:
        return EditingTraces(tuple(RegionTrace(n, b, None) for n, b in wanted), 0, None, programs)
    dips, texture = _dips(part)
    cells = {name: _cells(box, (left, top), texture.shape) for name, box in wanted}
    outside = np.ones(texture.shape, bool)
    for rows, columns in cells.values():
        outside[rows, columns] = False
    savings = _savings(dips[:, outside])
    # the last saving is the whole picture's: a part can lack an earlier one alone
    missing = {name: _missing(dips, texture, outside, cells[name]) if savings > 1 else None for name, _ in wanted}
    found = tuple(RegionTrace(name, box, missing[name]) for name, box in wanted)
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    return EditingTraces(found, savings, _screen(grey), programs)


def _inside(box: Box, width: int, height: int) -> Box:
    left, top, right, bottom = box
    return max(0, min(left, width)), max(0, min(top, height)), max(0, min(right, width)), max(0, min(bottom, height))


def _aligned(page: Box) -> Box:
    """The middle of the page, at most `MAX_SIDE` a side, from a corner of the picture's JPEG blocks on."""
    left, top, right, bottom = page
    left += max(0, right - left - MAX_SIDE) // 2
    top += max(0, bottom - top - MAX_SIDE) // 2
    left, top = -(-left // _BLOCK) * _BLOCK, -(-top // _BLOCK) * _BLOCK
    return left, top, min(right, left + MAX_SIDE), min(bottom, top + MAX_SIDE)


def _cells(box: Box, origin: tuple[int, int], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The blocks that lie wholly in the box."""
    left, top, right, bottom = box
    rows = slice(max(0, -(-(top - origin[1]) // _BLOCK)), max(0, min(shape[0], (bottom - origin[1]) // _BLOCK)))
    columns = slice(max(0, -(-(left - origin[0]) // _BLOCK)), max(0, min(shape[1], (right - origin[0]) // _BLOCK)))
    return rows, columns


def _dips(image: Image) -> tuple[Float, Float]:
    """Per quality and block, how much less the block changes when it is saved anew than at the qualities next to it; and its texture.

    Shapes: [qualities, rows, columns], near 1 where the block was saved at that quality before; [rows, columns], mean change at the
    lowest quality in grey levels.
    """
    rows, columns = image.shape[0] // _BLOCK, image.shape[1] // _BLOCK
    # brightness alone is compared, and JPEG packs it apart from the colours
    grey = cv2.cvtColor(image[: rows * _BLOCK, : columns * _BLOCK], cv2.COLOR_RGB2GRAY)
    changes = np.empty((len(_QUALITIES), rows, columns), np.float32)
    for number, quality in enumerate(_QUALITIES):
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
        change = cv2.absdiff(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), grey).astype(np.float32)
        changes[number] = cv2.resize(change, (columns, rows), interpolation=cv2.INTER_AREA)  # the mean of each block
    around = changes[: -2 * _NEAR] + changes[2 * _NEAR :]
    return (around - 2 * changes[_NEAR:-_NEAR]) / (around + 0.2), changes[0]


def _missing(dips: Float, texture: Float, outside: NDArray[np.bool_], cells: tuple[slice, slice]) -> float | None:
    """The deepest dip of the rest that is not here, against blocks of the rest that have as much texture."""
    here = dips[:, cells[0], cells[1]].reshape(len(dips), -1)
    if here.shape[1] < _LEAST_BLOCKS:
        return None
    low, high = np.quantile(texture[cells], (0.1, 0.9))
    alike = outside & (texture >= low) & (texture <= high)
    if alike.sum() < _LEAST_REFERENCE:
        return None
    # a quarter of the rest may lack the saving and a quarter of the part may have it: pages put together from many parts do not speak
    rest = np.quantile(dips[:, alike], 0.25, axis=1)
    lost = rest - np.clip(np.quantile(here, 0.75, axis=1), 0, None)
    return float(np.clip(lost[rest >= _CLEAR_DIP].max(initial=0.0), 0, 1))


def _savings(dips: Float) -> int:
    """Peaks of the document's own dips over the qualities."""
    curve = np.pad(np.median(dips, axis=1), 1) if dips.shape[1] else np.zeros(3, np.float32)
    middle = curve[1:-1]
    return int(((middle >= _CLEAR_DIP) & (middle > curve[:-2]) & (middle >= curve[2:])).sum())


def _screen(grey: Image) -> float | None:
    """Median over three windows of the strongest single frequency, over the median at the same distance from 0."""
    height, width = grey.shape
    found = []
    for share in (1 / 3, 1 / 2, 2 / 3):
        top, left = (max(0, round(share * side - _WINDOW / 2)) for side in (height, width))
        window = grey[top : top + _WINDOW, left : left + _WINDOW].astype(np.float32)
        if min(window.shape) >= _LEAST_WINDOW:
            found.append(_strongest(window))
    return float(np.median(found)) if found else None


def _strongest(window: Float) -> float:
    taper = np.outer(np.hanning(window.shape[0]), np.hanning(window.shape[1]))
    strength = np.abs(np.fft.rfft2((window - window.mean()) * taper))
    down, across = np.meshgrid(np.fft.fftfreq(window.shape[0]), np.fft.rfftfreq(window.shape[1]), indexing="ij")
    distance = np.hypot(down, across)
    rings = (distance * 60).astype(int)
    level = np.array(
        [np.median(strength[rings == n]) if (rings == n).any() else np.inf for n in range(rings.max() + 1)]
    )
    seen = (distance > _SCREEN_BAND[0]) & (distance < _SCREEN_BAND[1]) & ~_of_blocks(down) & ~_of_blocks(across)
    ratio = strength / (level[rings] + 1.0)  # a flat picture has nothing but rounding
    return float(ratio[seen].max(initial=0.0))


def _of_blocks(frequency: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Multiples of an eighth are the edges of JPEG's own blocks; 0 is every straight edge of the page."""
    eighths = np.abs(frequency) * _BLOCK
    return np.asarray(np.abs(eighths - np.rint(eighths)) < 0.06)
