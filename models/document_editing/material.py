"""First stage: the traces of every seed and of its honest twin, on generated cards and on a folder of specimens.

python -m verifier_models.document_editing.material --work .work/editing [--faces DIR] [--specimens DIR]
Pictures stay in memory; the table holds numbers and file names alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from verifier_models.document_editing.seeds import EDITS, SAVES, Box, Boxes, Rgb

from samples.documents.print import KINDS, face, faces
from samples.documents.specimens import Specimen, make
from verifier.documents.editing import traces

_LOOKED_AT = ("portrait", "surname", "given_names", "number", "birth", "digits")
EDITED = {"portrait swapped": "portrait", "name edited": "surname", "digits retyped": "digits"}
"""Seed -> the region that it changes."""
Row = dict[str, object]


def rows_of(image: Rgb, boxes: Boxes, source: str, name: str, other: Rgb, seed: int) -> Iterator[Row]:
    """Every seed that the boxes allow, each saved in every way."""
    for edit, change in EDITS.items():
        if EDITED.get(edit, "portrait" if "portrait" in boxes else "") not in (*boxes, ""):
            continue
        changed = change(image, boxes, other, np.random.default_rng(seed))
        for how, (save, scale) in SAVES.items():
            known = {} if edit == "recaptured" else {n: _times(box, scale) for n, box in boxes.items()}
            found = traces(save(changed), known)
            regions = {r.name: r.missing for r in found.regions}
            yield {
                "source": source, "name": name, "edit": edit, "how": how, "regions": regions, "savings": found.savings, "screen": found.screen,
            }  # fmt: skip


def _times(box: Box, scale: float) -> Box:
    left, top, right, bottom = (round(v * scale) for v in box)
    return left, top, right, bottom


def portraits(folder: Path | None) -> list[str]:
    """Those that are kept here, and those in a folder that samples.documents.portraits made."""
    return faces() + [str(path.resolve().with_suffix("")) for path in sorted(folder.glob("*.jpg") if folder else ())]


def card_of(number: int, quality: str, seed: int, known: list[str]) -> tuple[Specimen, Rgb]:
    """A card of every kind and every person in turn, and the portrait of another person."""
    mine, other = known[number % len(known)], known[(number + 1 + number % 8) % len(known)]
    return make(KINDS[number % len(KINDS)], quality, seed + number, [mine]), np.asarray(face(other))


def of_card(number: int, known: list[str]) -> list[Row]:
    """One generated card, scanned and photographed."""
    rows: list[Row] = []
    for quality in ("scan", "phone"):
        card, other = card_of(number, quality, 500, known)
        rows += rows_of(card.image, boxes_of(card), quality, f"{card.kind} {card.seed}", other, number)
    return rows


def boxes_of(card: Specimen) -> dict[str, Box]:
    places = {name: quad for name, quad in card.places.items() if name in _LOOKED_AT}
    if card.lines:
        line, signs = np.array(card.places["line2"]), len(card.lines[1])
        ends = ((0, 1, 14), (0, 1, 17), (3, 2, 17), (3, 2, 14))
        places["digits"] = [(line[a] + (line[b] - line[a]) * share / signs).tolist() for a, b, share in ends]
    return {n: _around(np.array(quad)) for n, quad in {**places, "page": card.corners}.items()}


def _around(quad: np.ndarray) -> Box:
    (left, top), (right, bottom) = np.floor(quad.min(0)).astype(int), np.ceil(quad.max(0)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def of_specimen(path: Path) -> list[Row]:
    """A picture from outside: the portrait around its face, and lines of print wherever there are some."""
    from verifier.media.still import read_stills
    from verifier.observe.face_detector import FaceDetector

    image = read_stills(path)[0].image
    boxes = lines_of_print(image)
    found = [f for f in FaceDetector().find(image, scan=True) if f.score > 0.6 and f.width > 60]
    if found:
        f = max(found, key=lambda f: f.width)
        box = (f.x - 0.35 * f.width, f.y - 0.5 * f.height, f.x + 1.35 * f.width, f.y + 1.55 * f.height)
        left, top, right, bottom = (round(v) for v in box)
        boxes["portrait"] = (max(0, left), max(0, top), min(image.shape[1], right), min(image.shape[0], bottom))
    names = sorted(faces())
    other = np.asarray(face(names[sum(path.name.encode()) % len(names)]))
    return list(rows_of(image, boxes, "specimens", path.name, other, 1))


def lines_of_print(image: Rgb, most: int = 10) -> dict[str, Box]:
    """The longest dark strips as high as letters; the second one stands for the name."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    _, ink = cv2.threshold(dark, 0, 255, cv2.THRESH_OTSU)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 17), np.uint8))
    found = cv2.connectedComponentsWithStats(joined)[2][1:].tolist()
    strips = [
        (x, y, x + w, y + h) for x, y, w, h, _ in sorted(found, key=lambda f: -f[4]) if 14 <= h <= 60 and w > 3 * h
    ]
    return {"surname" if number == 1 else f"print {number}": box for number, box in enumerate(strips[:most])}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--specimens", type=Path, help="folder of document pictures, left as they are")
    options.add_argument(
        "--faces", type=Path, help="folder of more made-up portraits: samples.documents.portraits --more"
    )
    options.add_argument("--cards", type=int, default=40, help="generated cards, each scanned and photographed")
    options.add_argument("--jobs", type=int, default=2, help="processes")
    chosen = options.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    paths = sorted(p for p in chosen.specimens.iterdir() if p.suffix in (".png", ".jpg")) if chosen.specimens else []
    rows: list[Row] = []
    card = partial(of_card, known=portraits(chosen.faces))
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for part in chain(pool.map(card, range(chosen.cards)), pool.map(of_specimen, paths)):
            rows += part
            (chosen.work / "traces.json").write_text(json.dumps(rows, indent=1))  # what was seen so far
    print(f"{len(rows)} pictures looked at")


if __name__ == "__main__":
    main()
