"""Zones typed in OCR-B, in another typeface, and with three digits of another one; what cannot be judged is not called clean."""

from __future__ import annotations

import numpy as np
import pytest
from verifier_models.mrz_cells.typefaces import fonts, retyped

from verifier.documents.lattice import Grid
from verifier.documents.typeface import Typefaces
from verifier.documents.zone_reading import LineStatus, MrzLine, ZoneReading
from verifier.media.types import Image

LINES = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
GRID = Grid(20.0, 18.0)
DIGITS = range(13, 16)


@pytest.fixture(scope="module")
def typefaces() -> Typefaces:
    return Typefaces()


def strip(text: str, typeface: str) -> Image:
    paper = np.full((44, 830, 3), 235, np.uint8)
    paper[20:24] = 40  # where the middle of the line is, and how dark its ink
    return retyped(paper, GRID, text, fonts()[typeface], range(len(text)))


def apart(typefaces: Typefaces, strips: list[Image], lines: tuple[str, ...] = LINES) -> tuple[str, ...] | None:
    read = tuple(MrzLine(text, LineStatus.CONFIRMED, ()) for text in lines)
    return typefaces.lines_apart(strips, ZoneReading(read, None, (), (GRID,) * len(strips)))


def test_a_zone_in_ocr_b_is_none_in_another_typeface(typefaces: Typefaces) -> None:
    assert apart(typefaces, [strip(text, "OCR-B") for text in LINES]) == ()


@pytest.mark.parametrize("typeface", ["DejaVuSansMono", "STIXGeneral"])
def test_a_line_in_another_typeface_is_named(typefaces: Typefaces, typeface: str) -> None:
    assert apart(typefaces, [strip(LINES[0], "OCR-B"), strip(LINES[1], typeface)]) == ("line2",)


def test_three_digits_in_another_typeface_are_seen(typefaces: Typefaces) -> None:
    second = strip(LINES[1], "OCR-B")
    edited = retyped(second, GRID, LINES[1], fonts()["DejaVuSans"], DIGITS)
    assert apart(typefaces, [strip(LINES[0], "OCR-B"), edited]) == ("line2",)


def test_what_looks_like_no_sign_is_not_judged(typefaces: Typefaces) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (44, 830, 3)).astype(np.uint8)
    assert apart(typefaces, [noise, noise]) is None


def test_too_few_signs_are_not_judged(typefaces: Typefaces) -> None:
    text = "ABC".ljust(44, "<")
    assert apart(typefaces, [strip(text, "DejaVuSans")], (text,)) is None
