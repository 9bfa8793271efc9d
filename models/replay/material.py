"""First stage: the picture trails and faces of genuine clips and of their seeds, through the call ladder, into one folder.

python -m verifier_models.replay.material --data DATA --work .work/replay [--shard 0 --shards 2]
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from verifier.observe.decode_pass import observe_recording
from verifier.observe.faces import FaceObserver
from verifier.observe.trail import trail_observer
from verifier.seeds import filters
from verifier.seeds.ladder import H264, VP8, Step, encode
from verifier.seeds.recipes import RECIPES, STILL_SEEDS, Material, Plan
from verifier.seeds.shots import Shots, Source

ROOT = Path(__file__).resolve().parents[2]
STEPS = (Step(360, 150_000, H264), Step(480, 500_000, VP8, 0.1))
"""Genuine clips go through both; seeds of every second clip through the first, those of the others through the second."""
FILTERED = tuple(Step(480, 500_000, H264, 0.0, name) for name in filters.NAMES)
LONGEST_S = 12.0
GENUINE = "genuine"


@dataclass(frozen=True)
class Item:
    clip: Path
    number: int
    what: str
    step: Step | None
    """None: the file as it is."""

    @property
    def file(self) -> str:
        step = self.step.name if self.step else "original"
        return f"{self.number:03d}-{self.what}-{step}".replace(" ", "-").replace("%", "") + ".npz"


def items(data: Path) -> Iterator[Item]:
    rows = csv.DictReader((data / "clips.csv").open())
    clips = [data / r["path"] for r in rows if r["label"] == GENUINE]
    drawn = sorted((ROOT / "samples" / "media").glob("*.mp4"))
    for number, clip in enumerate([*drawn, *clips]):
        for step in (None, *STEPS, FILTERED[number % 3]):
            yield Item(clip, number, GENUINE, step)
        for what in STILL_SEEDS:
            yield Item(clip, number, what, STEPS[number % 2])


def shots_of(item: Item, source: Source, plan: Plan | None) -> Shots:
    step = item.step or Step()
    shots = takewhile(lambda shot: shot[0] < LONGEST_S, source.shots(step.lines))
    return step.on_pictures(plan.picture(shots) if plan else shots, item.number)


def tables(item: Item, work: Path) -> dict[str, np.ndarray]:
    source = Source.open(item.clip)
    rng = np.random.default_rng(item.number)
    plan = None if item.what == GENUINE else RECIPES[item.what](Material(source, (), None), rng)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        path = item.clip
        if item.step is not None:
            path = Path(folder) / f"coded{item.step.suffix}"
            encode(shots_of(item, source, plan), None, item.step, path)
        seen = observe_recording(path, [FaceObserver(), trail_observer(path)]).tables
    trail = seen["trail"]
    boxes = [
        (float(s.time), s.box.x, s.box.y, s.box.width, s.box.height) for t in seen["faces"].tracklets for s in t.samples
    ]
    span = plan.span if plan else (0.0, float(trail.times[-1]))
    return {"times": np.array([float(t) for t in trail.times]), "cells": trail.cells, "size": np.array(trail.size),
            "boxes": np.array(boxes).reshape(-1, 5), "span": np.array(span)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    for item in list(items(args.data))[args.shard :: args.shards]:
        target = args.work / item.file
        if target.exists():  # resumable
            continue
        found = tables(item, args.work)
        np.savez(target, **found, what=item.what, step=item.step.name if item.step else "original",
                 clip=item.clip.stem, folder=item.clip.parent.name)  # fmt: skip
        print(target.name, len(found["times"]), flush=True)


if __name__ == "__main__":
    main()
