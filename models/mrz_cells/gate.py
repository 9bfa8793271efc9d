"""What the thresholds of the quality gate rest on: pictures made worse step by step, how sharp they are, and what is still read.

python -m verifier_models.mrz_cells.gate --data DATA [--cards 3] [--part 1/2] [--out models/mrz_cells]     (from the repository's root)

Stopped, it prints what was seen so far, and goes on there when it is started again, like `figures`, whose reader and words it shares.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import pairwise, product
from pathlib import Path

import cv2
import numpy as np
from verifier_models.mrz_cells.figures import CONFIDENT, EXACT, SILENT, reader_digest, share, specimens, told

from samples.documents.specimens import specimens as made
from verifier.documents.mrz_reader import ZoneReader
from verifier.documents.ocr import Ocr, cut
from verifier.documents.page import READ_SURELY, Page, straighten
from verifier.documents.quality import LEAST_LETTER_PX, LEAST_SHARPNESS, sharpness
from verifier.documents.zone import MOST_READ, find_zones
from verifier.media.still import read_stills
from verifier.media.types import Image

FEWEST_LINES = 6
"""As page.py has it: with fewer, nothing is concluded from how surely they are read."""
Row = dict[str, object]


def blurred(image: Image, pixels: float) -> Image:
    """By a Gaussian of so many pixels (sigma) of the picture at most 1000 wide, at which sharpness is measured."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), pixels * max(1.0, image.shape[1] / 1000)), np.uint8)


def noisy(image: Image) -> Image:
    rng = np.random.default_rng(1)
    return np.clip(image + 12 * rng.standard_normal(image.shape), 0, 255).astype(np.uint8)


def smaller(image: Image) -> Image:
    return np.asarray(cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), np.uint8)


WAYS: dict[str, Callable[[Image], Image]] = {
    "as it is": lambda image: image,
    "noise of 12 grey levels": noisy,
    "0.6 of the size": smaller,
    "blurred by 0.7": lambda image: blurred(image, 0.7),
    "blurred by 1.2": lambda image: blurred(image, 1.2),
    "blurred by 2": lambda image: blurred(image, 2),
}


def surely(ocr: Ocr, page: Page) -> dict[str, float]:
    """Median sureness of the longest lines of an upright page, and of the same turned and mirrored."""
    long = sorted((b for b in page.boxes if b.width > 5 * b.height), key=lambda b: b.width, reverse=True)[:MOST_READ]
    if len(long) < FEWEST_LINES:
        return {}
    strips = [cut(page.image, b.corners) for b in long]
    ways = {"upright": (1, 1), "upside down": (-1, -1), "mirrored": (1, -1), "mirrored, upside down": (-1, 1)}
    return {
        name: float(np.median([ocr.text(np.ascontiguousarray(s[::down, ::across]))[1] for s in strips]))
        for name, (down, across) in ways.items()
    }


def row_of(ocr: Ocr, reader: ZoneReader, image: Image, truth: tuple[str, ...]) -> Row:
    page = straighten(ocr, image)
    zones = find_zones(ocr, page.image, page.boxes)
    lines = told(reader.read(zones[0].strips) if zones else None, truth)
    letters = zones[0].letter_px if zones else None
    return {"lines": lines, "sharpness": sharpness(page.image), "letters": letters, "surely": surely(ocr, page)}


def read_all(data: Path, cards: int, work: Path, part: tuple[int, int]) -> list[Row]:
    ocr, done = Ocr(), [json.loads(r) for p in sorted(work.glob("gate*.jsonl")) for r in p.read_text().splitlines()]
    reader = ZoneReader(ocr)
    known = {(r["name"], r["way"]): r for r in done if r["reader"] == reader_digest()}
    found: list[Row] = []
    with suppress(KeyboardInterrupt):  # stopped, it prints what was seen so far
        for number, ((group, name, image, truth), way) in enumerate(product(list(_pictures(data, cards)), WAYS)):
            row = known.get((name, way))
            if row is None and number % part[1] == part[0] - 1:
                row = {"set": group, "name": name, "way": way, "reader": reader_digest()}
                row |= row_of(ocr, reader, WAYS[way](image()), truth)
                with (work / f"gate-{part[0]}.jsonl").open("a") as sink:
                    sink.write(json.dumps(row) + "\n")
            found += [row] if row is not None else []
    return found


