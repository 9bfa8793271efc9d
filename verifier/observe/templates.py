"""From kept crops to templates: each crop is embedded at most once by each comparator, and only if somebody needs it."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from verifier.observe.comparators.base import FaceComparator, Vector, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.faces import KeptCrop

MAX_THREADS = 4
log = logging.getLogger(__name__)
FRAMES_PER_TEMPLATE = 5
"""Five well-spread frames do; fifteen add almost nothing (models/face_calibration/card.md)."""


@dataclass(frozen=True)
class FaceTemplate:
    """The mean template of a few frames of one face, by comparator."""

    vectors: dict[str, Vector]
    """Comparator name -> unit vector."""
    frames: tuple[KeptCrop, ...]
    """Those it is the mean of, best first."""

    def without_pictures(self) -> FaceTemplate:
        """The same, its frames' figures kept and their pictures gone: what comparing needs, in a thousandth of the memory."""
        none = np.zeros((0, 0, 3), np.uint8)
        frames = tuple(replace(f, crop=replace(f.crop, image=none)) for f in self.frames)
        return FaceTemplate(self.vectors, frames)

    @property
    def is_photo(self) -> bool:
        return all(f.is_photo for f in self.frames)

    @property
    def inter_eye_px(self) -> float:
        """Median over its frames."""
        return float(np.median([f.quality.inter_eye_px for f in self.frames]))

    @property
    def exposure(self) -> float:
        """Mean brightness of the face, 0..1; median over its frames."""
        return float(np.median([f.quality.exposure for f in self.frames]))


class Embedder:
    """Embeds crops by every comparator, remembering what it has done: one per case."""

    def __init__(self, comparators: Sequence[FaceComparator]) -> None:
        self._comparators = {c.name: c for c in comparators}
        self._done: dict[tuple[str, int], tuple[KeptCrop, Vector | None]] = {}
        self.embedded = 0
        self.failed: dict[str, str] = {}
        """Comparators that raised, and what to say of it."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._comparators)

    @property
    def quickest(self) -> str | None:
        """The comparator for joining tracklets: mobileface where it is here, then dlib, whose thresholds are known."""
        return next((n for n in ("mobileface", "dlib") if n in self._comparators), next(iter(self._comparators), None))

    def forget(self, but: Sequence[KeptCrop] = ()) -> None:
        """Lets go of every crop seen so far, those of `but` excepted."""
        held = {id(k) for k in but}
        self._done = {key: done for key, done in self._done.items() if key[1] in held}

    def embed(self, kept: KeptCrop, name: str) -> Vector | None:
        key = (name, id(kept))
        if key not in self._done:
            self.embedded += 1
            self._done[key] = (kept, self._embed(name, kept))  # kept is held: its id stays its own
        return self._done[key][1]

    def _embed(self, name: str, kept: KeptCrop) -> Vector | None:
        try:
            return self._comparators[name].embed(kept.crop)
        except Exception as error:  # somebody else's plug-in: the others go on, and the report says so
            log.warning("comparator %s failed on a face", name, exc_info=True)
            self.failed[name] = (
                f"{name} failed on a face ({type(error).__name__}) and may be missing from some comparisons"
            )
            return None

    def embed_all(self, crops: Sequence[KeptCrop], name: str) -> None:
        """Embeds those not embedded yet, on both cores where the comparator may be called from several threads."""
        new = [k for k in crops if (name, id(k)) not in self._done]
        comparator = self._comparators[name]
        if len(new) < 2 or not getattr(comparator, "thread_safe", False):
            return
        with ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1)) as pool:
            for kept, vector in zip(new, pool.map(lambda k: self._embed(name, k), new), strict=True):
                self.embedded += 1
                self._done[(name, id(kept))] = (kept, vector)

    def template(self, kept: Sequence[KeptCrop], names: Sequence[str] | None = None) -> FaceTemplate | None:
        """Mean template of the best, well-spread crops; None when no comparator can use any of them."""
        vectors: dict[str, Vector] = {}
        used: list[KeptCrop] = []
        for name in names or self.names:
            found: list[Vector] = []
            for crop in spread(kept):
                vector = self.embed(crop, name)
                if vector is None:
                    continue
                found.append(vector)
                if all(crop is not u for u in used):
                    used.append(crop)
                if len(found) == FRAMES_PER_TEMPLATE:
                    break
            if found:
                vectors[name] = unit(np.mean(found, axis=0))
        return FaceTemplate(vectors, tuple(used)) if vectors else None


def spread(kept: Sequence[KeptCrop]) -> list[KeptCrop]:
    """Crops in the order in which they should be tried: best of each fifth of the time first, then the rest by rank."""
    if not kept:
        return []
    ordered = sorted(kept, key=lambda k: k.time)
    parts = np.array_split(np.arange(len(ordered)), min(FRAMES_PER_TEMPLATE, len(ordered)))
    first = [max((ordered[i] for i in part), key=lambda k: k.quality.rank) for part in parts]
    good = max(k.quality.rank for k in ordered)
    firsts = sorted((k for k in first if k.quality.rank > 0.4 * good), key=lambda k: -k.quality.rank)
    chosen = {id(k) for k in firsts}
    return firsts + sorted((k for k in ordered if id(k) not in chosen), key=lambda k: -k.quality.rank)
