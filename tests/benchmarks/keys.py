"""`python -m tests.benchmarks.keys`: runs of clicks in recorded speech, and how loud made-up keys must be to be heard."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.benchmarks import material
from tests.keys import RATE, room_noise, typing
from verifier.media.types import AudioBlock
from verifier.observe.clicks import click_table
from verifier.typing_sound import Typing, listen_for_keys, typing_of

ABOVE_DB = (10, 15, 20, 25, 30, 35)
"""Peaks of the keys over the noise of the room (its root mean square)."""
TIMBRES, SEEDS = 4, 5
SUFFIXES = (".mp4", ".mkv", ".mpg", ".wav", ".mp3", ".flac", ".m4a")


def main() -> int:
    _recorded()
    for db in ABOVE_DB:
        heard = [_made(db, timbre, seed).is_heard for timbre in range(TIMBRES) for seed in range(SEEDS)]
        print(f"made-up keys {db} dB above room noise: heard in {sum(heard)} of {len(heard)}", flush=True)
    return 0


def _recorded() -> None:
    """Everything with sound: genuine, cloned and generated; readings of one reader (librispeech) as they lie."""
    files = sorted(p for kind in ("voice", "video") for p in (material.data() / kind).rglob("*") if _sounds(p))
    found = [t for p in files if not (t := listen_for_keys([(p, None)])).reason]
    quiet, runs = sum(t.listened_s for t in found), sum(len(t.runs) for t in found)
    named = sum(t.is_heard for t in found)
    print(
        f"recordings with pauses to listen in: {len(found)} of {len(files)}, {quiet / 60:.1f} min without speech: "
        f"{runs} runs, {named} named"
    )


def _sounds(path: Path) -> bool:
    return path.suffix in SUFFIXES


def _made(db: float, timbre: int, seed: int) -> Typing:
    sound = room_noise(12, seed)
    sound[2 * RATE : 10 * RATE] += typing(8, seed=seed, timbre=timbre) * sound.std() * 10 ** (db / 20)
    blocks = [
        AudioBlock(Fraction(i, RATE), sound[i : i + RATE].astype(np.float32), RATE) for i in range(0, len(sound), RATE)
    ]
    return typing_of(click_table(blocks))


if __name__ == "__main__":
    sys.exit(main())
