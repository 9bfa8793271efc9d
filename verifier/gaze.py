"""Line-by-line sweeps of the eyes: slow to one side in steps, fast back, again and again, as in reading.

The eyes of one person over a round, against that person's own jitter. A line is what lies between two returns; a return
is a fast move of the irises over most of a line's width.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.timing import Span, merge_spans, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.observe.lips import LipTable

RATE = 15
"""Per second: the grid on which the eyes are laid."""
LEAST_RATE = 12.0
"""Pictures per second: a return takes a tenth of a second."""
LEAST_EYE = 14.0
"""Pixels from corner to corner: a line of 7 degrees is two thirds of a pixel here. No clip at hand has eyes of 14 to 30 pixels
(`python -m tests.benchmarks.gaze`)."""
MOST_JITTER = 0.02
"""Widths of the eye, of the mean of both: more is glare, glasses or a face that is too small."""
OPEN = 0.14
"""Lids apart, in widths of the eye: less is a blink or eyes cast down so far that the iris is hidden."""
MIRRORED = 0.25
"""Share of an iris in which a light is mirrored: more hides where it points. In clips of people at most 0.156 (`python -m tests.benchmarks.gaze`)."""
GAP_S = 0.35
"""What a blink may hide."""
LEAST_S = 4.0
"""Seconds of eyes without a longer gap that two returns can be found in."""
LEAST_LINE = 0.045
"""Widths of the eye over which a line leads: about 7 degrees."""
OVER_JITTER = 5.0
"""How many times the jitter a line must lead over."""
RETURN_S, LINE_S = 0.3, (0.8, 5.0)
"""Seconds that a return takes at most, and a line at least and at most."""
_BACK, _LEADS_ON = 0.6, 0.15
"""Shares of a line: what a return takes back at least and a single step makes at most, and each third of its time adds at least."""
JOINED = 2
"""Lines that must follow each other to count: in 73 s of genuine clips no two do. Single ones come in free speech."""
SUSTAINED, PER_MINUTE = 4, 3.0
"""Lines until it is more than a glance: in all, and a minute of watched eyes."""
HEAD = 0.4 * np.pi / 180
"""Widths of the eye by which the iris moves against a degree of the head when the eyes hold a point."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gaze:
    """What the eyes of one person did in one round."""

    watched: tuple[Span, ...]
    """Where the eyes could be followed."""
    sweeps: tuple[Span, ...]
    """Where lines follow each other, from return to return."""
    lines: int
    """Lines in the sweeps."""
    jitter: float | None
    """Of the irises, in widths of the eye; None: they could not be followed."""
    reason: str = ""
    """Why the eyes could not be followed."""

    @property
    def reads(self) -> bool:
        """Whether the lines are many enough to be looked at."""
        minutes = total(self.watched) / 60
        return self.lines >= max(SUSTAINED, PER_MINUTE * minutes)


def unwatched(reason: str) -> Gaze:
    return Gaze((), (), 0, None, reason)


def gaze_of(table: LipTable, mine: NDArray[np.bool_]) -> Gaze:
    """Looks for lines in one person's rows of the table."""
    if not len(table.eyes) or not mine.any():
        return unwatched("the candidate's eyes were not seen")
    times, eyes = np.array([float(t) for t in table.times])[mine], table.eyes[mine].astype(np.float64)
    if len(times) < 3 or 1 / np.median(np.diff(times)) < LEAST_RATE:
        return unwatched(f"the eyes were seen in fewer than {LEAST_RATE:.0f} pictures a second")
    if np.median(eyes[:, 5]) < LEAST_EYE:
        return unwatched(
            f"the candidate's eyes are too small ({LEAST_EYE:.0f} pixels from corner to corner are needed)"
        )
    clear = eyes[:, 6] < MIRRORED
    if clear.mean() < 0.5:
        return unwatched("glasses or eyes mirror a light or a screen most of the time")
    times, eyes = times[clear], eyes[clear]
    opened = eyes[:, 3] >= OPEN
    if opened.mean() < 0.5:
        return unwatched("the candidate's eyes are closed or cast down most of the time")
    stretches = [s for s in _stretches(times[opened], eyes[opened]) if s[0][-1] - s[0][0] >= LEAST_S]
    if not stretches:
        return unwatched(f"the eyes were never seen for {LEAST_S:.0f} seconds without a break")
    jitter = float(np.median([_jitter(across) for _, across in stretches]))
    if jitter > MOST_JITTER:
        return unwatched("the irises could not be followed steadily (glare, glasses or a blurred picture)")
    found = [run for at, across in stretches for run in runs_of_lines(at, across, jitter)]
    watched = merge_spans([_span(at[0], at[-1]) for at, _ in stretches])
    sweeps = merge_spans([_span(a, b) for a, b, _ in found])
    return Gaze(tuple(watched), tuple(sweeps), sum(n for _, _, n in found), jitter)


