"""`python -m tests.benchmarks.gaze`: how steadily irises are followed in clips of people, and from what reach lines of reading are found.

No public clips of people who read are labelled: lines are added to where the eyes of each clip were measured, with the
jitter, blinks and head movement that the clip has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.benchmarks import material
from tests.benchmarks.false_alarms import FOLDERS, SUFFIXES
from tests.eyes import reading
from verifier.api import NothingUsable, observe_case
from verifier.gaze import JOINED, LEAST_EYE, Gaze, gaze_of
from verifier.lip_voice import rows_of
from verifier.observe.lips import LipTable

REACHES = (0.02, 0.03, 0.04, 0.06, 0.08)
"""Half a line, in widths of the eye."""
LONG_S = 8.0
"""Shorter clips cannot hold four lines and are left out."""

Eyes = tuple[LipTable, np.ndarray, Gaze]


def main() -> int:
    for kind, folder in FOLDERS.items():
        found = list(_clips(folder))
        if not found:
            continue
        followed = [e for e in found if e[2].watched]
        seconds = sum(_watched(g) for _, _, g in followed)
        print(f"{kind}: eyes measured in {len(found)} clips, followed in {len(followed)}, {seconds:.0f} s", flush=True)
        for low, high in ((0, 14), (14, 20), (20, 30), (30, 200)):
            jitters = [g.jitter for t, mine, g in found if low <= _width(t, mine) < high and g.jitter is not None]
            whys = sorted({g.reason for t, mine, g in found if low <= _width(t, mine) < high and g.reason})
            told = f"jitter {min(jitters):.4f} to {max(jitters):.4f} of its width" if jitters else "not followed"
            print(f"  eyes of {low} to {high} pixels: {len(jitters)} clips, {told} {whys or ''}")
        mirrored = [t.eyes[mine & (t.eyes[:, 5] >= LEAST_EYE), 6] for t, mine, _ in found]
        shares = np.concatenate([*mirrored, np.zeros(1)])
        print(
            f"  irises brighter than the cheeks: {shares.max():.3f} of them at most, {np.quantile(shares, 0.999):.3f} in 999 of 1000 pictures"
        )
        lines = sum(g.lines for *_, g in followed)
        print(f"  {lines} lines of {JOINED} or more that follow each other, {sum(g.reads for *_, g in followed)} named")
        _added([e for e in followed if _watched(e[2]) >= LONG_S])
    return 0


def _clips(folder: str) -> Iterator[Eyes]:
    for clip in sorted(p for p in (material.data() / folder).rglob("*") if p.suffix in SUFFIXES):
        try:
            (seen,) = observe_case([clip], checks=["reading-gaze"]).rounds
        except NothingUsable:
            continue
        if seen.mouths is None or seen.mouths.lips is None or seen.candidate is None or not len(seen.mouths.lips.eyes):
            continue
        lips = seen.mouths.lips
        mine = rows_of(seen.candidate.person, lips)
        if mine.any():
            yield lips, mine, gaze_of(lips, mine)


def _added(clips: list[Eyes]) -> None:
    """Lines of each reach on top of what the eyes did."""
    for reach in REACHES:
        named = lines = 0
        for number, (lips, mine, _) in enumerate(clips):
            eyes = lips.eyes.copy()
            eyes[:, :2] += reading(np.array([float(t) for t in lips.times]), reach, seed=number)[:, None]
            found = gaze_of(replace(lips, eyes=eyes), mine)
            named, lines = named + found.reads, lines + found.lines
        print(
            f"  lines over {2 * reach:.2f} widths of the eye added to {len(clips)} clips of {LONG_S:.1f} s and more: {named} named, "
            f"{lines} lines that follow each other"
        )


def _watched(gaze: Gaze) -> float:
    return float(sum((s.duration for s in gaze.watched), Fraction(0)))


def _width(lips: LipTable, mine: np.ndarray) -> float:
    return float(np.median(lips.eyes[mine, 5]))


if __name__ == "__main__":
    sys.exit(main())
