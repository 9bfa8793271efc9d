"""The checks that listen, on hand-built voices."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, case, compared, seen
from tests.voice_cases import NOISY, Pair, heard, motion, source, voice
from verifier.candidate_voice import compared_voices, with_voice
from verifier.checks import second_voice, speech_without_lips, voice_across_rounds, voice_continuity
from verifier.checks.base import Check, ObservedRound
from verifier.findings import Finding, Outcome
from verifier.likelihood import Support
from verifier.mouth_motion import MouthMotion
from verifier.round_voices import RoundVoices, Tie

FACE = "round-1/A"
TIE = Tie(FACE, 6.0, 1.0)


def listened(voices: RoundVoices, number: int = 1, motions: dict[str, MouthMotion] | None = None) -> ObservedRound:
    r = a_round(number, seen(f"round-{number}/A", (0, 60)))
    return with_voice(replace(r, voices=voices, motions=motions or {}))


def plain(*spans: Pair, tied: bool = True) -> RoundVoices:
    sound = source(*[(1, s) for s in spans])
    return heard(replace(voice(1, sound, 1, *spans), tie=TIE if tied else None))


def one(check: Check, r: ObservedRound, **pairs: object) -> Finding:
    (found,) = check.run(replace(case(r), voices_compared=pairs.get("pairs", {})))
    return found


@pytest.mark.parametrize(
    ("values", "outcome", "words"),
    [
        (SAME, Outcome.NOT_OBSERVED, "support for the same voice or an imitation of it"),
        (DIFFERENT, Outcome.OBSERVED, "moderate support for different voices"),
        (OPEN, Outcome.INCONCLUSIVE, "no clear support either way"),
    ],
)
def test_voices_of_two_rounds(values: tuple[float, float, float], outcome: Outcome, words: str) -> None:
    rounds = [listened(plain((0, 30), tied=False), n) for n in (1, 2)]
    (found,) = voice_across_rounds.run(
        replace(case(*rounds), voices_compared={("round-1", "round-2"): compared(values)})
    )
    assert found.outcome is outcome
    assert words in found.statement
    assert "Compared: 30 s of speech with 30 s." in found.statement
    assert "the only voice (an assumption)" in found.statement
    assert "person" not in found.statement


def guessed(number: int = 2, tie: Tie | None = None) -> ObservedRound:
    """A round of two voices, the longer of which is taken; tie: of that one."""
    sound = source((1, (0, 30)), (2, (30, 40)))
    found = heard(replace(voice(1, sound, 1, (0, 30)), tie=tie), voice(2, sound, 2, (30, 40)))
    r = listened(found, number)
    return replace(r, round=replace(r.round, evidence=(replace(r.round.evidence[0], sha256="1" * 64),)))


@pytest.mark.parametrize("tie", [None, Tie("round-2/A", 6.0, 1.0)])
def test_a_guessed_voice_is_never_named_different(tie: Tie | None) -> None:
    rounds = [listened(plain((0, 30))), guessed(tie=tie)]
    pairs = compared_voices(rounds, lambda a, b: compared(DIFFERENT))
    (found,) = voice_across_rounds.run(replace(case(*rounds), voices_compared=pairs))
    assert found.outcome is (Outcome.OBSERVED if tie else Outcome.INCONCLUSIVE)
    assert ("--candidate round-1/voice-2 takes that one" in found.statement) is (tie is None)
    assert ("different voices" in found.statement) is (tie is not None)


def test_sameness_of_a_guessed_voice_is_divided_by_the_voices_that_could_be() -> None:
    pairs = compared_voices([listened(plain((0, 30))), guessed()], lambda a, b: compared(SAME))
    assert pairs[("round-1", "round-2")].lr is not None
    assert pairs[("round-1", "round-2")].lr.log10 == pytest.approx(SAME[0] - math.log10(2), abs=0.01)


@pytest.mark.parametrize("values", [SAME, DIFFERENT])
def test_beside_short_speech_that_is_not_told_apart_halves_stay_open(values: tuple[float, float, float]) -> None:
    sound = source((1, (0, 30)))
    r = listened(heard(replace(voice(1, sound, 1, (0, 30)), untold_s=6.2)))
    found = one(voice_continuity, r, pairs={("round-1#first", "round-1#last"): compared(values)})
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "further short speech could not be told apart (6 s)" in found.statement
    assert "it is the longest voice; further short speech could not be told apart (an assumption)" in found.statement


@pytest.mark.parametrize(("own", "outcome"), [("", Outcome.INCONCLUSIVE), ("maria.m4a", Outcome.NOT_OBSERVED)])
def test_a_single_voice_in_rough_sound_that_all_share_may_be_several(own: str, outcome: Outcome) -> None:
    sound = source((1, (0, 30)), facts=NOISY, own=own)
    r = listened(heard(voice(1, sound, 1, (0, 30))))
    found = one(voice_continuity, r, pairs={("round-1#first", "round-1#last"): compared(SAME)})
    assert found.outcome is outcome
    assert ("several voices may be taken for one" in found.statement) is (own == "")


def test_a_round_without_a_voice_is_named_with_its_reason() -> None:
    rounds = [listened(plain((0, 30))), listened(RoundVoices((), (), "its sound is silent from beginning to end"), 2)]
    (found,) = voice_across_rounds.run(case(*rounds))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "in Round 2, its sound is silent" in found.statement
    assert "sound" in found.next_step
    (single,) = voice_across_rounds.run(case(rounds[0]))
    assert single.outcome is Outcome.NOT_APPLICABLE


def test_halves_of_one_voice() -> None:
    found = one(voice_continuity, listened(plain((0, 30))), pairs={("round-1#first", "round-1#last"): compared(SAME)})
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "first and in the second half" in found.statement
    assert "while the candidate's lips move" in found.statement


def test_a_voice_that_follows_for_good_is_a_change_with_its_time() -> None:
    sound = source((1, (0, 30)), (2, (32, 50)))
    r = listened(heard(voice(1, sound, 1, (0, 30)), voice(2, sound, 2, (32, 50))))
    found = one(voice_continuity, r, pairs={("round-1", "round-1/voice-2"): compared(DIFFERENT)})
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "one voice until 00:30, another from 00:32 on" in found.statement
    assert "may be another participant" in found.statement
    assert [s.seconds() for s in found.spans] == [(25, 37)]


@pytest.mark.parametrize(
    ("moving", "outcome", "words"),
    [
        (((0, 20), (32, 50)), Outcome.OBSERVED, "lips move with both"),
        (((0, 20),), Outcome.NOT_OBSERVED, "first and in the second half"),
    ],
)
def test_lips_tell_whether_the_voice_that_follows_is_another_participants(
    moving: tuple[Pair, ...], outcome: Outcome, words: str
) -> None:
    sound = source((1, (0, 30)), (2, (32, 50)))
    voices = heard(replace(voice(1, sound, 1, (0, 30)), tie=TIE), voice(2, sound, 2, (32, 50)))
    pairs = {("round-1", "round-1/voice-2"): compared(DIFFERENT), ("round-1#first", "round-1#last"): compared(SAME)}
    found = one(voice_continuity, listened(voices, motions={FACE: motion(*moving)}), pairs=pairs)
    assert found.outcome is outcome
    assert words in found.statement


def test_voices_that_take_turns_are_no_change() -> None:
    sound = source((1, (0, 10)), (2, (10, 20)), (1, (20, 40)))
    r = listened(heard(voice(1, sound, 1, (0, 10), (20, 40)), voice(2, sound, 2, (10, 20))))
    found = one(voice_continuity, r, pairs={("round-1#first", "round-1#last"): compared(SAME)})
    assert found.outcome is Outcome.NOT_OBSERVED


def test_a_second_voice_in_the_candidates_own_file_is_shown() -> None:
    own = source((1, (0, 10)), (2, (10, 16)), (1, (16, 40)), own="maria.m4a")
    r = listened(heard(voice(1, own, 1, (0, 10), (16, 40)), voice(2, own, 2, (10, 16))))
    found = one(voice_continuity, r, pairs={("round-1", "round-1/voice-2"): compared(DIFFERENT)})
    assert found.outcome is Outcome.OBSERVED
    assert "a second voice in maria.m4a" in found.statement


def test_speech_beside_a_still_mouth_is_shown_with_its_seconds() -> None:
    r = listened(plain((0, 40)), motions={FACE: motion((0, 20), (26, 40))})
    found = one(speech_without_lips, r)
    assert found.outcome is Outcome.OBSERVED
    assert found.lr is None
    (where,) = found.spans
    assert 20 <= where.start <= 21
    assert 25 <= where.end <= 26
    assert "A picture that freezes does this too" in found.statement


def test_an_assumed_voice_beside_a_still_mouth_stays_open() -> None:
    r = listened(plain((0, 40), tied=False), motions={FACE: motion((0, 20), (26, 40))})
    assert one(speech_without_lips, r).outcome is Outcome.INCONCLUSIVE


def test_pauses_and_other_voices_beside_a_still_mouth_are_nothing() -> None:
    sound = source((1, (0, 20)), (2, (24, 40)))
    mine = replace(voice(1, sound, 1, (0, 20)), tie=TIE)
    r = listened(heard(mine, voice(2, sound, 2, (24, 40))), motions={FACE: motion((0, 20))})
    assert one(speech_without_lips, r).outcome is Outcome.NOT_OBSERVED


def test_a_stretch_that_sounds_unlike_the_voice_is_a_mistake_of_grouping_not_shown() -> None:
    sound = source((1, (0, 20)), (2, (20, 26)), (1, (26, 40)))
    mine = replace(voice(1, sound, 1, (0, 40)), tie=TIE)
    r = listened(heard(mine), motions={FACE: motion((0, 20), (26, 40))})
    assert one(speech_without_lips, r).outcome is Outcome.NOT_OBSERVED


def test_a_mouth_that_was_hardly_seen_is_not_available() -> None:
    found = one(speech_without_lips, listened(plain((0, 40)), motions={FACE: motion(seen=((0, 3),))}))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "only" in found.statement
    assert one(speech_without_lips, listened(plain((0, 40)))).outcome is Outcome.NOT_AVAILABLE


@pytest.mark.parametrize(("times", "outcome"), [(0, "not_observed"), (1, "inconclusive"), (3, "observed")])
def test_a_second_voice_is_shown_from_two_times_on(times: int, outcome: str) -> None:
    soft = tuple((5, (6.0 + 20 * n, 7.5 + 20 * n)) for n in range(times))
    spans = [(8, 18), (28, 38), (48, 58)]
    sound = source(*[(1, s) for s in spans], soft=soft, own="maria.m4a")
    found = one(second_voice, listened(heard(voice(1, sound, 1, *spans))))
    assert found.outcome == outcome
    assert len(found.spans) == times
    assert found.support is None
    assert found.lr is None
    if times == 3:
        assert "about 14 dB softer" in found.statement
        assert "3 of 3 just before an answer" in found.statement
        assert "no part in this" in found.statement


@pytest.mark.parametrize(("turn", "outcome"), [(2.0, "inconclusive"), (6.0, "observed")])
def test_on_a_shared_channel_it_may_be_the_interviewer_unless_that_voice_is_known(turn: float, outcome: str) -> None:
    soft = tuple((5, (6.0 + 20 * n, 7.5 + 20 * n)) for n in range(3))
    spans, asked = [(8, 18), (28, 38), (48, 58)], (60.0, 60.0 + turn)
    sound = source(*[(1, s) for s in spans], (2, asked), soft=soft)
    found = one(second_voice, listened(heard(voice(1, sound, 1, *spans), voice(2, sound, 2, asked))))
    assert found.outcome == outcome
    assert "It may be the interviewer, or somebody in the room" in found.statement


def test_in_noise_no_soft_voice_would_be_heard() -> None:
    sound = source((1, (0, 30)), facts=NOISY)
    found = one(second_voice, listened(heard(voice(1, sound, 1, (0, 30)))))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "only 8 dB below the speech" in found.statement


@pytest.mark.parametrize("check", [voice_continuity, speech_without_lips, second_voice])
def test_no_sound_is_never_a_clean_result(check: Check) -> None:
    found = one(check, listened(RoundVoices((), (), "it has no sound")))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "it has no sound" in found.statement
    assert found.support is not Support.FIRST
