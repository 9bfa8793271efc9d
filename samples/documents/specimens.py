"""N specimen documents with their truth, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from samples.documents import camera
from samples.documents.mrz import FORMATS
from samples.documents.people import make_holder
from samples.documents.print import KINDS, document, faces, fields

Quad = list[list[float]]


@dataclass(frozen=True)
class Specimen:
    """One document as it reaches the desk."""

    kind: str
    quality: str
    seed: int
    data: bytes
    """JPEG."""
    lines: tuple[str, ...]
    """Of the machine-readable zone; none on a driving licence."""
    fields: dict[str, str]
    """What is printed, as it is printed; none where only the back is shown."""
    face: str | None
    """Which made-up person is shown (a name in faces/); None where no portrait is."""
    barcode: str | None
    corners: Quad
    """Of the sheet, clockwise from its upper left, in pixels of the picture."""
    places: dict[str, Quad]
    """Corners of portrait, ghost, line1.., barcode and every field."""

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        """RGB."""
        return camera.decoded(self.data)

    @property
    def name(self) -> str:
        return f"{self.kind.lower()}-{self.quality}-{self.seed}.jpg"

    def truth(self) -> dict[str, object]:
        """All of it but the picture, for truth.json."""
        keys = ("kind", "quality", "seed", "lines", "fields", "face", "barcode", "corners", "places")
        return {key: getattr(self, key) for key in keys}


def make(kind: str, quality: str, seed: int, known: Sequence[str] | None = None) -> Specimen:
    """The specimen of this kind and seed; the same document at every quality. known: portraits to draw from, see `print.face`."""
    rng = np.random.default_rng((seed, KINDS.index(kind)))
    holder = make_holder(rng, kind)
    known = known or faces()
    face = known[int(rng.integers(len(known)))]
    back_only = kind.startswith("TD1") and bool(rng.random() < 0.5)
    sheet = document(holder, kind, face, int(rng.integers(1, 10_000)), back_only)
    data, matrix = camera.QUALITIES[quality](sheet.pixels(), np.random.default_rng((seed, len(quality))))
    height, width = sheet.pixels().shape[:2]
    return Specimen(
        kind=kind,
        quality=quality,
        seed=seed,
        data=data,
        lines=tuple(FORMATS[kind](holder)) if kind in FORMATS else (),
        fields={} if back_only else fields(holder, kind),
        face=None if back_only else face,
        barcode=sheet.barcode,
        corners=_moved((0, 0, width, height), matrix),
        places={name: _moved(box, matrix) for name, box in sheet.places.items()},
    )


def _moved(box: tuple[float, float, float, float], matrix: NDArray[np.float64]) -> Quad:
    left, top, right, bottom = box
    corners = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)]) @ matrix.T
    return [[round(float(x / w), 1), round(float(y / w), 1)] for x, y, w in corners]


def specimens(
    count: int, seed: int = 1, kinds: Sequence[str] = tuple(FORMATS), qualities: Sequence[str] = tuple(camera.QUALITIES)
) -> Iterator[Specimen]:
    """`count` documents, kinds in turn, and of every document each quality in turn: count x qualities pictures.

    Deterministic: the same arguments give the same bytes with the same libraries.
    """
    for number in range(count):
        for quality in qualities:
            yield make(kinds[number % len(kinds)], quality, seed + number)
