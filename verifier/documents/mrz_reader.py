"""Strips of a machine-readable zone -> its lines, with what is sure in them and what is not.

Two readers of different kinds look at every character (`lattice.py`, `witness.py`). What stands where (letters in names,
digits in dates) is weighed in, never forced: a document may break its own rules, and then that is what is to be seen.
Check digits repair a reading only toward what the readers held possible; names, which have none, need both readers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.documents.lattice import Reader, blended, fit, on_grid
from verifier.documents.mrz import ParsedZone, check, checks_of, parse
from verifier.documents.mrz_formats import ALPHABET, LINE_LENGTHS, TD1, Format, Kind, formats_for
from verifier.documents.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.lattice import Cells, Grid
    from verifier.documents.mrz_formats import CheckDigit
    from verifier.documents.ocr import Ocr
    from verifier.media.types import Image

LEAST_FIT = 0.45
"""How well a line's marks must stand on an even grid; specimens 0.67 and more, other text below 0.2."""
OFF_TYPE = 2e-3
"""Chance of a character that its position does not allow (a nationality in digits was met once in 29 specimens)."""
SECOND_WEIGHT = 0.5
SURE, SURE_ALONE = 0.97, 0.9995
"""Chance by both readers together, and by the second alone where the first sees something else."""
STRANGE = 0.35
MOST_DOUBTFUL = 0.3
"""Share of doubtful characters beyond which a line is not given at all."""
REPAIR_COST, REPAIR_MARGIN = 7.0, 1.0
"""Natural log odds: what a repair may cost, and by how much the next one must cost more."""
_DIGITS, _LETTERS = ALPHABET[1:11], ALPHABET[11:]
_ALLOWED = {
    Kind.LETTER: "<" + _LETTERS,
    Kind.DIGIT: "<" + _DIGITS,
    Kind.CHECK: "<" + _DIGITS,
    Kind.SEX: "<MFX",
    Kind.ANY: ALPHABET,
}
LOOK_ALIKES = {frozenset(pair) for pair in ("O0", "I1", "S5", "B8", "Z2", "Q0", "D0", "G6", "OQ", "OD")}


class LineStatus(StrEnum):
    CONFIRMED = "confirmed"
    """Both readers, or one of them and a check digit, agree on every character."""
    FLAGGED = "flagged"
    """Read, with characters that may be others."""
    UNREADABLE = "unreadable"
    """Not given: too much of it is doubtful."""


@dataclass(frozen=True)
class Repair:
    """A character that was taken for another one than it looked most like."""

    line: int
    position: int
    seen: str
    taken: str
    why: str


@dataclass(frozen=True)
class MrzLine:
    """text: as read, also where it is unreadable (then nothing is built on it)."""

    text: str
    status: LineStatus
    doubtful: tuple[int, ...]
    """Positions, from 0."""


@dataclass(frozen=True)
class ZoneReading:
    lines: tuple[MrzLine, ...]
    parsed: ParsedZone | None
    """None where a line is unreadable."""
    repairs: tuple[Repair, ...]
    grids: tuple[Grid, ...]
    """Of each line, in pixels of its strip."""
    reason: str = ""
    """Why nothing was read, as half a sentence."""


@dataclass(frozen=True)
class _Evidence:
    """Of one line: chances by the first reader and by the second, and how strange its cells look."""

    first: Cells
    second: Cells
    strange: NDArray[np.float64]
    grid: Grid


class ZoneReader:
    """Reads zones; one instance per thread."""

    def __init__(self, ocr: Ocr) -> None:
        self._lines, self._witness = Reader(ocr), Witness()

    def read(self, strips: Sequence[Image]) -> ZoneReading:
        """The lines of a zone from its strips, top to bottom."""
        found = self._evidence(strips)
        if found is None:
            return ZoneReading((), None, (), (), "its characters do not stand evenly enough to be told apart")
        return min((_read(found, layout) for layout in _layouts(found)), key=lambda pair: pair[1])[0]

    def fits(self, strip: Image, length: int) -> float:
        """How evenly marks stand in a strip (0..1), if it held a line of this length."""
        found = fit(self._lines.spreads(strip), length)
        return found[1] if found is not None else 0.0

    def _evidence(self, strips: Sequence[Image]) -> list[_Evidence] | None:
        spreads = [self._lines.spreads(strip) for strip in strips]
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
            out.append(_Evidence(blended([on_grid(s, grid, length) for s in line]), second, strange, grid))
        return out


def _layouts(found: Sequence[_Evidence]) -> list[Format]:
    """The likeliest layouts by length and first characters."""
    text = tuple(_best(np.log(e.second)) for e in found)
    fitting = formats_for(text)
    begun = [f for f in fitting if any(text[0].startswith(s) for s in f.starts)]
    return begun[:1] or fitting


