"""Barcode against print: accents, order and cut names agree; another name, number or date does not; unread is not compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.documents.test_aamva import STANDARD
from verifier.documents.aamva import parse
from verifier.documents.aamva_print import Agreement, Printed, against_print

LICENCE = parse(STANDARD)
FRONT = Printed("SAMPLE", "MICHAEL JOHN", "T64-235 789", date(1986, 6, 6), date(2019, 6, 6), date(2024, 12, 10), "M")


def outcomes(printed: Printed, **coded: object) -> dict[str, Agreement]:
    return {f.field: f.outcome for f in against_print(replace(LICENCE, **coded), printed)}  # type: ignore[arg-type]


def test_a_front_that_says_the_same_agrees() -> None:
    assert set(outcomes(FRONT).values()) == {Agreement.AGREES}


def test_what_was_not_read_is_not_compared() -> None:
    assert set(outcomes(Printed()).values()) == {Agreement.NOT_COMPARED}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("surname", "JOHNSON"), ("given_names", "MICHELLE JOHN"), ("number", "T64235780"), ("birth", date(1986, 6, 7)),
        ("issue", date(2018, 6, 6)), ("expiry", date(2025, 12, 10)), ("sex", "F"),
    ],
)  # fmt: skip
def test_one_field_that_differs_is_the_only_one(field: str, value: object) -> None:
    found = outcomes(replace(FRONT, **{field: value}))  # type: ignore[arg-type]
    assert [name for name, outcome in found.items() if outcome is Agreement.DIFFERS] == [field]


@pytest.mark.parametrize(
    ("coded", "printed"),
    [
        ("MUELLER", "Müller"), ("MULLER", "MÜLLER"), ("OSTERGAARD", "ØSTERGÅRD"), ("OESTERGARD", "ØSTERGÅRD"), ("OCONNOR", "O'Connor"),
        ("SMITH JONES", "SMITH-JONES"), ("SMITHJONES", "SMITH-JONES"), ("GARCIA LOPEZ", "GARCÍA LÓPEZ"),
    ],
)  # fmt: skip
def test_ways_to_write_one_surname_agree(coded: str, printed: str) -> None:
    expected = (
        Agreement.IN_PART if coded == "OSTERGAARD" else Agreement.AGREES
    )  # no authority writes Ø as O and Å as AA
    assert outcomes(replace(FRONT, surname=printed), surname=coded)["surname"] is expected


def test_a_cut_name_agrees_by_its_beginning_only_where_the_barcode_says_so() -> None:
    front = replace(FRONT, surname="RAMANATHAN SUBRAMANIAM")
    assert outcomes(front, surname="RAMANATHAN SUBR", cut=True)["surname"] is Agreement.AGREES
    assert outcomes(front, surname="RAMANATHAN SUBR", cut=False)["surname"] is Agreement.DIFFERS
    assert outcomes(front, surname="RA", cut=True)["surname"] is Agreement.IN_PART, "open: too short a beginning"


@pytest.mark.parametrize(
    ("field", "coded", "printed"),
    [
        ("given_names", "ANNA MARIA", "ANNA"),
        ("surname", "ERIKSSON", "ERIKSSON JR"),
        ("given_names", "ANNA MARIA", "ANNA MARTA"),
    ],
)
def test_a_part_left_out_or_a_letter_misread_is_no_other_name(field: str, coded: str, printed: str) -> None:
    assert outcomes(replace(FRONT, **{field: printed}), **{field: coded})[field] is Agreement.IN_PART
