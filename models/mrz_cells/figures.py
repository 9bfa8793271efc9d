"""How well zones are read: published specimens with their truth, and generated documents at three qualities.

python -m verifier_models.mrz_cells.figures --data DATA --generated 67 [--out models/mrz_cells]     (from the repository's root; 67 x 3 pictures)

Stopped, it goes on where it was; `--part 1/2` and `--part 2/2` share the work. What was read by another reader is read anew.
"""

from __future__ import annotations

import argparse
import ast
import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path

import numpy as np

from samples.documents.specimens import specimens as made
from verifier.documents.mrz_reader import ZoneReader
from verifier.documents.ocr import Ocr
from verifier.documents.page import straighten
from verifier.documents.zone import find_zones
from verifier.documents.zone_reading import LineStatus, MrzLine, ZoneReading
from verifier.media.still import read_stills
from verifier.media.types import Image
from verifier.metrics import rate_interval

CONFIDENT = "wrong with confidence"
EXACT, SILENT, SAID = ("exact, confirmed", "exact, flagged"), "unreadable", "wrong, flagged"
_READ_BY = ("lattice", "mrz", "mrz_doubts", "mrz_formats", "mrz_reader", "mrz_repair", "ocr", "page", "witness", "zone")


@dataclass(frozen=True)
class Row:
    """What became of one document. lines: a word for each line of its zone, and for each that was read beyond them."""

    set: str
    name: str
    kind: str
    lines: tuple[str, ...]
    reader: str = ""

    @property
    def word(self) -> str:
        """For the zone as a whole."""
        if CONFIDENT in self.lines:
            return CONFIDENT
        if SILENT in self.lines:
            return "silent"
        return "exact" if set(self.lines) <= set(EXACT) else "wrong, said so"


def specimens(data: Path) -> Iterator[tuple[str, str, str, Path, tuple[str, ...]]]:
    """Those of ../data/documents: set, name, format, path, lines."""
    folder = data / "documents"
    for row in csv.DictReader((folder / "truth.csv").open()):
        lines = tuple(row[k] for k in ("line1", "line2", "line3") if row[k])
        yield "specimens", row["file"], f"{len(lines)} x {len(lines[0])}", folder / row["file"], lines


def read(ocr: Ocr, reader: ZoneReader, image: Image) -> ZoneReading | None:
    page = straighten(ocr, image)
    zones = find_zones(ocr, page.image, page.boxes)
    return reader.read(zones[0].strips) if zones else None


def told(reading: ZoneReading | None, truth: tuple[str, ...]) -> tuple[str, ...]:
    """A word for each line."""
    lines = reading.lines if reading is not None else ()
    longest = range(max(len(lines), len(truth)))
    return tuple(_word(lines[n] if n < len(lines) else None, truth[n] if n < len(truth) else None) for n in longest)


def _word(line: MrzLine | None, truth: str | None) -> str:
    if line is None or line.status is LineStatus.UNREADABLE:
        return SILENT
    if line.text == truth:
        return EXACT[line.status is not LineStatus.CONFIRMED]
    return CONFIDENT if line.status is LineStatus.CONFIRMED else SAID


