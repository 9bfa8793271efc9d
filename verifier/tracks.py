"""Who is who: tracklets joined into the people of a round by template, never against what the picture shows.

Two faces visible at once are never one person; the joining is average-linkage clustering on the cosine of templates with
that as a hard constraint. The threshold is for joining within one recording only (same light, same camera), where a
wrong join is worse than a split: it is no identity decision, and across rounds only likelihood ratios speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.comparators.base import unit
from verifier.observe.templates import FRAMES_PER_TEMPLATE, spread
from verifier.timing import MediaTime, Span, merge_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.comparators.base import Vector
    from verifier.observe.faces import FaceTable, KeptCrop, Tracklet
    from verifier.observe.templates import Embedder, FaceTemplate

JOIN_COSINE = {"dlib": 0.945, "mobileface": 0.55}
"""Cosine from which two tracklets of one recording are one person, by comparator: set on the genuine clips behind the
face calibration, small faces at 300 kbit/s included, with some room for pose. It joins and splits; it decides nothing about identity."""
JOIN_COSINE_OTHER = 0.5
WINDOW = 3
"""Crops on either side of a possible change that are compared."""
MERGE_GAP = Fraction(5, 2)


@dataclass(frozen=True)
class Person:
    """One face of one round, over all its appearances."""

    tracklets: tuple[Tracklet, ...]
    spans: tuple[Span, ...]
    kept: tuple[KeptCrop, ...]

    @property
    def visible(self) -> MediaTime:
        return sum((span.duration for span in self.spans), Fraction(0))

    @property
    def first_seen(self) -> MediaTime:
        return self.spans[0].start


def join_tracklets(table: FaceTable, embedder: Embedder, end: MediaTime | None = None) -> tuple[Person, ...]:
    """The people of a recording, longest on screen first; nobody is on screen after its `end`."""
    name = embedder.quickest
    if name is not None:
        embedder.embed_all([k for t in table.tracklets for k in _outline(t.kept)], name)
    parts = [part for t in table.tracklets for part in _split_at_changes(t, embedder, name)]
    threshold = JOIN_COSINE.get(name or "", JOIN_COSINE_OTHER)
    groups = [[parts[i] for i in group] for group in _average_linkage(*_between(parts), threshold)]
    step = _typical_step(table)
    people = [_person(group, step, end) for group in groups]
    return tuple(sorted(people, key=lambda p: (-p.visible, p.first_seen)))


@dataclass(frozen=True)
class _Part:
    """A tracklet, or a stretch of one between two changes of face."""

    tracklet: Tracklet
    start: MediaTime
    end: MediaTime
    template: FaceTemplate | None

    def times(self) -> set[MediaTime]:
        return {s.time for s in self.tracklet.samples if self.start <= s.time <= self.end}


def _split_at_changes(tracklet: Tracklet, embedder: Embedder, name: str | None) -> list[_Part]:
    """Parts of a tracklet with one face each: somebody may take the chair while the place stays the same, and leave it."""
    start, end = tracklet.samples[0].time, tracklet.samples[-1].time
    if name is None:
        return [_Part(tracklet, start, end, None)]
    join = JOIN_COSINE.get(name, JOIN_COSINE_OTHER)
    if not _may_change(tracklet, embedder, name, join):
        return [_Part(tracklet, start, end, embedder.template(tracklet.kept, [name]))]
    embedder.embed_all(tracklet.kept, name)
    crops = [(k, v) for k in tracklet.kept if (v := embedder.embed(k, name)) is not None]
    cuts = _changes([v for _, v in crops], join - 0.2 * (1 - join))
    parts = []
    for low, high in pairwise((0, *cuts, len(crops))):
        kept = [k for k, _ in crops[low:high]]
        first = kept[0].time if low else start
        last = kept[-1].time if high < len(crops) else end
        parts.append(_Part(tracklet, first, last, embedder.template(kept, [name])))
    return parts


def _changes(vectors: Sequence[Vector], threshold: float) -> list[int]:
    """Where the face changes: index of the first crop after each change.

    The few crops on either side are compared, at least two, so that one odd frame is no change and a face that comes back
    is not averaged away; then both sides are searched again.
    """
    scores = [
        (
            float(
                unit(np.mean(vectors[max(0, at - WINDOW) : at], axis=0))
                @ unit(np.mean(vectors[at : at + WINDOW], axis=0))
            ),
            at,
        )
        for at in range(2, len(vectors) - 1)
    ]
    best, at = min(scores, default=(1.0, 0))
    if best >= threshold:
        return []
    return [*_changes(vectors[:at], threshold), at, *(at + k for k in _changes(vectors[at:], threshold))]


def _outline(kept: Sequence[KeptCrop]) -> list[KeptCrop]:
    """The crops that a template is made of, the first and the last, in order of time."""
    wanted = {id(k) for k in (*spread(kept)[:FRAMES_PER_TEMPLATE], *kept[:1], *kept[-1:])}
    return [k for k in kept if id(k) in wanted]


def _may_change(tracklet: Tracklet, embedder: Embedder, name: str, join: float) -> bool:
    """Whether some neighbours among a few crops are so unlike that all crops should be looked at for a change of face."""
    vectors = [v for k in _outline(tracklet.kept) if (v := embedder.embed(k, name)) is not None]
    return any(float(a @ b) < join for a, b in pairwise(vectors))


def _between(parts: Sequence[_Part]) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Cosine, whether there is one, and whether the two were visible at once, for each pair of parts: [n, n] each."""
    count = len(parts)
    cosine, known, together = np.zeros((count, count)), np.zeros((count, count), bool), np.zeros((count, count), bool)
    vectors = [next(iter(p.template.vectors.items())) if p.template else None for p in parts]
    times = [p.times() for p in parts]
    for i, x in enumerate(parts):
        for j, y in enumerate(parts[:i]):
            if x.start <= y.end and y.start <= x.end and not times[i].isdisjoint(times[j]):
                together[i, j] = together[j, i] = True
            a, b = vectors[i], vectors[j]
            if a is not None and b is not None and a[0] == b[0]:
                cosine[i, j] = cosine[j, i] = float(a[1] @ b[1])
                known[i, j] = known[j, i] = True
    return cosine, known, together


