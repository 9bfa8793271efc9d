"""What is printed on a document besides its machine-readable zone: dates, and the zone's own values where they stand in print.

The words on the page are searched for what the zone or the barcode says (name, number, dates), and dates are taken by their
shape: labels differ from country to country and are small. What they show nevertheless is kept beside it (`labels.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.documents.labels import Labelled, labelled
from verifier.documents.names import spellings, words
from verifier.documents.ocr import OcrMissing as OcrMissing
from verifier.documents.ocr import Points, PrintedLine, TextBox, cut
from verifier.documents.printed_dates import dates_in, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

MOST_LINES = 90
LEAST_SURE = 0.6


@dataclass(frozen=True)
class PrintedField:
    """Where something that was looked for stands; value as printed."""

    name: str
    value: str
    corners: Points


@dataclass(frozen=True)
class VisualZone:
    lines: tuple[PrintedLine, ...]
    fields: tuple[PrintedField, ...]
    """surname, given, number, birth, expiry where the zone's values were found in print."""
    dates: tuple[tuple[date, Points], ...]
    labelled: tuple[Labelled, ...] = ()
    """What stands behind or below a label, whatever the zone says."""

    def by_label(self, name: str) -> Labelled | None:
        return next((f for f in self.labelled if f.name == name), None)

    def field(self, name: str) -> PrintedField | None:
        return next((f for f in self.fields if f.name == name), None)


def read_lines(ocr: Ocr, image: Image, boxes: Sequence[TextBox]) -> tuple[PrintedLine, ...]:
    """The page's lines, the tallest `MOST_LINES` of them, in reading order."""
    tall = sorted(boxes, key=lambda b: b.height, reverse=True)[:MOST_LINES]
    out = []
    for box in sorted(tall, key=lambda b: b.centre[1]):
        text, sure = ocr.text(cut(image, box.corners))
        if text.strip():
            out.append(PrintedLine(text.strip(), sure, box.corners))
    return tuple(out)


def visual_zone(lines: tuple[PrintedLine, ...], wanted: dict[str, str], days: dict[str, date]) -> VisualZone:
    """Fields found in print. wanted: name, number by field; days: birth and expiry."""
    dates = tuple((d, line.corners) for line in lines if line.sure > LEAST_SURE for d in dates_in(line.text))
    fields = [found for name, value in wanted.items() if value and (found := _find(name, value, lines))]
    for name, day in days.items():
        place = next((where for d, where in dates if d == day), None)
        if place is not None:
            fields.append(PrintedField(name, day.isoformat(), place))
    return VisualZone(lines, tuple(fields), dates, labelled(lines))


def _find(name: str, value: str, lines: tuple[PrintedLine, ...]) -> PrintedField | None:
    """The line whose words are the value's, or that holds it between others."""
    if name == "number":
        return next(
            (
                PrintedField(name, line.text, line.corners)
                for line in lines
                if value in plain(line.text).replace(" ", "").replace("-", "")
            ),
            None,
        )
    target = [spellings(w) for w in words(value)]
    for line in lines:
        there = [spellings(w) for w in words(line.text)]
        if target and all(any(t & w for w in there) for t in target):
            return PrintedField(name, line.text, line.corners)
    glued = {"".join(sorted(spellings(w))[0] for w in words(value))}
    for line in lines:
        joined = "".join(sorted(spellings(w))[0] for w in words(line.text))
        if any(g and g == joined for g in glued):
            return PrintedField(name, line.text, line.corners)
    return None
