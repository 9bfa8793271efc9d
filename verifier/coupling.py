"""Do lips and voice move together? Windows of a call scored by a linear model of how speech looks and sounds.

The model (models/lip_voice/card.md) is a canonical correlation analysis: pairs of weightings, of mouth features and of sound
features, whose sums go together most in genuine speech. A window's score is how far they do not go together there, with
the voice moved by at most `REACH` around the call's own constant offset, which is innocent: it comes from a sound card or a
network and stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verifier import weights
from verifier.observe.sound_features import BINS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from verifier.observe.sound_features import SoundTable

Array = NDArray[np.float64]
WINDOW_S, HOP_S = 5, 1
REACH = 3
"""Bins: 0.12 s of lag either way that a window may choose."""
SEARCH = 25
"""Bins: a constant offset is looked for up to 1 s either way."""
CONTEXT = 1
"""Bins before and after that the sound features of one bin include."""
SILENCE_DB = -55.0
ABOVE_NOISE_DB, BELOW_PEAK_DB = 10.0, 20.0
"""dB: a bin sounds when it is louder than the quietest tenth of the call by so much, or within so much of its loudest
(people who talk without a pause leave no noise to measure)."""
_GAP_S = 0.15
"""Seconds between two pictures that nothing is filled in across."""


def mouth_rows(times: Sequence[float] | Array, features: NDArray[np.floating[Any]], count: int) -> Array:
    """Mouth features and their speeds on the sound's clock: [count, 10]; NaN where the mouth was not seen.

    times: seconds [n] at which pictures appear; a picture stands for the middle of the time for which it is shown.
    """
    out = np.full((count, 2 * features.shape[1]), np.nan)
    if len(times) < 3:
        return out
    shown = np.asarray(times, np.float64)
    shown = shown + np.median(np.diff(shown)) / 2
    middles = (np.arange(count) + 0.5) / BINS_PER_S
    after = np.clip(np.searchsorted(shown, middles), 0, len(shown) - 1)
    before = np.clip(after - 1, 0, None)
    held = (middles >= shown[0] - 1 / BINS_PER_S) & (middles <= shown[-1] + 1 / BINS_PER_S)
    held &= np.abs(shown[after] - shown[before]) <= _GAP_S
    values = np.stack([np.interp(middles, shown, column) for column in features.T.astype(np.float64)], axis=1)
    out[held, : features.shape[1]] = values[held]
    out[1:-1, features.shape[1] :] = (out[2:, : features.shape[1]] - out[:-2, : features.shape[1]]) / 2
    return out


def sound_rows(sound: SoundTable) -> Array:
    """Sound features of each bin with those of its neighbours: [n, columns * (2 CONTEXT + 1)]; NaN at gaps and ends."""
    features = sound.features.astype(np.float64)
    padded = np.pad(features, ((CONTEXT, CONTEXT), (0, 0)), constant_values=np.nan)
    return np.hstack([padded[k : k + len(features)] for k in range(2 * CONTEXT + 1)])


@dataclass(frozen=True)
class Side:
    """One side of the model: (rows - mean) / scale @ weights."""

    mean: Array
    scale: Array
    weights: Array
    """[columns, components]"""

    def project(self, rows: Array) -> Array:
        projected: Array = ((rows - self.mean) / self.scale) @ self.weights
        return projected

    def as_json(self) -> dict[str, Any]:
        return {k: np.round(getattr(self, k), 6).tolist() for k in ("mean", "scale", "weights")}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Side:
        return cls(*(np.array(raw[k], np.float64) for k in ("mean", "scale", "weights")))


@dataclass(frozen=True)
class Windows:
    """A call's windows. start: bins [n]; scores: [n, lags], how far apart at each of `lags` (bins), NaN where unheard."""

    start: NDArray[np.int64]
    lags: NDArray[np.int64]
    scores: Array

    def best(self, offset: int = 0) -> tuple[Array, NDArray[np.int64]]:
        """The least score within REACH of `offset`, and its lag, of every window; NaN where the sound is missing."""
        near = np.abs(self.lags - offset) <= REACH
        scores = np.where(np.isnan(self.scores[:, near]), np.inf, self.scores[:, near])
        least = scores.min(axis=1)
        return np.where(np.isinf(least), np.nan, least), self.lags[near][scores.argmin(axis=1)]


