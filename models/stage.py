"""What first stages share: their options, and the clips that `clips.csv` lists."""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Row = dict[str, str]


def options(about: str | None, *, shards: bool = False) -> argparse.Namespace:
    """--data, and --work, which is there afterwards; shards: also --shard of --shards, for several processes side by side."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    if shards:
        parser.add_argument("--shard", type=int, default=0)
        parser.add_argument("--shards", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    return args


def clip_rows(data: Path, label: str = "") -> list[tuple[Path, Row]]:
    """Every clip and its row; label: "genuine" leaves out what was generated or changed."""
    with (data / "clips.csv").open() as source:
        return [(data / r["path"], r) for r in csv.DictReader(source) if label in ("", r["label"])]


@contextmanager
def spent(work: Path, stage: str) -> Iterator[Callable[[], None]]:
    """Adds what the block costs to WORK/cost.json: at its end, and whenever what it gives is called, so that a run that is killed
    later counts too. Prints it: seconds of wall time and of processor."""
    wall, cpu, before = time.monotonic(), time.process_time(), costs(work).get(stage, (0.0, 0.0))

    def keep() -> None:
        now = (before[0] + time.monotonic() - wall, before[1] + time.process_time() - cpu)
        (work / "cost.json").write_text(json.dumps({**costs(work), stage: now}, indent=1))

    try:
        yield keep
    finally:
        keep()
        print(
            "{}: {:.1f} min of wall time, {:.1f} min of processor, all runs together".format(
                stage, *(s / 60 for s in costs(work)[stage])
            )
        )


def costs(work: Path) -> dict[str, tuple[float, float]]:
    """Stage -> (seconds of wall time, of processor) of all its runs in this folder."""
    told = work / "cost.json"
    return {stage: (wall, cpu) for stage, (wall, cpu) in json.loads(told.read_text()).items()} if told.exists() else {}
