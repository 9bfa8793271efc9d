"""What the curves say of faces in the dark and in the glare: photos of LFW in other light, against plain photos and each other.

python -m verifier_models.face_calibration.dark --data ../shared/data --out models/face_calibration [--people 200]
The people are those of the curves, so figures are a little kinder than on new ones. Nothing but figures is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from verifier_models.face_calibration.embed import central, through_call
from verifier_models.face_calibration.templates import COMPARATORS, SETS

from verifier.calibrate import Labelled, Pairs, pair_sets
from verifier.calibration import BINS, FaceCalibration
from verifier.media.still import read_stills
from verifier.media.types import Image
from verifier.metrics import rate_interval
from verifier.observe.comparators.registry import load_comparators
from verifier.observe.face_crop import cut_crop
from verifier.observe.face_detector import FaceDetector
from verifier.observe.face_mesh import FaceMesher
from verifier.observe.face_quality import measure

LEVELS = (None, 0.2, 0.15, 0.12, 0.09, 0.06, 0.04, 0.95, 1.2)
"""Mean brightness of the face, 0..1, that is aimed at; where light is cut off it stays below. None: as it is, coded all the same."""
FEWEST = 40
"""Faces of one level."""
CRF = 30
GAMMA = 2.2
READ_NOISE, FULL_WELL = 0.002, 2000.0
"""Of a small sensor that was turned up no further: noise of its own over full scale, and electrons of a full pixel."""
TWO = np.log10(2)


def lit(image: Image, factor: float, rng: np.random.Generator) -> Image:
    """The picture with so much less light, or more, which is cut off; with the noise that then shows. factor: of the brightness."""
    light = (image / 255.0) ** GAMMA * factor**GAMMA
    light = light + rng.normal(size=image.shape) * np.sqrt(READ_NOISE**2 + light / FULL_WELL)
    out: Image = np.round(np.clip(light, 0, 1) ** (1 / GAMMA) * 255).astype(np.uint8)
    return out


class Eyes:
    """The product's own way from a picture to vectors."""

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher()
        self._comparators = [c for c in load_comparators().loaded if c.name in COMPARATORS]

    def see(self, image: Image) -> tuple[dict[str, np.ndarray], float, float] | None:
        """Vectors, exposure and pixels between the eyes; None where no face is found."""
        found = central(self._detector.find(image), image)
        mesh = self._mesher.fit(image, found) if found else None
        if found is None or mesh is None:
            return None
        crop = cut_crop(image, found, mesh)
        vectors = {c.name: c.embed(crop) for c in self._comparators}
        if any(v is None for v in vectors.values()):
            return None
        return vectors, measure(crop, mesh).exposure, mesh.inter_eye


def levels(folder: Path, count: int) -> dict[float | None, tuple[Labelled, np.ndarray, int]]:
    """For every level the faces that were found, their exposures, and of how many photos."""
    eyes = Eyes()
    people = [p for p in sorted(folder.iterdir()) if len(list(p.glob("*.jpg"))) > 1][:count]
    rows: dict[float | None, list] = {level: [] for level in LEVELS}
    for number, person in enumerate(people):
        rng = np.random.default_rng(number)
        for photo, path in enumerate(sorted(person.glob("*.jpg"))[:2]):
            image = read_stills(path)[0].image
            plain = eyes.see(image)
            if plain is None:
                continue
            for level in LEVELS:
                dark = image if level is None else lit(image, level / plain[1], rng)
                rows[level].append((number, photo, eyes.see(through_call(dark, CRF, rng))))
    found = {}
    for level, all_of in rows.items():
        seen = [(n, k, s) for n, k, s in all_of if s is not None]
        if len(seen) < FEWEST:
            print(f"{level}: a face was found in {len(seen)} of {len(all_of)} photos, too few to compare")
            continue
        vectors = {c: np.array([s[0][c] for *_, s in seen], np.float32) for c in seen[0][2][0]}
        labelled = Labelled(vectors, np.array([n for n, *_ in seen]), np.array([1 << k for _, k, _ in seen]))
        found[level] = labelled, np.array([s[1] for *_, s in seen]), len(all_of)
    return found


def lines(found: dict[float | None, tuple[Labelled, np.ndarray, int]]) -> Iterator[str]:
    shipped = FaceCalibration.load()
    plain, exposures, _ = found[None]
    names = tuple(n for n in COMPARATORS if n in plain.vectors)
    cuts = np.quantile(exposures, (0, 0.01, 0.05, 0.5, 0.99, 1))
    yield f"Exposure of the faces as they are (least, 1 %, 5 %, median, 99 %, most): {', '.join(f'{c:.2f}' for c in cuts)}."
    yield ""
    yield "| pair | brightness | found | curve | comparators | like: said same | said different | lookalikes: said same | random unlike: said same |"
    yield "|---" * 9 + "|"
    everyone = np.unique(plain.person)
    for kind, others in (("photo-round", (plain,)), ("round-round", ())):
        for level, (dark, at, of) in found.items():
            pairs = pair_sets(others[0] if others else dark, dark, names, everyone)
            for bin_name, _ in BINS[:2]:
                for used in SETS:
                    curve = shipped._curves.get((kind, used, bin_name))
                    if curve is None or not set(used) <= set(names):
                        continue
                    columns = [names.index(n) for n in used]
                    cells = [_said(curve, p, columns) for p in (pairs.like, pairs.nearest, pairs.random)]
                    said = [cells[0][0], cells[0][1], cells[1][0], cells[2][0]]
                    what = "as it is" if level is None else f"{level:.2f} ({np.median(at):.2f} measured)"
                    who = "plain and lit so" if others else "both lit so"
                    yield f"| {who} | {what} | {len(at)} of {of} | {bin_name} | {' + '.join(used)} | {' | '.join(said)} |"


def _said(curve, pairs: Pairs, columns: list[int]) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """Per cent of pairs that are said to be the same, and different."""
    _, lower, upper = curve.log10(pairs.scores[:, columns])
    rates = (rate_interval(hit, pairs.first, pairs.second) for hit in (lower > TWO, upper < -TWO))
    same, different = ("{:.1f} ({:.1f}-{:.1f})".format(*(100 * v for v in r)) for r in rates)
    return same, different


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--people", type=int, default=200)
    args = parser.parse_args()
    text = [HEAD.format(people=args.people), *lines(levels(args.data / "faces" / "lfw", args.people))]
    (args.out / "dark.md").write_text("\n".join(text) + "\n")
    print(*text, sep="\n")


HEAD = """Printed by `python -m verifier_models.face_calibration.dark`: photos of {people} people of LFW, lit otherwise as a sensor with noise would see them, and coded as H.264, each
against plain photos, coded too, and against others in that light. By the shipped curves, which know these people. Per cent of pairs, with 95 % intervals by bootstrap over people.
"""

if __name__ == "__main__":
    main()
