"""Which round a transcript belongs to, and who in it is the candidate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.checks.calls import ANA, JORDAN, SAM, line, spoken, transcript
from tests.checks.cases import evidence
from tests.spoken_calls import spans, turns
from verifier.case import Round
from verifier.spoken import CANDIDATE, SOMEBODY_ELSE, WrittenCall, assign, with_candidate
from verifier.timing import Span
from verifier.transcript import Clock, Transcript, Utterance, Word
from verifier.transcript_fit import Step

CALLS = {f"round-{n}": turns(120, n) for n in (1, 2)}
SPEECH = {id_: spans(said) for id_, said in CALLS.items()}


def a_round(id_: str, file: str) -> Round:
    return Round(id_, id_.capitalize(), (evidence(id_, file),))


def written(name: str, said: list[Utterance], folder: str = "") -> WrittenCall:
    return WrittenCall(
        replace(evidence("transcript-1", name, "transcript"), path=Path("/x") / name), transcript(*said), folder
    )


ROUNDS = [a_round("round-1", "monday.mp4"), a_round("round-2", "GMT20260203_Recording_1280x720.mp4")]
SHORT = turns(3, 9)


def given(
    *calls: WrittenCall, speech: dict[str, tuple[Span, ...]] = SPEECH
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    found, left_out = assign(calls, ROUNDS, speech)
    return {id_: t.evidence.name for id_, t in found.items()}, left_out


@pytest.mark.parametrize(
    ("call", "round_id"),
    [
        (written("monday.vtt", SHORT), "round-1"),
        (written("GMT20260203_Recording.transcript.vtt", SHORT), "round-2"),
        (written("x.vtt", SHORT, "round-2"), "round-2"),
        (written("x.vtt", CALLS["round-2"]), "round-2"),
        (written("x.vtt", SHORT), "round-1"),
    ],
    ids=["name", "beginning of the name", "folder", "times", "order"],
)
def test_a_transcript_goes_to_its_round(call: WrittenCall, round_id: str) -> None:
    assert given(call) == ({round_id: call.evidence.name}, [])


def test_two_without_names_go_by_their_times_whatever_their_order() -> None:
    found, _ = given(written("a.vtt", CALLS["round-2"]), written("b.vtt", CALLS["round-1"]))
    assert found == {"round-1": "b.vtt", "round-2": "a.vtt"}


def test_one_of_another_call_is_not_used_even_if_its_name_says_so() -> None:
    found, ((name, why),) = given(written("monday.vtt", turns(120, 7)))
    assert (found, name) == ({}, "monday.vtt")
    assert "another call" in why


def test_one_whose_recording_could_not_be_used_goes_to_no_other_round() -> None:
    found, ((_, why),) = given(written("x.vtt", SHORT, "round-7"))
    assert found == {}
    assert "could not be used" in why


def test_a_second_one_for_the_same_round_is_not_used() -> None:
    found, ((name, why),) = given(written("monday.vtt", CALLS["round-1"]), written("monday.srt", CALLS["round-1"]))
    assert (found, name) == ({"round-1": "monday.vtt"}, "monday.srt")
    assert "monday.vtt is used" in why


def test_one_that_cannot_be_measured_is_used_as_it_is_and_it_is_said() -> None:
    found, _ = assign([written("monday.vtt", SHORT)], ROUNDS, {})
    one = found["round-1"]
    assert one.fit.step is Step.UNKNOWN
    assert "could not be measured" in one.evidence.problems[-1]
    assert one.transcript.utterances == tuple(SHORT)


SAID = [line(0, 4, ANA, "What did you do?"), line(5, 20, JORDAN, "I did this and that and then some more of it.")]


@pytest.mark.parametrize(
    ("name", "who", "how"),
    [
        ("jordan reyes", JORDAN, "bears the candidate's name"),
        ("J. Réyes", JORDAN, "bears the candidate's name"),
        ("Ana", ANA, "bears the candidate's name"),
        ("Somebody Else", JORDAN, "says most (an assumption"),
        (None, JORDAN, "says most (an assumption"),
    ],
)
def test_the_candidate_is_found_by_name_or_assumed(name: str | None, who: str, how: str) -> None:
    found = spoken(*SAID, name=name)
    assert found.candidate == who
    assert how in found.basis


def test_nobody_is_taken_where_two_say_equally_much() -> None:
    found = spoken(SAID[1], line(21, 30, SAM, SAID[1].text), name=None)
    assert found.candidate == ""
    assert "--name" in found.reason


def test_a_voice_tells_who_the_candidate_is() -> None:
    found = with_candidate(spoken(*SAID), None, (Span(Fraction(0), Fraction(4)),))
    assert found.candidate == ANA
    assert "voice" in found.basis


def test_voices_name_the_speakers_of_a_transcript_without_any() -> None:
    words = tuple(Word(Span(Fraction(n), Fraction(n + 1)), f"w{n}") for n in range(6))
    bare = spoken(SAID[0], name=None)
    bare = replace(
        bare, transcript=Transcript((Utterance(Span(Fraction(0), Fraction(6)), "", "x", words),), "x", Clock.WORDS)
    )
    assert with_candidate(bare).reason == "the transcript names no speakers"
    found = with_candidate(bare, None, (Span(Fraction(0), Fraction(2)),), (Span(Fraction(2), Fraction(6)),))
    assert found.candidate == CANDIDATE
    assert [u.speaker for u in found.transcript.utterances] == [CANDIDATE, SOMEBODY_ELSE]
