"""Which voice is the candidate's: lips, the name of a file, or an assumption that is stated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.calls import ANA, IN_STEP, JORDAN, UNKNOWN, line, spoken
from tests.checks.cases import a_round, seen
from tests.voice_cases import heard, source, voice
from verifier.calibration import Comparison
from verifier.candidate_voice import compared_voices, is_sure, speakers, talking_time, with_voice
from verifier.checks.base import ObservedRound
from verifier.round_voices import HeardVoice, RoundVoices
from verifier.transcript_fit import TranscriptFit
from verifier.voice_faces import Tie

SHARED = source((1, (0, 30)), (2, (30, 40)))
LONG, SHORT = voice(1, SHARED, 1, (0, 30)), voice(2, SHARED, 2, (30, 40))


def tie(v: HeardVoice, face: str) -> HeardVoice:
    return replace(v, tie=Tie(face, 5.0, 1.0))


def picked(voices: RoundVoices, name: str | None = None, faces: int = 2) -> ObservedRound:
    r = a_round(1, *[seen(f"round-1/{letter}", (0, 60)) for letter in "AB"[:faces]])
    return with_voice(replace(r, voices=voices), name)


def test_the_voice_of_the_candidates_lips_is_taken_though_it_is_the_shorter() -> None:
    r = picked(heard(LONG, tie(SHORT, "round-1/A")))
    assert r.voice is not None
    assert r.voice.id == SHORT.id
    assert "lips move" in r.voice_basis
    assert talking_time(r, "round-1/A") == (10, "")
    assert talking_time(r, "round-1/B") == (None, "no voice could be tied to the lips of this face")


def test_a_file_with_the_candidates_name_is_taken() -> None:
    one, two = source((1, (0, 9)), own="audioJORDAN Réyes11.m4a"), source((2, (10, 40)), own="audio_host.m4a")
    voices = heard(voice(1, two, 2, (10, 40)), voice(2, one, 1, (0, 9)))
    assert picked(voices).voice is voices.voices[0]
    named = picked(heard(voice(1, two, 2, (10, 40)), voice(2, replace(one, file="Jordan Reyes.m4a"), 1, (0, 9))), "jordan réyes")  # fmt: skip
    assert named.voice is not None
    assert "bears the candidate's name" in named.voice_basis
    assert named.voice.speech_s == 9


def test_the_longest_voice_is_an_assumption_and_not_made_where_two_are_about_equal() -> None:
    assert "an assumption" in picked(heard(LONG, SHORT)).voice_basis
    even = picked(heard(LONG, voice(2, SHARED, 2, (30, 55))))
    assert even.voice is None
    assert "about equally long" in even.voice_reason


def test_the_only_voice_is_an_assumption_unless_it_goes_with_another_face() -> None:
    assert "the only voice" in picked(heard(LONG)).voice_basis
    other = picked(heard(tie(LONG, "round-1/B")))
    assert other.voice is None
    assert "lips of another face" in other.voice_reason


@pytest.mark.parametrize("step", [IN_STEP, UNKNOWN])
def test_a_transcript_in_step_says_which_voice_bears_the_name(step: TranscriptFit) -> None:
    said = [line(0, 29, ANA, "What did you do?"), line(31, 39, JORDAN, "This and that.")]
    r = replace(a_round(1, seen("round-1/A", (0, 60))), transcript=replace(spoken(*said, name=None), fit=step))
    found = with_voice(replace(r, voices=heard(LONG, SHORT)), JORDAN)
    assert found.voice is not None
    if step is IN_STEP:
        assert (found.voice.id, found.voice_basis) == (
            SHORT.id,
            f"it is heard where the transcript has “{JORDAN}” speak",
        )
    else:
        assert "speaks longest" in found.voice_basis


def test_of_several_voices_none_is_taken_where_the_face_is_not_known() -> None:
    r = a_round(1, seen("round-1/A", (0, 60)), seen("round-1/B", (0, 60)))
    unknown = with_voice(replace(r, candidate=None, reason="not known", voices=heard(LONG, SHORT)))
    assert unknown.voice is None
    assert "not known which face" in unknown.voice_reason


@pytest.mark.parametrize("reason", ["it has no sound", "no speech was found in its sound"])
def test_where_nothing_is_heard_the_reason_is_kept(reason: str) -> None:
    r = picked(RoundVoices((), (), reason))
    assert r.voice is None
    assert r.voice_reason == reason
    assert talking_time(r, "round-1/A") == (None, reason)


def test_voices_are_compared_across_rounds_and_within_one() -> None:
    first, second = picked(heard(LONG, SHORT)), picked(heard(LONG))
    second = replace(second, round=replace(second.round, id="round-2"))
    pairs = compared_voices([first, second], lambda a, b: Comparison({}, None, f"{a.speech_s:.0f} {b.speech_s:.0f}"))
    assert pairs[("round-1", "round-1/voice-2")].reason == "30 10"
    assert ("round-1#first", "round-1#last") in pairs
    assert "handed in twice" in pairs[("round-1", "round-2")].reason


def test_speakers_are_listed_with_why_one_is_the_candidates() -> None:
    listed = speakers(picked(heard(LONG, tie(SHORT, "round-1/B"))))
    assert [(s.is_candidate, s.face, float(s.speaking)) for s in listed] == [(True, None, 30), (False, "round-1/B", 10)]
    assert listed[0].basis
    assert not listed[1].basis


def test_a_voice_that_is_named_is_taken() -> None:
    r = a_round(1, seen("round-1/A", (0, 60)))
    found = with_voice(replace(r, voices=heard(tie(LONG, "round-1/A"), SHORT)), None, ("round-1/voice-2",))
    assert found.voice is not None
    assert found.voice.id == "round-1/voice-2"
    assert found.voice_basis == "you named it"


def test_a_voice_is_as_sure_as_the_face_that_it_goes_with() -> None:
    assert [is_sure(picked(heard(tie(LONG, "round-1/A")), faces=n)) for n in (1, 2)] == [True, False]
    assert [is_sure(picked(heard(LONG), faces=n)) for n in (1, 2)] == [True, False]
    assert not is_sure(picked(heard(LONG, SHORT), faces=1))  # the interviewer may speak longest
    r = picked(heard(LONG, SHORT))
    assert is_sure(with_voice(r, named=(SHORT.id,)))
