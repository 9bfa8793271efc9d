"""How well zones are read: published specimens with their truth, and generated documents at three qualities.

python -m verifier_models.mrz_cells.figures --data DATA --generated 67     (from the repository's root; 67 x 3 pictures)
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.documents.mrz_reader import LineStatus, ZoneReader, ZoneReading
from verifier.documents.ocr import Ocr
from verifier.documents.page import straighten
from verifier.documents.zone import find_zones
from verifier.media.still import read_stills

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.media.types import Image

COLUMNS = ("zones", "exact", "exact, all confirmed", "wrong, said so", "silent", "wrong with confidence")
LINES = ("lines", "exact lines", "exact and confirmed", "unreadable", "wrong but confirmed")


def specimens(data: Path) -> Iterator[tuple[str, Image, tuple[str, ...]]]:
    """Those of ../data/documents: name, picture, lines."""
    folder = data / "documents"
    for row in csv.DictReader((folder / "truth.csv").open()):
        lines = tuple(row[k] for k in ("line1", "line2", "line3") if row[k])
        yield row["file"], read_stills(folder / row["file"])[0].image, lines


def generated(count: int, seed: int) -> Iterator[tuple[str, Image, tuple[str, ...]]]:
    """Documents of Utopia; see samples/documents."""
    from samples.documents.specimens import specimens as made

    for one in made(count, seed):
        if one.lines:
            yield f"{one.quality} {one.name}", one.image, one.lines


def read(ocr: Ocr, reader: ZoneReader, image: Image) -> ZoneReading | None:
    page = straighten(ocr, image)
    zones = find_zones(ocr, page.image, page.boxes)
    return reader.read(zones[0].strips) if zones else None


def tell(reading: ZoneReading | None, truth: tuple[str, ...], zones: Counter[str], lines: Counter[str]) -> str:
    """Counts one document; the word for it."""
    zones["zones"] += 1
    lines["lines"] += len(truth)
    if reading is None or not reading.lines:
        zones["silent"] += 1
        lines["unreadable"] += len(truth)
        return "silent"
    for n, line in enumerate(reading.lines):
        right = n < len(truth) and line.text == truth[n]
        given = line.status is not LineStatus.UNREADABLE
        lines["exact lines"] += right and given
        lines["exact and confirmed"] += right and line.status is LineStatus.CONFIRMED
        lines["unreadable"] += not given
        lines["wrong but confirmed"] += not right and line.status is LineStatus.CONFIRMED
    confirmed = all(line.status is LineStatus.CONFIRMED for line in reading.lines)
    silent = any(line.status is LineStatus.UNREADABLE for line in reading.lines)
    exact = tuple(line.text for line in reading.lines) == truth
    sure_and_wrong = any(
        line.status is LineStatus.CONFIRMED and (n >= len(truth) or line.text != truth[n])
        for n, line in enumerate(reading.lines)
    )
    if sure_and_wrong:
        word = "wrong with confidence"
    elif silent:
        word = "silent"
    else:
        word = "exact" if exact else "wrong, said so"
    zones[word] += 1
    zones["exact, all confirmed"] += exact and confirmed
    return word + (" (confirmed)" if exact and confirmed else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of real media")
    parser.add_argument("--generated", type=int, default=0, help="documents, each at three qualities")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ocr = Ocr()
    reader = ZoneReader(ocr)
    zones: dict[str, Counter[str]] = {}
    lines: dict[str, Counter[str]] = {}
    sources = [specimens(options.data)] if options.data else []
    for source in [*sources, generated(options.generated, options.seed)]:
        for name, image, truth in source:
            group = name.split()[0] if " " in name else "specimens"
            word = tell(
                read(ocr, reader, image), truth, zones.setdefault(group, Counter()), lines.setdefault(group, Counter())
            )
            print(f"{name}: {word}", file=sys.stderr, flush=True)
    for columns, table in ((COLUMNS, zones), (LINES, lines)):
        print("| set | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
        for group, counts in table.items():
            print(f"| {group} | " + " | ".join(str(counts[c]) for c in columns) + " |")
        print()


if __name__ == "__main__":
    main()
