"""Who is who: tracklets joined into the people of a round by template, never against what the picture shows.

Two faces visible at once are never one person; the joining is average-linkage clustering on the cosine of templates with
that as a hard constraint. The threshold is for joining within one recording only (same light, same camera), where a
wrong join is worse than a split: it is no identity decision, and across rounds only likelihood ratios speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.timing import MediaTime, Span, merge_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.faces import FaceTable, KeptCrop, Tracklet
    from verifier.observe.templates import Embedder, FaceTemplate

JOIN_COSINE = {"dlib": 0.945, "mobileface": 0.55}
"""Cosine from which two tracklets of one recording are one person, by comparator."""
JOIN_COSINE_OTHER = 0.5
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


def join_tracklets(table: FaceTable, embedder: Embedder) -> tuple[Person, ...]:
    """The people of a recording, longest on screen first."""
    name = embedder.quickest
    parts = [part for t in table.tracklets for part in _split_at_change(t, embedder, name)]
    groups: list[list[_Part]] = [[part] for part in parts]
    threshold = JOIN_COSINE.get(name or "", JOIN_COSINE_OTHER)
    while True:
        best: tuple[float, int, int] | None = None
        for i in range(len(groups)):
            for j in range(i):
                score = _linkage(groups[i], groups[j])
                if score is not None and score >= threshold and (best is None or score > best[0]):
                    best = (score, j, i)
        if best is None:
            break
        _, j, i = best
        groups[j] += groups.pop(i)
    step = _typical_step(table)
    people = [_person(group, step) for group in groups]
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


def _split_at_change(tracklet: Tracklet, embedder: Embedder, name: str | None) -> list[_Part]:
    """Parts of a tracklet with one face each: somebody may take the chair while the place stays the same."""
    start, end = tracklet.samples[0].time, tracklet.samples[-1].time
    if name is None:
        return [_Part(tracklet, start, end, None)]
    crops = [(k, v) for k in tracklet.kept if (v := embedder.embed(k, name)) is not None]
    threshold = JOIN_COSINE.get(name, JOIN_COSINE_OTHER) - 0.2 * (1 - JOIN_COSINE.get(name, JOIN_COSINE_OTHER))
    split = None
    for at in range(2, len(crops) - 1):  # two crops on either side, so that one odd frame is no change
        before = embedder.template([k for k, _ in crops[:at]], [name])
        after = embedder.template([k for k, _ in crops[at:]], [name])
        if before is None or after is None:
            continue
        score = float(before.vectors[name] @ after.vectors[name])
        if score < threshold and (split is None or score < split[0]):
            split = (score, crops[at - 1][0].time, crops[at][0].time)
    if split is None:
        return [_Part(tracklet, start, end, embedder.template([k for k, _ in crops], [name]))]
    parts = []
    for low, high in ((start, split[1]), (split[2], end)):
        kept = [k for k, _ in crops if low <= k.time <= high]
        parts.append(_Part(tracklet, low, high, embedder.template(kept, [name])))
    return parts


def _linkage(a: list[_Part], b: list[_Part]) -> float | None:
    """Mean cosine between the parts of two groups; None when they must not be joined."""
    scores = []
    for x in a:
        for y in b:
            if x.start <= y.end and y.start <= x.end and x.times() & y.times():
                return None
            if x.template is None or y.template is None:
                continue
            name = next(iter(x.template.vectors))
            if name in y.template.vectors:
                scores.append(float(x.template.vectors[name] @ y.template.vectors[name]))
    return sum(scores) / len(scores) if scores else None


def _person(parts: Sequence[_Part], step: MediaTime) -> Person:
    spans: list[Span] = []
    kept: list[KeptCrop] = []
    for part in parts:
        times = sorted(part.times())
        spans += merge_spans([Span(t, t + step) for t in times], MERGE_GAP)
        kept += [k for k in part.tracklet.kept if part.start <= k.time <= part.end]
    return Person(tuple(p.tracklet for p in parts), tuple(merge_spans(spans, MERGE_GAP)), tuple(kept))


def _typical_step(table: FaceTable) -> MediaTime:
    steps = sorted(b - a for a, b in zip(table.sampled, table.sampled[1:], strict=False))
    return steps[len(steps) // 2] if steps else Fraction(1)
