from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.checks.cases import a_round, seen
from tests.voice_cases import source, span, voice
from verifier.gaze import Gaze
from verifier.report.sections import timeline
from verifier.round_voices import RoundVoices


def lanes(**fields: object) -> dict[str, tuple[object, ...]]:
    r = replace(a_round(1, seen("round-1/A", (0, 60))), end=Fraction(60), **fields)
    return {lane.label: lane.spans for lane in timeline(r).lanes}


def test_speech_that_no_voice_was_given_has_a_lane_of_its_own() -> None:
    heard = source((0, (0, 20)), (1, (30, 34)))
    mine = voice(1, heard, 0, (0, 20))
    found = lanes(voices=RoundVoices((mine,), (heard,)), voice=mine)
    assert found["Candidate's voice"] == (span(0, 20),)
    assert found["Speech of no known voice"] == (span(30, 34),)
    assert "Speech of no known voice" not in lanes(voices=RoundVoices((mine,), (source((0, (0, 20))),)), voice=mine)


def test_what_was_followed_of_lips_and_eyes_is_shown_and_nothing_where_nothing_was() -> None:
    watched = (span(0, 9), span(30, 39))
    assert lanes(gaze=Gaze(watched, (), 0, 0.004))["Lips and eyes followed"] == watched
    assert "Lips and eyes followed" not in lanes()
