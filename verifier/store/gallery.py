"""One to many: exact search over unit vectors in memory, one shard per comparator and its weights.

The templates are unsealed into this memory and nowhere else. A shard is one float32 matrix, so a search is one product of matrix
and vector (`make bench` prints its time beside numpy's and faiss's).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from verifier.elsewhere import Hit, Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from verifier.calibration import Comparison

MOST_HITS = 5
"""Cases listed besides those with the same name."""
TRIED = 4 * MOST_HITS
"""Nearest templates per comparator that are compared in full."""


class Shard:
    """Unit vectors [n, d] of one comparator, most alike found by their product with another."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = np.ascontiguousarray(vectors, np.float32)

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Rows and cosines of the most alike, best first."""
        scores = self._vectors @ np.asarray(vector, np.float32)
        count = min(count, len(scores))
        best = np.argpartition(scores, len(scores) - count)[len(scores) - count :] if count else np.zeros(0, np.intp)
        best = best[np.argsort(-scores[best], kind="stable")]
        return best, scores[best]


class Template(Protocol):
    @property
    def vectors(self) -> Mapping[str, NDArray[np.float32]]: ...


@dataclass(frozen=True)
class Member:
    """A template of the gallery, or one that is looked for. models: comparator -> SHA-256 of its weights."""

    case_id: str
    subject: str
    template: Any
    models: Mapping[str, str]

    def shards(self) -> dict[tuple[str, str], NDArray[np.float32]]:
        return {(n, self.models[n]): v for n, v in self.template.vectors.items() if n in self.models}


class Gallery:
    def __init__(self, members: Iterable[Member]) -> None:
        self._members = tuple(members)
        numbers: dict[str, int] = {}
        self._cases = np.array([numbers.setdefault(m.case_id, len(numbers)) for m in self._members], np.int64)
        rows: dict[tuple[str, str], tuple[list[int], list[NDArray[np.float32]]]] = {}
        for index, member in enumerate(self._members):
            for key, vector in member.shards().items():
                indexes, vectors = rows.setdefault(key, ([], []))
                indexes.append(index)
                vectors.append(vector)
        self._shards = {key: (np.array(i), Shard(np.stack(v))) for key, (i, v) in rows.items()}

    def search(
        self,
        wanted: Iterable[Member],
        compare: Callable[[Any, Any], Comparison],
        named_alike: frozenset[str] = frozenset(),
    ) -> Search:
        """The most alike cases, each with the ratio of its most alike pair, corrected for the number of pairs searched.

        named_alike: cases under the same name; each is in the result, however unlike.
        """
        wanted = tuple(wanted)
        best: dict[str, Hit] = {}
        pairs, seen = self._reach(wanted)
        for own in wanted:
            for index in self._candidates(own, named_alike):
                member = self._members[index]
                found = compare(own.template, member.template)
                if found.lr is None:
                    continue
                hit = Hit(
                    member.case_id, member.case_id in named_alike, own.subject, found.score, found.lr,
                    found.lr.among(pairs),
                )  # fmt: skip
                if member.case_id not in best or _order(hit) > _order(best[member.case_id]):
                    best[member.case_id] = hit
        ranked = sorted(best.values(), key=_order, reverse=True)
        hits = tuple(h for place, h in enumerate(ranked) if place < MOST_HITS or h.same_name)
        return Search(hits, pairs, len(np.unique(self._cases[seen])))

    def _reach(self, wanted: Iterable[Member]) -> tuple[int, NDArray[np.bool_]]:
        """How many pairs can be compared, and which members are in one."""
        pairs, seen = 0, np.zeros(len(self._members), bool)
        for own in wanted:
            mask = np.zeros(len(self._members), bool)
            for key in own.shards().keys() & self._shards.keys():
                mask[self._shards[key][0]] = True
            pairs, seen = pairs + int(mask.sum()), seen | mask
        return pairs, seen

    def _candidates(self, own: Member, named_alike: frozenset[str]) -> list[int]:
        found = {i for i, m in enumerate(self._members) if m.case_id in named_alike} if named_alike else set()
        for key, vector in own.shards().items():
            if key in self._shards:
                indexes, shard = self._shards[key]
                found |= {int(i) for i in indexes[shard.nearest(vector, TRIED)[0]]}
        return sorted(found)


def _order(hit: Hit) -> tuple[float, float]:
    return hit.alone.log10, hit.score or 0.0
