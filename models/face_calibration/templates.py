"""The templates of the first stage as the product meets them: photos, rounds of several photos, rounds of clips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verifier.calibrate import Labelled, Pairs, PairSets, pair_sets, pooled
from verifier.calibration import BINS
from verifier.observe.comparators.base import unit

COMPARATORS = ("dlib", "mobileface")
SETS = (("dlib",), ("mobileface",), ("dlib", "mobileface"))
CLIP_PERSON = 100_000
"""Added to the number of a person of the clips, so that nobody of the photos has the same."""


@dataclass(frozen=True)
class Material:
    """Everything that curves are fitted on."""

    photos: dict[str, Labelled]
    """By condition: "clear", "call", "small", "tiny"."""
    rounds: dict[str, Labelled]
    """Means of two photos of a person, by condition; the two rounds of a person share no photo."""
    clips: dict[str, Labelled]
    """Half clips, by bin; plain and re-encoded."""


def load(work: Path) -> Material:
    photos = {c: _photos(work, c) for c in ("clear", "call", "small", "tiny")}
    return Material(photos, {c: _rounds(d) for c, d in photos.items() if c != "clear"}, _clips(work))


def _photos(work: Path, condition: str) -> Labelled:
    parts = [np.load(path) for path in sorted(work.glob(f"{condition}-*.npz"))]
    person, photo = (np.concatenate([p[k] for p in parts]).astype(np.int64) for k in ("person", "photo"))
    assert len(set(zip(person.tolist(), photo.tolist(), strict=True))) == len(person)
    return Labelled({n: np.concatenate([p[n] for p in parts]) for n in COMPARATORS}, person, 1 << photo)


def _rounds(photos: Labelled) -> Labelled:
    """Of each person two rounds of up to two photos: of four 1+2 and 3+4, of three 1+2 and 3, of two 1 and 2."""
    groups = []
    for person in np.unique(photos.person):
        rows = np.flatnonzero(photos.person == person)
        half = (len(rows) + 1) // 2
        groups += [g for g in (rows[:half], rows[half:]) if len(g)]
    return Labelled(
        {n: _means(v, groups) for n, v in photos.vectors.items()},
        np.array([photos.person[g[0]] for g in groups]),
        np.array([np.bitwise_or.reduce(photos.sources[g]) for g in groups]),
    )


def _means(vectors: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    return np.stack([unit(vectors[g].mean(axis=0)) for g in groups])


def _clips(work: Path) -> dict[str, Labelled]:
    raw = np.load(work / "clips.npz")
    groups, source = [], []
    for clip in np.unique(raw["clip"]):
        for coded in (False, True):
            rows = np.flatnonzero((raw["clip"] == clip) & (raw["coded"] == coded))
            rows = rows[np.argsort(raw["time"][rows])]
            for half, part in enumerate(np.array_split(rows, 2) if len(rows) >= 2 else [rows]):
                if len(part):
                    groups.append(part[np.argsort(-raw["rank"][part])][:5])
                    source.append((int(clip), half))
    person = np.array([raw["person"][g[0]] for g in groups], np.int64) + CLIP_PERSON
    size = np.array([np.median(raw["inter_eye"][g]) for g in groups])
    numbers = {s: k for k, s in enumerate(dict.fromkeys(source))}
    of_person: dict[int, list[int]] = {}
    bits = []
    for p, s in zip(person.tolist(), source, strict=True):
        known = of_person.setdefault(p, [])
        if numbers[s] not in known:
            known.append(numbers[s])
        bits.append(1 << known.index(numbers[s]))
    whole = Labelled({n: _means(raw[n], groups) for n in COMPARATORS}, person, np.array(bits, np.int64))
    # the smallest faces of the clips are of the bin "small": they stand for "tiny" too
    clear = size >= BINS[0][1]
    return {"clear": whole.where(clear), "small": whole.where(~clear), "tiny": whole.where(~clear)}


@dataclass(frozen=True)
class CurveData:
    """The labelled pairs of one kind and bin: photo sets, and for rounds the clips beside them."""

    sets: tuple[PairSets, ...]
    clip_like: Pairs | None = None
    clip_unlike: Pairs | None = None
    """Their lookalikes: the twentieth of the unlike pairs that is most alike."""
    clip_nearest: Pairs | None = None
    """The two-hundredth that is most alike."""

    def like(self) -> Pairs:
        return pooled(*(p for p in (pooled(*(s.like for s in self.sets)), self.clip_like) if p is not None))

    def unlike(self) -> Pairs:
        return self._with(self.clip_unlike)

    def nearest(self) -> Pairs | None:
        """Unlike pairs with the very nearest clips in place of the lookalikes; None where there are no clips."""
        return None if self.clip_nearest is None else self._with(self.clip_nearest)

    def _with(self, of_clips: Pairs | None) -> Pairs:
        return pooled(*(p for p in (pooled(*(s.unlike() for s in self.sets)), of_clips) if p is not None))


def curve_data(m: Material, kind: str, bin_name: str, names: tuple[str, ...], hard: np.ndarray) -> CurveData:
    """What a curve of this kind and bin is fitted on; the bin is that of the smaller face."""
    photos, clear = m.photos, m.photos["clear"]
    size = "call" if bin_name == "clear" else bin_name
    match kind:
        case "photo-photo":
            sides = [(clear, clear)] if bin_name == "clear" else [(clear, photos[size]), (photos[size], photos[size])]
        case "photo-round":
            sides = [(clear, m.rounds[size])]
        case _:
            here = m.rounds[size]
            sides = [(here, here)] if bin_name == "clear" else [(m.rounds["call"], here), (here, here)]
    sets = tuple(pair_sets(a, b, names, hard) for a, b in sides)
    if kind != "round-round":
        return CurveData(sets)
    clips = m.clips[bin_name]
    everyone = np.unique(clips.person)
    of_clips = pair_sets(clips, clips, names, everyone)
    return CurveData(sets, of_clips.like, _most_alike(of_clips.hard, 0.05), _most_alike(of_clips.hard, 0.005))


def _most_alike(unlike: Pairs, share: float) -> Pairs:
    """The lookalikes of few people: the `share` of their unlike pairs that score highest, all comparators together."""
    together = (unlike.scores / unlike.scores.std(axis=0)).sum(axis=1)
    return unlike.where(together >= np.quantile(together, 1 - share))


def only(m: Material, people: np.ndarray) -> Material:
    """The same of these people alone; clips of everybody unless somebody of the clips is among them."""
    clip_people = people[people >= CLIP_PERSON]

    def kept(sets: dict[str, Labelled]) -> dict[str, Labelled]:
        return {c: d.where(np.isin(d.person, people)) for c, d in sets.items()}

    return Material(kept(m.photos), kept(m.rounds), kept(m.clips) if len(clip_people) else m.clips)
