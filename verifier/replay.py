"""Does the picture around a face stand still, or come again? Read off the picture trail of one recording.

Still: over three seconds no cell around the face changes by more than the coding of a still picture does. Again: a second
and a half that moves looks like another one before it, closer than one picture looks like the next. How both thresholds
lie between seeded and genuine calls is in models/replay/figures.md.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.trail import COLUMNS, ROWS, TrailTable
from verifier.timing import Span, merge_spans

if TYPE_CHECKING:
    from verifier.timing import MediaTime
    from verifier.tracks import Person

WINDOW, HOP = Fraction(3), Fraction(1, 2)
"""Seconds of a window in which the picture may be called still, and from one to the next."""
SPARSE_PICTURES = 5
"""Between bursts there is a picture a second: so many of them make a window."""
STILL, MOVES = 7.0, 15.0
"""Grey levels, of the liveliest cell: at most the first is still, at least the second moves, between them is open."""
LOOP_ROWS, LOOP_HOP = 22, 5
"""Pictures of a stretch that may come again (1.5 s at 15 a second), and from one to the next."""
LEAST_LAG = Fraction(4, 5)
"""Seconds: a picture looks like itself a moment ago."""
AGAIN = 1.0
"""Distance to an earlier stretch, over the distance from one picture to the next."""
AGREEING = 3
"""Stretches in a row that come again with the same delay."""
DENSE_GAP = Fraction(1, 4)
LEAST_CELLS, FEWEST_ROWS = 12, 10
_WIDER, _HIGHER, _LOWER = 1.1, 0.7, 1.6
"""How far the looked-at part reaches from the middle of a face, in sizes of the face."""

Cells = NDArray[np.float32]


@dataclass(frozen=True)
class Repeat:
    """A stretch of picture that was shown before."""

    span: Span
    first: Span
    """Where it was first seen."""


@dataclass(frozen=True)
class Replay:
    """Of one recording and one face."""

    judged: tuple[Span, ...]
    """Where it was looked at: for a still picture, or for one that comes again."""
    still: tuple[Span, ...]
    hardly_moving: tuple[Span, ...]
    repeats: tuple[Repeat, ...]
    liveliest: float | None
    """Grey levels that the liveliest cell moves in the stillest window; None: nothing was judged."""
    nearest: float | None
    """Distance of the stretch most like an earlier one, over that between neighbours; None: none could be compared."""
    reason: str = ""
    """Why nothing was judged."""
    compared: tuple[Span, ...] = ()
    """Where it moves and an earlier stretch was there to compare it with: only here would a loop have been seen."""
    cut_at: MediaTime | None = None
    """Pictures after it were not kept (`TrailTable.complete`); None: all were."""


@dataclass(frozen=True)
class _Stretch:
    """Rows of the table close together in time, one part of the picture: [rows, cells]."""

    first_row: int
    times: tuple[Fraction, ...]
    cells: Cells


def replay_of(table: TrailTable, person: Person) -> Replay:
    """What the trail says of the part of the picture around this person."""
    where = _Where(table, person)
    stretches = _dense(table)
    windows = [w for a, b in stretches for w in _still_windows(table, where, a, b)] + _sparse_windows(table, where)
    repeats, nearest, compared = _repeats(table, where, stretches)
    cut_at = None if table.complete else table.times[-1]
    if not windows and nearest is None:
        why = "the face is never in view for three seconds on end"
        return Replay((), (), (), (), None, None, why, cut_at=cut_at)
    still = merge_spans([s for s, lively in windows if lively <= STILL])
    hardly = merge_spans([s for s, lively in windows if STILL < lively < MOVES and not _within(s, still)])
    judged = merge_spans([*(s for s, _ in windows), *compared])
    liveliest = min((lively for _, lively in windows), default=None)
    return Replay(
        tuple(judged), tuple(still), tuple(hardly), repeats, liveliest, nearest,
        compared=tuple(merge_spans(compared)), cut_at=cut_at,
    )  # fmt: skip


class _Where:
    """Cells around a person's face at a time; empty while it is not in view."""

    def __init__(self, table: TrailTable, person: Person) -> None:
        samples = sorted((s for t in person.tracklets for s in t.samples), key=lambda s: s.time)
        self._times, self._boxes = [s.time for s in samples], [s.box for s in samples]
        self._spans, self._size = person.spans, table.size

    def mask(self, start: Fraction, end: Fraction) -> NDArray[np.bool_]:
        """[36, 64]: where the face was last seen before the middle of this time; nothing while it is out of view."""
        mask = np.zeros((ROWS, COLUMNS), bool)
        if not any(s.start <= start and end <= s.end + 1 for s in self._spans):
            return mask
        box = self._boxes[max(0, bisect_right(self._times, (start + end) / 2) - 1)]
        across, down = COLUMNS / max(1, self._size[0]), ROWS / max(1, self._size[1])
        (x, y), size = box.centre, box.size
        left, right = (
            int(np.clip(v * across, 0, COLUMNS)) for v in (x - _WIDER * size, x + _WIDER * size + 1 / across)
        )
        top, bottom = (int(np.clip(v * down, 0, ROWS)) for v in (y - _HIGHER * size, y + _LOWER * size + 1 / down))
        mask[top:bottom, left:right] = True
        return mask


