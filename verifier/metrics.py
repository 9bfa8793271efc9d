"""How good scores and likelihood ratios are on labelled pairs: the figures of cards and audits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def cllr(like_log10: Array, unlike_log10: Array) -> float:
    """Cost of log-likelihood ratio in bits; 1 = as good as no information (Brümmer & du Preez 2006)."""
    like, unlike = like_log10 * math.log(10), unlike_log10 * math.log(10)
    cost = np.logaddexp(0, -like).mean() + np.logaddexp(0, unlike).mean()
    return float(cost / (2 * math.log(2)))


def cllr_min(like: Array, unlike: Array) -> float:
    """Cllr after the best monotone calibration of these very scores: what discrimination alone allows."""
    like_log10, unlike_log10 = pav_log10(like, unlike)
    return cllr(like_log10, unlike_log10)


def pav_log10(like: Array, unlike: Array) -> tuple[Array, Array]:
    """log10 ratios of the pool-adjacent-violators fit to the scores, both sets weighing the same; within +-10."""
    from scipy.optimize import isotonic_regression

    scores = np.concatenate([like, unlike])
    label = np.concatenate([np.ones(len(like)), np.zeros(len(unlike))])
    weight = np.concatenate([np.full(len(like), 0.5 / len(like)), np.full(len(unlike), 0.5 / len(unlike))])
    order = np.lexsort((label, scores))
    fitted: Any = isotonic_regression(label[order], weights=weight[order]).x
    share = np.empty(len(scores))
    share[order] = np.clip(fitted, 1e-12, 1 - 1e-12)
    log10 = np.clip(np.log10(share / (1 - share)), -10, 10)
    return log10[: len(like)], log10[len(like) :]


def error_rates(like: Array, unlike: Array) -> dict[str, float]:
    """EER and FNMR at FMR 1e-2, 1e-3, 1e-4 of scores where higher is more alike (ISO/IEC 19795-1)."""
    ordered = np.sort(unlike)
    rates = {}
    for name, fmr in (("1e-2", 1e-2), ("1e-3", 1e-3), ("1e-4", 1e-4)):
        threshold = ordered[min(len(ordered) - 1, int(len(ordered) * (1 - fmr)))]
        rates[f"FNMR at FMR {name}"] = float((like <= threshold).mean())
    thresholds = np.quantile(np.concatenate([like, unlike]), np.linspace(0, 1, 2001))
    fnmr = np.searchsorted(np.sort(like), thresholds) / len(like)
    fmr_at = 1 - np.searchsorted(ordered, thresholds) / len(ordered)
    rates["EER"] = float(np.min(np.maximum(fnmr, fmr_at)))
    return rates


def auc(above: Array, below: Array) -> float:
    """How often one of the first is the higher of a pair; .5 = as good as no information."""
    higher, equal = above[:, None] > below, above[:, None] == below
    return float(higher.mean() + equal.mean() / 2)


def auc_interval(
    above: list[tuple[str, float]], below: list[tuple[str, float]], draws: int = 1000
) -> tuple[float, float]:
    """95 % of `auc` by bootstrap over people; each value comes with its person, and each side is drawn by itself."""
    rng = np.random.default_rng(0)
    sides = []
    for side in (above, below):
        people = sorted({person for person, _ in side})
        sides.append([np.array([v for p, v in side if p == person]) for person in people])
    found = [
        auc(*(np.concatenate([side[i] for i in rng.integers(0, len(side), len(side))]) for side in sides))
        for _ in range(draws)
    ]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def identity_counts(people: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each of `people` [p] is drawn when as many are drawn with replacement: one bootstrap over identities."""
    return np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people)).astype(np.float64)


def rate_interval(
    hit: NDArray[np.bool_], first: NDArray[np.int64], second: NDArray[np.int64], refits: int = 300
) -> tuple[float, float, float]:
    """Share of pairs that are hits with its 95 % interval, by bootstrap over the identities of both sides.

    hit, first, second: [n]. Where no pair is a hit the upper bound is that of the rule of three on independent pairs,
    taken as half the people: a bootstrap of zeros would say zero.
    """
    people, index = np.unique(np.concatenate([first, second]), return_inverse=True)
    a, b = index[: len(first)], index[len(first) :]
    rate = float(hit.mean())
    if not hit.any() or hit.all():
        bound = min(1.0, 3 / max(1, len(people) // (1 if (first == second).all() else 2)))
        return (rate, 0.0, bound) if not hit.any() else (rate, 1 - bound, 1.0)
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(refits):
        count = identity_counts(people, rng)
        weight = np.where(a == b, count[a], count[a] * count[b])
        if weight.sum():
            rates.append(float((weight * hit).sum() / weight.sum()))
    low, high = np.quantile(rates, (0.025, 0.975))
    return rate, float(low), float(high)


def share_interval(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share from independent trials (Clopper & Pearson 1934); (0, 1) without a trial."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return low, high


def effective_pairs(hit: NDArray[np.bool_], first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """How many independent pairs would give the share of hits the spread that it has over identities.

    Pairs that share a person are not independent: n people make n(n-1)/2 pairs, which carry as much information as
    somewhere between n/2 and all of them.
    """
    people, index = np.unique(np.concatenate([first, second]), return_inverse=True)
    a, b = index[: len(first)], index[len(first) :]
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(300):
        count = identity_counts(people, rng)
        weight = np.where(a == b, count[a], count[a] * count[b])
        if weight.sum():
            rates.append(float((weight * hit).sum() / weight.sum()))
    share, spread = float(hit.mean()), float(np.var(rates))
    return share * (1 - share) / spread if spread > 0 else len(people) / 2
