"""Signs drawn in OCR-B and other typefaces, for verifier/documents/typeface.py; and how well zones typed in another one are told.

python -m verifier_models.mrz_cells.typefaces draw --out models/mrz_cells
python -m verifier_models.mrz_cells.typefaces figures --data DATA --out models/mrz_cells     (from the repository's root)
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont
from verifier_models.mrz_cells.figures import share, specimens

from samples.documents.specimens import specimens as made
from verifier.documents.lattice import Grid
from verifier.documents.mrz_formats import ALPHABET
from verifier.documents.mrz_reader import ZoneReader
from verifier.documents.ocr import Ocr
from verifier.documents.page import straighten
from verifier.documents.typeface import Typefaces, weakest_run
from verifier.documents.witness import REACH, middle_of
from verifier.documents.zone import find_zones
from verifier.documents.zone_reading import ZoneReading
from verifier.media.still import read_stills
from verifier.media.types import Image

OCR_B = Path("samples/documents/fonts/OCRB.otf")
KNOWN = ("DejaVuSansMono", "DejaVuSans", "DejaVuSerif")
"""Drawn beside OCR-B: of even advance, without and with serifs."""
NEW = ("cmtt10", "cmss10", "STIXGeneral", "DejaVuSansMono-Bold")
"""Zones are typed in these, too, and nothing was drawn in them."""
PIXELS, FINE = 64, 4
GENERATED = 12


def fonts() -> dict[str, Path]:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return {"OCR-B": OCR_B} | {name: folder / f"{name}.ttf" for name in (*KNOWN, *NEW)}


def sized(path: Path, advance: float) -> ImageFont.FreeTypeFont:
    """A font whose digits are as high as OCR-B's are at this advance in pixels."""
    ocr_b, large = ImageFont.truetype(str(OCR_B), 1000), ImageFont.truetype(str(path), 1000)
    return large.font_variant(size=round(1000 * advance / ocr_b.getlength("0") * _height(ocr_b) / _height(large)))


def _height(font: ImageFont.FreeTypeFont) -> float:
    _, top, _, bottom = font.getbbox("0")
    return bottom - top


def typed(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, sign: str, x: float, y: float) -> None:
    """A sign with its middle at x, and the middle of the digits at y."""
    _, top, _, bottom = font.getbbox("0")
    left, _, right, _ = font.getbbox(sign)
    draw.text((x - (left + right) / 2, y - (top + bottom) / 2), sign, font=font, fill=255)


def drawn(path: Path) -> NDArray[np.uint8]:
    """[37, 64, 64]: each sign in the middle of `REACH` advances."""
    side = PIXELS * FINE
    font, out = sized(path, side / REACH), []
    for sign in ALPHABET:
        page = Pictures.new("L", (side, side), 0)
        typed(ImageDraw.Draw(page), font, sign, side / 2, side / 2)
        out.append(np.asarray(page.resize((PIXELS, PIXELS), Pictures.Resampling.BOX)))
    return np.stack(out)


