"""Comparison scores -> likelihood ratios, by curves fitted on labelled pairs (models/face_calibration/card.md).

A curve is a logistic regression with a floor (calibrate.py) on the cosines of one set of comparators, for one size of face
(Morrison 2013, "Tutorial on logistic-regression calibration and fusion"). Its interval comes from refits on people drawn
anew (bootstrap over identities); it never says more than the number of people behind it supports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verifier import weights
from verifier.likelihood import LikelihoodRatio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from verifier.observe.comparators.base import FaceComparator
    from verifier.observe.templates import FaceTemplate

BINS = (("clear", 36.0), ("small", 20.0), ("tiny", 10.0))
"""Name and least distance of the eyes in pixels, of the smaller of the two faces."""
WELL_LIT = (0.2, 0.7)
"""Mean brightness of a face, 0..1: about what the curves saw (0.26 to 0.66). Beyond it the curve of the next smaller faces speaks."""
LIT = (0.12, 0.78)
"""Beyond this nothing is said: of photos of one person 13 to 79 of 100 would be called different people, the darker or brighter
the more, against 3 of 100 in their own light, by small faces' curves too (models/face_calibration/dark.md)."""
KINDS = ("round-round", "photo-round", "photo-photo")
"""By the number of photos in the pair."""


@dataclass(frozen=True)
class Curve:
    """One fitted curve. parameters: [refits + 1, comparators + 2], natural log units, then intercept and floor; row 0 is the
    fit."""

    comparators: tuple[str, ...]
    kind: str
    """"photo-photo", "photo-round" or "round-round"; a round is a face of a recording."""
    bin: str
    parameters: NDArray[np.float64]
    cap_same: float
    cap_different: float
    """Largest |log10 LR| either way: a third of the independent unlike pairs, and of the people, behind the curve."""
    people: int
    name: str
    must_agree: bool = False
    """The bounds hold those of each comparator alone too: support needs all of them to agree."""

    @classmethod
    def of(cls, entry: Mapping[str, Any], title: str) -> Curve:
        """A curve as `calibrate.curve_entry` stores it; `title` says what it was fitted on, and for what."""
        names, people = tuple(entry["comparators"]), int(entry["people"])
        return cls(
            names,
            entry["kind"],
            entry["bin"],
            np.array(entry["parameters"], np.float64),
            float(entry["cap_same"]),
            float(entry["cap_different"]),
            people,
            f"{title}, {' + '.join(names)}, {people} people",
            bool(entry.get("must_agree", False)),
        )

    def log10(self, scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """log10 LR of pairs [n, comparators], with its lower and upper 95 % bounds: three arrays [n]."""
        line = scores @ self.parameters[:, :-2].T + self.parameters[:, -2]
        floor = self.parameters[:, -1]
        natural = np.logaddexp(line + np.log1p(-floor), np.log(floor))
        log10 = np.clip(natural / np.log(10), -self.cap_different, self.cap_same)
        best = log10[:, 0]
        lower, upper = np.quantile(log10, (0.025, 0.975), axis=1)
        return best, np.minimum(best, lower), np.maximum(best, upper)

    def lr(self, scores: Mapping[str, float]) -> LikelihoodRatio:
        best, lower, upper = self.log10(np.array([[scores[c] for c in self.comparators]]))
        at_most = best[0] >= self.cap_same - 1e-9 or best[0] <= 1e-9 - self.cap_different
        return LikelihoodRatio(float(best[0]), float(lower[0]), float(upper[0]), self.name, bool(at_most))


def kind_and_bin(a: FaceTemplate, b: FaceTemplate) -> tuple[str, str | None]:
    """Which curve speaks of this pair; no bin where a face is smaller than all of them, or nothing can be said in its light."""
    size = min(a.inter_eye_px, b.inter_eye_px)
    fitting = [name for name, least in BINS if size >= least]
    if not (_within(WELL_LIT, a) and _within(WELL_LIT, b)):
        fitting = fitting[1:]
    in_light = _within(LIT, a) and _within(LIT, b)
    return KINDS[a.is_photo + b.is_photo], fitting[0] if fitting and in_light else None


def _within(bounds: tuple[float, float], face: FaceTemplate) -> bool:
    return bounds[0] <= face.exposure <= bounds[1]


def _no_bin(a: FaceTemplate, b: FaceTemplate) -> str:
    """Why no curve speaks of this pair."""
    size = min(a.inter_eye_px, b.inter_eye_px)
    for bounds, how in ((LIT, "compare"), (WELL_LIT, "compare at its size")):
        for face in (a, b):
            if size >= BINS[-1][1] and not _within(bounds, face):
                return f"the face is too {'dark' if face.exposure < bounds[0] else 'bright'} to {how}"
    return f"the face is too small (eyes {size:.0f} pixels apart, {BINS[-1][1]:.0f} are needed)"


@dataclass(frozen=True)
class Comparison:
    """Two faces compared: scores by comparator, and the ratio, or the reason why there is none."""

    scores: dict[str, float]
    lr: LikelihoodRatio | None
    reason: str = ""
    used: tuple[str, ...] = ()
    """The comparators behind the ratio."""

    @property
    def score(self) -> float | None:
        """Mean cosine over the comparators behind the ratio; over all of them where there is no ratio."""
        used = [self.scores[n] for n in self.used] or list(self.scores.values())
        return sum(used) / len(used) if used else None


class BrokenCalibration(Exception):
    """An organisation's own file cannot be used; the message says what to do."""


def own_path() -> Path:
    """Where an organisation's own curves lie once `verifier calibrate` has made them."""
    return weights.home() / "face_calibration.json"


def read_raw(path: Path | None = None) -> dict[str, Any]:
    """A calibration file as stored; None: the shipped one."""
    path = path or weights.packaged("face_calibration", "calibration.json")
    raw: dict[str, Any] = json.loads(path.read_text())
    return raw


class FaceCalibration:
    """All curves of a calibration file."""

    def __init__(self, curves: Iterable[Curve], models: Mapping[str, str], title: str) -> None:
        self._curves = {(c.kind, c.comparators, c.bin): c for c in curves}
        self._models = dict(models)
        self.title = title

    @classmethod
    def load(cls, path: Path | None = None) -> FaceCalibration:
        """The organisation's own file in VERIFIER_HOME where there is one, else the shipped one."""
        path = path or (own_path() if own_path().is_file() else None)
        try:
            return cls._of(read_raw(path))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenCalibration(
                f"{path} does not hold face curves: delete it, or run verifier calibrate"
            ) from error

    @classmethod
    def _of(cls, raw: dict[str, Any]) -> FaceCalibration:
        curves = [Curve.of(c, f"{c.get('title', raw['title'])}, {c['kind']}, {c['bin']} faces") for c in raw["curves"]]
        return cls(curves, raw["models"], raw["title"])

    def usable(self, comparators: Iterable[FaceComparator]) -> tuple[str, ...]:
        """Names of those it was fitted for, with these very weights."""
        return tuple(sorted(c.name for c in comparators if self._models.get(c.name) == c.model_sha256))

    def compare(self, a: FaceTemplate, b: FaceTemplate, usable: tuple[str, ...]) -> Comparison:
        """Scores and the ratio for "the same person" against "different people"."""
        shared = tuple(sorted(set(a.vectors) & set(b.vectors)))
        scores = {name: float(a.vectors[name] @ b.vectors[name]) for name in shared}
        kind, bin_name = kind_and_bin(a, b)
        if not shared:
            return Comparison(scores, None, "no comparator could use the face on both sides")
        if bin_name is None:
            return Comparison(scores, None, _no_bin(a, b))
        curve = self._curves.get((kind, tuple(n for n in shared if n in usable), bin_name))
        if curve is None:
            return Comparison(scores, None, "no calibration for this comparator: run verifier calibrate")
        lr = curve.lr(scores)
        if curve.must_agree:
            alone = (self._curves.get((kind, (name,), bin_name)) for name in curve.comparators)
            lr = lr.widened([other.lr(scores) for other in alone if other is not None])
        return Comparison(scores, lr, used=curve.comparators)
