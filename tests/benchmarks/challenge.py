"""`python -m tests.benchmarks.challenge [--data DIR]`: how faces hold through prompts, genuine and swapped.

Genuine: every clip of the data of 4.5 seconds or more, in which nobody was asked for anything; prompts are marked every half
second, as recorded and through calls of 150 kbit/s in low light and smoothed; how far anybody turned there is printed. Drawn: the
face of tests/turning.py that turns, to profile too, looks up, is lit, has a hand before it, as filmed and through the same calls;
as it is, with another face on it all through, up to 25 degrees of turning, and until half the prompt. No genuine clip shows
somebody who turns to profile on request or passes a hand over a large face, so those rows are drawn ones alone. Found: what
`--challenge auto` takes for a prompt, without marks; in genuine clips by how heads turn, hands are not looked for there.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tests.turning import Course, film, hand, lamp, look_up, turn
from verifier.challenges import Mark, PromptId
from verifier.checks.challenge import words
from verifier.findings import Outcome
from verifier.media.recording import probe
from verifier.metrics import share_interval
from verifier.observe.comparators.base import FaceComparator, Vector
from verifier.observe.comparators.registry import load_comparators
from verifier.observe.prompts import PromptRow, PromptWatcher, around
from verifier.prompt_response import COMPARATOR, Response, response
from verifier.prompt_watch import SCAN_EVERY, found, watched
from verifier.seeds.filters import LOW_LIGHT, SMOOTHING
from verifier.seeds.ladder import Step, through

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LEAST_S, PROMPT_S, APART_S = 4.5, 2.0, 0.5
STEPS = (None, Step(360, 150_000, filter=LOW_LIGHT), Step(360, 150_000, filter=SMOOTHING))
COURSES: dict[str, tuple[PromptId, Course]] = {
    "turn-left": ("turn-left", turn(4, 9, 58)), "turn-right": ("turn-right", turn(4, 9, -58)), "profile": ("turn-left", turn(4, 9, 80)),
    "look-up": ("look-up", look_up(4, 9)), "light": ("light", lamp(4.5, 8)), "hand-across": ("hand-across", hand(4, 9)),
}  # fmt: skip
SWAPS: dict[str, dict[str, float]] = {
    "as it is": {}, "swap all through": {"swap_until": 90}, "swap up to 25 degrees": {"swap_until": 25},
    "swap that ends at 6.5 s": {"swap_until": 90, "swap_till_s": 6.5},
}  # fmt: skip
ALWAYS = ("as it is", "swap that ends at 6.5 s")


@dataclass(frozen=True)
class Row:
    name: str
    what: str
    responses: tuple[Response, ...]
    turned: float | None = None
    """Degrees: most that the head is away from its middle, to the side."""
    taken: tuple[Mark, ...] = ()
    """For prompts, by itself."""


def genuine(data: Path, folder: Path) -> Iterator[Row]:
    """Each clip is watched once, and prompts are marked wherever they fit."""
    listed = csv.DictReader((data / "clips.csv").open())
    clips = [data / r["path"] for r in listed if r["label"] == "genuine" and float(r["seconds"]) >= LEAST_S]
    for step in STEPS:
        for clip in clips:
            path = clip if step is None else through(clip, folder / f"{clip.stem}.mkv", step)
            with PromptWatcher(path) as watcher:
                rows = list(watcher.watch(None, None, hands=False))
            vectors: dict[int, Vector | None] = {id(r.crop): _comparator().embed(r.crop.crop) for r in rows}
            answers = tuple(
                response(m, _within(rows, m), lambda kept, known=vectors: known[id(kept)]) for m in marks_of(path)
            )
            sides = [r.yaw for r in rows if r.yaw is not None]
            turned = float(np.abs(np.array(sides) - np.median(sides)).max()) if sides else None
            name = step.name if step else "as recorded"
            yield Row(clip.stem, name, answers, turned, tuple(found(_spaced(rows))))


def marks_of(path: Path) -> list[Mark]:
    length, marks, at = float(probe(path).duration or 0), [], 1.0
    while at + PROMPT_S + 0.8 <= length:
        marks.append(Mark(prompt="hold-id", start_s=at, end_s=at + PROMPT_S))
        at += APART_S
    return marks


def _within(rows: list[PromptRow], mark: Mark) -> list[PromptRow]:
    span = around(mark.start_s, mark.end_s)
    return [r for r in rows if span.start <= r.time < span.end]


def _spaced(rows: list[PromptRow]) -> list[PromptRow]:
    """As far apart as where prompts are looked for."""
    kept: list[PromptRow] = []
    for row in rows:
        if not kept or row.time - kept[-1].time >= SCAN_EVERY:
            kept.append(row)
    return kept


def drawn(folder: Path) -> Iterator[Row]:
    for name, (prompt, course) in COURSES.items():
        for what, swap in SWAPS.items():
            if what not in ALWAYS and name not in ("turn-left", "profile"):
                continue
            filmed = film(folder / f"{name}-{what}.mkv", course, 11, **swap)  # type: ignore[arg-type]
            for step in STEPS:
                path = filmed if step is None else through(filmed, folder / "called.mkv", step)
                seen = watched(path, [Mark(prompt=prompt, start_s=4, end_s=9)], _comparator())
                with PromptWatcher(path) as watcher:
                    taken = tuple(found(list(watcher.watch(None, None, hands=True, every=SCAN_EVERY))))
                yield Row(name, f"{what}, {step.name if step else 'as filmed'}", seen, taken=taken)


@cache
def _comparator() -> FaceComparator:
    return next(c for c in load_comparators().loaded if c.name == COMPARATOR)


def most(row: Row, name: str) -> str:
    values = [v for r in row.responses if (v := getattr(r, name)) is not None]
    return f"{max(values):.3f}" if values else "-"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.challenge", description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--only", choices=["genuine", "drawn"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows = (
            []
            if options.only == "drawn" or not (options.data / "clips.csv").is_file()
            else genuine(options.data, folder)
        )
        print("clip or prompt | what | prompts | measured | done | own | jump | away | back | edge | observed | found")
        counted = alarms = 0
        turned = 0.0
        drawn_seen: dict[str, list[bool]] = {}
        alone: list[bool] = []
        takes: list[int] = []
        for kind, these in (("genuine", rows), ("drawn", () if options.only == "genuine" else drawn(folder))):
            for row in these:
                able = [r for r in row.responses if r.own is not None]
                observed = sum(words(r)[0] is Outcome.OBSERVED for r in able)
                if kind == "genuine":
                    counted, alarms = counted + len(able), alarms + observed
                    turned = max(turned, row.turned or 0)
                    takes.append(len(row.taken))
                else:
                    drawn_seen.setdefault(row.what, []).append(observed > 0)
                    wanted = [] if row.name == "light" else [COURSES[row.name][0]]
                    alone.append([m.prompt for m in row.taken] == wanted)
                figures = " | ".join(most(row, n) for n in ("own", "jump", "away", "back", "edge"))
                done = sum(r.done is True for r in row.responses)
                print(
                    f"{row.name} | {row.what} | {len(row.responses)} | {len(able)} | {done} | {figures} | {observed} | "
                    + ", ".join(m.prompt for m in row.taken),
                    flush=True,
                )
        for what, seen in drawn_seen.items():
            print(f"drawn, {what}: {sum(seen)} of {len(seen)} prompts observed")
        if alone:
            print(
                f"drawn: the prompt (with a lamp, which moves nothing: none) and nothing else is found by itself in {sum(alone)} of {len(alone)}"
            )
        if counted:
            print(f"genuine: {sum(takes)} movements are taken for prompts in {len(takes)} recordings")
            low, high = share_interval(alarms, counted)
            rate = f"{low:.0%} to {high:.0%}, as if stretches were independent"
            print(
                f"genuine: {alarms} of {counted} stretches observed ({rate}); nobody turns further than {turned:.0f} degrees"
            )


if __name__ == "__main__":
    main()
