"""A sheet to print on, measured in millimetres, that remembers where everything was printed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PER_MM = 12
"""Pixels a millimetre: 305 dpi."""
PITCH_MM = 2.54
"""Ten characters an inch, as Doc 9303 part 3 has the zone."""
_EM_MM = PITCH_MM * 1000 / 723  # the width of every sign of the font, in thousandths of its size
_OCR_B = Path(__file__).parent / "fonts" / "OCRB.otf"
INK = (38, 36, 44)
LABEL = (92, 96, 128)
Box = tuple[float, float, float, float]


@cache
def font(height_mm: float, face: str = "DejaVuSans") -> ImageFont.FreeTypeFont:
    """`face` is "OCR-B" or a face of DejaVu, which matplotlib carries."""
    if face == "OCR-B":
        return ImageFont.truetype(str(_OCR_B), height_mm * PER_MM)
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise RuntimeError("matplotlib is not installed, whose fonts the printed fields use: make setup")
    return ImageFont.truetype(str(Path(spec.origin).parent / f"mpl-data/fonts/ttf/{face}.ttf"), height_mm * PER_MM)


@dataclass
class Sheet:
    """`places`: what -> left, top, right, bottom in pixels."""

    width_mm: float
    height_mm: float
    seed: int
    places: dict[str, Box] = field(default_factory=dict)
    barcode: str | None = None

    def __post_init__(self) -> None:
        size = (round(self.width_mm * PER_MM), round(self.height_mm * PER_MM))
        self.image = Image.fromarray(guilloche(size, self.seed))
        self._draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, words: str, height: float = 3.0, *, place: str = "", **how: object) -> None:
        """Words with their upper left corner at `x`, `y`; `how`: fill and face."""
        chosen = font(height, str(how.get("face", "DejaVuSans")))
        at = (x * PER_MM, y * PER_MM)
        self._draw.text(at, words, font=chosen, fill=how.get("fill", INK))
        if place:
            self.places[place] = self._draw.textbbox(at, words, font=chosen)

    def labelled(self, x: float, y: float, label: str, words: str, place: str, height: float = 2.7) -> None:
        self.text(x, y, label, 1.5, fill=LABEL)
        self.text(x, y + 1.8, words, height, place=place, face="DejaVuSans-Bold")

    def zone(self, y: float, lines: list[str]) -> None:
        """The machine-readable zone: white ground, OCR-B, its first line at `y`."""
        bottom = y + 6.35 * (len(lines) - 1) + 6.0 if len(lines) == 2 else y + 4.8 * 2 + 5.6
        self._draw.rectangle((0, (y - 2.2) * PER_MM, self.image.width, bottom * PER_MM), fill=(246, 247, 245))
        step = 6.35 if len(lines) == 2 else 4.8
        left = (self.width_mm - len(lines[0]) * PITCH_MM) / 2
        chosen = font(_EM_MM, "OCR-B")
        for number, line in enumerate(lines):
            top = (y + number * step) * PER_MM
            for column, sign in enumerate(line):
                self._draw.text(((left + column * PITCH_MM) * PER_MM, top), sign, font=chosen, fill=(24, 24, 28))
            box = self._draw.textbbox((left * PER_MM, top), "0", font=chosen)
            self.places[f"line{number + 1}"] = (box[0], box[1], (left + len(line) * PITCH_MM) * PER_MM, box[3])

    def portrait(self, x: float, y: float, width: float, picture: Image.Image, place: str = "portrait") -> None:
        """A printed portrait; fine lines of the ground run over its edges, as they do on documents."""
        size = (round(width * PER_MM), round(width * PER_MM * picture.height / picture.width))
        at = (round(x * PER_MM), round(y * PER_MM))
        box = (*at, at[0] + size[0], at[1] + size[1])
        ground = np.asarray(self.image.crop(box), np.float32)
        photo = np.asarray(picture.resize(size, Image.Resampling.LANCZOS), np.float32)
        photo = cv2.GaussianBlur(photo, (0, 0), 0.7)
        edge = np.zeros(photo.shape[:2], np.float32)
        edge[6:-6, 6:-6] = 1.0
        edge = cv2.GaussianBlur(edge, (0, 0), 3.0)[..., None]
        mixed = photo * edge + (1 - edge) * photo * ground / 255
        self.image.paste(Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)), at)
        self.places[place] = tuple(float(v) for v in box)

    def ghost(self, x: float, y: float, width: float, picture: Image.Image) -> None:
        """The portrait again, small, in one colour, pale, under the lines of the ground."""
        size = (round(width * PER_MM), round(width * PER_MM * picture.height / picture.width))
        at = (round(x * PER_MM), round(y * PER_MM))
        box = (*at, at[0] + size[0], at[1] + size[1])
        ground = np.asarray(self.image.crop(box), np.float32)
        grey = np.asarray(picture.convert("L").resize(size, Image.Resampling.LANCZOS), np.float32)[..., None] / 255
        tint = np.array((96, 84, 120), np.float32)
        mixed = ground * (0.45 + 0.55 * (grey + (1 - grey) * tint / 255))
        self.image.paste(Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)), at)
        self.places["ghost"] = tuple(float(v) for v in box)

    def pixels(self) -> NDArray[np.uint8]:
        """RGB."""
        return np.asarray(self.image, np.uint8)


def guilloche(size: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """A pale ground of two colours with bundles of fine waved lines, RGB."""
    rng = np.random.default_rng(seed)
    width, height = size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    first, second = (np.array(rng.uniform(196, 240, 3), np.float32) for _ in range(2))
    share = 0.5 + 0.5 * np.sin(x / width * 3 + y / height * 2 + rng.uniform(0, 6))
    ground = share[..., None] * first + (1 - share[..., None]) * second
    for _ in range(3):
        wave = rng.uniform(20, 60) * np.sin(x / rng.uniform(60, 160) + rng.uniform(0, 6))
        phase = (y + wave) * rng.uniform(0.25, 0.5) + x * rng.uniform(-0.1, 0.1)
        line = np.clip(np.cos(phase) * 4 - 2.8, 0, 1)[..., None]
        ground -= line * rng.uniform(14, 34, 3).astype(np.float32)
    return np.asarray(np.clip(ground, 0, 255), np.uint8)
