from __future__ import annotations

import numpy as np
import pytest

from tests.sounds import vowels
from verifier.seeds.shots import RATE, Sound, loudness
from verifier.seeds.sound_changes import dubbing, pausing, second_voice, shifting, whispered, whispering

OWN, OTHER = vowels(120.0, 4.0)[: 2 * RATE], vowels(210.0, 2.0)[:RATE] * np.float32(0.2)
SPAN = (0.5, 1.5)
INSIDE = slice(RATE // 2, RATE + RATE // 2)


def outside(sound: Sound) -> Sound:
    return np.concatenate([sound[: INSIDE.start], sound[INSIDE.stop :]])


def test_dubbing_puts_the_other_voice_there_as_loud_as_the_own() -> None:
    out = dubbing(OTHER, SPAN)(OWN)
    assert np.array_equal(outside(out), outside(OWN))
    assert np.corrcoef(out[INSIDE], OTHER)[0, 1] > 0.999
    assert loudness(out[INSIDE]) == pytest.approx(loudness(OWN), rel=0.2)


@pytest.mark.parametrize("by", [0.25, -0.25])
def test_shifted_sound_is_moved_within_its_span(by: float) -> None:
    out = shifting(by, SPAN)(OWN)
    assert np.array_equal(outside(out), outside(OWN))
    start, move = INSIDE.start, round(by * RATE)
    assert np.array_equal(out[INSIDE], OWN[start - move : INSIDE.stop - move])
    assert not shifting(2.0, (0.0, 1.0))(OWN)[:RATE].any()


def test_a_second_voice_lies_so_far_beneath_the_own() -> None:
    out = second_voice(OTHER, -20.0, SPAN)(OWN)
    added = out[INSIDE] - OWN[INSIDE]
    assert 20 * np.log10(loudness(added) / loudness(OWN)) == pytest.approx(-20, abs=1)


def test_a_whisper_keeps_loudness_over_time_and_has_no_pitch() -> None:
    whisper = whispered(OWN, np.random.default_rng(0))
    assert len(whisper) == len(OWN)
    envelopes = [np.abs(s[: len(s) // 960 * 960]).reshape(-1, 960).mean(axis=1)[1:-2] for s in (OWN, whisper)]
    assert np.corrcoef(*envelopes)[0, 1] > 0.8
    voiced, voiceless = (periodicity(s[RATE // 2 : RATE // 2 + 2400]) for s in (OWN, whisper))
    assert voiced > 0.8
    assert voiceless < 0.5


def periodicity(sound: Sound) -> float:
    """The largest correlation of a tenth of a second with itself, 70 to 400 times a second."""
    return max(np.corrcoef(sound[lag:], sound[:-lag])[0, 1] for lag in range(RATE // 400, RATE // 70))


def test_a_whisper_precedes_the_answer_and_leaves_it_alone() -> None:
    paused = pausing(2.0, np.random.default_rng(0))(OWN)
    out = whispering((2.0, 3.0), 0.5, -15.0, np.random.default_rng(0))(paused)
    assert np.array_equal(out[2 * RATE :], OWN)
    assert loudness(out[RATE // 2 : RATE]) > 5 * loudness(paused[RATE // 2 : RATE])
    assert np.array_equal(out[: RATE // 2], paused[: RATE // 2])


def test_silence_and_nothing_at_all_are_borne() -> None:
    silent = np.zeros(RATE, np.float32)
    for change in (dubbing(silent, SPAN), second_voice(silent, -10.0, SPAN), shifting(0.3, SPAN)):
        assert np.isfinite(change(OWN)).all()
        assert len(change(np.zeros(0, np.float32))) == 0
    assert not whispered(silent, np.random.default_rng(0)).any()
