from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from verifier.calibrate import Labelled, curve_entry, even, fit_curve, hard_people, pair_sets, pooled
from verifier.calibration import Curve


def _like_and_unlike(outliers: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    like = np.concatenate([rng.normal(1, 1, 2000), rng.normal(-1, 1, outliers)])[:, None]
    return like, rng.normal(-1, 1, 3000)[:, None]


def _curve(like: np.ndarray, unlike: np.ndarray, refits: int = 0) -> np.ndarray:
    one, many = np.arange(len(like)), np.arange(len(unlike))
    return fit_curve(even(like, one, one), even(unlike, many, many + 1), refits)


def test_without_outliers_a_curve_is_a_logistic_regression() -> None:
    like, unlike = _like_and_unlike()
    found = _curve(like, unlike)[0]
    x, y = np.concatenate([like, unlike]), np.repeat([1, 0], [len(like), len(unlike)])
    weight = np.repeat([1 / len(like), 1 / len(unlike)], [len(like), len(unlike)])
    theirs = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(x, y, sample_weight=weight * len(like))
    assert found[:2] == pytest.approx([theirs.coef_[0, 0], theirs.intercept_[0]], rel=0.05, abs=0.05)
    assert found[2] < 0.01


def test_pairs_of_one_person_that_look_unlike_become_the_floor_and_leave_the_line_alone() -> None:
    like, unlike = _like_and_unlike(outliers=60)
    found = _curve(like, unlike)[0]
    assert found[0] == pytest.approx(2.0, rel=0.15)
    assert found[2] == pytest.approx(60 / 2060, abs=0.012)
    curve = Curve(("x",), "", "", found[None], 9, 9, 0, "")
    assert curve.lr({"x": -50.0}).log10 == pytest.approx(np.log10(found[2]), abs=1e-3)


def test_a_comparator_never_counts_against_sameness() -> None:
    rng = np.random.default_rng(0)
    like, unlike = _like_and_unlike()
    against = [np.hstack([s, -0.5 * s + rng.normal(0, 0.1, s.shape)]) for s in (like, unlike)]
    assert (_curve(*against)[0][:2] >= 0).all()


def test_refits_spread_with_the_people() -> None:
    like, unlike = _like_and_unlike()
    wide, narrow = _curve(like[:40], unlike[:40], 20), _curve(like[:1000], unlike[:1000], 20)
    assert wide[1:, 0].std() > 2 * narrow[1:, 0].std() > 0


def _people(count: int, crowd: int, photos: int = 3) -> Labelled:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(count, 32))
    centres[:crowd] = centres[0] + 0.4 * rng.normal(size=(crowd, 32))
    vectors = np.repeat(centres, photos, axis=0) + 0.2 * rng.normal(size=(photos * count, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    person = np.repeat(np.arange(count), photos)
    return Labelled({"dlib": vectors.astype(np.float32)}, person, np.tile(1 << np.arange(photos), count))


def test_the_people_who_resemble_each_other_are_the_hard_ones() -> None:
    assert set(hard_people(_people(100, 5), 0.05)) == set(range(5))


def test_a_photo_is_never_compared_with_itself_and_no_pair_counts_twice() -> None:
    data = _people(10, 2)
    found = pair_sets(data, data, ("dlib",), np.arange(2))
    assert len(found.like.first) == 10 * 3
    assert len(found.hard.first) == 3 * 3
    assert (found.hard.first != found.hard.second).all()


def test_rounds_that_share_a_photo_are_no_like_pair() -> None:
    data = _people(10, 2)
    both = Labelled(data.vectors, data.person, np.tile([0b011, 0b010, 0b100], 10))
    assert len(pair_sets(both, both, ("dlib",), np.arange(2)).like.first) == 10 * 2


def test_every_face_meets_the_faces_nearest_to_it() -> None:
    data = _people(60, 2)
    found = pair_sets(data, data, ("dlib",), np.arange(2))
    assert found.nearest.scores.mean() > found.random.scores.mean() + 0.1


def test_parts_count_the_same_however_many_pairs_they_have() -> None:
    few, many = (even(np.full((n, 1), v), np.arange(n), np.arange(n)) for n, v in ((2, 0.0), (50, 1.0)))
    together = pooled(few, many)
    assert together.weight @ together.scores[:, 0] == pytest.approx(0.5)


def test_a_curve_never_says_more_than_its_people_support() -> None:
    data = _people(30, 4)
    found = pair_sets(data, data, ("dlib",), np.arange(10))
    entry = curve_entry("photo-photo", ("dlib",), "clear", found.like, found.unlike(), refits=5)
    assert entry["cap_different"] == pytest.approx(1.0, abs=1e-3)
    assert entry["cap_same"] <= np.log10(len(found.unlike().first) / 3) + 1e-3
    curve = Curve(("dlib",), "", "", np.array(entry["parameters"]), entry["cap_same"], entry["cap_different"], 30, "")
    assert curve.lr({"dlib": 1.0}).log10 <= entry["cap_same"]
    assert curve.lr({"dlib": -1.0}).log10 >= -1.0
