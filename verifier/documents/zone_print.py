"""The machine-readable zone against what is printed on the same page: its dates, the name and the document's number; and dates where there is no zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from verifier.documents.names import NameMatch, compare_names
from verifier.documents.printed_dates import plain

if TYPE_CHECKING:
    from verifier.documents.ocr import Points, PrintedLine
    from verifier.documents.reading import DocumentSeen

DATES_IN_PRINT = 3
"""Lines with dates that a page is taken to have been read with: birth, issue and expiry."""
LEAST_SURE, SURELY = 0.6, 0.98
"""Mean probability of a printed line's characters from which it is compared, and from which a difference is no likely slip: one
character of nine that is read at even chances leaves 0.95. How often a genuine number differs: `python -m tests.benchmarks.documents --batch 100`."""
NEAR = 0.5
"""Likeness (difflib) of two names from which one may be the other misread."""
FAIRLY = 0.9
"""From which a value that is wholly another one is no slip: a doubtful character or two do not make another name or two other parts of a date."""
YOUNGEST_EXPIRY = 16
"""Years from birth to expiry that a date at the label of birth must allow for: in two columns the date of issue may stand there, and documents
run ten years or less. Rests on that, not on a measurement."""
MOST_OFF = 2
"""Characters by which a number without a label may differ and still be taken for the document's."""
Known = dict[str, tuple[tuple[date, ...], str]]
"""birth, issue or expiry -> every day that it may be, and where it stands, as "in print"."""
_LOOK_ALIKE = str.maketrans("OQDILSBZG", "000115826")


class Likeness(StrEnum):
    SAME = "the same"
    LOOK_ALIKE = "the same but for characters that look alike"
    NEARLY = "nearly the same, and one of them may be misread"
    DIFFERENT = "different, both surely read"


@dataclass(frozen=True)
class NumberInPrint:
    """zone, printed: letters and digits alone; corners: of the printed line, in pixels of the page."""

    zone: str
    printed: str
    corners: Points
    likeness: Likeness


def alike(one: str, other: str) -> bool:
    """The same letters and digits but for those that look alike: O and 0, I and 1, B and 8, S and 5."""
    return _folded(bare(one)) == _folded(bare(other))


def bare(text: str) -> str:
    """Capitals and digits alone."""
    return re.sub(r"[^A-Z0-9]", "", plain(text))


def dates_apart(seen: DocumentSeen, name: str) -> tuple[tuple[date, Points], ...]:
    """Dates in print where the zone's "birth" or "expiry" is not among them; empty where it is, or too little of the print was read to say."""
    visual, value = seen.visual, getattr(seen, name)
    if visual is None or value is None or not seen.sure_of(name) or visual.field(name) is not None:
        return ()
    if name == "birth" and (there := _born_by_label(seen)):
        return there
    if len({tuple(where[0]) for _, where in visual.dates}) < DATES_IN_PRINT:
        return ()
    # labels of other dates are not asked: in two columns the date below one may belong to the next
    other = visual.field("expiry" if name == "birth" else "birth")
    return tuple(d for d in visual.dates if other is None or not np.array_equal(d[1], other.corners))


def _born_by_label(seen: DocumentSeen) -> tuple[tuple[date, Points], ...]:
    """The date that was surely read at the label of birth, where it can be one: neither the zone's expiry nor close before it."""
    there = seen.visual.by_label("birth") if seen.visual is not None else None
    if there is None or seen.birth is None or seen.birth in there.days:
        return ()
    end = seen.expiry if seen.expiry is not None and seen.sure_of("expiry") else datetime.now(UTC).date()
    # two digits of a year are two days: the later one that has come
    days = [day for day in there.days if day < datetime.now(UTC).date()]
    latest = max((day.year for day in days), default=end.year)
    if there.sure < (FAIRLY if all(_parts_off(day, seen.birth) > 1 for day in days) else SURELY):
        return ()
    return tuple((day, there.corners) for day in days if day.year == latest <= end.year - YOUNGEST_EXPIRY)


def _parts_off(one: date, other: date) -> int:
    return sum(a != b for a, b in zip(one.timetuple()[:3], other.timetuple()[:3], strict=True))


