"""Is a transcript in step with a recording? Its lines laid against the speech that is heard, at every offset.

Words are not compared, only when somebody speaks. Two different calls agree a little at some offset by chance; how much is
seen at all the other offsets of the same pair, so that what counts is how far the best offset stands out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.timing import MediaTime, Span, merge_spans
from verifier.transcript import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.transcript import Transcript

STEPS = 20
"""Per second: cues are written to a tenth of a second at best."""
MOST_S = 12 * 3600
"""Longest transcript or recording that is laid side by side, as long as recordings are read."""
NEAR_S = 3.0
"""Offsets so near to the best one are not counted as others."""
STANDS_OUT, AGREES = 6.5, 0.2
"""How far the best offset stands out (in standard deviations of the others) and correlates, for "in step"."""
AT_ONCE_S, AT_ONCE_OUT, AT_ONCE_AGREES = 1.0, 3.5, 0.35
"""The same for an offset of next to nothing: of all offsets it is the likely one, and it is one, so chance finds it seldom."""
NOT_OUT, LEAST_TO_REFUSE_S = 4.5, 150.0
"""Below, with so much speech on each side, the transcript is of another call. `python -m tests.benchmarks.transcripts` measures it."""
LEAST_S, LEAST_LINES = 20.0, 5
"""Seconds of speech on each side, and lines, below which nothing is said about it."""
LEAST_MOVED_S = Fraction(3, 20)
"""A smaller offset is none: speech is heard a twentieth of a second late, and cues are no finer."""
WINDOW_S, WINDOW_REACH_S, WINDOW_AGREES, FEWEST_WINDOWS = 120, 4.0, 0.4, 3
"""Drift is read from windows, each of which may lie so much off."""


Marks = NDArray[np.bool_]
"""Whether somebody speaks, in steps of 1 / STEPS s."""


class Step(StrEnum):
    IN_STEP = "in step"
    ANOTHER_CALL = "another call"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class TranscriptFit:
    """How a transcript lies on a recording. Time on the recording = time in the transcript * rate + offset."""

    step: Step
    offset: MediaTime
    """Seconds; positive: the recording's clock is ahead. 0 where nothing could be measured."""
    rate: MediaTime
    """1 = no drift; 1.001: the recording runs 60 ms a minute longer."""
    stands_out: float | None
    """Standard deviations by which the best offset stands out of the others; None: not measured."""
    lines_on_speech: float | None
    """Share of the lines' time in which speech is heard, 0..1."""
    speech_in_lines: float | None
    """Share of the speech that lies within lines, 0..1."""
    reason: str = ""
    """Why it is not known, in plain words."""

    @property
    def words(self) -> str:
        """What a reader is told, without a full stop."""
        if self.step is Step.ANOTHER_CALL:
            return "its lines do not fall where speech is heard, at any offset: it seems to belong to another call"
        if self.step is Step.UNKNOWN:
            return f"whether it is in step with the recording could not be measured: {self.reason}"
        where = "in step with the recording"
        if abs(self.offset) >= Fraction(1, 2):
            way = "later" if self.offset > 0 else "earlier"
            where += f" once it is moved {abs(float(self.offset)):.1f} s {way}"
        if self.rate != 1:
            where += f", with a drift of {float(abs(self.rate - 1)) * 60_000:.0f} ms a minute taken out"
        return f"{where}; speech is heard in {_tenths(self.lines_on_speech)} of its lines' time"


def fit(transcript: Transcript, speech: Sequence[Span]) -> TranscriptFit:
    """Lays the lines of a transcript against the spans of speech of a recording."""
    spans = _spoken(transcript)
    why = _too_little(transcript, spans, speech)
    if why:
        return TranscriptFit(Step.UNKNOWN, Fraction(0), Fraction(1), None, None, None, why)
    said, heard = _mask(spans), _mask(speech)
    lags, alike = _at_every_lag(said, heard)
    best = _best(lags, alike)
    others = alike[np.abs(lags - lags[best]) > NEAR_S * STEPS]
    out = float((alike[best] - others.mean()) / max(float(others.std()), 0.02)) if len(others) > STEPS else 0.0
    offset = Fraction(int(lags[best]), STEPS)
    if out < NOT_OUT and min(said.sum(), heard.sum()) >= LEAST_TO_REFUSE_S * STEPS:
        return TranscriptFit(Step.ANOTHER_CALL, Fraction(0), Fraction(1), out, None, None)
    at_once = abs(lags[best]) <= AT_ONCE_S * STEPS and out >= AT_ONCE_OUT and alike[best] >= AT_ONCE_AGREES
    if not at_once and (out < STANDS_OUT or alike[best] < AGREES):
        why = "its lines agree with the speech hardly better than by chance"
        return TranscriptFit(Step.UNKNOWN, Fraction(0), Fraction(1), out, None, None, why)
    rate, offset = _drift(said, heard, offset)
    offset = offset if abs(offset) >= LEAST_MOVED_S or rate != 1 else Fraction(0)
    moved = _mask([s for s in (_moved(s, rate, offset) for s in spans) if s.end > s.start])
    size = max(len(moved), len(heard))
    both = np.pad(moved, (0, size - len(moved))) & np.pad(heard, (0, size - len(heard)))
    on_speech, in_lines = (float(both.sum() / max(1, side.sum())) for side in (moved, heard))
    return TranscriptFit(Step.IN_STEP, offset, rate, out, on_speech, in_lines)


