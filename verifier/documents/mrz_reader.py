"""Strips of a machine-readable zone -> its lines, with what is sure in them and what is not.

Two readers of different kinds look at every character (`lattice.py`, `witness.py`). What stands where (letters in names,
digits in dates) is weighed in, never forced: a document may break its own rules, and then that is what is to be seen.
Check digits repair a reading only toward what the readers held possible (`mrz_repair.py`); names, which have none, need
both readers (`mrz_doubts.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.documents.lattice import Reader, blended, fit, on_grid
from verifier.documents.mrz import parse
from verifier.documents.mrz_doubts import LineEvidence, doubtful_spots, irregular, judged, relieved
from verifier.documents.mrz_formats import ALLOWED, ALPHABET, LINE_LENGTHS, Format, formats_for
from verifier.documents.mrz_repair import differences, likeliest_text, mended, with_name_grammar
from verifier.documents.witness import Witness
from verifier.documents.zone_reading import LineStatus, ZoneReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.lattice import Grid, Spread
    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

LEAST_FIT = 0.45
"""How well a line's marks must stand on an even grid; specimens 0.67 and more, other text below 0.2."""
OFF_TYPE = 2e-3
"""Chance of a character that its position does not allow (a nationality in digits was met once in 29 specimens)."""
SECOND_WEIGHT = 0.5
LINE_MISSED = "its lines fit no known document, as when one of them was not found"


class ZoneReader:
    """Reads zones; one instance per thread."""

    def __init__(self, ocr: Ocr) -> None:
        self._lines, self._witness = Reader(ocr), Witness()

    def read(self, strips: Sequence[Image]) -> ZoneReading:
        """The lines of a zone from its strips, top to bottom: in two ways, and in two more unless all is clear by then."""
        spreads = [self._lines.spreads(strip) for strip in strips]
        found = self._evidence(strips, spreads)
        reading = _likeliest(found) if found is not None else None
        if reading is None or not _is_clear(reading):
            spreads = [[*few, *self._lines.more(strip)] for few, strip in zip(spreads, strips, strict=True)]
            found = self._evidence(strips, spreads)
            reading = _likeliest(found) if found is not None else None
        uneven = "its characters do not stand evenly enough to be told apart"
        return reading or ZoneReading((), None, (), (), uneven if found is None else LINE_MISSED)

    def _evidence(self, strips: Sequence[Image], spreads: Sequence[Sequence[Spread]]) -> list[LineEvidence] | None:
        best: tuple[float, int, list[Grid]] | None = None
        for length in (30,) if len(strips) == 3 else LINE_LENGTHS:
            fitted = [f for s in spreads if (f := fit(s, length)) is not None]
            if len(fitted) < len(strips):
                continue
            worst = min(score for _, score in fitted)
            total = sum(score for _, score in fitted)
            if worst >= LEAST_FIT and (best is None or total > best[0]):
                best = (total, length, [grid for grid, _ in fitted])
        if best is None:
            return None
        _, length, grids = best
        out = []
        for strip, line, grid in zip(strips, spreads, grids, strict=True):
            second, strange = self._witness.cells(strip, grid, length)
            out.append(LineEvidence(blended([on_grid(s, grid, length) for s in line]), second, strange, grid))
        return out


def _likeliest(found: Sequence[LineEvidence]) -> ZoneReading | None:
    """None: lines of no known document, as when one of a card's three was not found."""
    readings = [_read(found, layout) for layout in _layouts(found)]
    return min(readings, key=lambda pair: pair[1])[0] if readings else None


def _is_clear(reading: ZoneReading) -> bool:
    """Every character confirmed, nothing repaired, every check digit right."""
    confirmed = all(line.status is LineStatus.CONFIRMED for line in reading.lines)
    return confirmed and not reading.repairs and reading.parsed is not None and reading.parsed.all_hold


def _layouts(found: Sequence[LineEvidence]) -> list[Format]:
    """The likeliest layouts by length and first characters; one without check digits, which would never contradict, by its first characters alone."""
    text = tuple(likeliest_text(np.log(e.second)) for e in found)
    fitting = formats_for(text)
    begun = [f for f in fitting if any(text[0].startswith(s) for s in f.starts)]
    return begun[:1] or [f for f in fitting if f.checks]


def _read(found: Sequence[LineEvidence], layout: Format) -> tuple[ZoneReading, float]:
    """The reading by one layout, and how unlikely it is."""
    logs = [_weighed(e, layout, n) for n, e in enumerate(found)]
    plain = [likeliest_text(line) for line in logs]
    names = with_name_grammar(logs, layout)
    repairs = differences(plain, names, "no name is built like that")
    lines, more = mended(names, logs, layout)
    repairs += more
    doubtful = [doubtful_spots(e, logs[n], lines[n], layout, n) for n, e in enumerate(found)]
    doubtful = relieved(doubtful, lines, layout, found, logs, {(r.line, r.position) for r in more})
    read = tuple(judged(text, spots) for text, spots in zip(lines, doubtful, strict=True))
    parsed = None if any(line.status is LineStatus.UNREADABLE for line in read) else parse(lines, layout)
    if parsed is not None:
        read = irregular(read, parsed)
    cost = -sum(float(logs[n][k, ALPHABET.index(c)]) for n, line in enumerate(lines) for k, c in enumerate(line))
    return ZoneReading(read, parsed, tuple(repairs), tuple(e.grid for e in found)), cost


def _weighed(e: LineEvidence, layout: Format, line: int) -> NDArray[np.float64]:
    """Log chances of every character in every cell, by both readers and the position's kind; adding up to 1."""
    logs = np.log(np.maximum(e.second, 1e-5)) + SECOND_WEIGHT * np.log(np.maximum(e.first, 1e-3))
    for k in range(len(logs)):
        allowed = ALLOWED[layout.kind(line, k)]
        logs[k] += [0.0 if c in allowed else np.log(OFF_TYPE) for c in ALPHABET]
    out: NDArray[np.float64] = (
        logs
        - np.log(np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
        - logs.max(axis=1, keepdims=True)
    )
    return out
