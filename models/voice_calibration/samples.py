"""What fit.py and figures.py share: pieces of speech grouped into samples as long as the product would have them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verifier.calibrate import Labelled, Pairs, pair_sets, pooled
from verifier.voice_calibration import SOUNDS, VOICE_BINS

NAME = "resemblyzer"
LONG, MEDIUM, SHORT, SCANT = (name for name, _ in VOICE_BINS)
SPLITS = 6
"""Ways in which the recordings of a person are dealt to two sides, for samples of many seconds."""


@dataclass(frozen=True)
class PieceTable:
    """Pieces of speech in order, one row each."""

    person: np.ndarray
    recording: np.ndarray
    cloned: np.ndarray
    condition: np.ndarray
    rough: np.ndarray
    seconds: np.ndarray
    vector: np.ndarray


def load(work: Path) -> PieceTable:
    files = [np.load(path) for path in sorted(work.glob("*.npz"))]
    return PieceTable(**{k: np.concatenate([f[k] for f in files]) for k in PieceTable.__dataclass_fields__})


@dataclass(frozen=True)
class Samples:
    """Templates of one length."""

    labelled: Labelled
    rough: np.ndarray
    condition: np.ndarray
    people: tuple[str, ...]
    """Name of each number in `labelled.person`."""


def samples(t: PieceTable, bin_name: str, cloned: bool = False) -> Samples:
    """All templates of one length. A bit of `sources` stands for a stretch of a recording, whatever it was coded as."""
    rows = []
    people = tuple(sorted(set(t.person.tolist())))
    for number, person in enumerate(people):
        mine = (t.person == person) & (t.cloned == cloned)
        recordings = sorted(set(t.recording[mine].tolist()))
        for condition in sorted(set(t.condition.tolist())):
            of = {r: np.nonzero(mine & (t.recording == r) & (t.condition == condition))[0] for r in recordings}
            for bits, chosen in (_dealt if bin_name in (LONG, MEDIUM) else _stretches)(t, of, bin_name):
                mean = (t.vector[chosen] * t.seconds[chosen, None]).sum(axis=0)
                rows.append((mean / np.linalg.norm(mean), number, bits, t.rough[chosen].any(), condition))
    vectors, person_of, bits, rough, condition_of = zip(*rows, strict=True)
    labelled = Labelled({NAME: np.array(vectors, np.float32)}, np.array(person_of), np.array(bits, np.int64))
    return Samples(labelled, np.array(rough), np.array(condition_of), people)


def threes(t: PieceTable) -> Samples:
    """Every 3.2 s of every reading of LibriSpeech that share no second. A bit of `sources` stands for a reading."""
    people = tuple(sorted({p for p in t.person.tolist() if p.isdigit()}))
    rows = []
    for number, person in enumerate(people):
        mine = t.person == person
        for place, recording in enumerate(sorted(set(t.recording[mine].tolist()))):
            for condition in sorted(set(t.condition.tolist())):
                found = np.nonzero(mine & (t.recording == recording) & (t.condition == condition))[0]
                for chosen in (found[n : n + 3] for n in range(0, len(found) - 2, 4)):
                    mean = t.vector[chosen].mean(axis=0)
                    rows.append((mean / np.linalg.norm(mean), number, 1 << place, t.rough[chosen].any(), condition))
    vectors, person_of, bits, rough, condition_of = zip(*rows, strict=True)
    labelled = Labelled({NAME: np.array(vectors, np.float32)}, np.array(person_of), np.array(bits, np.int64))
    return Samples(labelled, np.array(rough), np.array(condition_of), people)


def _stretches(t: PieceTable, of: dict[int, np.ndarray], bin_name: str):
    """Halves of recordings, each cut to a length within the bin: 1.6 to 2.4 s, or 3.2 to 6.4 s."""
    count = 2 if bin_name == SCANT else 7
    for place, rows in enumerate(of.values()):
        halves = (rows, rows[:0]) if len(rows) < 6 else (rows[: len(rows) // 2 - 1], rows[len(rows) // 2 + 1 :])
        for half, chosen in enumerate(halves):
            part = chosen[:count]
            if len(part) and 0.8 * (len(part) + 1) >= (1.5 if bin_name == SCANT else 3.0):
                yield 1 << (2 * place + half), part


def _dealt(t: PieceTable, of: dict[int, np.ndarray], bin_name: str):
    """Recordings dealt to two sides at random: each side as long as the bin asks, and at most 24 s."""
    least = 8.0 if bin_name == MEDIUM else 20.0
    for split in range(SPLITS):
        rng = np.random.default_rng(split)
        order = rng.permutation(len(of))
        for side in (order[::2], order[1::2]):
            taken, bits = [], 0
            for place in side:
                rows = list(of.values())[place]
                if 0.8 * sum(map(len, taken)) < least:
                    taken.append(rows)
                    bits |= 3 << (2 * int(place))
            chosen = np.concatenate(taken)[:30] if taken else np.zeros(0, int)
            if 0.8 * len(chosen) >= least:
                yield bits, chosen


def pairs(s: Samples, sound: str) -> tuple[Pairs, Pairs, Pairs]:
    """Like pairs, unlike pairs that a curve learns (half of them of the most alike voices), and random unlike pairs."""
    everyone = np.unique(s.labelled.person)
    clear = s.labelled.where(~s.rough)
    if sound == SOUNDS[0]:
        sets = [pair_sets(clear, clear, (NAME,), everyone)]
    else:
        rough = s.labelled.where(s.rough)
        sets = [pair_sets(rough, clear, (NAME,), everyone), pair_sets(rough, rough, (NAME,), everyone)]
    return pooled(*(p.like for p in sets)), pooled(*(p.unlike() for p in sets)), pooled(*(p.random for p in sets))
