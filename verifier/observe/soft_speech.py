"""Where speech is much softer than most speech of the same sound: somebody further from the microphone, or a lowered voice."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.sound import FRAME, RATE
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

SOFTER_DB = 6.0
"""So much below the level of most speech."""
SHORTEST_S, LONGEST_S = 0.6, 1.6
"""Seconds: shorter ones say little of a voice; longer ones are cut, since a voice is told by 1.6 s."""
MOST = 200
"""Stretches per sound source, the longest ones."""
_REACH = 4
"""Frames of 32 ms either way within which something louder makes a moment loud: between syllables all speech is soft."""


@dataclass(frozen=True)
class SoftStretch:
    span: Span
    below_db: float
    """How far its loudest part lies below the level of most speech."""


def soft_stretches(
    times: NDArray[np.float64], levels: NDArray[np.floating], speech: Sequence[Span], speech_dbfs: float | None
) -> tuple[SoftStretch, ...]:
    """times: middles of frames, seconds [n]; levels: dBFS [n]; speech: where somebody speaks; speech_dbfs: its level."""
    if speech_dbfs is None or not len(times):
        return ()
    from scipy.ndimage import maximum_filter1d

    edges = np.array([s.seconds() for s in speech], np.float64).reshape(-1)
    spoken = np.searchsorted(edges, times, side="right") % 2 == 1
    loudest = maximum_filter1d(np.where(spoken, levels, -np.inf), 2 * _REACH + 1)
    soft = spoken & (loudest < speech_dbfs - SOFTER_DB)
    step = FRAME / RATE
    # a gap in the sound or in the speech ends a stretch
    breaks = np.flatnonzero(np.diff(times) > 2 * step) + 1
    found: list[SoftStretch] = []
    for part in np.split(np.arange(len(times)), breaks):
        marks = np.diff(np.concatenate([[0], soft[part].astype(np.int8), [0]]))
        for first, last in zip(np.flatnonzero(marks == 1), np.flatnonzero(marks == -1), strict=True):
            found += _cut(times[part[first:last]], levels[part[first:last]], step, speech_dbfs)
    longest = sorted(found, key=lambda s: -s.span.duration)[:MOST]
    return tuple(sorted(longest, key=lambda s: s.span))


def _cut(
    times: NDArray[np.float64], levels: NDArray[np.floating], step: float, speech_dbfs: float
) -> list[SoftStretch]:
    most = round(LONGEST_S / step)
    found = []
    for at in range(0, len(times), most):
        part, loud = times[at : at + most], levels[at : at + most]
        if len(part) * step >= SHORTEST_S:
            start, end = (Fraction(float(t)).limit_denominator(1000) for t in (part[0] - step / 2, part[-1] + step / 2))
            below = speech_dbfs - float(np.percentile(loud, 75))
            found.append(SoftStretch(Span(max(Fraction(0), start), end), below))
    return found
