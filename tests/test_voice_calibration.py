from __future__ import annotations

import numpy as np
import pytest

from verifier.checks.base import VOICES, support_words
from verifier.likelihood import LikelihoodRatio
from verifier.observe.sound import SoundFacts
from verifier.voice_calibration import SOUNDS, VOICE_BINS, VoiceCalibration, VoiceTemplate, bin_of, mean_template

CLEAR = SoundFacts(60.0, 0.0, 0.0, -20.0, -50.0, 8000)
TELEPHONE = SoundFacts(60.0, 0.0, 0.0, -20.0, -50.0, 4000)
NAME = ("resemblyzer",)


def template(score: float = 1.0, seconds: float = 30.0, facts: SoundFacts = CLEAR) -> VoiceTemplate:
    vector = np.array([score, np.sqrt(1 - score**2)], np.float32)
    return VoiceTemplate({"resemblyzer": vector}, seconds, facts)


@pytest.fixture(scope="module")
def shipped() -> VoiceCalibration:
    return VoiceCalibration.load()


@pytest.mark.parametrize(("seconds", "name"), [(0.5, None), (1.4, None), (1.5, "1.5 to 3 s"), (7.9, "3 to 8 s"), (20.0, "20 s and more")])  # fmt: skip
def test_the_side_with_less_speech_picks_the_curve(seconds: float, name: str | None) -> None:
    assert bin_of(seconds) == name


def test_every_length_and_kind_of_sound_has_a_curve(shipped: VoiceCalibration) -> None:
    for facts in (CLEAR, TELEPHONE):
        for _, least in VOICE_BINS:
            lr = shipped.compare(template(), template(0.9, least, facts), NAME).lr
            assert lr is not None
            assert f"{SOUNDS[facts is TELEPHONE]} sound" in lr.calibration


def test_a_few_seconds_allow_weak_words_at_most(shipped: VoiceCalibration) -> None:
    for seconds in (2.0, 5.0, 19.0):
        for score in (1.0, -1.0):
            lr = shipped.compare(template(), template(score, seconds), NAME).lr
            assert lr is not None
            assert abs(lr.log10) < 1
            assert max(abs(lr.lower), abs(lr.upper)) < 1


def test_no_voice_is_ever_compared_strongly(shipped: VoiceCalibration) -> None:
    for score in (1.0, -1.0):
        lr = shipped.compare(template(), template(score, 3600), NAME).lr
        assert lr is not None
        assert lr.strength in ("no", "weak", "moderate")


def test_more_alike_is_never_less_support(shipped: VoiceCalibration) -> None:
    ratios = [shipped.compare(template(), template(s), NAME).lr for s in np.linspace(0, 1, 21)]
    log10 = [lr.log10 for lr in ratios if lr is not None]
    assert len(log10) == 21
    assert (np.diff(log10) >= 0).all()
    assert log10[0] < 0 < log10[-1]


def test_too_little_speech_has_a_score_but_no_ratio(shipped: VoiceCalibration) -> None:
    found = shipped.compare(template(), template(0.9, 0.5), NAME)
    assert found.lr is None
    assert "only 0.5 s of speech" in found.reason


def test_other_weights_have_no_ratio(shipped: VoiceCalibration) -> None:
    assert shipped.compare(template(), template(), ()).lr is None


def test_longer_pieces_count_for_more() -> None:
    rows = np.array([[1, 0], [0, 1]], np.float32)
    made = mean_template({"resemblyzer": rows}, np.array([1.6, 0.4]), 2.0, CLEAR)
    assert made.vectors["resemblyzer"] == pytest.approx(np.array([4, 1]) / np.sqrt(17), abs=1e-6)


def test_no_sentence_leaves_out_the_imitation() -> None:
    words = support_words(LikelihoodRatio(1.2, 0.8, 1.5, "x"), VOICES)
    assert words.startswith("moderate support for the same voice or an imitation of it")
    assert words.count("imitation") == 2
    assert "different voices" in support_words(LikelihoodRatio(-0.6, -0.9, -0.4, "x"), VOICES)