@cache
def reader_digest() -> str:
    """Of all that decides what is read; words and layout of the code do not."""
    found = hashlib.sha256(files("verifier_models").joinpath("mrz_cells", "mrz_cells.onnx").read_bytes())
    for name in _READ_BY:
        tree = ast.parse(files("verifier.documents").joinpath(f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                node.body = [
                    n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
                ]
        found.update(ast.dump(tree).encode())
    return found.hexdigest()[:16]


def known(work: Path) -> dict[tuple[str, str], Row]:
    """What this very reader has read before, by set and name."""
    rows = [json.loads(line) for path in sorted(work.glob("rows*.jsonl")) for line in path.read_text().splitlines()]
    found = [Row(**{**row, "lines": tuple(row["lines"])}) for row in rows]
    return {(row.set, row.name): row for row in found if row.reader == reader_digest()}


def read_all(data: Path | None, generated: int, seed: int, work: Path, part: tuple[int, int]) -> list[Row]:
    """Every document of this part, in order; each is written down when it has been read."""
    ocr = Ocr()
    reader, done, found = ZoneReader(ocr), known(work), []
    real = ((*one[:3], lambda p=one[3]: read_stills(p)[0].image, one[4]) for one in (specimens(data) if data else ()))
    drawn = ((m.quality, m.name, m.kind, lambda m=m: m.image, m.lines) for m in made(generated, seed))
    for number, (group, name, kind, image, truth) in enumerate(chain(real, drawn)):
        row = done.get((group, name))
        if row is None and number % part[1] == part[0] - 1:
            row = Row(group, name, kind, told(read(ocr, reader, image()), truth), reader_digest())
            with (work / f"rows-{part[0]}.jsonl").open("a") as sink:
                sink.write(json.dumps(asdict(row)) + "\n")
            print(f"{group} {name}: {row.word}", file=sys.stderr, flush=True)
        found += [row] if row is not None else []
    return found


def share(hits: list[bool], names: list[str]) -> str:
    """ "48 of 50, 96.0 % (90.0 to 100.0)": the 95 % interval by bootstrap over documents."""
    index = np.unique(names, return_inverse=True)[1]
    rate, low, high = (100 * v for v in rate_interval(np.array(hits), index, index))
    return f"{sum(hits)} of {len(hits)}, {rate:.1f} % ({low:.1f} to {high:.1f})"


def table(rows: list[Row]) -> Iterable[str]:
    """One line a set, then one a set and format."""
    yield "| documents | exact zones | exact lines | exact and confirmed | unreadable | wrong, flagged | wrong with confidence |"
    yield "|---|---|---|---|---|---|---|"
    groups = [(s, "") for s in dict.fromkeys(r.set for r in rows)]
    groups += sorted(
        {(r.set, r.kind) for r in rows if r.set != "specimens"}, key=lambda g: (g[1], groups.index((g[0], "")))
    )
    for group, kind in groups:
        here = [r for r in rows if r.set == group and kind in ("", r.kind)]
        lines = [(word, r.name) for r in here for word in r.lines]
        names, count = [n for _, n in lines], Counter(word for word, _ in lines)
        zones = share([r.word == "exact" for r in here], [r.name for r in here])
        exact = share([word in EXACT for word, _ in lines], names)
        sure = share([word == CONFIDENT for word, _ in lines], names)
        yield f"| {group} {kind} | {zones} | {exact} | {count[EXACT[0]]} | {count[SILENT]} | {count[SAID]} | {sure} |"


def page(rows: list[Row]) -> str:
    head = [
        "# Figures of the reader of zones",
        "",
        "Written by `python -m verifier_models.mrz_cells.figures`; do not edit. Intervals (95 %, in brackets) by bootstrap over documents, or by the rule of",
        "three where nothing or everything was counted. A line is exact where every character is right; confirmed where the reader is sure of all of them. The generated",
        "documents (samples/documents: a scan, a photo by phone, a small picture saved twice at low quality) use one typeface and clean layouts; the published",
        "specimens are the honest measure.",
        "",
    ]
    return "\n".join([*head, *table(rows), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of real media")
    parser.add_argument("--generated", type=int, default=0, help="documents, each at three qualities")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(".work/mrz"), help="where rows are kept between runs")
    parser.add_argument("--part", default="1/1", help="K/N: every N-th document, beginning with the K-th")
    parser.add_argument("--out", type=Path, help="folder to write figures.md to")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    first, of = (int(v) for v in options.part.split("/"))
    text = page(read_all(options.data, options.generated, options.seed, options.work, (first, of)))
    print(text)
    if options.out:
        (options.out / "figures.md").write_text(text)


if __name__ == "__main__":
    main()