def _average_linkage(
    cosine: NDArray[np.float64], known: NDArray[np.bool_], together: NDArray[np.bool_], threshold: float
) -> list[list[int]]:
    """Groups of parts: the two with the highest mean cosine are joined as long as it reaches the threshold.

    Groups with two parts that were visible at once are never joined.
    """
    total, pairs, apart = np.where(known, cosine, 0.0), known.astype(float), together | np.eye(len(cosine), dtype=bool)
    groups = [[i] for i in range(len(cosine))]
    while len(groups) > 1:
        mean = np.where((pairs > 0) & ~apart, total / np.maximum(pairs, 1), -2.0)
        i, j = sorted(int(k) for k in np.unravel_index(int(mean.argmax()), mean.shape))
        if mean[i, j] < threshold:
            break
        groups[i] += groups.pop(j)
        for matrix in (total, pairs):
            matrix[i] += matrix[j]
            matrix[:, i] = matrix[i]
        apart[i] |= apart[j]
        apart[:, i] = apart[i]
        total, pairs, apart = (np.delete(np.delete(m, j, 0), j, 1) for m in (total, pairs, apart))
    return groups


def _person(parts: Sequence[_Part], step: MediaTime, end: MediaTime | None) -> Person:
    spans: list[Span] = []
    kept: list[KeptCrop] = []
    parts = sorted(parts, key=lambda p: p.start)
    for part in parts:
        times = sorted(part.times())
        spans += merge_spans(
            [Span(t, t + step if end is None else max(t, min(t + step, end))) for t in times], MERGE_GAP
        )
        kept += [k for k in part.tracklet.kept if part.start <= k.time <= part.end]
    return Person(
        tuple(p.tracklet for p in parts),
        tuple(merge_spans(spans, MERGE_GAP)),
        tuple(sorted(kept, key=lambda k: k.time)),
    )


def _typical_step(table: FaceTable) -> MediaTime:
    steps = sorted(b - a for a, b in zip(table.sampled, table.sampled[1:], strict=False))
    return steps[len(steps) // 2] if steps else Fraction(1)
