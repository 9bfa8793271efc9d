from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from verifier.media.types import AudioBlock
from verifier.observe.sound_features import BANDS, BINS_PER_S, COLUMNS, SAMPLE_RATE, SoundTable, sound_table


def tone(hertz: float, seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


def table(*pieces: tuple[float, np.ndarray]) -> SoundTable:
    return sound_table(AudioBlock(Fraction(at).limit_denominator(1000), s, SAMPLE_RATE) for at, s in pieces)


def test_a_tone_sounds_in_its_band_and_sets_in_where_it_begins() -> None:
    found = table((0, np.concatenate([np.zeros(SAMPLE_RATE, np.float32), tone(1000, 1)])))
    assert found.features.shape == (2 * BINS_PER_S, COLUMNS)
    loudest = found.features[30:48, :BANDS].argmax(axis=1)
    assert len(set(loudest)) == 1
    low = table((0, tone(200, 1))).features[5:20, :BANDS].argmax(axis=1)
    assert low.max() < loudest[0]
    onset = found.features[:, BANDS:].max(axis=1)
    assert onset.argmax() in (24, 25)
    assert found.level[40] == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.2)
    assert found.level[10] == pytest.approx(-80)


def test_blocks_of_any_length_give_one_table() -> None:
    sound = tone(300, 2.0) * np.linspace(0, 1, 2 * SAMPLE_RATE, dtype=np.float32)
    whole = table((0, sound))
    cuts = [0, 7000, 16_000, 16_500, 32_000]
    parts = table(*((a / SAMPLE_RATE, sound[a:b]) for a, b in itertools.pairwise(cuts)))
    np.testing.assert_allclose(parts.features, whole.features, atol=1e-3)


def test_a_gap_keeps_the_clock_and_is_no_silence() -> None:
    found = table((0, tone(500, 1)), (3, tone(500, 1)))
    assert len(found.features) == pytest.approx(4 * BINS_PER_S, abs=1)
    assert np.isnan(found.features[30:74]).all()
    assert np.isinf(found.level[30:74]).all()
    assert not np.isnan(found.features[76:98]).any()
    late = table((2, tone(500, 1)))
    assert np.isnan(late.features[:49]).all()
    assert not np.isnan(late.features[51:74]).any()


def test_no_sound_is_an_empty_table_and_another_rate_is_refused() -> None:
    assert table().features.shape == (0, COLUMNS)
    with pytest.raises(ValueError, match="16000"):
        sound_table([AudioBlock(Fraction(0), tone(500, 1), 8000)])
