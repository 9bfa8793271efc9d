"""First stage: the picture trails and faces of genuine clips and of their seeds, through the call ladder, into one folder.

python -m verifier_models.replay.material --data DATA --work .work/replay [--shard 0 --shards 2]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from verifier.media.recording import Recording
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.trail import TrailObserver
from verifier.seeds import filters
from verifier.seeds.ladder import H264, VP8, Step, encode
from verifier.seeds.recipes import RECIPES, STILL_SEEDS, Material
from verifier.seeds.shots import Source

ROOT = Path(__file__).resolve().parents[2]
STEPS = (Step(360, 150_000, H264), Step(480, 500_000, VP8, 0.1))
"""Genuine clips go through both; every second clip is seeded too, half of them go through the first, half through the second."""
FILTERED = tuple(Step(480, 500_000, H264, 0.0, name) for name in filters.NAMES)
LONGEST_S, HELD_S = 10.0, 6.0
"""So much of a clip is used; seeds hold or loop for so long."""
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
    numbered = list(enumerate([*drawn, *clips]))
    for number, clip in sorted(
        numbered, key=lambda n: n[1].parent.name not in ("hdtf", "retalking")
    ):  # the longest first
        for step in (None, *STEPS, FILTERED[number % 3]):
            yield Item(clip, number, GENUINE, step)
        for what in STILL_SEEDS if number % 2 == 0 else ():
            yield Item(clip, number, what, STEPS[number // 2 % 2])


def tables(item: Item, work: Path, detector: FaceDetector) -> dict[str, np.ndarray]:
    """The trail, the box of the face in the first picture that shows one, and the span that was changed."""
    source, step = Source.open(item.clip), item.step or Step()
    shots = takewhile(lambda shot: shot[0] < LONGEST_S, source.shots(step.lines))
    span = (0.0, source.seconds)
    if item.what != GENUINE:
        plan = RECIPES[item.what](Material(source, (), step.lines), np.random.default_rng(item.number))
        span = (plan.span[0], plan.span[0] + HELD_S)
        shots = takewhile(lambda shot: shot[0] < span[1], plan.picture(source.shots(step.lines)))
    path = item.clip
    if item.step is not None:
        path = work / f".{item.file}{step.suffix}"
        encode(step.on_pictures(shots, item.number), None, step, path)
    boxes: list[FaceBox] = []
    with Recording(path) as recording:
        observer = TrailObserver(recording.facts.duration)
        selector = observer.plan.selector()
        for frame in recording.frames(observer.plan):
            if item.step is None and frame.time > LONGEST_S:
                break
            boxes = boxes or detector.find(frame.image, scan=True)
            if selector.take(frame.time, frame.is_key):
                observer.observe(frame)
    if item.step is not None:
        path.unlink()
    trail, face = observer.finish(), max(boxes, key=lambda b: b.size, default=None)
    box = (face.x, face.y, face.width, face.height) if face else ()
    return {"times": np.array([float(t) for t in trail.times]), "cells": trail.cells, "size": np.array(trail.size),
            "box": np.array(box), "span": np.array(span)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    detector = FaceDetector()
    for item in list(items(args.data))[args.shard :: args.shards]:
        target = args.work / item.file
        if target.exists():  # resumable
            continue
        found = tables(item, args.work, detector)
        np.savez(target, **found, what=item.what, step=item.step.name if item.step else "original",
                 clip=item.clip.stem, folder=item.clip.parent.name)  # fmt: skip
        print(target.name, len(found["times"]), flush=True)


if __name__ == "__main__":
    main()
