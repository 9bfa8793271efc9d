from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.likelihood import LikelihoodRatio, Support


def test_an_interval_across_two_supports_nothing() -> None:
    assert LikelihoodRatio(1.0, 0.2, 1.5, "c").support is Support.INCONCLUSIVE
    assert LikelihoodRatio(1.0, 0.4, 1.5, "c").support is Support.FIRST
    assert LikelihoodRatio(-1.0, -1.5, -0.4, "c").support is Support.SECOND


@pytest.mark.parametrize(
    ("log10", "word"), [(0.5, "weak"), (1.5, "moderate"), (2.5, "moderately strong"), (3.5, "strong")]
)
def test_words_are_the_same_either_way(log10: float, word: str) -> None:
    assert LikelihoodRatio(log10, log10 - 0.1, log10, "c").strength == word
    assert LikelihoodRatio(-log10, -log10, -log10 + 0.1, "c").strength == word


def test_bounds_must_enclose_the_ratio() -> None:
    with pytest.raises(ValueError, match="enclose"):
        LikelihoodRatio(1.0, 1.5, 2.0, "c")


@given(st.floats(0.31, 6))
def test_times_has_one_leading_digit(log10: float) -> None:
    text = LikelihoodRatio(log10, log10, log10, "c").times().removeprefix("about ").replace(",", "")
    assert int(text) == pytest.approx(10**log10, rel=0.5)
    assert len(text.rstrip("0")) <= 2


@pytest.mark.parametrize(
    ("log10", "said"),
    [(0.99, "about 9"), (1.98, "about 90"), (2.9955, "about 900"), (3.0, "about 1,000"), (0.31, "about 2")],
)
def test_the_figure_never_says_more_than_the_word(log10: float, said: str) -> None:
    assert LikelihoodRatio(log10, log10, log10, "c").times() == said


def test_the_nearest_of_several_weighs_less_toward_same_and_never_more_toward_different() -> None:
    assert LikelihoodRatio(2.0, 1.5, 2.2, "c").among(10) == LikelihoodRatio(1.0, 0.5, 2.2 - 1.0, "c")
    assert LikelihoodRatio(0.5, 0.4, 0.6, "c").among(10).log10 == 0.0
    different = LikelihoodRatio(-1.0, -1.5, -0.5, "c")
    assert different.among(10) == different


@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_guess_among_several_never_supports_the_second_proposition(count: int) -> None:
    sure = LikelihoodRatio(-6.0, -7.0, -5.0, "c")
    assert sure.guessed(1) == sure
    assert sure.guessed(count).support is Support.INCONCLUSIVE
    assert LikelihoodRatio(3.0, 2.9, 3.1, "c").guessed(count).log10 == pytest.approx(3.0 - math.log10(count), abs=0.01)
