"""`python -m tests.benchmarks.live_lips`: how often the live rule says that lips and voice do not move together.

Seven seconds of genuine clips, as a live call looks at them, up to two of a clip, six after another as if they were one call, each call beginning one later than the
call before: real clips are too short to fill a call each. As they are; with the sound late all through, as wireless headphones make it; and beside the voice of the clip before. Model and curve
are the shipped ones, which know these clips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.benchmarks import material
from tests.benchmarks.false_alarms import FOLDERS, SUFFIXES
from verifier.api import NothingUsable, observe_case
from verifier.coupling import CouplingModel
from verifier.findings import Outcome
from verifier.live.lip_watch import AROUND_S, BURST_S, EVERY_S
from verifier.live.lips import Burst, LipsSoFar
from verifier.mouths import MouthsAndSound
from verifier.observe.sound_features import BINS_PER_S, SoundTable
from verifier.timing import Span

LAGS_S = (0.0, 0.2, 0.4, 0.6, 0.8)
LEAST_S = 5.5
"""Of a burst: shorter ones hold no window of five seconds."""
CALL = 6
"""Bursts in a call."""
BEFORE = int(AROUND_S) + 1
"""Seconds of a burst before its first picture."""


def bursts(seen: MouthsAndSound) -> Iterator[Burst]:
    """Seconds of one clip, each on a clock of its own."""
    lips, sound = seen.lips, seen.sound
    if lips is None or sound is None or not lips.times:
        return
    for first in range(0, int(lips.times[-1] - Fraction(LEAST_S)) + 1, BURST_S):
        rows = [k for k, t in enumerate(lips.times) if first <= t < first + BURST_S]
        if not rows or lips.times[rows[-1]] - first < LEAST_S:
            continue
        table = replace(
            lips,
            times=tuple(lips.times[k] - first + BEFORE for k in rows),
            boxes=tuple(lips.boxes[k] for k in rows),
            features=lips.features[rows],
        )
        length = BURST_S + 2 * BEFORE
        yield Burst(table, moved(sound, BEFORE - first, length), 0, (Span(Fraction(0), Fraction(length)),))


def moved(sound: SoundTable, later_s: float, length_s: int) -> SoundTable:
    """The sound so much later, cut or filled with silence to a length."""
    count, later = length_s * BINS_PER_S, round(later_s * BINS_PER_S)
    features = np.full((count, sound.features.shape[1]), np.nan, np.float32)
    level = np.full(count, -np.inf, np.float32)
    to, of = slice(max(0, later), min(count, later + len(sound.level))), max(0, -later)
    width = max(0, to.stop - to.start)
    features[to], level[to] = sound.features[of : of + width], sound.level[of : of + width]
    return SoundTable(features, level)


def call(model: CouplingModel, found: list[Burst]) -> list[Outcome]:
    """What is said after each burst."""
    so_far, said = LipsSoFar(model), []
    for number, burst in enumerate(found):
        begins = round(EVERY_S) * number
        table = replace(burst.lips, times=tuple(t + begins for t in burst.lips.times))
        speech = tuple(Span(s.start + begins, s.end + begins) for s in burst.speech)
        said.append(so_far.add(Burst(table, burst.sound, begins, speech)).outcome)
    return said


def row(model: CouplingModel, name: str, found: list[Burst]) -> str:
    said = [call(model, found[k : k + CALL]) for k in range(len(found) - CALL + 1)]
    ever = sum(Outcome.OBSERVED in one for one in said)
    last = Counter(one[-1] for one in said)
    parts = ", ".join(f"{last[o]} {o.value}" for o in (Outcome.OBSERVED, Outcome.INCONCLUSIVE, Outcome.NOT_OBSERVED))
    return f"| {name} | {len(said)} | {ever} | {parts} |"


def of_folder(folder: Path) -> list[Burst]:
    found: list[Burst] = []
    for clip in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES):
        try:
            observed = observe_case([clip], checks=["lip-voice"])
        except NothingUsable:
            continue
        for r in observed.rounds:
            found += bursts(r.mouths) if r.mouths is not None else ()
    return found


def main() -> None:
    model = CouplingModel.load()
    for kind, folder in FOLDERS.items():
        found = of_folder(material.data() / folder)
        print(f"\n{kind}: {len(found)} bursts of {BURST_S} s, in calls of {CALL}\n")
        print("| sound | calls | ever said to part ways | said last |\n|---|---|---|---|")
        for lag in LAGS_S:
            late = [replace(b, sound=moved(b.sound, lag, len(b.sound.level) // BINS_PER_S)) for b in found]
            print(row(model, f"{lag:.1f} s late" if lag else "as it is", late), flush=True)
        dubbed = [replace(b, sound=other.sound) for b, other in zip(found, [*found[-1:], *found[:-1]], strict=True)]
        print(row(model, "another voice", dubbed), flush=True)


if __name__ == "__main__":
    main()
