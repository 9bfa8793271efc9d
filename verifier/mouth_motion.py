"""How much a mouth moves, second by second: what ties a voice to a face, and shows speech beside a mouth that is still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.coupling import mouth_rows
from verifier.lip_voice import LEAST_FACE, LEAST_RATE
from verifier.observe.sound_features import BINS_PER_S

if TYPE_CHECKING:
    from verifier.lip_voice import Flags
    from verifier.observe.lips import LipTable

HOP_S = 0.5
MOVES, STILL = 0.0024, 0.0016
"""Mean change of the mouth's opening per 1/25 s, over the height of the face, in one second. On 466 seconds of genuine and generated
talking clips the least was .0023, on 336 seconds of one still picture that sways, at 300 kbit/s, 95 of 100 stay below .0015 and
all below .0024. In between is neither."""


@dataclass(frozen=True)
class MouthMotion:
    """Seconds, HOP_S apart, in which one mouth was seen throughout."""

    starts: NDArray[np.float64]
    """Seconds [n]."""
    speeds: NDArray[np.float64]
    """[n], as MOVES and STILL."""

    @property
    def moves(self) -> Flags:
        return np.asarray(self.speeds >= MOVES)

    @property
    def still(self) -> Flags:
        return np.asarray(self.speeds <= STILL)


NOT_SEEN = MouthMotion(np.zeros(0), np.zeros(0))


def mouth_motion(table: LipTable, mine: Flags) -> MouthMotion:
    """Of one person's rows; nothing where the face is too small or pictures are too few a second to tell."""
    used = mine & np.array([box.height >= LEAST_FACE for box in table.boxes], bool)
    times = np.array([float(t) for t in table.times])[used]
    if len(times) < 3 or 1 / np.median(np.diff(times)) < LEAST_RATE:
        return NOT_SEEN
    rows = mouth_rows(times, table.features[used], int(times[-1] * BINS_PER_S) + 2)
    change = np.abs(rows[:, table.features.shape[1]])
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(change))])
    seen = np.concatenate([[0], np.cumsum(~np.isnan(change))])
    firsts = np.arange(0, max(0, len(change) - BINS_PER_S + 1), round(HOP_S * BINS_PER_S))
    whole = seen[firsts + BINS_PER_S] - seen[firsts] == BINS_PER_S
    firsts = firsts[whole]
    return MouthMotion(firsts / BINS_PER_S, (sums[firsts + BINS_PER_S] - sums[firsts]) / BINS_PER_S)


def share_heard(marks: NDArray[np.float32], steps: int, starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each second that begins at `starts` [n], the share in which `marks` (so many steps a second) is 1: [n]."""
    sums = np.concatenate([[0.0], np.cumsum(marks, dtype=np.float64)])
    first, last = ((np.minimum((starts + add) * steps, len(marks))).astype(int) for add in (0, 1))
    return np.asarray((sums[last] - sums[first]) / steps)
