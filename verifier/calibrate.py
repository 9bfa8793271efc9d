"""Fits calibration curves on labelled templates: shipped ones (models/face_calibration) and an organisation's own."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
REFITS = 100
HARD_SHARE = 0.05
"""The people whose nearest unlike neighbours are nearest of all stand for lookalikes of one group."""
_RIDGE = 1e-4


@dataclass(frozen=True)
class Labelled:
    """Templates with who they show. vectors: comparator -> [n, d] unit rows; person: [n]."""

    vectors: dict[str, NDArray[np.float32]]
    person: NDArray[np.int64]


def logistic(features: Array, label: NDArray[np.bool_], weight: Array) -> Array:
    """Weighted logistic regression by Newton's method; features [n, k] without intercept -> [k + 1], intercept last."""
    x = np.hstack([features, np.ones((len(features), 1))])
    beta = np.zeros(x.shape[1])
    penalty = np.eye(x.shape[1]) * _RIDGE
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -60, 60)))
        gradient = x.T @ (weight * (label - p)) - penalty @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def hard_people(data: Labelled, share: float = HARD_SHARE) -> NDArray[np.int64]:
    """The `share` of people whose 20 best unlike scores are highest, by the comparator that confuses people most."""
    name = "dlib" if "dlib" in data.vectors else next(iter(data.vectors))
    scores = data.vectors[name] @ data.vectors[name].T
    scores[data.person[:, None] == data.person[None]] = -1
    nearest = np.sort(scores, axis=1)[:, -20:].mean(axis=1)
    people = np.unique(data.person)
    crowding = np.array([nearest[data.person == p].mean() for p in people])
    return people[np.argsort(-crowding)[: max(2, math.ceil(share * len(people)))]]


@dataclass(frozen=True)
class Pairs:
    """Scored pairs: scores [n, comparators], same [n], first and second person [n]."""

    scores: Array
    same: NDArray[np.bool_]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    weight: Array = field(default_factory=lambda: np.ones(1))
    """[n] or [1]: how much each pair counts."""

    def where(self, mask: NDArray[np.bool_]) -> Pairs:
        return Pairs(
            self.scores[mask],
            self.same[mask],
            self.first[mask],
            self.second[mask],
            self.weight if len(self.weight) == 1 else self.weight[mask],
        )


def score_pairs(a: Labelled, b: Labelled, names: tuple[str, ...], people: NDArray[np.int64]) -> Pairs:
    """All pairs of a face of `a` with a face of `b` of which both show somebody of `people`."""
    ia, ib = (np.flatnonzero(np.isin(d.person, people)) for d in (a, b))
    first, second = np.meshgrid(a.person[ia], b.person[ib], indexing="ij")
    scores = np.stack([a.vectors[n][ia].astype(np.float64) @ b.vectors[n][ib].T for n in names], axis=-1)
    return Pairs(scores.reshape(-1, len(names)), (first == second).ravel(), first.ravel(), second.ravel())


def like_pairs(a: Labelled, b: Labelled, names: tuple[str, ...], *, other_photo: bool) -> Pairs:
    """Pairs of one person; other_photo: leave out pairs of one photo with itself (same row in both sets)."""
    rows: list[tuple[int, int]] = []
    for person in np.unique(a.person):
        ia, ib = np.flatnonzero(a.person == person), np.flatnonzero(b.person == person)
        rows += [(int(i), int(j)) for i, j in itertools.product(ia, ib) if not other_photo or i < j]
    first, second = (np.array(side, np.int64) for side in zip(*rows, strict=True))
    scores = np.stack([(a.vectors[n][first].astype(np.float64) * b.vectors[n][second]).sum(axis=1) for n in names], -1)
    return Pairs(scores, np.ones(len(rows), bool), a.person[first], a.person[first])


def half_and_half(a: Pairs, b: Pairs) -> Pairs:
    """Both sets in one, each counting half, however many pairs it has."""
    weight = np.concatenate([np.full(len(s.same), 1 / len(s.same)) for s in (a, b)]) * (len(a.same) + len(b.same)) / 2
    return Pairs(
        np.concatenate([a.scores, b.scores]),
        np.concatenate([a.same, b.same]),
        np.concatenate([a.first, b.first]),
        np.concatenate([a.second, b.second]),
        weight,
    )