def names_apart(seen: DocumentSeen) -> tuple[tuple[str, str], ...]:
    """What was surely read at the labels of surname and given name and has no word of the zone's name: ("surname", as printed).

    A word of the zone's name at the wrong label is the wrong column, and no difference. Open at most: labels may be misplaced.
    """
    parsed, visual = seen.reading.parsed if seen.reading is not None else None, seen.visual
    if parsed is None or visual is None or not (seen.sure_of("surname") and seen.sure_of("given")):
        return ()
    whole, found = f"{parsed.given} {parsed.surname}", []
    for name, said in (("surname", "surname"), ("given", "given name")):
        there = visual.by_label(name)
        value = getattr(parsed, name)
        if there is None or not value or visual.field(name) is not None:
            continue
        near = SequenceMatcher(None, plain(there.value), value, autojunk=False).ratio() >= NEAR
        if there.sure < (SURELY if near else FAIRLY):
            continue
        if compare_names(there.value, whole, may_be_cut=True).match is NameMatch.DIFFERENT:
            found.append((said, there.value))
    return tuple(found)


def days_without_zone(seen: DocumentSeen) -> Known:
    """What the barcode or the print says of the dates."""
    found: Known = {}
    for name in ("birth", "issue", "expiry"):
        coded = getattr(seen.licence, name) if seen.licence is not None else None
        there = seen.visual.by_label(name) if seen.visual is not None else None
        if coded is not None:
            found[name] = ((coded,), "in the barcode")
        elif there is not None:
            found[name] = (there.days, "in print")
    return found


def issue_conflicts(known: Known) -> list[str]:
    """A date of issue that cannot lie between birth and expiry, however it is read."""
    issue, where = known.get("issue", ((), ""))
    said = []
    for name, sign, word in (("birth", 1, "before the date of birth"), ("expiry", -1, "after the date of expiry")):
        other = known.get(name, ((), ""))[0]
        if issue and other and all(sign * (a - b).days < 0 for a in issue for b in other):
            said.append(f"the date of issue {where} ({days_listed(issue)}) lies {word} ({days_listed(other)})")
    return said


def days_listed(days: tuple[date, ...]) -> str:
    return " or ".join(day.isoformat() for day in days)


def number_in_print(seen: DocumentSeen) -> NumberInPrint | None:
    """The document's number beside the print; None: the zone's is in doubt, or none like it was read in print.

    A printed number counts as another one only where it stands at a label, has as many characters, half of them the same, and is surely read.
    """
    parsed = seen.reading.parsed if seen.reading is not None else None
    if parsed is None or seen.visual is None or any(c.name == "number" and not c.holds for c in parsed.checks):
        return None
    number = parsed.values.get("number", "")
    if not number or not seen.sure_of("number"):
        return None
    lines = [line for line in seen.visual.lines if line.sure >= LEAST_SURE]
    for likeness, form in ((Likeness.SAME, str), (Likeness.LOOK_ALIKE, _folded)):
        for line in lines:
            at = form(bare(line.text)).find(form(number))
            if at >= 0:
                return NumberInPrint(number, bare(line.text)[at : at + len(number)], line.corners, likeness)
    there = seen.visual.by_label("number")
    if there is not None and 0 < 2 * (_off(bare(there.value), number) or 0) <= len(number):
        likeness = Likeness.DIFFERENT if there.sure >= SURELY else Likeness.NEARLY
        return NumberInPrint(number, bare(there.value), there.corners, likeness)
    return next((found for line in lines if (found := _near(line, number)) is not None), None)


def _near(line: PrintedLine, number: str) -> NumberInPrint | None:
    for word in (bare(line.text), *map(bare, line.text.split())):
        if 0 < (_off(word, number) or 0) <= MOST_OFF:
            return NumberInPrint(number, word, line.corners, Likeness.NEARLY)
    return None


def _off(one: str, other: str) -> int | None:
    """Characters that differ and do not look alike, of two texts of one length."""
    return sum(a != b for a, b in zip(_folded(one), _folded(other), strict=True)) if len(one) == len(other) else None


def _folded(text: str) -> str:
    return text.translate(_LOOK_ALIKE)
