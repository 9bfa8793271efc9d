"""The licence barcode's text: the standard's own example, older versions, broken and hostile text, and what does not hold together."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.documents.licence import payload
from samples.documents.people import make_holder
from verifier.documents.aamva import MAX_ELEMENTS, MAX_TEXT, MAX_VALUE, NotAamva, inconsistencies, parse

TODAY = date(2026, 1, 15)
STANDARD = (
    "@\n\x1e\rANSI 636000100102DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\nDDFN\nDADJOHN\nDDGN\nDCUJR\n"
    "DCAD\nDCBK\nDCDPH\nDBD06062019\nDBB06061986\nDBA12102024\nDBC1\nDAU068 in\nDAYBRO\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\n"
    "DAJVA\nDAK232690000  \nDCF2424244747474786102204\nDCGUSA\nDCK123456789\nDDAF\nDDB06062018\nDDC06062020\nDDD1\rZVZVA01\r"
)
"""Annex D of the standard of 2020 prints this."""


def test_the_standard_s_own_example() -> None:
    found = parse(STANDARD)
    assert (found.issuer, found.version, found.jurisdiction, found.country) == ("636000", 10, "VA", "USA")
    assert (found.surname, found.given_names, found.number, found.sex) == ("SAMPLE", "MICHAEL JOHN", "T64235789", "M")
    assert (found.birth, found.issue, found.expiry) == (date(1986, 6, 6), date(2019, 6, 6), date(2024, 12, 10))
    assert found.elements["DAG"] == "2300 WEST BROAD STREET"
    assert found.elements["ZVA"] == "01"
    assert not found.cut
    assert inconsistencies(found, TODAY) == []


def test_version_1_has_one_element_for_the_whole_name() -> None:
    text = "@\n\x1e\rANSI 6360000102DL00390187ZV02260032DLDAQ0123456789ABC\nDAAPUBLIC,JOHN,Q\nDAG123 MAIN STREET\nDAJVA\nDBA20041021\nDBB19680216\nDBD20001021\nDBC1\r"
    found = parse(text)
    assert (found.surname, found.given_names, found.version) == ("PUBLIC", "JOHN Q", 1)
    assert (found.birth, found.expiry) == (date(1968, 2, 16), date(2004, 10, 21))


def test_canadian_dates_begin_with_the_year() -> None:
    found = parse(_with(DCG="CAN", DAJ="ON", DBB="19121011"))
    assert found.birth == date(1912, 10, 11)  # MMDDCCYY would be no date at all
    assert parse(_with(DCG="CAN", DBB="20101112")).birth == date(2010, 11, 12)  # both orders make a date
    assert parse(_with(DCG="USA", DBB="11122010")).birth == date(2010, 11, 12)


@given(st.integers(0, 10_000))
def test_what_was_written_is_read(seed: int) -> None:
    import numpy as np

    holder = make_holder(np.random.default_rng(seed), "licence")
    found = parse(payload(holder, "ZENITH", "1 MILL LANE"))
    assert (found.number, found.birth, found.issue, found.expiry) == (
        holder.number,
        holder.birth,
        holder.issue,
        holder.expiry,
    )
    assert found.given_names.split()[0] in holder.given_names or found.given_names.isascii()


@given(st.text(max_size=400))
def test_text_of_any_kind_is_read_or_refused(text: str) -> None:
    for hostile in (text, STANDARD[:40] + text, "@\n\x1e\rANSI 636000100102DL" + text + "DLDAQ" + text):
        try:
            found = parse(hostile)
        except NotAamva as refusal:
            assert "\n" not in str(refusal)
            continue
        assert len(found.elements) <= MAX_ELEMENTS
        assert all(len(value) <= MAX_VALUE and value.isprintable() for value in found.elements.values())
        assert all("\n" not in line for line in inconsistencies(found, TODAY))


@given(st.integers(0, len(STANDARD)), st.integers(0, len(STANDARD)))
def test_a_part_of_it_is_read_or_refused(start: int, end: int) -> None:
    try:
        found = parse(STANDARD[:start] + STANDARD[end:])
    except NotAamva:
        return
    assert found.issuer.isdigit()


def test_too_much_text_is_refused() -> None:
    with pytest.raises(NotAamva, match="more text"):
        parse(STANDARD + "DAZBRO\n" * MAX_TEXT)
    many = STANDARD[:41] + "DL" + "".join(f"D{a}{b}x\n" for a in "ABCDEFGHIJKLM" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert len(parse(many).elements) == MAX_ELEMENTS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DBA": "06062018"}, "expired (2018-06-06) before it was issued (2019-06-06)"),
        ({"DBD": "06062027", "DBA": "06062030"}, "issued on 2027-06-06, after 2026-01-15"),
        ({"DBB": "06062015"}, "to a child"),
        ({"DBB": "13451986"}, "date of birth (13451986) is not a date"),
        ({"DCG": "CAN"}, "The issuer is VA (USA), the barcode's country CAN"),
        ({"DAJ": "QQ"}, "QQ is not a state or province"),
        ({"DAQ": ""}, "does not say the number"),
    ],
)
def test_what_does_not_hold_together_is_said(change: dict[str, str], said: str) -> None:
    found = inconsistencies(parse(_with(**change)), TODAY)
    assert any(said in line for line in found), found


def test_an_unknown_issuer_is_said() -> None:
    assert "636999 is not in the list" in inconsistencies(parse(STANDARD.replace("636000", "636999")), TODAY)[0]


def test_an_expiry_that_is_no_date_on_purpose_is_no_inconsistency() -> None:
    assert inconsistencies(parse(_with(DBA="NONE")), TODAY) == []


def _with(**changes: str) -> str:
    lines = [line[:3] + changes[line[:3]] if line[:3] in changes else line for line in STANDARD.split("\n")]
    text = "\n".join(lines)
    return text.replace("DLDAQT64235789", f"DLDAQ{changes['DAQ']}") if "DAQ" in changes else text
