"""What is printed on a document besides its machine-readable zone: dates, and the zone's own values where they stand in print.

Labels differ from country to country and come in three languages, so nothing is read by its label: the words on the
page are searched for what the zone says (name, number, dates), and dates are taken by their shape.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from verifier.documents.names import spellings, words
from verifier.documents.ocr import OcrMissing as OcrMissing
from verifier.documents.ocr import Points, TextBox, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

MOST_LINES = 90
LEAST_SURE = 0.6
MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "JAN JANV JANVIER JANUARY JANUAR ENE STY GEN", "FEB FEV FEVR FEVRIER FEBRUARY FEBRUAR LUT FEBR", "MAR MARS MARCH MARZ MAERZ MRT MRZ",
            "APR AVR AVRIL APRIL ABR KWI", "MAY MAI MAJ MAG MEI MAYO", "JUN JUIN JUNE JUNI CZE GIU", "JUL JUIL JUILLET JULY JULI LIP LUG",
            "AUG AOUT AUGUST AGO SIE", "SEP SEPT SEPTEMBER SEPTEMBRE SET WRZ", "OCT OKT OCTOBER OCTOBRE OKTOBER OTT PAZ", "NOV NOVEMBER NOVEMBRE LIS",
            "DEC DEZ DECEMBER DECEMBRE DEZEMBER DIC GRU",
        ), 1,
    )
    for month in names.split()
}  # fmt: skip
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[./\- ]\s?(\d{1,2})\s?[./\- ]\s?(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?!\d)")
_WORDY = re.compile(r"(?<!\d)(\d{1,2})[\s.]*([A-Z]{3,9})\.?(?:\s*/\s*([A-Z]{3,9})\.?)?\s*(\d{4}|\d{2})(?!\d)")


@dataclass(frozen=True)
class PrintedLine:
    """A line of print; corners in the page, as `TextBox.corners`; sure: mean probability of its characters."""

    text: str
    sure: float
    corners: Points


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
    return VisualZone(lines, tuple(fields), dates)


def dates_in(text: str) -> list[date]:
    """Dates of a printed line, each as every day it may be: 03/04/2020 is two, and 01.02.64 is 1964 as well as 2064."""
    plain = _plain(text)
    found: list[date] = []
    for y, m, d in _ISO.findall(plain):
        found += _days(y, m, d)
    for d, m, y in _NUMERIC.findall(plain):
        found += _days(y, m, d) + ([] if d == m else _days(y, d, m))
    for d, first, second, y in _WORDY.findall(plain):
        month = MONTHS.get(first) or MONTHS.get(second)
        found += _days(y, str(month), d) if month else []
    return list(dict.fromkeys(found))


def _days(y: str, m: str, d: str) -> list[date]:
    out = []
    for year in (int(y),) if len(y) == 4 else (1900 + int(y), 2000 + int(y)):
        try:
            out.append(date(year, int(m), int(d)))
        except ValueError:
            continue
    return out


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).upper()
    return "".join(c for c in text if not unicodedata.combining(c))


def _find(name: str, value: str, lines: tuple[PrintedLine, ...]) -> PrintedField | None:
    """The line whose words are the value's, or that holds it between others."""
    if name == "number":
        return next(
            (
                PrintedField(name, line.text, line.corners)
                for line in lines
                if value in _plain(line.text).replace(" ", "").replace("-", "")
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
