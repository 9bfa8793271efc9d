"""Another voice near the candidate: soft, unlike everybody who takes part, and near an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voice_cases import Pair, heard, source, voice
from verifier.asides import asides
from verifier.voice_faces import Tie

ANSWERS: tuple[Pair, ...] = ((10, 20), (40, 52))
Soft = tuple[tuple[int, Pair], ...]


def found(soft: Soft, *others: tuple[int, Pair]) -> list[tuple[float, float, bool]]:
    sound = source(*[(1, s) for s in ANSWERS], *others, soft=soft)
    mine = voice(1, sound, 1, *ANSWERS)
    rest = [voice(n, sound, which, times) for n, (which, times) in enumerate(others, 2)]
    return [(*a.span.seconds(), a.before_answer) for a in asides(heard(mine, *rest), mine)]


def test_a_soft_voice_just_before_and_in_a_pause_of_an_answer_is_found() -> None:
    assert found(((5, (8, 9.5)), (5, (20.3, 21.3)))) == [(8, 9.5, True), (20.3, 21.3, False)]


def test_the_candidates_own_soft_speech_is_not() -> None:
    assert found(((1, (8, 9.5)),)) == []


def test_a_soft_voice_far_from_answers_is_not() -> None:
    assert found(((5, (27, 28.5)),)) == []


def test_an_interviewer_who_is_softer_takes_part() -> None:
    assert found(((2, (8, 9.5)),), (2, (0, 6))) == []


def test_a_few_words_of_a_further_voice_do_not_make_it_take_part() -> None:
    assert len(found(((2, (8, 9.5)),), (2, (60, 62)))) == 1


@pytest.mark.parametrize(("other", "count"), [((20.5, 22.0), 1), ((32.0, 38.0), 1), ((60.0, 62.0), 0)])
def test_in_a_file_of_the_candidates_own_any_further_voice_counts(other: Pair, count: int) -> None:
    own, far = source((1, ANSWERS[0]), (5, other), own="maria.m4a"), source((2, (0, 8)), own="host.m4a")
    mine = voice(1, own, 1, *ANSWERS)
    assert len(asides(heard(mine, voice(2, own, 5, other), voice(3, far, 2, (0, 8))), mine)) == count


def test_what_another_file_holds_at_the_same_time_is_that_one_heard_again() -> None:
    own, far = source((1, ANSWERS[0]), soft=((5, (8, 9)),), own="maria.m4a"), source((2, (7, 10)), own="host.m4a")
    mine = voice(1, own, 1, *ANSWERS)
    assert asides(heard(mine, voice(2, far, 2, (7, 10))), mine) == ()


def test_a_voice_that_goes_with_a_face_takes_part() -> None:
    sound = source((1, ANSWERS[0]), (2, (60, 62)), soft=((2, (8, 9)),))
    mine, other = voice(1, sound, 1, *ANSWERS), replace(voice(2, sound, 2, (60, 62)), tie=Tie("round-1/B", 3.0, 1.0))
    assert asides(heard(mine, other), mine) == ()
