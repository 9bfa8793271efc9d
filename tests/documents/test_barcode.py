"""PDF417 on specimen licences, and on pictures that have none."""

from __future__ import annotations

import numpy as np
import pytest

from samples.documents.specimens import make
from verifier.documents.barcode import MAX_SIDE, Barcodes, read_pdf417


@pytest.mark.parametrize("quality", ["scan", "phone", "small"])
def test_licences_are_read_or_not_read_but_never_wrongly(quality: str) -> None:
    made = [make("licence", quality, seed) for seed in (2, 3)]
    read = [read_pdf417(specimen.image).texts for specimen in made]
    assert all(texts in ((), (specimen.barcode,)) for texts, specimen in zip(read, made, strict=True))
    assert sum(texts != () for texts in read) >= 1


def test_pictures_without_a_barcode_have_none() -> None:
    rng = np.random.default_rng(0)
    assert read_pdf417(make("TD3", "small", 1).image) == Barcodes()
    assert read_pdf417(rng.integers(0, 256, (300, 400, 3), np.uint8)) == Barcodes()
    assert read_pdf417(np.zeros((1, 1, 3), np.uint8)) == Barcodes()
    assert read_pdf417(np.full((40, 2 * MAX_SIDE, 3), 255, np.uint8)) == Barcodes()


def test_a_barcode_that_cannot_be_read_is_seen_all_the_same() -> None:
    assert read_pdf417(make("licence", "phone", 4).image) == Barcodes(unread=True)
