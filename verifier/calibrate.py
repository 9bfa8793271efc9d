"""Fits calibration curves on labelled templates: shipped ones (models/face_calibration) and an organisation's own.

A curve is a logistic regression with a floor. Some pairs of one person look like two people for reasons that no score
can know (years, a disguise, a wrong face in the picture); without the floor a straight line calls them 1,000 times less
likely than they are. The share of such pairs is fitted with the line: LR = (1 - floor) * exp(line) + floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.metrics import effective_pairs, identity_counts

Array = NDArray[np.float64]
REFITS = 100
HARD_SHARE = 0.05
"""The people whose nearest unlike neighbours are nearest of all stand for lookalikes of one group."""
NEAREST = 30
"""Unlike faces per face that count as its own lookalikes: about ten people of a set with three photos each."""
MAX_UNLIKE = 12_000
"""Unlike pairs of one kind and set that a curve is fitted on; more are drawn from at random."""
MOST_FLOOR = 0.1
_RIDGE = 1e-4


@dataclass(frozen=True)
class Labelled:
    """Templates with who they show and what they were made from."""

    vectors: dict[str, NDArray[np.float32]]
    """Comparator -> [n, d], unit rows."""
    person: NDArray[np.int64]
    """[n]"""
    sources: NDArray[np.int64]
    """[n], bit k set: made from the person's picture k. Pairs that share a picture are no like pair."""

    def where(self, mask: NDArray[np.bool_]) -> Labelled:
        return Labelled({n: v[mask] for n, v in self.vectors.items()}, self.person[mask], self.sources[mask])

    def scores(self, other: Labelled, names: tuple[str, ...]) -> Array:
        """Cosines [n, m, comparators]."""
        return np.stack([self.vectors[n].astype(np.float64) @ other.vectors[n].T for n in names], axis=-1)


@dataclass(frozen=True)
class Pairs:
    """Scored pairs of faces: all of them like, or all unlike."""

    scores: Array
    """[n, comparators]"""
    first: NDArray[np.int64]
    """[n]: the person of one side."""
    second: NDArray[np.int64]
    weight: Array
    """[n]: how much each pair counts; sums to 1."""

    def where(self, mask: NDArray[np.bool_]) -> Pairs:
        return even(self.scores[mask], self.first[mask], self.second[mask])


def even(scores: Array, first: NDArray[np.int64], second: NDArray[np.int64]) -> Pairs:
    """Pairs that all count the same."""
    return Pairs(scores, first, second, np.full(len(first), 1 / max(1, len(first))))


def pooled(*parts: Pairs) -> Pairs:
    """All in one, each part counting the same however many pairs it has; empty parts are left out."""
    filled = [p for p in parts if len(p.first)]
    return Pairs(
        np.concatenate([p.scores for p in filled]),
        np.concatenate([p.first for p in filled]),
        np.concatenate([p.second for p in filled]),
        np.concatenate([p.weight for p in filled]) / len(filled),
    )


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
class PairSets:
    """The pairs that two sets of templates make."""

    like: Pairs
    hard: Pairs
    """Unlike, both of the hard people."""
    nearest: Pairs
    """Unlike, of every face the NEAREST by any of the comparators."""
    random: Pairs
    """Unlike, drawn from all."""

    def unlike(self) -> Pairs:
        """What curves are fitted on: lookalikes only, half of them of the hard people, half of everybody."""
        return pooled(self.hard, self.nearest)


def pair_sets(a: Labelled, b: Labelled, names: tuple[str, ...], hard: NDArray[np.int64]) -> PairSets:
    """All pairs of a face of `a` with a face of `b`; each unordered pair once where both are the same set."""
    scores = a.scores(b, names)
    same = a.person[:, None] == b.person[None]
    free = np.triu(np.ones(same.shape, bool), 1) if a is b else np.ones(same.shape, bool)
    like = same & free & ((a.sources[:, None] & b.sources[None]) == 0)
    of_hard = np.isin(a.person, hard)[:, None] & np.isin(b.person, hard)[None]
    near = np.zeros(same.shape, bool)
    for k in range(len(names)):
        unlike_scores = np.where(same, -2.0, scores[..., k])
        count = min(NEAREST, same.shape[1])
        np.put_along_axis(near, np.argpartition(-unlike_scores, count - 1, axis=1)[:, :count], True, axis=1)
    if a is b:
        near |= near.T
    rng = np.random.default_rng(0)

    def chosen(mask: NDArray[np.bool_], most: int | None) -> Pairs:
        rows, columns = np.nonzero(mask)
        if most is not None and len(rows) > most:
            kept = rng.choice(len(rows), most, replace=False)
            rows, columns = rows[kept], columns[kept]
        return even(scores[rows, columns], a.person[rows], b.person[columns])

    unlike = free & ~same
    return PairSets(
        chosen(like, None),
        chosen(unlike & of_hard, MAX_UNLIKE),
        chosen(unlike & near, MAX_UNLIKE),
        chosen(unlike & (rng.random(same.shape) < 0.1), MAX_UNLIKE),
    )


