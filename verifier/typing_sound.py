"""Runs of clicks outside of speech, as typing makes them: many, close together, never quite even."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.observe.clicks import RATE, ClickTable, click_table
from verifier.timing import Span, merge_spans, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CLEAR_S = 0.15
"""Before and after speech: consonants click too."""
JOIN_S = 0.7
"""Clicks this close belong to one run, unless somebody speaks between them."""
LISTENED_S = 10.0
"""Seconds without speech below which nothing is said: who types for as long as a sentence would not be heard."""
LOUDEST_DB = -45.0
"""Of full scale, above clicks.ABOVE_HZ: where it is mostly louder between speech, keys would have to peak above -20 dB to be heard
(`python -m tests.benchmarks.keys`: 25 dB above the noise), as loud as speech."""
LEAST_CLICKS, LEAST_S = 8, 1.5
"""Of a run."""
UNEVEN = 0.15
"""Spread over mean of the steps within a run: a clock, an indicator or a fan is more even than this."""
MANY = 20
"""Clicks, in all runs together, from which typing is named."""


@dataclass(frozen=True)
class Typing:
    """What sounds like keys in one round."""

    runs: tuple[Span, ...]
    clicks: int
    """In the runs."""
    listened_s: float
    """Seconds of sound without speech."""
    reason: str = ""
    """Why nothing could be heard."""

    @property
    def is_heard(self) -> bool:
        return self.clicks >= MANY


def listen_for_keys(files: Iterable[tuple[Path, Sequence[Span] | None]]) -> Typing:
    """In the first sound track of the first of a round's files that has one; each with its speech, or None: not known yet."""
    why = "the recording has no sound"
    for path, speech in files:
        try:
            with Recording(path) as recording:
                if recording.facts.audio:
                    return typing_of(click_table(recording.audio(RATE), speech))
        except MediaError as error:
            why = str(error).rstrip(".")
    return unheard(why)


def unheard(reason: str) -> Typing:
    return Typing((), 0, 0.0, reason)


def typing_of(table: ClickTable) -> Typing:
    """Looks for runs of clicks."""
    margin = Fraction(CLEAR_S).limit_denominator(1000)
    speech = merge_spans([Span(max(Fraction(0), s.start - margin), s.end + margin) for s in table.speech])
    listened = max(0.0, table.heard_s - total(speech))
    if listened < LISTENED_S:
        return unheard(
            f"only {listened:.0f} s of its sound are neither speech nor silence, and in speech consonants click as keys do"
        )
    edges = np.array([float(t) for s in speech for t in (s.start, s.end)])
    stretch = np.searchsorted(edges, table.times, side="right")  # odd: within speech
    quiet = stretch % 2 == 0
    times, stretch = table.times[quiet], stretch[quiet]
    cuts = np.flatnonzero((np.diff(times) > JOIN_S) | (np.diff(stretch) > 0)) + 1
    runs = [run for run in np.split(times, cuts) if _is_typing(run)]
    spans = tuple(Span(Fraction(round(r[0] * 1000), 1000), Fraction(round(r[-1] * 1000), 1000)) for r in runs)
    found = Typing(spans, sum(map(len, runs)), listened)
    floors = table.floors[np.searchsorted(edges, table.floors[:, 0], side="right") % 2 == 0, 1]
    if not found.is_heard and len(floors) and np.median(floors) > LOUDEST_DB:
        return unheard("between speech its noise or music is so loud that keys would not be heard")
    return found


def _is_typing(run: NDArray[np.float64]) -> bool:
    if len(run) < LEAST_CLICKS or run[-1] - run[0] < LEAST_S:
        return False
    steps = np.diff(run)
    return bool(steps.std() >= UNEVEN * steps.mean())