def _best(logs: NDArray[np.float64]) -> str:
    return "".join(ALPHABET[k] for k in logs.argmax(axis=1))


def _read(found: Sequence[_Evidence], layout: Format) -> tuple[ZoneReading, float]:
    """The reading by one layout, and how unlikely it is."""
    logs = [_weighed(e, layout, n) for n, e in enumerate(found)]
    plain = [_best(line) for line in logs]
    names = _with_name_grammar(logs, layout)
    repairs = _differences(plain, names, "no name is built like that")
    lines, mended = _mended(names, logs, layout)
    repairs += mended
    doubtful = [_doubtful(e, logs[n], lines[n], layout, n) for n, e in enumerate(found)]
    doubtful = _relieved(doubtful, lines, layout, found, logs)
    read = tuple(_line(text, spots) for text, spots in zip(lines, doubtful, strict=True))
    parsed = None if any(line.status is LineStatus.UNREADABLE for line in read) else parse(lines, layout)
    if parsed is not None:
        read = _irregular(read, parsed)
    cost = -sum(float(logs[n][k, ALPHABET.index(c)]) for n, line in enumerate(lines) for k, c in enumerate(line))
    return ZoneReading(read, parsed, tuple(repairs), tuple(e.grid for e in found)), cost


def _weighed(e: _Evidence, layout: Format, line: int) -> NDArray[np.float64]:
    """Log chances of every character in every cell, by both readers and the position's kind; adding up to 1."""
    logs = np.log(np.maximum(e.second, 1e-5)) + SECOND_WEIGHT * np.log(np.maximum(e.first, 1e-3))
    for k in range(len(logs)):
        allowed = _ALLOWED[layout.kind(line, k)]
        logs[k] += [0.0 if c in allowed else np.log(OFF_TYPE) for c in ALPHABET]
    out: NDArray[np.float64] = (
        logs
        - np.log(np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
        - logs.max(axis=1, keepdims=True)
    )
    return out


def _with_name_grammar(logs: Sequence[NDArray[np.float64]], layout: Format) -> list[str]:
    """The likeliest text whose names hold no letter between trailing fillers that hardly looks like one."""
    lines = [_best(line) for line in logs]
    for n, start, end in layout.name_spans():
        text = _likeliest_name(logs[n][start:end])
        lines[n] = lines[n][:start] + text + lines[n][end:]
    return lines


def _likeliest_name(logs: NDArray[np.float64]) -> str:
    """Viterbi over: 0 letters, 1 one filler, 2 two fillers, 3 the end. A letter after the end costs what a slip costs."""
    letters = np.arange(11, len(ALPHABET))
    digits = np.arange(1, 11)
    best_letter = np.concatenate([letters, digits])[logs[:, np.concatenate([letters, digits])].argmax(axis=1)]
    steps = {0: (0, 1), 1: (0, 2), 2: (0, 3), 3: (3,)}
    cost = {0: 0.0, 1: -np.inf, 2: -np.inf, 3: -np.inf}
    trail: list[dict[int, int]] = []
    for k in range(len(logs)):
        new = dict.fromkeys(cost, -np.inf)
        back: dict[int, int] = {}
        for state, value in cost.items():
            for after in steps[state] if k else (0,):
                gain = value + (logs[k, best_letter[k]] if after == 0 else logs[k, 0])
                if gain > new[after]:
                    new[after], back[after] = gain, state
        cost = new
        trail.append(back)
    state = max(cost, key=lambda s: cost[s])
    out = []
    for k in range(len(logs) - 1, -1, -1):
        out.append(ALPHABET[best_letter[k]] if state == 0 else "<")
        state = trail[k].get(state, 0)
    return "".join(reversed(out))


def _differences(before: Sequence[str], after: Sequence[str], why: str) -> list[Repair]:
    return [
        Repair(n, k, a, b, why)
        for n, (one, other) in enumerate(zip(before, after, strict=True))
        for k, (a, b) in enumerate(zip(one, other, strict=True))
        if a != b
    ]


def _mended(
    lines: Sequence[str], logs: Sequence[NDArray[np.float64]], layout: Format
) -> tuple[list[str], list[Repair]]:
    """Check digits that do not hold, made to hold by the likeliest change of one or two characters, where one stands out."""
    lines = list(lines)
    for rule in checks_of(lines, layout):
        if check(lines, rule).holds:
            continue
        ways = sorted(_ways(lines, logs, rule), key=lambda way: way[0])
        if not ways or ways[0][0] > REPAIR_COST or (len(ways) > 1 and ways[1][0] - ways[0][0] < REPAIR_MARGIN):
            continue
        changed = list(lines)
        for n, k, character in ways[0][1]:
            changed[n] = changed[n][:k] + character + changed[n][k + 1 :]
        before = {c.name for c in (check(lines, r) for r in checks_of(lines, layout)) if c.holds}
        after = {c.name for c in (check(changed, r) for r in checks_of(changed, layout)) if c.holds}
        if before - after - {"composite"}:
            continue
        repairs = _differences(lines, changed, f"the check digit of the {rule.name} holds with it")
        return (done := _mended(changed, logs, layout))[0], repairs + done[1]
    return lines, []


def _ways(
    lines: Sequence[str], logs: Sequence[NDArray[np.float64]], rule: CheckDigit
) -> list[tuple[float, tuple[tuple[int, int, str], ...]]]:
    """Changes of one or two characters with which the digit holds, and what they cost."""
    cells = [(n, k) for n, start, end in rule.parts for k in range(start, end)]
    swaps = []
    for n, k in (*cells, rule.digit):
        own = logs[n][k, ALPHABET.index(lines[n][k])]
        swaps += [
            (own - logs[n][k, j], (n, k, c))
            for j, c in enumerate(ALPHABET)
            if c != lines[n][k] and own - logs[n][k, j] < REPAIR_COST
        ]
    swaps = sorted(swaps)[:24]
    found = []
    for size in (1, 2):
        for group in combinations(swaps, size):
            if len({(n, k) for _, (n, k, _) in group}) < size:
                continue
            changed = list(lines)
            for _, (n, k, c) in group:
                changed[n] = changed[n][:k] + c + changed[n][k + 1 :]
            if check(changed, rule).holds:
                found.append((float(sum(cost for cost, _ in group)), tuple(swap for _, swap in group)))
    return found


def _doubtful(e: _Evidence, logs: NDArray[np.float64], text: str, layout: Format, line: int) -> set[int]:
    """Characters that the two readers do not agree on, that look strange, or that are not sure enough."""
    spots = set()
    for k, c in enumerate(text):
        at = ALPHABET.index(c)
        allowed = [ALPHABET.index(a) for a in _ALLOWED[layout.kind(line, k)]]
        second = e.second[k, at] / max(float(e.second[k, allowed].sum()), 1e-9) if at in allowed else e.second[k, at]
        first_says = allowed[int(e.first[k, allowed].argmax())] if at in allowed else int(e.first[k].argmax())
        alone = first_says != at and float(e.first[k, at]) < 0.5 * float(e.first[k, first_says])
        needed = SURE_ALONE if alone else SURE
        if np.exp(logs[k, at]) < SURE or second < needed or e.strange[k] > STRANGE:
            spots.add(k)
    return spots


def _relieved(
    doubtful: list[set[int]],
    lines: Sequence[str],
    layout: Format,
    found: Sequence[_Evidence],
    logs: Sequence[NDArray[np.float64]],
) -> list[set[int]]:
    """Doubts that check digits settle: two that hold, or one over a character that is likely anyway.

    A digit alone lets one wrong reading in ten pass, so it settles at most two doubts at a time.
    """
    left = [set(spots) for spots in doubtful]
    rules = [r for r in checks_of(lines, layout) if check(lines, r).holds]
    for n, spots in enumerate(doubtful):
        for k in spots:
            over = [r for r in rules if (n, k) == r.digit or any(m == n and a <= k < b for m, a, b in r.parts)]
            crowd = [
                sum(
                    (m, j) == r.digit or any(m == q and a <= j < b for q, a, b in r.parts)
                    for m, s in enumerate(doubtful)
                    for j in s
                )
                for r in over
            ]
            chance = float(np.exp(logs[n][k, ALPHABET.index(lines[n][k])]))
            firm = sum(c <= 2 for c in crowd)
            if found[n].strange[k] <= 0.8 and (firm >= 2 or (firm == 1 and chance > 0.8)):
                left[n].discard(k)
    return left


def _line(text: str, spots: set[int]) -> MrzLine:
    if len(spots) > MOST_DOUBTFUL * len(text):
        return MrzLine(text, LineStatus.UNREADABLE, tuple(sorted(spots)))
    return MrzLine(text, LineStatus.FLAGGED if spots else LineStatus.CONFIRMED, tuple(sorted(spots)))


def _irregular(lines: tuple[MrzLine, ...], parsed: ParsedZone) -> tuple[MrzLine, ...]:
    """A name line that is not built like one is never confirmed: the second witness, its grammar, is missing."""
    if parsed.name_is_regular:
        return lines
    out = list(lines)
    for n, start, end in parsed.format.name_spans():
        if out[n].status is LineStatus.CONFIRMED:
            spots = tuple(
                k for k in range(start, end) if out[n].text[k] == "<" and k + 1 < end and out[n].text[k + 1] != "<"
            )
            out[n] = replace(out[n], status=LineStatus.FLAGGED, doubtful=spots)
    return tuple(out)


__all__ = ["TD1", "LineStatus", "MrzLine", "Repair", "ZoneReader", "ZoneReading"]
