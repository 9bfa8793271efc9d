"""How many voices speak in a recording: its pieces of speech grouped by their vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.observe.voices import VoiceTrack

APART = 0.38
"""Mean cosine distance from which two groups of pieces are two voices: one voice's pieces lie .2-.36 apart (a clip each of 18
recordings in the shared voice data), the three of an interview .39-.45."""
MOST_LINKED = 3000
"""Pieces that are laid side by side, each with each."""
LEAST_SHARE, LEAST_S = 0.1, 3.0
"""A group with less of the speech is the change from one voice to another, laughter or an aside: no voice of its own."""


def group_pieces(track: VoiceTrack) -> list[NDArray[np.int64]]:
    """Indices of the pieces of each voice, the one that speaks longest first; empty where there are no pieces.

    Groups too small for a voice are in none of them, unless nothing else is there.
    """
    if not track.pieces or not track.vectors:
        return []
    seconds = np.array([p.seconds for p in track.pieces])
    labels = grouped(np.concatenate(list(track.vectors.values()), axis=1))
    groups = [np.nonzero(labels == label)[0] for label in np.unique(labels)]
    groups.sort(key=lambda g: -float(seconds[g].sum()))
    # pieces overlap: their shares of the speech count, not their seconds
    speech_s = [track.speech_s * float(seconds[g].sum() / seconds.sum()) for g in groups]
    least = max(LEAST_S, LEAST_SHARE * track.speech_s)
    return groups[:1] + [g for g, s in zip(groups[1:], speech_s[1:], strict=True) if s >= least]


def grouped(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """A label per row [n, d]: average linkage by cosine, cut at APART. Of many rows, the others join the nearest group."""
    if len(vectors) < 2:
        return np.ones(len(vectors), np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    linked = vectors
    if len(vectors) > MOST_LINKED:  # at random: in even steps, turns of even length would hide a voice
        linked = vectors[np.random.default_rng(0).choice(len(vectors), MOST_LINKED, replace=False)]
    tree = linkage(linked.astype(np.float64), "average", metric="cosine")
    labels = np.asarray(fcluster(np.maximum(tree, 0), APART, "distance"), np.int64)
    if linked is vectors:
        return labels
    names = np.unique(labels)
    centres = np.stack([linked[labels == name].mean(axis=0) for name in names])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return np.asarray(names[np.argmax(vectors @ centres.T, axis=1)], np.int64)
