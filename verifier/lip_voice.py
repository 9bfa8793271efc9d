"""Lips and voice over a whole call: which windows can be judged, the call's own offset, and where the two part ways."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.coupling import SEARCH, WINDOW_S, CouplingModel, Windows, above_noise, mouth_rows, sound_rows
from verifier.likelihood import INCONCLUSIVE_LOG10, LikelihoodRatio
from verifier.observe.sound_features import BINS_PER_S
from verifier.timing import Span, merge_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.lips import LipTable
    from verifier.observe.sound_features import SoundTable
    from verifier.tracks import Person

LEAST_FACE = 80.0
"""Pixels from forehead to chin: mouths of smaller faces were never measured."""
LEAST_RATE = 11.0
"""Pictures per second."""
NEAR_S = 1.25
"""A row belongs to a person who was seen in its place at most this long before or after."""
_TICK = 1e-6
"""Seconds: time stamps closer than this are one."""
CLEAR_PEAK = 5.0
"""How many spreads of the far lags the best lag of a call must stand above them to be its offset."""
PEAK_REACH = 8
"""Bins around the best lag that are not "far"."""
LEAST_FOR_DRIFT_S = 120
"""Seconds that stretches with clear offsets must span before a drift is fitted."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Coupling:
    """What lips and voice of one person in one round say of each other."""

    judged: tuple[Span, ...]
    """Where the mouth moved in view with sound: what could be judged."""
    parted: tuple[Span, ...]
    """Where lips and voice part ways: at least WINDOW_S long each."""
    score: float | None
    """Mean over the judged windows: 0 together as one, 1 nothing to do with each other."""
    lr: LikelihoodRatio | None
    """"apart" against "together"; of the parted spans together, if there are any, else of the whole round."""
    offset_s: float | None
    """How much later the sound is than the lips, the same all through the call; None: no offset stands out."""
    drift_ms_per_min: float | None
    """How fast the offset grows; None: too short to say."""
    reason: str = ""
    """Why nothing could be judged, in plain words."""


def unheard(reason: str) -> Coupling:
    return Coupling((), (), None, None, None, None, reason)


def rows_of(person: Person, table: LipTable) -> Flags:
    """Which rows of the table are of this person: seen in the same place at about the same time."""
    spans = [span.seconds() for span in person.spans]
    samples = sorted(((float(s.time), s.box) for t in person.tracklets for s in t.samples), key=lambda s: s[0])
    samples = [s for s in samples if any(start - _TICK <= s[0] <= end + _TICK for start, end in spans)]
    times = [time for time, _ in samples]  # exact fractions would make this twenty times slower
    mine = np.zeros(len(table.times), bool)
    for row, (exact, box) in enumerate(zip(table.times, table.boxes, strict=True)):
        time = float(exact)
        at = bisect_left(times, time)
        near = [s for s in samples[max(0, at - 1) : at + 1] if abs(s[0] - time) <= NEAR_S + _TICK]
        mine[row] = any(box.overlap(other) > 0.5 for _, other in near)
    return mine


def couple(
    model: CouplingModel,
    table: LipTable,
    mine: Flags,
    sound: SoundTable,
    speech: Sequence[Span] | None = None,
) -> Coupling:
    """Judges one person's rows of the table against the call's sound.

    speech: where somebody speaks; music or noise beside a mouth that moves says nothing. None: not known, loud sound counts.
    """
    large = np.array([box.height >= LEAST_FACE for box in table.boxes], bool)
    if not mine.any():
        return unheard("the candidate's mouth was not seen")
    if not (mine & large).any():
        return unheard(f"the candidate's face is too small ({LEAST_FACE:.0f} pixels from forehead to chin are needed)")
    used = mine & large
    times = np.array([float(t) for t in table.times])[used]
    if len(times) < 3 or 1 / np.median(np.diff(times)) < LEAST_RATE:
        return unheard(f"the mouth was seen in fewer than {LEAST_RATE:.0f} pictures a second")
    count = len(sound.features)
    mouth = mouth_rows(times, table.features[used], count)
    found = model.windows(mouth, sound_rows(sound))
    if not len(found.start):
        return unheard(f"the candidate's mouth was never in view for {WINDOW_S} seconds without a break and with sound")
    louder = above_noise(sound.level)
    if speech is not None:
        edges = np.array([s.seconds() for s in speech], np.float64).reshape(-1)
        spoken_at = np.searchsorted(edges, (np.arange(count) + 0.5) / BINS_PER_S, side="right") % 2 == 1
        louder = np.where(spoken_at, louder, -np.inf)
    spoken = np.array([model.speaks(louder[s : s + _LENGTH]) for s in found.start])
    moving = np.array([model.moves(mouth[s : s + _LENGTH]) for s in found.start])
    if not spoken.any():
        return unheard("there is no speech to hear while the candidate's mouth is in view")
    if not (spoken & moving).any():
        return unheard(
            "the candidate's mouth hardly moves, or never for five seconds on end, while it is in view with sound"
        )
    keep = spoken & moving
    return _judge(model, Windows(found.start[keep], found.lags, found.scores[keep]))


_LENGTH = WINDOW_S * BINS_PER_S


