"""A voice belongs to the face whose mouth moves while it is heard; when unsure, to nobody."""

from __future__ import annotations

from tests.voice_cases import Pair, heard, motion, source, voice
from verifier.mouth_motion import MouthMotion
from verifier.round_voices import RoundVoices
from verifier.voice_faces import tied

A, B = "round-1/A", "round-1/B"
QUESTIONS: tuple[Pair, ...] = ((0, 8), (20, 28))
ANSWERS: tuple[Pair, ...] = ((10, 18), (30, 50))


def conversation() -> RoundVoices:
    sound = source(*[(1, s) for s in ANSWERS], *[(2, s) for s in QUESTIONS])
    return heard(voice(1, sound, 1, *ANSWERS), voice(2, sound, 2, *QUESTIONS))


def faces(motions: dict[str, MouthMotion]) -> list[str | None]:
    return [v.tie.face if v.tie else None for v in tied(conversation(), motions).voices]


def test_each_voice_goes_with_the_mouth_that_moves_with_it() -> None:
    assert faces({A: motion(*ANSWERS), B: motion(*QUESTIONS)}) == [A, B]


def test_a_voice_out_of_view_is_nobodys() -> None:
    assert faces({A: motion(*ANSWERS)}) == [A, None]


def test_bursts_of_six_seconds_are_enough() -> None:
    assert faces({A: motion(*ANSWERS, seen=((14, 20), (44, 50)))}) == [A, None]


def test_a_mouth_that_always_moves_is_tied_to_nothing() -> None:
    assert faces({A: motion((0, 60))}) == [None, None]


def test_a_still_mouth_is_tied_to_nothing() -> None:
    assert faces({A: motion(), B: motion()}) == [None, None]


def test_two_mouths_that_move_alike_leave_it_open() -> None:
    assert faces({A: motion(*ANSWERS), B: motion(*ANSWERS)}) == [None, None]


def test_two_seconds_are_too_few() -> None:
    assert faces({A: motion(*ANSWERS, seen=((12, 14),))}) == [None, None]


def test_a_mouth_seen_only_with_the_voice_must_be_seen_longer_unless_there_is_one_voice() -> None:
    short = motion(*ANSWERS, seen=((12, 16),))
    assert faces({A: short}) == [None, None]
    sound = source(*[(1, s) for s in ANSWERS])
    (alone,) = tied(heard(voice(1, sound, 1, *ANSWERS)), {A: short}).voices
    assert alone.tie is not None
    assert alone.tie.face == A
    assert faces({A: motion(*ANSWERS, seen=((11, 17), (32, 38)))}) == [A, None]


def test_two_voices_that_go_with_one_face_are_both_left_open() -> None:
    sound = source((1, (0, 10)), (2, (12, 22)))
    two = heard(voice(1, sound, 1, (0, 10)), voice(2, sound, 2, (12, 22)))
    found = tied(two, {A: motion((0, 22), seen=((0, 22),))})
    assert [v.tie for v in found.voices] == [None, None]


def test_a_voice_that_goes_on_without_the_mouth_for_a_while_is_still_its_voice() -> None:
    assert faces({A: motion((10, 18), (30, 42))}) == [A, None]
    assert faces({A: motion((10, 18), (30, 42), (52, 56))}) == [None, None]