def retyped(strip: Image, grid: Grid, text: str, path: Path, cells: Iterable[int]) -> Image:
    """These signs of a strip painted out with its ground and typed anew, as dark as the rest and a little blurred."""
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    middle, pitch, (height, width) = middle_of(grey), grid.pitch, grey.shape
    ground, ink = np.percentile(grey, 85), np.percentile(grey, 4)
    page = Pictures.new("L", (width * FINE, height * FINE), 0)
    draw, font = ImageDraw.Draw(page), sized(path, pitch * FINE)
    for k in cells:
        x = grid.centres(len(text))[k]
        rows = slice(max(0, round(middle - 0.85 * pitch)), round(middle + 0.85 * pitch) + 1)
        grey[rows, max(0, round(x - pitch / 2)) : round(x + pitch / 2) + 1] = ground
        typed(draw, font, text[k], x * FINE, middle * FINE)
    mask = np.asarray(page.resize((width, height), Pictures.Resampling.BOX), np.float32) / 255
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, pitch / 20))
    out = grey * (1 - mask) + ink * mask + np.random.default_rng(len(text)).normal(0, 2, grey.shape)
    return np.repeat(np.clip(out, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def documents(data: Path) -> Iterator[tuple[str, Image]]:
    for _, _, _, path, _ in specimens(data):
        yield "published specimens", read_stills(path, 1)[0].image
    for one in made(GENERATED, 500):
        yield f"generated, {one.quality}", one.image


def zones(data: Path) -> Iterator[tuple[str, tuple[Image, ...], ZoneReading]]:
    ocr = Ocr()
    reader = ZoneReader(ocr)
    for name, image in documents(data):
        page = straighten(ocr, image)
        for zone in find_zones(ocr, page.image, page.boxes)[:1]:
            reading = reader.read(zone.strips)
            if reading.lines:
                yield name, zone.strips, reading


def figures(data: Path) -> Iterator[str]:
    typefaces, rng = Typefaces(), np.random.default_rng(1)
    honest, seeded = defaultdict(list), defaultdict(list)
    for name, strips, reading in zones(data):
        honest[name].append(_measured(typefaces, strips, reading))
        for font, path in list(fonts().items())[1:]:
            lines = list(zip(strips, reading.grids, reading.lines, strict=True))
            whole = [retyped(s, g, line.text, path, range(len(line.text))) for s, g, line in lines]
            seeded[name, font, "the whole zone"].append(_measured(typefaces, whole, reading))
            number, first = _three_digits(reading, rng)
            some = list(strips)
            some[number] = retyped(*lines[number][:2], reading.lines[number].text, path, range(first, first + 3))
            seeded[name, font, "three digits"].append(_measured(typefaces, some, reading))
    yield from _honest(honest)
    yield from _seeded(seeded)


Measured = tuple[tuple[str, ...] | None, float, float]


def _measured(typefaces: Typefaces, strips: Iterable[Image], reading: ZoneReading) -> Measured:
    """Lines apart, and of all lines the least median margin and the weakest run."""
    strips = tuple(strips)
    margins = [
        typefaces.margins(s, g, line.text, line.doubtful)
        for s, g, line in zip(strips, reading.grids, reading.lines, strict=True)
    ]
    known = [m for m in margins if m is not None]
    return (
        typefaces.lines_apart(strips, reading),
        min((float(np.median(m)) for m in known), default=np.nan),
        min((weakest_run(m) for m in known), default=np.nan),
    )


def _three_digits(reading: ZoneReading, rng: np.random.Generator) -> tuple[int, int]:
    """Line and place of three digits in a row."""
    found = [
        (n, k)
        for n, line in enumerate(reading.lines)
        for k in range(len(line.text) - 2)
        if line.text[k : k + 3].isdigit()
    ]
    return found[int(rng.integers(len(found)))]


def _honest(found: dict[str, list[Measured]]) -> Iterator[str]:
    yield "| material | zones | not judged | called another typeface | least median of a line | weakest three |"
    yield "|---|---|---|---|---|---|"
    for name, rows in found.items():
        judged = [r for r in rows if r[0] is not None]
        spread = [" to ".join(f"{v:+.3f}" for v in np.quantile([r[k] for r in judged], (0, 0.5))) for k in (1, 2)]
        yield f"| {name} | {len(rows)} | {len(rows) - len(judged)} | {_share(judged)} | {spread[0]} | {spread[1]} |"
    yield ""
    yield "Medians and weakest runs: the least, to the middle one of all zones."


def _seeded(found: dict[tuple[str, str, str], list[Measured]]) -> Iterator[str]:
    yield ""
    yield "| material | typed in | what | not judged | called another typeface |"
    yield "|---|---|---|---|---|"
    for (name, font, what), rows in sorted(
        found.items(), key=lambda item: (item[0][2], item[0][0], item[0][1] in NEW, item[0][1])
    ):
        judged = [r for r in rows if r[0] is not None]
        yield f"| {name} | {font}{'' if font in KNOWN else ' (new)'} | {what} | {len(rows) - len(judged)} | {_share(judged)} |"


def _share(rows: list[Measured]) -> str:
    return share([bool(r[0]) for r in rows], [str(n) for n in range(len(rows))]) if rows else "none"


HEAD = """# Zones in another typeface

Written by `python -m verifier_models.mrz_cells.typefaces figures`; do not edit. Real specimens as they are, generated documents in OCR-B, and the
same strips with the zone, or three of its digits, painted out and typed anew. Intervals (95 %, in brackets) by bootstrap over documents, or by the rule of three.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("draw", "figures"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.what == "draw":
        known = fonts()
        np.savez_compressed(
            args.out / "typefaces.npz", drawn=np.stack([drawn(known[name]) for name in ("OCR-B", *KNOWN)])
        )
    else:
        (args.out / "typefaces.md").write_text("\n".join([HEAD, *figures(args.data)]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