def lively(cells: Cells) -> float:
    """Grey levels that the liveliest cell moves, its extreme tenths left out. cells: [pictures, cells]."""
    low, high = np.percentile(cells, (10, 90), axis=0)
    return float((high - low).max())


def _dense(table: TrailTable) -> list[tuple[int, int]]:
    """First row and row after the last of each stretch without a pause."""
    times = table.times
    edges = [0, *(i for i in range(1, len(times)) if times[i] - times[i - 1] > DENSE_GAP), len(times)]
    return [(a, b) for a, b in pairwise(edges) if b - a > 1]


def _still_windows(table: TrailTable, where: _Where, a: int, b: int) -> list[tuple[Span, float]]:
    found, times = [], table.times
    start = times[a]
    while start + WINDOW <= times[b - 1] + HOP / 4:
        rows = slice(bisect_right(times, start - Fraction(1, 1000), a, b), bisect_right(times, start + WINDOW, a, b))
        mask = where.mask(start, start + WINDOW)
        if mask.sum() >= LEAST_CELLS and rows.stop - rows.start >= FEWEST_ROWS:
            found.append((Span(start, start + WINDOW), lively(table.cells[rows][:, mask].astype(np.float32))))
        start += HOP
    return found


def _sparse_windows(table: TrailTable, where: _Where) -> list[tuple[Span, float]]:
    """Between the bursts: so few pictures that no extreme is left out."""
    times = table.times
    rows = [i for i in range(len(times)) if i == 0 or times[i] // 1 != times[i - 1] // 1]
    found = []
    for n in range(len(rows) - SPARSE_PICTURES + 1):
        chosen = rows[n : n + SPARSE_PICTURES]
        span = Span(times[chosen[0]], times[chosen[-1]])
        dense = times[min(chosen[0] + 1, len(times) - 1)] - times[chosen[0]] <= DENSE_GAP
        mask = where.mask(span.start, span.end)
        if dense or span.duration > 2 * SPARSE_PICTURES or mask.sum() < LEAST_CELLS:
            continue
        cells = table.cells[chosen][:, mask].astype(np.float32)
        found.append((span, float(np.ptp(cells, axis=0).max())))
    return found


def _repeats(
    table: TrailTable, where: _Where, stretches: list[tuple[int, int]]
) -> tuple[tuple[Repeat, ...], float | None, list[Span]]:
    """Stretches that were shown before, the least distance of any, and where one was looked for."""
    hits: list[tuple[int, int]] = []
    compared: list[Span] = []
    nearest: float | None = None
    times = table.times
    for a, b in stretches:
        mask = where.mask(times[a], times[b - 1])
        if b - a < LOOP_ROWS or mask.sum() < LEAST_CELLS:
            continue
        seen = table.cells[:b][:, mask].astype(np.float32)
        away = _squares(seen[a:b], seen)
        for row in range(a, b - LOOP_ROWS + 1, LOOP_HOP):
            found = _nearest(away, a, row, times, stretches)
            if found is None or lively(seen[row : row + LOOP_ROWS]) < MOVES:
                continue
            nearest = found[1] if nearest is None else min(nearest, found[1])
            compared.append(Span(times[row], times[row + LOOP_ROWS - 1]))
            if found[1] <= AGAIN:
                hits.append((row, found[0]))
    return _joined(hits, times), nearest, compared


def _squares(a: Cells, b: Cells) -> NDArray[np.float32]:
    """Mean squared difference of every row of `a` and every row of `b`: [len(a), len(b)]."""
    centre = b.mean(axis=0)
    a, b = a - centre, b - centre
    found = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * (a @ b.T)
    return np.asarray(np.maximum(found, 0) / a.shape[1], np.float32)


def _nearest(
    away: NDArray[np.float32], a: int, row: int, times: tuple[Fraction, ...], stretches: list[tuple[int, int]]
) -> tuple[int, float] | None:
    """First row of the earlier stretch most like the one at `row`, and its distance over that of neighbours."""
    last = bisect_right(times, times[row] - LEAST_LAG)
    starts = [j for c, d in stretches for j in range(c, min(d - LOOP_ROWS + 1, last))]
    if not starts or row == a:
        return None
    within = np.arange(LOOP_ROWS)
    step = float(np.mean(away[row - a + within, row + within - 1]))
    distances = np.mean([away[row - a + k, np.array(starts) + k] for k in range(LOOP_ROWS)], axis=0)
    best = int(distances.argmin())
    return starts[best], float(np.sqrt(distances[best] / max(step, 1e-3)))


def _joined(hits: list[tuple[int, int]], times: tuple[Fraction, ...]) -> tuple[Repeat, ...]:
    """Hits in a row with one delay become one repeat; fewer than `AGREEING` are chance."""
    runs: list[list[tuple[int, int]]] = []
    for row, first in hits:
        before = runs[-1][-1] if runs else None
        if before is not None and row - before[0] <= 2 * LOOP_HOP and abs((row - first) - (before[0] - before[1])) <= 2:
            runs[-1].append((row, first))
        else:
            runs.append([(row, first)])
    return tuple(
        Repeat(
            Span(times[run[0][0]], times[run[-1][0] + LOOP_ROWS - 1]),
            Span(times[run[0][1]], times[run[-1][1] + LOOP_ROWS - 1]),
        )
        for run in runs
        if len(run) >= AGREEING
    )


def _within(span: Span, spans: list[Span]) -> bool:
    return any(s.overlaps(span) for s in spans)
