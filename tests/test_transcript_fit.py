"""Transcripts laid on the speech of a recording, both made up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.checks.calls import transcript
from tests.spoken_calls import shifted, spans, turns
from verifier.timing import Span
from verifier.transcript import Clock, Utterance
from verifier.transcript_fit import Step, fit


def rough(said: list[Utterance], seed: int = 0) -> list[Utterance]:
    """Edges a quarter of a second off, every tenth line missing."""
    rng = np.random.default_rng(seed)
    made = []
    for u in said:
        start, end = (max(0.0, float(t) + rng.normal(0, 0.25)) for t in (u.span.start, u.span.end))
        if rng.random() >= 0.1:
            made.append(
                Utterance(Span(*(Fraction(round(t * 1000), 1000) for t in (start, max(start, end)))), "", u.text)
            )
    return made


@pytest.mark.parametrize("offset", [-30.0, 0.0, 7.35, 1800.0])
def test_a_constant_offset_is_measured_and_said(offset: float) -> None:
    said = turns(60, 1)
    said = shifted(said, 40)
    found = fit(transcript(*shifted(rough(said), offset)), spans(said))
    assert found.step is Step.IN_STEP
    assert float(found.offset) == pytest.approx(-offset, abs=0.15)
    assert found.lines_on_speech is not None
    assert found.lines_on_speech > 0.85
    assert ("once it is moved" in found.words) == (abs(offset) > 0.5)


def test_a_drift_is_measured_and_taken_out() -> None:
    said = turns(300, 2)
    written = [
        Utterance(Span(u.span.start / Fraction("1.0005"), u.span.end / Fraction("1.0005")), "", u.text) for u in said
    ]
    found = fit(transcript(*written), spans(said))
    assert float(found.rate) == pytest.approx(1.0005, abs=5e-5)
    assert "a drift of" in found.words


def test_no_drift_is_read_into_a_steady_one() -> None:
    said = turns(300, 2)
    assert fit(transcript(*rough(said)), spans(said)).rate == 1


@pytest.mark.parametrize("seed", range(3, 9))
def test_a_transcript_of_another_call_is_found(seed: int) -> None:
    found = fit(transcript(*rough(turns(120, seed))), spans(turns(120, seed + 10)))
    assert found.step is Step.ANOTHER_CALL
    assert "another call" in found.words


@pytest.mark.parametrize(
    ("count", "clock", "heard", "why"),
    [
        (3, Clock.CUES, True, "too little of it"),
        (60, Clock.CUES, False, "no speech was heard"),
        (60, Clock.COARSE, True, "every few minutes"),
    ],
)
def test_what_cannot_be_measured_is_said(count: int, clock: Clock, heard: bool, why: str) -> None:
    said = turns(count, 1)
    found = fit(transcript(*said, clock=clock), spans(said) if heard else ())
    assert found.step is Step.UNKNOWN
    assert why in found.words
    assert found.offset == 0


def test_times_beyond_any_recording_cost_nothing() -> None:
    said = shifted(turns(20, 1), 360_000)
    assert "12 hours" in fit(transcript(*said), spans(turns(20, 1))).words