def fit_curve(like: Pairs, unlike: Pairs, refits: int = REFITS, seed: int = 0) -> Array:
    """Parameters [refits + 1, k + 2] of one curve: k weights, intercept, floor.

    Row 0 is the fit, the others are refits on people drawn anew with replacement (bootstrap over identities).
    """
    rng = np.random.default_rng(seed)
    people, index = np.unique(np.concatenate([like.first, unlike.first, unlike.second]), return_inverse=True)
    of_like, a, b = np.split(index, [len(like.first), len(like.first) + len(unlike.first)])
    best = _fit(like.scores, unlike.scores, like.weight, unlike.weight, None)
    rows = [best]
    for _ in range(refits):
        count = identity_counts(people, rng)
        drawn = np.where(a == b, count[a], count[a] * count[b])
        rows.append(_fit(like.scores, unlike.scores, count[of_like] * like.weight, drawn * unlike.weight, best))
    return np.array(rows)


def _fit(like: Array, unlike: Array, like_weight: Array, unlike_weight: Array, start: Array | None) -> Array:
    """Least weighted log loss with both sets counting half. Weights stay >= 0: no comparator counts against sameness."""
    from scipy.optimize import minimize

    x = np.concatenate([like, unlike])
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    x = (x - centre) / scale
    sign = np.concatenate([np.ones(len(like)), -np.ones(len(unlike))])
    weight = np.concatenate([like_weight / like_weight.sum(), unlike_weight / unlike_weight.sum()]) / 2

    def loss(p: Array) -> tuple[float, Array]:
        line, floor = x @ p[:-2] + p[-2], p[-1]
        log_lr = np.logaddexp(line + math.log1p(-floor), math.log(floor))
        value = float(weight @ np.logaddexp(0, -sign * log_lr)) + _RIDGE * float(p[:-2] @ p[:-2])
        slope = -sign * weight / (1 + np.exp(np.clip(sign * log_lr, -60, 60)))
        along = slope * np.exp(np.clip(line + math.log1p(-floor) - log_lr, -60, 0))
        to_floor = slope @ (np.exp(-log_lr) - np.exp(np.clip(line - log_lr, -60, 60)))
        return value, np.concatenate([along @ x + 2 * _RIDGE * p[:-2], [along.sum(), to_floor]])

    k = x.shape[1]
    first = np.concatenate([np.ones(k), [0.0, 0.01]])
    if start is not None:
        first = np.concatenate([start[:-2] * scale, [start[-2] + start[:-2] @ centre, start[-1]]])
    bounds = [(0.0, None)] * k + [(None, None), (1e-4, MOST_FLOOR)]
    found: Array = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[:-2] / scale
    return np.concatenate([weights, [found[-2] - weights @ centre, found[-1]]])


def curve_entry(
    kind: str,
    names: tuple[str, ...],
    bin_name: str,
    like: Pairs,
    unlike: Pairs,
    refits: int = REFITS,
    cautious: Pairs | None = None,
) -> dict[str, Any]:
    """One curve as stored: parameters rounded, and the most it may say from what stands behind it.

    Toward "same" one third of the independent unlike pairs (rule of three; how many independent ones the pairs are worth
    is measured where 1 % of the unlike pairs score higher); toward "different" one third of the people. cautious: other
    unlike pairs that half of the refits see instead, where it is open which ones are met: the interval then holds both.
    """
    curve = fit_curve(like, unlike, refits if cautious is None else refits // 2)
    if cautious is not None:
        curve = np.concatenate([curve, fit_curve(like, cautious, refits - refits // 2)])
    people = len(np.unique(like.first))
    line = unlike.scores @ curve[0, :-2]
    independent = effective_pairs(line > np.quantile(line, 0.99), unlike.first, unlike.second)
    low, high = np.minimum(unlike.first, unlike.second), np.maximum(unlike.first, unlike.second)
    return {
        "comparators": list(names),
        "kind": kind,
        "bin": bin_name,
        "parameters": np.round(curve, 5).tolist(),
        "cap_same": round(math.log10(max(2.0, independent / 3)), 4),
        "cap_different": round(math.log10(max(2.0, people / 3)), 4),
        "people": people,
        "like_pairs": len(like.first),
        "unlike_identity_pairs": len(np.unique(np.stack([low, high], 1), axis=0)),
        "independent_unlike_pairs": round(independent),
    }
