"""`verifier calibrate`: the curves fitted again on an organisation's own labelled pairs.

Only curves with enough people behind them are replaced; the others stay as shipped. Nothing is kept of the faces: the file
holds curve parameters and counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.atomic import atomic_file
from verifier.calibrate import Pairs, curve_entry, even, fit_curve
from verifier.calibration import Curve, kind_and_bin, own_path, read_raw
from verifier.metrics import cllr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from verifier.observe.comparators.base import FaceComparator
    from verifier.observe.templates import FaceTemplate

MIN_PEOPLE = 20
MIN_UNLIKE = 100
"""Like pairs of so many people, and so many different unlike pairs of people, before a curve is replaced."""


@dataclass(frozen=True)
class LabelledPair:
    """Two templates, whether they show one person, and a name of any kind for each person."""

    a: FaceTemplate
    b: FaceTemplate
    person_a: int
    person_b: int

    @property
    def same(self) -> bool:
        return self.person_a == self.person_b


@dataclass(frozen=True)
class CurveNews:
    """What became of one curve."""

    kind: str
    bin: str
    comparators: tuple[str, ...]
    people: int
    like_pairs: int
    unlike_pairs: int
    """Different pairs of people."""
    refitted: bool
    cllr_before: float | None = None
    """Of the shipped curve on these pairs; None: there was none."""
    cllr_after: float | None = None
    """Of the new one, each half of the people measured by a curve fitted on the other half."""


class Contradiction(ValueError):
    """Labels that cannot all be true; the message names the pair."""


def people_of(pairs: Sequence[tuple[Path, Path, bool]]) -> dict[Path, int]:
    """Which file shows whom: files that are labelled "same" with one another, also by way of others, show one person.

    Raises Contradiction when two of them are labelled different all the same.
    """
    leader: dict[Path, Path] = {}

    def find(path: Path) -> Path:
        leader.setdefault(path, path)
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    for a, b, same in pairs:
        first, second = find(a), find(b)
        if same:
            leader[second] = first
    for number, (a, b, same) in enumerate(pairs, 1):
        if not same and find(a) == find(b):
            raise Contradiction(
                f"pair {number}: {a.name} and {b.name} are labelled different, other pairs make them the same"
            )
    numbers: dict[Path, int] = {}
    return {path: numbers.setdefault(find(path), len(numbers)) for path in list(leader)}


def refit(
    pairs: Sequence[LabelledPair], comparators: Iterable[FaceComparator]
) -> tuple[dict[str, Any], list[CurveNews]]:
    """The calibration file with every curve replaced for which there is enough, and the news of each curve seen."""
    raw = read_raw()
    hashes = {c.name: c.model_sha256 for c in comparators}
    shipped = {(c["kind"], c["bin"], tuple(c["comparators"])): c for c in raw["curves"]}
    title = f"own pairs of {datetime.now(UTC).date().isoformat()}"
    news = []
    for (kind, bin_name, names), (like, unlike) in sorted(_grouped(pairs).items()):
        people = len(np.unique(like.first))
        identity_pairs = len({frozenset(p) for p in zip(unlike.first.tolist(), unlike.second.tolist(), strict=True)})
        enough = people >= MIN_PEOPLE and identity_pairs >= MIN_UNLIKE
        before = shipped.get((kind, bin_name, names))
        figures: tuple[float | None, float | None] = (None, None)
        if enough:
            figures = _figures(before, names, like, unlike)
            entry = curve_entry(kind, names, bin_name, like, unlike) | {"title": title}
            raw["curves"] = [c for c in raw["curves"] if c is not before] + [entry]
            raw["models"] |= {n: hashes[n] for n in names}
        news.append(CurveNews(kind, bin_name, names, people, len(like.first), identity_pairs, enough, *figures))
    return raw, news


def save(raw: Mapping[str, Any]) -> Path:
    """Writes the organisation's own file, whole or not at all; raises OSError."""
    path = own_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as out:
        out.write((json.dumps(raw) + "\n").encode())
    return path


def _grouped(pairs: Sequence[LabelledPair]) -> dict[tuple[str, str, tuple[str, ...]], tuple[Pairs, Pairs]]:
    rows: dict[tuple[str, str, tuple[str, ...]], list[tuple[LabelledPair, list[float]]]] = {}
    for pair in pairs:
        kind, bin_name = kind_and_bin(pair.a, pair.b)
        shared = sorted(set(pair.a.vectors) & set(pair.b.vectors))
        for size in range(1, len(shared) + 1):
            for names in combinations(shared, size) if bin_name else ():
                scores = [float(pair.a.vectors[n] @ pair.b.vectors[n]) for n in names]
                rows.setdefault((kind, str(bin_name), names), []).append((pair, scores))
    return {
        key: tuple(_pairs([r for r in found if r[0].same is same], len(key[2])) for same in (True, False))  # type: ignore[misc]
        for key, found in rows.items()
    }


def _pairs(rows: list[tuple[LabelledPair, list[float]]], width: int) -> Pairs:
    scores = np.array([s for _, s in rows], np.float64).reshape(-1, width)
    return even(scores, *(np.array([getattr(p, side) for p, _ in rows], np.int64) for side in ("person_a", "person_b")))


def _figures(
    before: dict[str, Any] | None, names: tuple[str, ...], like: Pairs, unlike: Pairs
) -> tuple[float | None, float | None]:
    """Cllr of the shipped curve and of the new one (two halves of the people) on these pairs."""
    old = None
    if before is not None:
        curve = Curve(names, "", "", np.array(before["parameters"]), before["cap_same"], before["cap_different"], 0, "")
        old = cllr(curve.log10(like.scores)[0], curve.log10(unlike.scores)[0])
    ratios: tuple[list[Any], list[Any]] = ([], [])
    for half in (0, 1):
        test_like = like.first % 2 == half
        test_unlike = (unlike.first % 2 == half) & (unlike.second % 2 == half)
        train_unlike = (unlike.first % 2 != half) & (unlike.second % 2 != half)
        if not (test_like.any() and (~test_like).any() and test_unlike.any() and train_unlike.any()):
            return old, None
        fit = fit_curve(like.where(~test_like), unlike.where(train_unlike), refits=0)
        curve = Curve(names, "", "", fit, 9.0, 9.0, 0, "")
        ratios[0].append(curve.log10(like.scores[test_like])[0])
        ratios[1].append(curve.log10(unlike.scores[test_unlike])[0])
    return old, cllr(np.concatenate(ratios[0]), np.concatenate(ratios[1]))