def _pictures(data: Path, cards: int) -> Iterator[tuple[str, str, Callable[[], Image], tuple[str, ...]]]:
    for _, name, _, path, lines in specimens(data):
        yield "published specimens", name, lambda path=path: read_stills(path)[0].image, lines
    for one in made(cards, 900):
        yield f"generated, {one.quality}", one.name, lambda one=one: one.image, one.lines


def by_way(rows: list[Row]) -> Iterable[str]:
    yield "| documents | made worse | sharpness, median (least to most) | exact lines | unreadable | wrong with confidence | called blurred | called small |"
    yield "|---|---|---|---|---|---|---|---|"
    for group, way in dict.fromkeys((r["set"], r["way"]) for r in rows):
        here = [r for r in rows if (r["set"], r["way"]) == (group, way)]
        sharp = np.array([r["sharpness"] for r in here])
        words = [(w, r["name"]) for r in here for w in r["lines"]]
        small = sum(r["letters"] is not None and r["letters"] < LEAST_LETTER_PX for r in here)
        yield (
            f"| {group} | {way} | {np.median(sharp):.0f} ({sharp.min():.0f} to {sharp.max():.0f}) | "
            f"{share([w in EXACT for w, _ in words], [n for _, n in words])} | {sum(w == SILENT for w, _ in words)} | "
            f"{sum(w == CONFIDENT for w, _ in words)} | {(sharp < LEAST_SHARPNESS).sum()} of {len(here)} | {small} |"
        )


def by_sharpness(rows: list[Row]) -> Iterable[str]:
    yield "| sharpness | pictures | exact lines |"
    yield "|---|---|---|"
    steps = (0, 6, 12, 25, 50, 100, 200, 400, 1e9)
    blurs = [r for r in rows if r["way"] != "noise of 12 grey levels"]
    for low, high in pairwise(steps):
        here = [r for r in blurs if low <= r["sharpness"] < high]
        words = [(w, r["name"]) for r in here for w in r["lines"]]
        to = f"{low:.0f} to {high:.0f}" if high < 1e9 else f"from {low:.0f}"
        yield f"| {to} | {len(here)} | {share([w in EXACT for w, _ in words], [n for _, n in words]) if words else ''} |"


def by_turn(rows: list[Row]) -> Iterable[str]:
    yield f"| turned | pages | median sureness, least to most | from {READ_SURELY} on |"
    yield "|---|---|---|---|"
    for turn in ("upright", "upside down", "mirrored", "mirrored, upside down"):
        here = [(r["surely"][turn], r["name"]) for r in rows if r["surely"]]
        values = np.array([v for v, _ in here])
        if len(values):
            hits = share([v > READ_SURELY for v, _ in here], [n for _, n in here])
            yield f"| {turn} | {len(values)} | {np.median(values):.2f} ({values.min():.2f} to {values.max():.2f}) | {hits} |"


def text_of(rows: list[Row]) -> str:
    clean = [r for r in rows if r["way"] == "as it is"]
    return "\n".join([
        "# Figures of the quality gate", "",
        "Written by `python -m verifier_models.mrz_cells.gate`; do not edit. Intervals (95 %, in brackets) by bootstrap over documents, or by the rule of three. Blur:",
        "sigma in pixels of the picture at most 1000 wide; sharpness: variance of the Laplacian at that size.", "",
        *by_way(rows), "", f"## Sharpness (called blurred below {LEAST_SHARPNESS:.0f}), pictures without added noise", "", *by_sharpness(rows), "",
        "## How surely the longest lines of a page are read, by the way up", "", "Pictures as they are:", "", *by_turn(clean), "",
        "All, made worse as well:", "", *by_turn(rows), "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real media")
    parser.add_argument("--cards", type=int, default=3, help="generated documents, each at three qualities")
    parser.add_argument("--work", type=Path, default=Path(".work/mrz"), help="where rows are kept between runs")
    parser.add_argument("--part", default="1/1", help="K/N: every N-th picture, beginning with the K-th")
    parser.add_argument("--out", type=Path, help="folder to write gate.md to")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    first, of = (int(v) for v in chosen.part.split("/"))
    text = text_of(read_all(chosen.data, chosen.cards, chosen.work, (first, of)))
    print(text)
    if chosen.out:
        (chosen.out / "gate.md").write_text(text)


if __name__ == "__main__":
    main()
