from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from verifier.calibrate import Labelled, Pairs, cllr, curve_entry, error_rates, hard_people, like_pairs, logistic


def test_logistic_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 2))
    y = x @ (1.5, -0.7) + rng.logistic(size=400) > 0.3
    weight = rng.uniform(0.5, 2, 400)
    ours = logistic(x, y, weight)
    theirs = LogisticRegression(C=1e6, tol=1e-9, max_iter=1000).fit(x, y, sample_weight=weight)
    assert ours == pytest.approx([*theirs.coef_[0], theirs.intercept_[0]], rel=1e-3, abs=1e-3)


def test_cllr_is_one_without_information_and_small_with_it() -> None:
    none = np.zeros(10)
    assert cllr(none, none) == pytest.approx(1)
    assert cllr(none + 3, none - 3) < 0.01
    assert cllr(none - 3, none + 3) > 5


def test_error_rates_of_known_scores() -> None:
    rates = error_rates(np.array([0.9, 0.8, 0.7, 0.1]), np.linspace(0, 0.5, 1000))
    assert rates["FNMR at FMR 1e-3"] == 0.25
    assert rates["EER"] == pytest.approx(0.25, abs=0.06)


def _people(count: int, crowd: int) -> Labelled:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(count, 32))
    centres[:crowd] = centres[0] + 0.4 * rng.normal(size=(crowd, 32))
    vectors = np.repeat(centres, 3, axis=0) + 0.2 * rng.normal(size=(3 * count, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Labelled({"dlib": vectors.astype(np.float32)}, np.repeat(np.arange(count), 3))


def test_the_people_who_resemble_each_other_are_the_hard_ones() -> None:
    assert set(hard_people(_people(100, 5), 0.05)) == set(range(5))


def test_a_photo_is_never_compared_with_itself() -> None:
    data = _people(10, 2)
    assert len(like_pairs(data, data, ("dlib",), other_photo=True).same) == 10 * 3


def test_a_curve_never_says_more_than_its_people_support() -> None:
    data = _people(30, 2)
    like = like_pairs(data, data, ("dlib",), other_photo=True)
    first = np.repeat(np.arange(10), 9)
    second = np.tile(np.arange(10, 19), 10)
    unlike = Pairs(np.random.default_rng(0).normal(0, 0.1, (90, 1)), np.zeros(90, bool), first, second)
    entry = curve_entry("photo", ("dlib",), "clear", like, unlike)
    assert entry["cap_same"] == pytest.approx(np.log10(30), abs=1e-3)
    assert entry["cap_different"] == pytest.approx(1.0, abs=1e-3)
