from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np
import pytest

from tests.checks.cases import ratio
from verifier.calibration import Comparison
from verifier.store.gallery import MOST_HITS, Gallery, Member, Shard

RNG = np.random.default_rng(7)


def units(count: int, size: int = 64) -> np.ndarray:
    vectors = RNG.standard_normal((count, size)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@dataclass(frozen=True)
class Template:
    vectors: dict[str, np.ndarray]


def member(case: str, vector: np.ndarray, weights: str = "w1", name: str = "dlib") -> Member:
    return Member(case, "round-1", Template({name: vector}), {name: weights})


def compare(a: Template, b: Template) -> Comparison:
    score = float(next(iter(a.vectors.values())) @ next(iter(b.vectors.values())))
    value = 6 * score - 2
    return Comparison({"dlib": score}, ratio(value, value - 0.2, value + 0.2))


@pytest.mark.parametrize("count", [0, 1, 7, 500])
def test_the_nearest_are_those_that_looking_at_all_finds(count: int) -> None:
    vectors, wanted = units(count), units(1)[0]
    rows, scores = Shard(vectors.reshape(-1, 64)).nearest(wanted, 7)
    expected = np.argsort(-(vectors.reshape(-1, 64) @ wanted))[:7]
    assert rows.tolist() == expected.tolist()
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_a_search_divides_by_the_pairs_it_looked_at() -> None:
    vectors = units(100)
    gallery = Gallery(member(f"c{n}", v) for n, v in enumerate(vectors))
    found = gallery.search([member("own", vectors[42])], compare)
    best = found.hits[0]
    assert (best.case_id, best.same_name, found.compared, found.cases) == ("c42", False, 100, 100)
    assert best.alone.log10 == pytest.approx(4)
    assert best.lr.log10 == pytest.approx(4 - log10(100))
    assert len(found.hits) == MOST_HITS
    twice = gallery.search([member("own", vectors[42]), member("own", vectors[42])], compare)
    assert twice.hits[0].lr.log10 == pytest.approx(4 - log10(200))


def test_other_weights_are_not_compared_with() -> None:
    vector = units(1)[0]
    gallery = Gallery([member("a", vector), member("b", vector, "w2"), member("c", vector, "w1", "mobileface")])
    found = gallery.search([member("own", vector)], compare)
    assert [h.case_id for h in found.hits] == ["a"]
    assert (found.compared, found.cases) == (1, 1)
    assert Gallery([]).search([member("own", vector)], compare).compared == 0


def test_a_namesake_is_compared_however_far_away() -> None:
    vectors = units(200)
    gallery = Gallery(member(f"c{n}", v) for n, v in enumerate([*vectors, -vectors[0]]))
    found = gallery.search([member("own", vectors[0])], compare, frozenset({"c200"}))
    namesake = found.hits[-1]
    assert (namesake.case_id, namesake.same_name, len(found.hits)) == ("c200", True, MOST_HITS + 1)
    assert namesake.lr == namesake.alone


def test_a_case_with_several_templates_is_one_hit() -> None:
    vector = units(1)[0]
    gallery = Gallery([member("a", vector), member("a", vector), member("b", -vector)])
    found = gallery.search([member("own", vector)], compare)
    assert [h.case_id for h in found.hits] == ["a", "b"]
    assert (found.compared, found.cases) == (3, 2)
