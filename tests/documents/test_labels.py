from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.documents.labels import label_of, labelled
from verifier.documents.ocr import PrintedLine


def printed(*rows: tuple[str, float, float], sure: float = 0.95) -> list[PrintedLine]:
    """Lines 10 pixels high: text, left, top."""
    box = np.array([[0, 0], [100, 0], [100, 10], [0, 10]], np.float32)
    return [PrintedLine(text, sure, box + np.array([x, y], np.float32)) for text, x, y in rows]


def read(*rows: tuple[str, float, float], sure: float = 0.95) -> dict[str, str]:
    return {f.name: f.value for f in labelled(printed(*rows, sure=sure))}


def test_values_below_and_beside_their_labels() -> None:
    found = labelled(
        printed(
            ("Surname / Nom", 0, 0), ("ABEBE", 0, 12), ("Given names/Prénoms", 0, 30), ("PETER", 0, 42),
            ("Date of expiry / Expiration", 60, 60), ("07 JUN 2032", 60, 72), ("DOB 05/30/1999", 0, 90), ("4d DLN D1234567", 0, 110),
        )
    )  # fmt: skip
    assert {f.name: f.value for f in found} == {
        "surname": "ABEBE", "given": "PETER", "expiry": "07 JUN 2032", "birth": "05/30/1999", "number": "D1234567",
    }  # fmt: skip
    assert {f.name: f.days for f in found}["expiry"] == (date(2032, 6, 7),)


def test_numerals_of_a_european_licence() -> None:
    rows = (
        ("1. MUSTERMANN", 0, 0),
        ("2. ERIKA", 0, 20),
        ("3. 12.08.64 BERLIN", 0, 40),
        ("4a. 19.01.13 4b. 18.01.28", 0, 60),
    )
    found = labelled(printed(*rows))
    assert {f.name: f.value for f in found if not f.days} == {"surname": "MUSTERMANN", "given": "ERIKA"}
    assert date(2028, 1, 18) in {f.name: f.days for f in found}["expiry"]
    assert read(rows[0]) == {}, "one numeral alone may be anything"


@pytest.mark.parametrize(
    ("rows", "sure"),
    [
        ((("Date of birth", 0, 0), ("SPECIMEN", 0, 12)), 0.95),
        ((("Surname", 0, 0), ("12345", 0, 12)), 0.95),
        ((("Surname", 0, 0), ("ABEBE", 0, 80)), 0.95),
        ((("Surname", 0, 0), ("ABEBE", 90, 12)), 0.95),
        ((("Surname", 0, 0), ("ABEBE", 0, 12)), 0.5),
    ],
)
def test_what_is_no_value_is_not_taken(rows: tuple[tuple[str, float, float], ...], sure: float) -> None:
    assert read(*rows, sure=sure) == {}


def test_a_misread_label_still_counts() -> None:
    assert label_of("Sumame/Nor") == ("surname", "")
    assert label_of("Dato of birtn/Nacanoe") == ("birth", "")
    assert label_of("REPUBLIC OF UTOPIA") is None


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_is_survived(texts: list[str]) -> None:
    for field in labelled(printed(*((text, 0.0, 12.0 * n) for n, text in enumerate(texts)))):
        assert field.value
