"""Runs of the same words in two texts, by hashes of short word sequences (shingles); memory and time grow with the words only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = 4
"""Words of a shingle. Three are shared by chance all the time; five do not survive a transcription error in every eighth word."""
MOST_WORDS = 60_000
"""Words of a text that are read: six hours of speech."""

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class SharedWords:
    """What one text has in common with another."""

    count: int
    """Shingles shared."""
    share: float
    """Of the shingles of the first text that count at all, 0..1."""
    run: tuple[int, int]
    """First word of the longest run in the first text, and its words."""


def shingles(words: Sequence[str]) -> Hashes:
    """[n - SIZE + 1] hashes in order; empty for shorter texts."""
    one = np.fromiter((_hash(w) for w in words[:MOST_WORDS]), np.uint64, min(len(words), MOST_WORDS))
    count = len(one) - SIZE + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    mixed = np.zeros(count, np.uint64)
    for n in range(SIZE):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + one[n : n + count]
        mixed ^= mixed >> np.uint64(29)
    return mixed


def held(mine: Hashes, theirs: Hashes) -> NDArray[np.bool_]:
    """[n] which of `mine` are in `theirs`, which are sorted."""
    if not len(theirs):
        return np.zeros(len(mine), np.bool_)
    at = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
    return np.asarray(theirs[at] == mine)


def shared_words(mine: Hashes, theirs: Hashes, counts: NDArray[np.bool_]) -> SharedWords:
    """What the text of `mine` shares with `theirs`, which are sorted; `counts`: which of `mine` count at all."""
    hits = held(mine, theirs) & counts
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hits, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    run = (0, 0)
    if len(starts):
        longest = int(np.argmax(ends - starts))
        run = int(starts[longest]), int(ends[longest] - starts[longest]) + SIZE - 1
    return SharedWords(int(hits.sum()), float(hits.sum() / max(1, counts.sum())), run)


def longest_run(a: Sequence[str], b: Sequence[str]) -> tuple[int, int, int]:
    """Longest sequence of words in both short texts: where it begins in each, and its length."""
    best, before = (0, 0, 0), [0] * (len(b) + 1)
    for i, word in enumerate(a, 1):
        row = [0] * (len(b) + 1)
        for j, other in enumerate(b, 1):
            if word == other:
                row[j] = before[j - 1] + 1
                if row[j] > best[2]:
                    best = (i - row[j], j - row[j], row[j])
        before = row
    return best


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
