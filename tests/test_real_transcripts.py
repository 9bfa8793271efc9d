"""Transcripts laid on real speech: calls of two readers, coded and noisy, with lines as the readings were put together."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from verifier_models.voice_calibration.embed import through_call
from verifier_models.voice_calibration.turns import STEPS, call_in_turns

from tests.checks.calls import transcript
from tests.checks.cases import evidence
from verifier.case import Round
from verifier.spoken import speech_of
from verifier.timing import Span, merge_spans
from verifier.transcript import Utterance
from verifier.transcript_fit import Step, fit


@pytest.mark.data
def test_lines_find_their_place_on_coded_noisy_speech(data: Path, tmp_path: Path) -> None:
    readers = sorted((data / "voice" / "librispeech").iterdir())
    sound, truth = call_in_turns(readers[:2], 0.0)
    call = tmp_path / "call.ogg"
    through_call(sound, "Opus 12k, noise 10 dB", call, np.random.default_rng(0))
    said = []
    for who, marks in enumerate(truth):
        steps = [Span(Fraction(n, STEPS), Fraction(n + 1, STEPS)) for n in marks.nonzero()[0].tolist()]
        said += [
            Utterance(Span(s.start + 45, s.end + 45), f"reader {who}", "words")
            for s in merge_spans(steps, Fraction(3, 5))
        ]
    heard = Round("round-1", "Round 1", (replace(evidence("round-1", "call.ogg", "sound"), path=call),))
    found = fit(transcript(*said), speech_of(heard))
    assert found.step is Step.IN_STEP
    assert float(found.offset) == pytest.approx(-45, abs=0.2)
    assert found.lines_on_speech is not None
    assert found.lines_on_speech > 0.85
