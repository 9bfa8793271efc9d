"""What first stages share: their options, and the clips that `clips.csv` lists."""

from __future__ import annotations

import argparse
import csv
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