def _best(lags: NDArray[np.int64], alike: NDArray[np.float64]) -> int:
    """The lag at which both agree best; one next to none at all where it is as good."""
    best = int(np.argmax(alike))
    near = np.abs(lags) <= AT_ONCE_S * STEPS
    if near.any() and alike[near].max() >= alike[best] - 0.05:
        return int(np.flatnonzero(near)[np.argmax(alike[near])])
    return best


def _moved(span: Span, rate: Fraction, offset: Fraction) -> Span:
    return Span(*(max(Fraction(0), t * rate + offset) for t in (span.start, span.end)))


def _spoken(transcript: Transcript) -> list[Span]:
    """When somebody speaks, as the transcript has it."""
    return [w.span for u in transcript.utterances for w in u.words] if transcript.clock is Clock.WORDS else [
        u.span for u in transcript.utterances
    ]  # fmt: skip


def _too_little(transcript: Transcript, spans: Sequence[Span], speech: Sequence[Span]) -> str:
    if transcript.clock is Clock.COARSE:
        return "it gives a time only every few minutes"
    if transcript.end > MOST_S:
        return "its times go beyond 12 hours"
    if not speech:
        return "no speech was heard in the recording"
    seconds = [float(sum(s.duration for s in merge_spans(list(side)))) for side in (spans, speech)]
    if min(seconds) < LEAST_S or len(transcript.utterances) < LEAST_LINES:
        return f"there is too little of it ({len(transcript.utterances)} lines, {min(seconds):.0f} s)"
    return ""


def _mask(spans: Sequence[Span]) -> Marks:
    end = max((s.end for s in spans), default=Fraction(0))
    marks = np.zeros(int(min(end, Fraction(MOST_S)) * STEPS) + 1, np.bool_)
    for span in spans:
        marks[round(span.start * STEPS) : round(span.end * STEPS)] = True
    return np.asarray(marks)


def _at_every_lag(said: Marks, heard: Marks) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lags in steps at which at least half of the shorter side is covered, and the correlation of both at each."""
    from scipy.fft import irfft, next_fast_len, rfft

    a, b = said.astype(np.float64), heard.astype(np.float64)
    size = next_fast_len(len(a) + len(b), True)
    lags = np.arange(-(len(a) - 1), len(b))

    def crossed(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = irfft(np.conj(rfft(x, size)) * rfft(y, size), size)
        return np.asarray(whole[lags % size], np.float64)

    ones_a, ones_b = np.ones(len(a)), np.ones(len(b))
    n = np.round(crossed(ones_a, ones_b))
    both, in_a, in_b = crossed(a, b), crossed(a, ones_b), crossed(ones_a, b)
    enough = n >= min(len(a), len(b)) / 2
    n, both, in_a, in_b = (x[enough] for x in (n, both, in_a, in_b))
    spread = np.sqrt(np.maximum(in_a * (n - in_a), 0) * np.maximum(in_b * (n - in_b), 0))
    return lags[enough].astype(np.int64), np.where(
        spread > 1e-6 * n * n, (n * both - in_a * in_b) / np.maximum(spread, 1.0), 0.0
    )


def _drift(said: Marks, heard: Marks, offset: Fraction) -> tuple[Fraction, Fraction]:
    """Rate and offset from windows of the transcript (Theil-Sen); the offset alone where windows do not agree on a drift."""
    size, reach, lag = WINDOW_S * STEPS, round(WINDOW_REACH_S * STEPS), round(offset * STEPS)
    middles, shifts = [], []
    for start in range(0, len(said) - size + 1, size):
        window = said[start : start + size].astype(np.float64)
        first = start + lag - reach
        if first < 0 or first + size + 2 * reach > len(heard) or not 0.05 < window.mean() < 0.95:
            continue
        around = heard[first : first + size + 2 * reach].astype(np.float64)
        rows = np.lib.stride_tricks.sliding_window_view(around, size)
        centred = rows - rows.mean(axis=1, keepdims=True)
        alike = (
            centred
            @ (window - window.mean())
            / np.maximum(np.linalg.norm(centred, axis=1) * window.std() * size**0.5, 1e-9)
        )
        if alike.max() >= WINDOW_AGREES:
            middles.append(start + size / 2)
            shifts.append(float(np.argmax(alike) - reach + lag))
    if len(middles) < FEWEST_WINDOWS:
        return Fraction(1), offset
    x, y = np.array(middles), np.array(shifts)
    i, j = np.triu_indices(len(x), 1)
    slope = float(np.median((y[j] - y[i]) / (x[j] - x[i])))
    left = float(np.median(np.abs(y - slope * x - np.median(y - slope * x))))
    if abs(slope) * (x[-1] - x[0]) < max(4.0, 3 * left):  # less than 0.2 s in all, or not steady
        return Fraction(1), offset
    return 1 + Fraction(slope).limit_denominator(10**6), Fraction(
        float(np.median(y - slope * x)) / STEPS
    ).limit_denominator(1000)


def _tenths(share: float | None) -> str:
    tenths = round(10 * (share or 0.0))
    return {0: "none", 10: "nearly all"}.get(tenths, f"{tenths} tenths")
