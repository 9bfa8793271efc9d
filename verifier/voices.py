"""Which voices speak in a recording, and when: its pieces of speech grouped by their vectors.

Pieces are joined by average linkage, then groups by their mean vectors, which are far steadier than single pieces. Overlapping speech can
chain two voices to one group, so each is tried in two halves. Groups that are no voice (too small, the mixture of two others) give their
pieces to the voice that is nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.timing import Span, merge_spans, total

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.observe.voices import VoiceTrack

APART = 0.37
"""Mean cosine distance of pieces up to which they are joined. Chosen with SAME_MEANS on the shared voice data: 16 calls of two readers,
18 recordings of one voice and the interview of three get their number of voices at .355 to .375; at .34 and at .38 one call does not."""
SAME_MEANS = 0.84
"""Cosine of the mean vectors of two groups from which they are one voice."""
ROUGH_APART, ROUGH_SAME_MEANS = 0.35, 0.86
"""The same in rough sound (`SoundFacts.flaws`), where voices lie nearer to each other: with the two above, one of 36 rough calls of two
readers and the noisy interview became one voice. At .33 to .38 and .86 to .89 all 36 get two; from .87 on one voice more is split."""
HALVES_APART = 0.835
"""Cosine of the means of a group's two halves under which they are two voices. Chosen on the calls of models/voice_calibration/figures.md:
at .83 one call of two readers more stays one voice, at .84 a recording of one reader becomes two."""
MIXTURE_GAIN = 0.06
"""So much nearer is a mixture of two voices to a blend of their means than to either; voices of their own that are short gain less."""
LEAST_SHARE, LEAST_S = 0.05, 3.0
"""A group with less of the speech is no voice of its own."""
STEADY = 3
"""Pieces in a row that a voice must have once (3.2 s of speech): what lies between two voices sounds like a mixture of both, and
such pieces resemble each other, but they come one at a time."""
LIKE_NONE = 0.55
"""A piece less alike than this to every voice is given to none."""
MOST_ROUNDS = 30
"""Of 2-means, which is done after a few."""
MOST_LINKED = 3000
"""Pieces that are laid side by side, each with each; the others join the nearest group."""

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Voice:
    """One voice of a recording."""

    pieces: Indices
    """Which pieces of the track are its."""
    spans: tuple[Span, ...]
    """When it speaks; at the change of voices within half a second."""
    speech_s: float
    untold_s: float = 0.0
    """Seconds of further short speech in the same sound that could not be told apart from it; 0: too little to mention."""


def voices_of(track: VoiceTrack) -> list[Voice]:
    """The voices of a track, the one that speaks longest first; empty where there are no pieces."""
    if not track.pieces or not track.vectors:
        return []
    seconds = np.array([p.seconds for p in track.pieces])
    vectors = np.concatenate(list(track.vectors.values()), axis=1)
    vectors = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
    labels, untold = assigned(vectors, seconds, track.speech_s, rough=bool(track.facts.flaws))
    untold_s = float(seconds[untold].sum() / seconds.sum()) * track.speech_s
    if untold_s < max(LEAST_S, LEAST_SHARE * track.speech_s):
        untold_s = 0.0
    spans = _spans(track, labels)
    found = [Voice(np.nonzero(labels == n)[0], spans[n], total(spans[n]), untold_s) for n in sorted(spans)]
    return sorted(found, key=lambda v: -v.speech_s)


def assigned(
    vectors: Vectors, seconds: NDArray[np.float64], speech_s: float, *, rough: bool = False
) -> tuple[Indices, Flags]:
    """A label per piece [n, d], from 0; -1: like no voice. And which pieces are of no voice by themselves, whatever their label.

    speech_s: seconds of speech that the pieces cover in all.
    """
    apart, same_means = (ROUGH_APART, ROUGH_SAME_MEANS) if rough else (APART, SAME_MEANS)
    first = grouped(vectors, apart)
    groups = _joined_by_means(vectors, [np.nonzero(first == label)[0] for label in np.unique(first)], same_means)
    least = max(LEAST_S, LEAST_SHARE * speech_s)

    def enough(group: Indices) -> bool:
        # pieces overlap: their share of the speech counts, not their seconds
        return float(seconds[group].sum() / seconds.sum()) * speech_s >= least and _longest_row(group) >= STEADY

    def long(group: Indices) -> float:
        return float(seconds[group].sum())

    kept = sorted((half for g in groups if enough(g) for half in _halved(vectors, g, enough)), key=long, reverse=True)
    kept = _without_mixtures(vectors, kept) or [max(groups, key=long)]
    alike = vectors @ np.stack([_mean(vectors[g]) for g in kept]).T
    labels = np.asarray(np.argmax(alike, axis=1), np.int64)
    labels[alike.max(axis=1) < LIKE_NONE] = -1
    return labels, _untold(np.isin(np.arange(len(vectors)), np.concatenate(kept)), labels)


def _untold(steady: Flags, labels: Indices) -> Flags:
    """Pieces that are not `steady`, but for what lies between two voices and sounds like a mixture of both."""
    untold = ~steady | (labels < 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], untold, [False]]).astype(np.int8)))
    for first, end in edges.reshape(-1, 2):
        between = first > 0 and end < len(labels) and labels[first - 1] != labels[end]
        if between and end - first < STEADY:
            untold[first:end] = False
    return untold


def grouped(vectors: Vectors, apart: float = APART) -> Indices:
    """A label per row [n, d]: average linkage by cosine, cut at `apart`."""
    if len(vectors) < 2:
        return np.ones(len(vectors), np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    linked = vectors
    if len(vectors) > MOST_LINKED:  # at random: in even steps, turns of even length would hide a voice
        linked = vectors[np.random.default_rng(0).choice(len(vectors), MOST_LINKED, replace=False)]
    tree = linkage(linked.astype(np.float64), "average", metric="cosine")
    labels = np.asarray(fcluster(np.maximum(tree, 0), apart, "distance"), np.int64)
    if linked is vectors:
        return labels
    names = np.unique(labels)
    centres = np.stack([_mean(linked[labels == name]) for name in names])
    return np.asarray(names[np.argmax(vectors @ centres.T, axis=1)], np.int64)


def _joined_by_means(vectors: Vectors, groups: list[Indices], same_means: float) -> list[Indices]:
    """Groups whose means are nearly the same become one, the nearest two first."""
    groups = list(groups)
    while len(groups) > 1:
        means = np.stack([_mean(vectors[g]) for g in groups])
        alike = np.triu(means @ means.T, 1)
        a, b = np.unravel_index(int(np.argmax(alike)), alike.shape)
        if alike[a, b] < same_means:
            break
        groups[a] = np.concatenate([groups[a], groups.pop(int(b))])
    return groups


def _halved(vectors: Vectors, group: Indices, enough: Callable[[Indices], bool]) -> list[Indices]:
    """The group, or its halves, and theirs, where these are two voices (spherical 2-means from the principal axis)."""
    rows = vectors[group]
    centred = rows - rows.mean(axis=0)
    second = centred @ np.linalg.svd(centred, full_matrices=False)[2][0] > 0
    for _ in range(MOST_ROUNDS):
        if second.all() or not second.any():
            return [group]
        first_mean, second_mean = _mean(rows[~second]), _mean(rows[second])
        before, second = second, rows @ second_mean > rows @ first_mean
        if (before == second).all():
            break
    halves = [group[~second], group[second]]
    if float(first_mean @ second_mean) >= HALVES_APART or not all(len(h) and enough(h) for h in halves):
        return [group]
    return [part for half in halves for part in _halved(vectors, half, enough)]


def _without_mixtures(vectors: Vectors, groups: list[Indices]) -> list[Indices]:
    """Less the groups that never last and whose mean is a blend of two longer groups' means: both speak at once there."""
    means = [_mean(vectors[g]) for g in groups]

    def blended(number: int) -> bool:
        if _longest_row(groups[number]) > STEADY:
            return False
        alike = [float(means[number] @ m) for m in means]
        best = 0.0
        for a, b in combinations(range(number), 2):
            near = float(means[a] @ means[b])
            # the shares of both by least squares, but for a common factor
            of_a, of_b = alike[a] - near * alike[b], alike[b] - near * alike[a]
            if of_a > 0 and of_b > 0:
                best = max(best, float(np.sqrt((of_a * alike[a] + of_b * alike[b]) / (1 - near**2))))
        return best - max(a for n, a in enumerate(alike) if n != number) >= MIXTURE_GAIN

    return [g for n, g in enumerate(groups) if n < 2 or not blended(n)]


