"""How a face holds still: its landmarks against the movement of its head, its template against pose and quality."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.lips import LipTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.faces import KeptCrop
    from verifier.observe.templates import Embedder

NEIGHBOUR = Fraction(1, 8)
"""Seconds: pictures closer than this follow each other."""
LEAST_TRIPLES, LEAST_CROPS = 30, 4
ALIKE_DEGREES = 12.0
"""Crops turned further from each other differ by their pose."""
_RIGHT_EYE, _LEFT_EYE = 7, 10
"""Rows of `lips.ANCHORS`: outer corners of the eyes."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Stability:
    """Of one recording and one face; None: too little was seen."""

    jitter: float | None
    """Median landmark jitter, thousandths of the distance of the outer eye corners."""
    against_motion: float | None
    """The same over (1 + the movement of the head from picture to picture, in the same unit / 10)."""
    drift: float | None
    """Mean cosine distance between neighbouring kept crops that are turned alike."""
    pictures: int
    """With landmarks."""
    crops: int


def stability_of(lips: LipTable, rows: NDArray[np.bool_], kept: Sequence[KeptCrop], embedder: Embedder) -> Stability:
    """rows: those of the table that show this face."""
    found = jitter_of(lips, rows)
    jitter, against = found if found is not None else (None, None)
    return Stability(jitter, against, drift_of(kept, embedder), int(rows.sum()), len(kept))


def jitter_of(lips: LipTable, rows: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Jitter, and jitter against head motion (see `Stability`); None: too few pictures follow each other."""
    places = np.nonzero(rows)[0]
    residuals, motions = [], []
    for a, b, c in zip(places, places[1:], places[2:], strict=False):
        if lips.times[c] - lips.times[a] > 2 * NEIGHBOUR:
            continue
        before, now, after = (lips.anchors[i].astype(np.float64) for i in (a, b, c))
        eyes = float(np.hypot(*(now[_RIGHT_EYE] - now[_LEFT_EYE])))
        if eyes < 1:
            continue
        # a head that moves evenly is at the middle of where it was and will be, up to a turn, a shift and a scale
        expected = (_laid_on(before, now) + _laid_on(after, now)) / 2
        residuals.append(1000 * float(np.sqrt(((expected - now) ** 2).sum(axis=1).mean())) / eyes)
        motions.append(1000 * float(np.hypot(*(after - before).mean(axis=0))) / 2 / eyes)
    if len(residuals) < LEAST_TRIPLES:
        return None
    jitter = np.array(residuals)
    return float(np.median(jitter)), float(np.median(jitter / (1 + np.array(motions) / 10)))


def drift_of(kept: Sequence[KeptCrop], embedder: Embedder) -> float | None:
    """See `Stability.drift`; by the first comparator. None: too few crops."""
    posed = [k for k in kept if k.quality.yaw is not None and not k.is_photo]
    name = next(iter(embedder.names), None)
    if name is None or len(posed) < LEAST_CROPS:
        return None
    vectors = [embedder.embed(k, name) for k in posed]
    known = [(k, v / np.linalg.norm(v)) for k, v in zip(posed, vectors, strict=True) if v is not None]
    if len(known) < LEAST_CROPS:
        return None
    alike = [(v, w) for (k, v), (other, w) in pairwise(known) if _turned(k, other) <= ALIKE_DEGREES]
    return float(np.mean([1 - v @ w for v, w in alike])) if len(alike) >= LEAST_CROPS - 1 else None


def _turned(a: KeptCrop, b: KeptCrop) -> float:
    """Degrees between the poses of two crops."""
    yaw, pitch = (
        (x or 0.0) - (y or 0.0) for x, y in ((a.quality.yaw, b.quality.yaw), (a.quality.pitch, b.quality.pitch))
    )
    return float(np.hypot(yaw, pitch))


def _laid_on(source: Points, target: Points) -> Points:
    """`source` moved by the similarity that brings it nearest to `target`, both [n, 2]."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    z, w = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    moved = z * (np.vdot(z, w) / max(float(np.vdot(z, z).real), 1e-9))
    laid: Points = np.stack([moved.real, moved.imag], axis=1) + target.mean(axis=0)
    return laid