def liveliness(mouth: Array) -> float:
    """How much a mouth moves: the mean speed of its opening, per bin, over the height of the face. mouth: [n, 10]."""
    return float(np.abs(mouth[:, mouth.shape[1] // 2]).mean())


def above_noise(level: NDArray[np.floating[Any]]) -> Array:
    """How much louder each bin of a call is than its noise and than silence, dB: above 0 something sounds."""
    heard = level[np.isfinite(level)]
    noise = float(np.quantile(heard, 0.1)) if len(heard) else 0.0
    peak = float(np.quantile(heard, 0.95)) if len(heard) else 0.0
    return np.where(np.isfinite(level), level, -np.inf) - max(
        SILENCE_DB, min(noise + ABOVE_NOISE_DB, peak - BELOW_PEAK_DB)
    )


def windows(
    mouth: Array, sound: Array, strength: Array, seconds: float = WINDOW_S, reach: int = SEARCH + REACH
) -> Windows:
    """Scores every window of `seconds` in which the mouth is seen throughout; a window starts every HOP_S.

    mouth, sound: components [n, k] and [m, k] on one clock. Score: 1 - the weighted mean of the components' correlations
    (0: together as one, 1: nothing to do with each other), with the sound `lag` bins later than the mouth.
    """
    length, lags = round(seconds * BINS_PER_S), np.arange(-reach, reach + 1)
    starts = np.array(list(_starts(mouth, length)), np.int64)
    padded = np.pad(sound, ((reach, max(0, len(mouth) - len(sound)) + reach), (0, 0)), constant_values=np.nan)
    scores = np.full((len(starts), len(lags)), np.nan)
    for row, start in enumerate(starts):
        lips = _standard(mouth[start : start + length])
        heard = np.lib.stride_tricks.sliding_window_view(padded[start : start + length + 2 * reach], length, axis=0)
        voice = _standard(np.moveaxis(heard, -1, 1), axis=1)
        scores[row] = 1 - (lips * voice).mean(axis=1) @ strength / strength.sum()
    return Windows(starts, lags, scores)


def _standard(values: Array, axis: int = 0) -> Array:
    centred = values - values.mean(axis=axis, keepdims=True)
    standard: Array = centred / (centred.std(axis=axis, keepdims=True) + 1e-9)
    return standard


def _starts(mouth: Array, length: int) -> Iterator[int]:
    """From the beginning of each stretch in which the mouth is seen, every HOP_S as far as a whole window fits."""
    seen = np.concatenate([[False], ~np.isnan(mouth).any(axis=1), [False]])
    edges = np.flatnonzero(np.diff(seen.astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        yield from range(begin, end - length + 1, HOP_S * BINS_PER_S)


@dataclass(frozen=True)
class CouplingModel:
    mouth: Side
    sound: Side
    strength: Array
    """[components]: how much each counts."""
    curve: Array
    """[refits + 1, 3]: weight, intercept, floor; row 0 is the fit."""
    cap: float
    """Largest |log10 LR|."""
    gates: dict[str, float]
    title: str

    @classmethod
    def load(cls, path: Path | None = None) -> CouplingModel:
        raw = json.loads((path or weights.packaged("lip_voice", "model.json")).read_text())
        sides = (Side.from_json(raw["mouth"]), Side.from_json(raw["sound"]))
        return cls(*sides, np.array(raw["strength"]), np.array(raw["curve"]), raw["cap"], raw["gates"], raw["title"])

    def windows(self, mouth: Array, sound: Array, seconds: float = WINDOW_S, reach: int = SEARCH + REACH) -> Windows:
        """Every window of `seconds` in which the mouth is seen throughout, against the sound moved by up to `reach` bins."""
        return windows(self.mouth.project(mouth), self.sound.project(sound), self.strength, seconds, reach)

    def moves(self, mouth: Array) -> bool:
        """Whether the mouth of a window [n, 10] moves as mouths do that speak: over all, and in every second of it.

        Where two people take turns, half a window is the other one's voice beside a still mouth: that is no dubbing.
        """
        seconds = np.array_split(mouth, max(1, round(len(mouth) / BINS_PER_S)))
        return liveliness(mouth) >= self.gates["lively"] and (
            min(liveliness(second) for second in seconds) >= self.gates["every_second"]
        )

    def speaks(self, level: NDArray[np.floating[Any]]) -> bool:
        """Whether as much of a window's sound is loud as in speech; `level` in dB above the call's threshold."""
        return bool((level > 0).mean() >= self.gates["spoken"])

    def lr(self, scores: Array) -> tuple[Array, Array, Array]:
        """log10 LR of "apart" against "together" with lower and upper 95 % bounds, for scores [n]."""
        line = scores[:, None] * self.curve[:, 0] + self.curve[:, 1]
        floor = self.curve[:, 2]
        natural = np.logaddexp(line + np.log1p(-floor), np.log(floor))
        log10 = np.clip(natural / np.log(10), -self.cap, self.cap)
        lower, upper = np.quantile(log10, (0.025, 0.975), axis=1)
        return log10[:, 0], np.minimum(log10[:, 0], lower), np.maximum(log10[:, 0], upper)
