from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from verifier.metrics import auc, auc_interval, cllr, cllr_min, effective_pairs, error_rates, pav_log10, rate_interval


def test_cllr_is_one_without_information_and_small_with_it() -> None:
    none = np.zeros(10)
    assert cllr(none, none) == pytest.approx(1)
    assert cllr(none + 3, none - 3) < 0.01
    assert cllr(none - 3, none + 3) > 5


def test_error_rates_of_known_scores() -> None:
    rates = error_rates(np.array([0.9, 0.8, 0.7, 0.1]), np.linspace(0, 0.5, 1000))
    assert rates["FNMR at FMR 1e-3"] == 0.25
    assert rates["EER"] == pytest.approx(0.25, abs=0.06)


def test_pav_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    like, unlike = rng.normal(1, 1, 300), rng.normal(-1, 1, 500)
    ours = np.concatenate(pav_log10(like, unlike))
    x, y = np.concatenate([like, unlike]), np.repeat([1.0, 0.0], [300, 500])
    share = IsotonicRegression().fit_transform(x, y, sample_weight=np.repeat([0.5 / 300, 0.5 / 500], [300, 500]))
    inside = (share > 1e-9) & (share < 1 - 1e-9)
    assert ours[inside] == pytest.approx(np.log10(share[inside] / (1 - share[inside])), abs=1e-6)


@given(st.floats(0.1, 5), st.floats(-3, 3))
def test_no_monotone_rescaling_beats_cllr_min(scale: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    like, unlike = rng.normal(1, 1, 60), rng.normal(-1, 1, 60)
    least = cllr_min(like, unlike)
    assert least <= cllr(scale * like + shift, scale * unlike + shift) + 1e-9
    assert least == pytest.approx(cllr_min(scale * like + shift, scale * unlike + shift), abs=1e-9)


def test_an_interval_holds_the_rate_and_none_seen_is_not_never() -> None:
    people = np.arange(100)
    rate, low, high = rate_interval(people < 20, people, people)
    assert (rate, low < 0.2 < high) == (0.2, True)
    assert rate_interval(people < 0, people, people) == (0.0, 0.0, pytest.approx(0.03))


def test_pairs_that_share_people_are_worth_less_than_as_many_independent_ones() -> None:
    rng = np.random.default_rng(0)
    trait = rng.normal(size=60)
    first, second = np.triu_indices(60, 1)
    by_person = trait[first] + trait[second] > 2
    by_pair = rng.random(len(first)) < by_person.mean()
    assert effective_pairs(by_person, first, second) < 0.3 * effective_pairs(by_pair, first, second)


def test_area_agrees_with_scikit_learn_ties_included() -> None:
    rng = np.random.default_rng(0)
    above, below = rng.integers(0, 9, 70).astype(float), rng.integers(0, 6, 50).astype(float)
    labels, scores = np.repeat([1, 0], [70, 50]), np.concatenate([above, below])
    assert auc(above, below) == pytest.approx(roc_auc_score(labels, scores))


def test_interval_of_an_area_holds_it_and_is_wider_where_values_share_people() -> None:
    rng = np.random.default_rng(1)
    above, below = np.sort(rng.normal(1, 1, 60)), np.sort(rng.normal(0, 1, 60))
    widths = []
    for people in (60, 6):
        low, high = auc_interval(
            *([(str(n * people // 60), float(v)) for n, v in enumerate(s)] for s in (above, below))
        )
        assert low < auc(above, below) < high
        widths.append(high - low)
    assert widths[1] > 1.5 * widths[0]