def fit_curve(like: Pairs, unlike: Pairs, seed: int = 0) -> Array:
    """Weights [REFITS + 1, k + 1] of one curve: the fit, and refits on people drawn anew with replacement."""
    rng = np.random.default_rng(seed)
    people = np.unique(np.concatenate([like.first, unlike.first, unlike.second]))
    rows = [_fit(like, unlike, like.weight, unlike.weight)]
    for _ in range(REFITS):
        count = np.zeros(int(people.max()) + 1)
        np.add.at(count, rng.choice(people, len(people)), 1.0)
        like_weight, unlike_weight = (
            count[like.first] * like.weight,
            count[unlike.first] * count[unlike.second] * unlike.weight,
        )
        rows.append(_fit(like, unlike, like_weight, unlike_weight))
    return np.array(rows)


def _fit(like: Pairs, unlike: Pairs, like_weight: Array, unlike_weight: Array) -> Array:
    """A comparator never counts against sameness: one that would get a negative weight is left out of the sum."""
    features = np.vstack([like.scores, unlike.scores])
    label = np.concatenate([like.same, unlike.same])
    like_weight, unlike_weight = (
        np.broadcast_to(w, n) for w, n in ((like_weight, len(like.same)), (unlike_weight, len(unlike.same)))
    )
    weight = np.concatenate([like_weight / like_weight.sum(), unlike_weight / unlike_weight.sum()]) * 1000
    weights = logistic(features, label, weight)
    kept = np.append(weights[:-1] > 0, True)
    if not kept.all() and kept[:-1].any():
        weights = np.zeros_like(weights)
        weights[kept] = logistic(features[:, kept[:-1]], label, weight)
    return weights


def curve_entry(kind: str, names: tuple[str, ...], bin_name: str, like: Pairs, unlike: Pairs) -> dict[str, Any]:
    """One curve as stored: weights rounded, caps from the number of people and pairs of people behind it."""
    people = len(np.unique(like.first))
    low, high = np.minimum(unlike.first, unlike.second), np.maximum(unlike.first, unlike.second)
    identity_pairs = len(np.unique(np.stack([low, high], 1), axis=0))
    return {
        "comparators": list(names),
        "kind": kind,
        "bin": bin_name,
        "weights": np.round(fit_curve(like, unlike), 5).tolist(),
        "cap_same": round(math.log10(max(2.0, identity_pairs / 3)), 4),
        "cap_different": round(math.log10(max(2.0, people / 3)), 4),
        "people": people,
        "like_pairs": len(like.same),
        "unlike_identity_pairs": identity_pairs,
    }


def cllr(like_log10: Array, unlike_log10: Array) -> float:
    """Cost of log-likelihood ratio in bits; 1 = as good as no information (Brummer & du Preez 2006)."""
    like, unlike = like_log10 * math.log(10), unlike_log10 * math.log(10)
    cost = np.logaddexp(0, -like).mean() + np.logaddexp(0, unlike).mean()
    return float(cost / (2 * math.log(2)))


def error_rates(like: Array, unlike: Array) -> dict[str, float]:
    """EER and FNMR at FMR 1e-2, 1e-3, 1e-4 of scores where higher is more alike."""
    ordered = np.sort(unlike)
    rates = {}
    for name, fmr in (("1e-2", 1e-2), ("1e-3", 1e-3), ("1e-4", 1e-4)):
        rates[f"FNMR at FMR {name}"] = float(
            (like <= ordered[min(len(ordered) - 1, int(len(ordered) * (1 - fmr)))]).mean()
        )
    thresholds = np.quantile(np.concatenate([like, unlike]), np.linspace(0, 1, 2001))
    fnmr = np.searchsorted(np.sort(like), thresholds) / len(like)
    fmr_at = 1 - np.searchsorted(ordered, thresholds) / len(ordered)
    rates["EER"] = float(np.min(np.maximum(fnmr, fmr_at)))
    return rates
