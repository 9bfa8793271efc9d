"""`python -m tests.benchmarks.portrait_reuse [COUNT]`: how many of 64 bits the fingerprints of portraits differ by.

Photos of ../shared/data/faces, each also saved again and made smaller: what `marks.MOST_BITS_APART` rests on.
"""

from __future__ import annotations

import os
import sys
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from verifier.documents.portraits import bits_apart, portrait_facts
from verifier.media.still import read_stills
from verifier.observe.portrait import PortraitFinder
from verifier.store.marks import MOST_BITS_APART

DATA = Path(os.environ.get("VERIFIER_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def saved_again(image: np.ndarray, quality: int, scale: float = 1.0) -> np.ndarray:
    smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", smaller[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1])


def main(count: int) -> None:
    people = sorted({p.parent: p for p in sorted((DATA / "faces").rglob("*.jpg"), reverse=True)}.values())
    step = max(1, len(people) // count)
    finder, hashes, again = PortraitFinder(), [], {"JPEG 60": [], "two thirds, JPEG 80": []}  # type: ignore[var-annotated]
    for path in people[::step][:count]:
        image = read_stills(path)[0].image
        own = portrait_facts(finder, image).hash
        if not own:
            continue
        hashes.append(own)
        for name, args in (("JPEG 60", (60,)), ("two thirds, JPEG 80", (80, 2 / 3))):
            other = portrait_facts(finder, saved_again(image, *args)).hash
            again[name].append(bits_apart(own, other) if other else 64)
    apart = np.array([bits_apart(a, b) for a, b in combinations(hashes, 2)])
    print(f"{len(hashes)} portraits of different people, {len(apart)} pairs: least {apart.min()} bits apart, "
          f"1 in 1,000 below {np.quantile(apart, 0.001):.0f}, median {np.median(apart):.0f}")  # fmt: skip
    print(f"pairs of different people at most {MOST_BITS_APART} apart: {(apart <= MOST_BITS_APART).sum()}")
    for name, found in again.items():
        close = sum(f <= MOST_BITS_APART for f in found)
        print(
            f"the same picture, {name}: {close} of {len(found)} at most {MOST_BITS_APART} apart, median {np.median(found):.0f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
