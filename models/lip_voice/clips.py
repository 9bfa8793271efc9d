"""Clips as the model sees them, and every window of them: as it is, with the sound moved, with another voice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verifier.coupling import REACH, SEARCH, CouplingModel, Windows, mouth_rows, sound_rows, windows
from verifier.lip_voice import common_offset
from verifier.observe.lips import SLOT
from verifier.observe.sound_features import BINS_PER_S, SoundTable

Array = np.ndarray
SHIFTS_S = (0.3, 0.8, 2.0)
TRAINED = ("original", "360p 300k")
"""Codings that the model and its curve learn from; any other is new to them."""
OTHERS = 8
"""Other voices that each window is dubbed with."""
SAME_SOUND = 0.9
"""Correlation of loudness over time."""
GENUINE, DUBBED = "genuine", "another voice"


@dataclass(frozen=True)
class Clip:
    name: str
    person: str
    kind: str
    """Folder it is from: hdtf, grid, vasa1 ..."""
    step: str
    """original, or what it was coded as."""
    trains: bool
    """The model and its curve may learn from it."""
    mouth: Array
    """[n, 10], NaN where the mouth was not seen."""
    sound: Array
    """[n, columns]"""
    level: Array


@dataclass(frozen=True)
class Scored:
    """One window of one clip."""

    clip: Clip
    voice: str
    """Whose voice is laid against the lips."""
    what: str
    """GENUINE, DUBBED, or the shift: "0.3 s"."""
    score: float


def load(work: Path, *, every: int = 0, normalise: str = "", change: str = "") -> list[Clip]:
    """All clips of the first stage. every: keeps each n-th picture; 0: those that the observer of a check looks at.

    normalise: "", "clip" or "past". change: what was done to them.
    """
    clips = []
    for path in sorted(work.glob("*.npz")):
        z = np.load(path)
        if str(z["change"]) != change:
            continue
        sound = SoundTable(z["sound"], z["level"])
        kept = _kept(z["times"], every)
        mouth = mouth_rows(z["times"][kept], z["features"][kept], len(sound.features))
        heard = sound_rows(sound)
        if normalise:
            mouth, heard = (_normalised(rows, normalise) for rows in (mouth, heard))
        clips.append(
            Clip(
                path.stem,
                str(z["person"]),
                str(z["kind"]),
                str(z["step"]),
                str(z["use"]) == "train" and not change and str(z["step"]) in TRAINED,
                mouth,
                heard,
                z["level"],
            )
        )
    return clips


def _kept(times: Array, every: int) -> Array:
    if every:
        return np.arange(0, len(times), every)
    slots = np.floor(times / float(SLOT) + 1e-6)
    return np.flatnonzero(np.diff(slots, prepend=-1) > 0)


def _normalised(rows: Array, how: str) -> Array:
    """Rows less their mean over their spread: of the whole clip, or of all that came before (from 2 s on)."""
    if how == "clip":
        return (rows - np.nanmean(rows, axis=0)) / (np.nanstd(rows, axis=0) + 1e-9)
    seen = ~np.isnan(rows)
    count = np.maximum(seen.cumsum(axis=0), 1)
    mean = np.nan_to_num(rows).cumsum(axis=0) / count
    spread = np.sqrt(np.maximum((np.nan_to_num(rows) ** 2).cumsum(axis=0) / count - mean**2, 0))
    out = (rows - mean) / (spread + 1e-3)
    out[: 2 * BINS_PER_S] = np.nan
    return out


def fit_rows(clips: Iterable[Clip]) -> tuple[Array, Array]:
    """Mouth and sound rows of all clips together, where both are there."""
    whole = [(c.mouth, c.sound, ~(np.isnan(c.mouth).any(axis=1) | np.isnan(c.sound).any(axis=1))) for c in clips]
    return np.vstack([m[ok] for m, _, ok in whole]), np.vstack([s[ok] for _, s, ok in whole])


def scored(model: CouplingModel, clip: Clip, others: list[Clip], seconds: int) -> Iterator[Scored]:
    """Every window of a clip whose mouth moves enough to be judged, as it is, shifted, and with voices of `others` (as many as OTHERS, drawn by the clip's name).

    As in a check the clip's own offset comes first; a shift is a part of the call that is out of step with the rest. A dubbed
    clip is dubbed all through: its offset is sought in itself, which gives the other voice its best chance.
    """
    mouth, own = model.mouth.project(clip.mouth), model.sound.project(clip.sound)
    found = windows(mouth, own, model.strength, seconds, reach=SEARCH + round(SHIFTS_S[-1] * BINS_PER_S) + REACH)
    offset = own_offset(found)
    length = round(seconds * BINS_PER_S)
    moving = [at for at, start in enumerate(found.start) if model.moves(clip.mouth[start : start + length])]
    for what, bins in ((GENUINE, 0), *((f"{s} s", round(s * BINS_PER_S)) for s in SHIFTS_S)):
        for moved in {offset + bins, offset - bins}:
            yield from (
                Scored(clip, clip.person, what, float(v)) for v in found.best(moved)[0][moving] if not np.isnan(v)
            )
    draw = np.random.default_rng(sum(clip.name.encode()))
    for at in draw.permutation(len(others))[:OTHERS]:
        dubbed = windows(mouth, model.sound.project(others[at].sound), model.strength, seconds, reach=SEARCH + REACH)
        scores = dubbed.best(own_offset(dubbed))[0][moving]
        yield from (Scored(clip, others[at].person, DUBBED, float(v)) for v in scores if not np.isnan(v))


def same_sound(a: Clip, b: Clip) -> bool:
    """Whether two clips carry one recording (generated clips of several faces share it): then neither voice is another."""
    length = min(len(a.level), len(b.level))
    return bool(np.corrcoef(a.level[:length], b.level[:length])[0, 1] > SAME_SOUND)


def own_offset(found: Windows) -> int:
    near = np.abs(found.lags) <= SEARCH
    return common_offset(Windows(found.start, found.lags[near], found.scores[:, near])) or 0