def _judge(model: CouplingModel, found: Windows) -> Coupling:
    offset = common_offset(found)
    scores, _ = found.best(offset or 0)
    heard = ~np.isnan(scores)
    if not heard.any():
        return unheard("the sound breaks off while the candidate's mouth is in view")
    starts, scores = found.start[heard], scores[heard]
    log10, lower, upper = model.lr(scores)
    apart = lower > INCONCLUSIVE_LOG10
    least = lower
    if offset is None and apart.any():
        # a call that lags all through is parted at any lag but its own, which does not stand out from little speech
        at_best, _ = found.best(_best_lag(found))
        _, least, _ = model.lr(np.nan_to_num(at_best[heard]))  # a window without sound there stays open
        apart &= least > INCONCLUSIVE_LOG10
    judged, parted = _spans(starts), _spans(starts[apart])
    if parted:
        best = [np.flatnonzero(apart)[_inside(starts[apart], span)] for span in parted]
        worst = [int(group[scores[group].argmax()]) for group in best]
        ratio = _of_parted(model, judged, parted, [(log10[i], lower[i], upper[i]) for i in worst])
    else:
        middle = int(np.argsort(scores)[len(scores) // 2])
        lowest = float(min(lower[middle], least[middle]))
        ratio = LikelihoodRatio(float(log10[middle]), lowest, float(upper[middle]), model.title)
    offset_s = None if offset is None else offset / BINS_PER_S
    return Coupling(judged, parted, float(scores.mean()), ratio, offset_s, drift(found, offset))


def _of_parted(
    model: CouplingModel,
    judged: tuple[Span, ...],
    parted: tuple[Span, ...],
    each: list[tuple[float, float, float]],
) -> LikelihoodRatio:
    """The ratio of all parted spans together, for having looked at so many.

    Of n windows side by side k part ways: their ratios multiplied, over the ways of choosing k of n, as for any evidence
    that was searched for. One odd window of twenty says nothing, five of twenty do.
    """
    counts = [max(1, int(span.duration // WINDOW_S)) for span in parted]
    chosen = sum(counts)
    of = max(chosen, sum(max(1, int(span.duration // WINDOW_S)) for span in judged))
    searched = math.log10(math.comb(of, chosen))
    sums = [sum(n * value[k] for n, value in zip(counts, each, strict=True)) - searched for k in range(3)]
    log10, lower, upper = (float(min(model.cap, max(-model.cap, s))) for s in sums)
    return LikelihoodRatio(log10, lower, upper, model.title)


def common_offset(found: Windows) -> int | None:
    """Bins by which the sound is later than the lips all through the call; None when no lag stands out."""
    mean, lags = _by_lag(found)
    return _peak(mean, lags) if len(lags) else None


def _best_lag(found: Windows) -> int:
    """The lag that suits all windows best, whether it stands out or not."""
    mean, lags = _by_lag(found)
    return int(lags[mean.argmin()]) if len(lags) else 0


def _by_lag(found: Windows) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Mean score of all windows by lag, and the lags: at the ends of a file far ones lack their sound."""
    heard = ~np.isnan(found.scores)
    lags = (heard.sum(axis=0) * 2 > len(found.start)) & (np.abs(found.lags) <= SEARCH)
    mean = np.where(heard, found.scores, 0.0)[:, lags].sum(axis=0) / heard[:, lags].sum(axis=0)
    return mean, found.lags[lags]


def _peak(mean: NDArray[np.float64], lags: NDArray[np.int64]) -> int | None:
    """The lag at which scores are least; None unless it stands out from those far from it."""
    best = int(mean.argmin())
    far = mean[np.abs(lags - lags[best]) > PEAK_REACH]
    if len(far) < PEAK_REACH:
        return None
    return int(lags[best]) if far.mean() - mean[best] >= CLEAR_PEAK * max(float(far.std()), 1e-3) else None


def drift(found: Windows, offset: int | None) -> float | None:
    """Milliseconds per minute by which the offset grows, from the clear lags of single windows; None: too little to say."""
    if offset is None:
        return None
    whole = ~np.isnan(found.scores).any(axis=1)
    clear = [(s, lag) for s, row in zip(found.start[whole], found.scores[whole], strict=True)
             if (lag := _peak(row, found.lags)) is not None]  # fmt: skip
    if len(clear) < 4 or (clear[-1][0] - clear[0][0]) / BINS_PER_S < LEAST_FOR_DRIFT_S:
        return None
    at, lag = np.array(clear, np.float64).T / BINS_PER_S
    pairs = [(b - a, y - x) for i, (a, x) in enumerate(zip(at, lag, strict=True)) for b, y in
             zip(at[i + 1 :], lag[i + 1 :], strict=True) if b - a > LEAST_FOR_DRIFT_S / 4]  # fmt: skip
    return float(np.median([y / x for x, y in pairs]) * 60_000)  # Theil and Sen: odd windows do not tilt it


def _spans(starts: NDArray[np.int64]) -> tuple[Span, ...]:
    each = [Span(Fraction(int(s), BINS_PER_S), Fraction(int(s), BINS_PER_S) + WINDOW_S) for s in starts]
    return tuple(merge_spans(each))


def _inside(starts: NDArray[np.int64], span: Span) -> Flags:
    at = starts / BINS_PER_S
    return np.asarray((at >= float(span.start)) & (at < float(span.end)))
