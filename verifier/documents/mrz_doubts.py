"""Which characters of a zone may be others: where the two readers differ, or what they see looks strange."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.documents.mrz import check, checks_of
from verifier.documents.mrz_formats import ALLOWED, ALPHABET, value
from verifier.documents.mrz_repair import REPAIR_COST
from verifier.documents.zone_reading import LineStatus, MrzLine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from verifier.documents.lattice import Cells, Grid
    from verifier.documents.mrz import ParsedZone
    from verifier.documents.mrz_formats import Format

SURE, SURE_ALONE = 0.97, 0.9995
"""Chance by both readers together, and by the second alone where the first sees something else."""
STRANGE = 0.35
MOST_DOUBTFUL = 0.3
"""Share of doubtful characters beyond which a line is not given at all."""


@dataclass(frozen=True)
class LineEvidence:
    """Of one line: chances by the first reader and by the second, and how strange its cells look."""

    first: Cells
    second: Cells
    strange: NDArray[np.float64]
    grid: Grid


def doubtful_spots(e: LineEvidence, logs: NDArray[np.float64], text: str, layout: Format, line: int) -> set[int]:
    """Characters that the two readers do not agree on, that look strange, or that are not sure enough; and a filler where the composite digit stands."""
    # that digit is never left out: a filler there says that the line was cut short, or is of another layout
    spots = {
        r.digit[1] for r in layout.checks if r.name == "composite" and r.digit[0] == line and text[r.digit[1]] == "<"
    }
    for k, c in enumerate(text):
        at = ALPHABET.index(c)
        allowed = [ALPHABET.index(a) for a in ALLOWED[layout.kind(line, k)]]
        second = e.second[k, at] / max(float(e.second[k, allowed].sum()), 1e-9) if at in allowed else e.second[k, at]
        first_says = allowed[int(e.first[k, allowed].argmax())] if at in allowed else int(e.first[k].argmax())
        alone = first_says != at and float(e.first[k, at]) < 0.5 * float(e.first[k, first_says])
        needed = SURE_ALONE if alone else SURE
        if np.exp(logs[k, at]) < SURE or second < needed or e.strange[k] > STRANGE:
            spots.add(k)
    return spots


def relieved(
    doubtful: list[set[int]],
    lines: Sequence[str],
    layout: Format,
    found: Sequence[LineEvidence],
    logs: Sequence[NDArray[np.float64]],
    repairs: Collection[tuple[int, int]] = (),
) -> list[set[int]]:
    """Doubts that a check digit settles: over a character that is likely anyway, and that none of its rivals could stand for.

    A digit lets one wrong reading in ten pass, so it settles at most two doubts at a time. A second digit over the same character is no second
    witness: all weights are prime to 10, so the composite misses every single slip that the field's own digit misses. repairs: (line,
    position) that were changed so that a digit holds; that it holds says nothing there.
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
            firm = any(c <= 2 for c in crowd) and (n, k) not in repairs and not _twins(lines[n][k], logs[n][k])
            if found[n].strange[k] <= 0.8 and firm and chance > 0.8:
                left[n].discard(k)
    return left


def _twins(c: str, chances: NDArray[np.float64]) -> bool:
    """Whether a character that is possible here, too, has the same value for every check digit (8 and S, 6 and G)."""
    possible = np.flatnonzero(chances >= chances[ALPHABET.index(c)] - REPAIR_COST)
    return any(ALPHABET[k] != c and (value(ALPHABET[k]) - value(c)) % 10 == 0 for k in possible)


def judged(text: str, spots: set[int]) -> MrzLine:
    if len(spots) > MOST_DOUBTFUL * len(text):
        return MrzLine(text, LineStatus.UNREADABLE, tuple(sorted(spots)))
    return MrzLine(text, LineStatus.FLAGGED if spots else LineStatus.CONFIRMED, tuple(sorted(spots)))


def irregular(lines: tuple[MrzLine, ...], parsed: ParsedZone) -> tuple[MrzLine, ...]:
    """A name line that is not built like one is never confirmed: the second witness, its grammar, is missing."""
    if parsed.name_is_regular:
        return lines
    out = list(lines)
    for n, start, end in parsed.format.name_spans():
        if out[n].status is LineStatus.CONFIRMED:
            spots = tuple(
                k for k in range(start, end) if out[n].text[k] == "<" and k + 1 < end and out[n].text[k + 1] != "<"
            )
            out[n] = replace(out[n], status=LineStatus.FLAGGED, doubtful=spots or tuple(range(start, end)))
    return tuple(out)
