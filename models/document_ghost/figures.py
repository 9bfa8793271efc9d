"""How often a document's second portrait is found, and how alike it looks, as it is and after the portrait was swapped.

python -m verifier_models.document_ghost.figures --data DATA [--faces DIR] [--cards 40] [--out models/document_ghost]     (from the repository's root)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
from verifier_models.document_editing.material import boxes_of, card_of, portraits
from verifier_models.document_editing.seeds import portrait_swapped, saved

from verifier.checks.document_ghost import UNLIKE
from verifier.documents.ghost import ALIKE, Ghost, likeness
from verifier.documents.ocr import Ocr
from verifier.documents.page import straighten
from verifier.documents.portraits import portrait_facts
from verifier.media.still import read_stills
from verifier.media.types import Image
from verifier.metrics import share_interval
from verifier.observe.face_crop import FaceCrop
from verifier.observe.portrait import PortraitFinder

QUALITIES = ("scan", "phone", "small")
WITH_ONE = {"pass-cze.jpg", "pass-cze2.jpg", "pass-fin.png"}
"""Published specimens on which a person sees a second portrait apart from the first."""


@dataclass(frozen=True)
class Row:
    set: str
    name: str
    ghost: Ghost | None
    right: bool
    """What was found is the second portrait and not something else."""
    crops: tuple[FaceCrop, FaceCrop] | None = None


class _Watching(PortraitFinder):
    """Keeps the last faces that were looked at beside a portrait, to be laid over portraits of other documents."""

    last: tuple[FaceCrop, ...] = ()

    def pale(self, image: Image, eyes: float) -> list[tuple[float, FaceCrop]]:
        found = super().pale(image, eyes)
        self.last = tuple(crop for _, crop in found)
        return found


def look(finder: _Watching, image: Image) -> tuple[Ghost | None, tuple[FaceCrop, FaceCrop] | None]:
    facts = portrait_facts(finder, image)
    if facts.kept is None or facts.ghost is None:
        return facts.ghost, None
    crop = next(c for c in finder.last if c.inter_eye_px == facts.ghost.inter_eye_px)
    return facts.ghost, (facts.kept.crop, crop)


def of_card(finder: _Watching, number: int, known: list[str]) -> Iterator[Row]:
    """One generated card at each quality, as it is and with another portrait pasted in, both saved the same way; nothing of a card's back."""
    for quality in QUALITIES:
        card, other = card_of(number, quality, 700, known)
        if card.face is None:
            return
        swapped = portrait_swapped(card.image, boxes_of(card), other, np.random.default_rng(number))
        for what, picture in (("as it is", card.image), ("portrait swapped", swapped)):
            ghost, crops = look(finder, saved(picture))
            yield Row(f"cards, {quality}, {what}", card.name, ghost, _at(ghost, card.places["ghost"]), crops)


def _at(ghost: Ghost | None, quad: list[list[float]]) -> bool:
    return (
        ghost is not None
        and cv2.pointPolygonTest(np.array(quad, np.float32), tuple(ghost.corners.mean(0).tolist()), False) >= 0
    )


def of_specimens(finder: _Watching, data: Path) -> Iterator[Row]:
    ocr = Ocr()
    for path in sorted((data / "documents").iterdir()):
        if path.suffix in (".png", ".jpg"):
            ghost, crops = look(finder, straighten(ocr, read_stills(path)[0].image).image)
            group = "specimens with one" if path.name in WITH_ONE else "other specimens"
            yield Row(group, path.name, ghost, ghost is not None and path.name in WITH_ONE, crops)


def crossed(rows: list[Row]) -> Iterator[Row]:
    """Every second portrait of the specimens beside the portrait of each other one that has one."""
    have = [r for r in rows if r.set == "specimens with one" and r.crops is not None]
    for a, b in permutations(have, 2):
        if a.crops and b.crops and b.ghost:
            alike = likeness(a.crops[0], b.crops[1])
            yield Row(
                "specimens, second portrait of another",
                b.name,
                Ghost(b.ghost.corners, b.ghost.inter_eye_px, alike),
                True,
            )


def share(hits: int, of: int) -> str:
    low, high = share_interval(hits, of)
    return f"{hits} of {of} ({100 * low:.0f} to {100 * high:.0f} %)"


def lines(rows: list[Row]) -> Iterable[str]:
    yield "# Figures of document-ghost"
    yield ""
    yield "Written by `python -m verifier_models.document_ghost.figures`; do not edit. Exact 95 % intervals in brackets. Eyes: pixels between them in what was found."
    yield f"Alike from a correlation of {ALIKE}, unlike up to {UNLIKE}, open between them."
    yield ""
    yield "| documents | second portrait found | something else found | alike | open | unlike | too small | correlations | eyes |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for group in dict.fromkeys(r.set for r in rows):
        here = [r for r in rows if r.set == group]
        found = [r.ghost for r in here if r.ghost is not None]
        known = sorted(g.likeness for g in found if g.likeness is not None)
        alike, unlike = sum(v >= ALIKE for v in known), sum(v <= UNLIKE for v in known)
        spread = f"{known[0]:.2f} to {known[-1]:.2f}" if known else ""
        eyes = sorted(round(g.inter_eye_px) for g in found)
        yield (
            f"| {group} | {share(sum(r.right for r in here), len(here))} | {sum(r.ghost is not None and not r.right for r in here)} | "
            f"{share(alike, len(known))} | {len(known) - alike - unlike} | {share(unlike, len(known))} | {len(found) - len(known)} | "
            f"{spread} | {f'{eyes[0]} to {eyes[-1]}' if eyes else ''} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of real media")
    parser.add_argument(
        "--faces", type=Path, help="folder of more made-up portraits: samples.documents.portraits --more"
    )
    parser.add_argument("--cards", type=int, default=40, help="generated documents, each at three qualities")
    parser.add_argument("--out", type=Path, help="folder to write figures.md to")
    chosen = parser.parse_args()
    finder = _Watching()
    known = portraits(chosen.faces)
    rows = [row for number in range(chosen.cards) for row in of_card(finder, number, known)]
    real = list(of_specimens(finder, chosen.data)) if chosen.data else []
    rows = (
        sorted(rows, key=lambda r: r.set.endswith("swapped"))
        + sorted(real, key=lambda r: r.set != "specimens with one")
        + list(crossed(real))
    )
    for r in rows:
        if r.ghost is not None:
            print(
                f"{r.set}: {r.name} {r.ghost.likeness} {r.ghost.inter_eye_px:.0f} {'' if r.right else 'somewhere else'}"
            )
    text = "\n".join(lines(rows)) + "\n"
    print(text)
    if chosen.out:
        (chosen.out / "figures.md").write_text(text)


if __name__ == "__main__":
    main()