def _longest_row(pieces: Indices) -> int:
    """Most pieces that follow one another."""
    breaks = np.nonzero(np.diff(np.sort(pieces)) > 1)[0]
    return int(np.diff(np.concatenate([[-1], breaks, [len(pieces) - 1]])).max())


def _mean(rows: Vectors) -> Vectors:
    mean = rows.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)


def _spans(track: VoiceTrack, labels: Indices) -> dict[int, tuple[Span, ...]]:
    """Speech goes to the voice of the piece whose middle is nearest; by label, -1 left out."""
    middles = np.array([_middle(p.spans) for p in track.pieces])
    order = np.argsort(middles, kind="stable")
    middles, labels = middles[order], labels[order]
    edges = (middles[1:] + middles[:-1]) / 2
    found: dict[int, list[Span]] = {}
    for span in track.speech:
        start, end = span.seconds()
        cuts = [start, *edges[(edges > start) & (edges < end)].tolist(), end]
        for a, b in pairwise(cuts):
            label = int(labels[np.searchsorted(edges, (a + b) / 2)])
            if label >= 0:
                part = Span(Fraction(a).limit_denominator(1000), Fraction(b).limit_denominator(1000))
                found.setdefault(label, []).append(part)
    return {label: tuple(merge_spans(spans)) for label, spans in found.items()}


def _middle(spans: tuple[Span, ...]) -> float:
    """The moment at which half of the speech has been heard."""
    half = sum((s.duration for s in spans), Fraction(0)) / 2
    for span in spans:
        if half <= span.duration:
            return float(span.start + half)
        half -= span.duration
    return float(spans[-1].end)