def _span(start: float, end: float) -> Span:
    return Span(Fraction(round(start * RATE), RATE), Fraction(round(end * RATE), RATE))


def _stretches(times: Array, eyes: Array) -> Iterator[tuple[Array, Array]]:
    """Where the eyes point, on an even grid, between gaps: seconds and widths of the eye to the right of the picture."""
    across = eyes[:, :2].mean(axis=1) + HEAD * eyes[:, 4]
    cuts = np.flatnonzero(np.diff(times) > GAP_S) + 1
    for t, values in zip(np.split(times, cuts), np.split(across, cuts), strict=True):
        if len(t) > 2:
            at = np.arange(t[0], t[-1], 1 / RATE)
            yield at, np.interp(at, t, values)


def _jitter(across: Array) -> float:
    """Spread of what changes from picture to picture and back: half of it is what eyes do, so a median is taken."""
    return float(np.median(np.abs(np.diff(across, 2))) / 0.6745 / np.sqrt(6))


def runs_of_lines(at: Array, across: Array, jitter: float) -> list[tuple[float, float, int]]:
    """Lines that follow each other in the direction that has more of them: beginning and end in seconds, and how many."""
    least = max(LEAST_LINE, OVER_JITTER * jitter)
    either = (_runs(at, across, least), _runs(at, -across, least))  # right to left, or a mirrored picture
    return max(either, key=lambda runs: sum(n for _, _, n in runs))


def _runs(at: Array, across: Array, least: float) -> list[tuple[float, float, int]]:
    runs: list[list[int]] = [[]]
    for top, foot in _returns(across, least):
        if not (runs[-1] and _is_line(at, across, runs[-1][-1], top, foot)):
            runs.append([])
        runs[-1].append(foot)
    return [(float(at[run[0]]), float(at[run[-1]]), len(run) - 1) for run in runs if len(run) > JOINED]


def _returns(across: Array, least: float) -> list[tuple[int, int]]:
    """Fast falls by `least` or more: index of the top and of the foot."""
    reach = max(1, round(RETURN_S * RATE))
    found: list[tuple[int, int]] = []
    fall = np.array([across[i] - across[i : i + reach + 1].min() for i in range(len(across))])
    i = 0
    while i < len(fall):
        if fall[i] < least:
            i += 1
            continue
        top = i + int(np.argmax(fall[i : i + reach]))
        foot = top + int(np.argmin(across[top : top + reach + 1]))
        found.append((top, foot))
        i = foot + 1
    return found


def _is_line(at: Array, across: Array, foot: int, top: int, end: int) -> bool:
    """Whether the eyes go from the foot of one return to the top of the next in steps to one side, at a reader's pace, and the
    next return, which ends at `end`, takes back most of it at once.
    """
    if not LINE_S[0] <= at[top] - at[foot] <= LINE_S[1]:
        return False
    line = across[foot : top + 1]
    rise = float(line.max() - line[0])
    if rise < LEAST_LINE or across[top] - across[end] < _BACK * rise:
        return False
    thirds = [part.mean() for part in np.array_split(line, 3)]
    # in steps: each third of the time leads on, and no single move makes most of the way
    steady = min(thirds[1] - thirds[0], thirds[2] - thirds[1]) > _LEADS_ON * rise
    return bool(steady and np.diff(line).max() < _BACK * rise)
