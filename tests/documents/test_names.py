from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.documents.names import MOST_SPELLINGS, NameMatch, compare_names, spellings
from verifier.documents.visual import dates_in


@pytest.mark.parametrize(
    ("word", "one"),
    [("Müller", "MUELLER"), ("Müller", "MULLER"), ("Ångström", "AANGSTROEM"), ("Þórr", "THORR"), ("Ñuñez", "NXXUNXXEZ"),
     ("O'Brien", "OBRIEN"), ("Straße", "STRASSE"), ("Łukasz", "LUKASZ"), ("Жуков", "ZHUKOV")],
)  # fmt: skip
def test_spellings_of_doc_9303(word: str, one: str) -> None:
    assert one in spellings(word)


@pytest.mark.parametrize(
    ("claimed", "zone", "match"),
    [
        ("Anna Maria Eriksson", "ANNA MARIA ERIKSSON", NameMatch.SAME),
        ("Eriksson, Anna Maria", "ANNA MARIA ERIKSSON", NameMatch.SAME),
        ("Jürgen Müller-Lüdenscheidt", "JUERGEN MUELLER LUEDENSCHEIDT", NameMatch.SAME),
        ("Annamaria Eriksson", "ANNA MARIA ERIKSSON", NameMatch.SAME),
        ("Anna Eriksson", "ANNA MARIA ERIKSSON", NameMatch.PARTIAL),
        ("A. Eriksson", "ANNA ERIKSSON", NameMatch.PARTIAL),
        ("Jane Doe", "ANNA MARIA ERIKSSON", NameMatch.DIFFERENT),
        ("Anna Smith", "ANNA MARIA ERIKSSON", NameMatch.DIFFERENT),
        ("李", "LI", NameMatch.UNCOMPARABLE),
        ("Άννα Μαρία", "ANNA MARIA", NameMatch.UNCOMPARABLE),
        ("محمد علي", "MOHAMMED ALI", NameMatch.UNCOMPARABLE),
        ("Mary 王伟", "WEI WANG", NameMatch.UNCOMPARABLE),
        ("Wei Wang 王伟", "WEI WANG", NameMatch.SAME),
        ("Анна Смирнова", "JANE DOE", NameMatch.DIFFERENT),
        ("Олег Гнатюк", "OLEH HNATIUK", NameMatch.SAME),
        ("Иван Христов", "IVAN HRISTOV", NameMatch.SAME),
        ("Душан Живковић", "DUSAN ZIVKOVIC", NameMatch.SAME),
        ("Юлия Яшина", "YULIYA YASHINA", NameMatch.SAME),
        ("Nāʻalehu Doe", "JANE SMITH", NameMatch.DIFFERENT),
    ],
)
def test_names(claimed: str, zone: str, match: NameMatch) -> None:
    assert compare_names(claimed, zone).match is match


def test_a_full_line_may_be_cut() -> None:
    claimed, zone = "Jodie Pippa United Kingdom Twenty Six", "JODIE PIP UNITED KINGDOM TWENTY SIX"
    assert compare_names(claimed, zone).match is NameMatch.DIFFERENT
    cut = compare_names("Six Jodie Pippa", "SIX JODIE PIP", may_be_cut=True)
    assert cut.match is NameMatch.PARTIAL
    assert cut.notes


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_are_compared(a: str, b: str) -> None:
    assert compare_names(a, b).match in NameMatch
    assert len(spellings(a)) <= MOST_SPELLINGS


@pytest.mark.parametrize(
    ("text", "iso"),
    [("01 MAR/MAR 2014", "2014-03-01"), ("22.06.1969", "1969-06-22"), ("13 LIP/JUL 2006", "2006-07-13"), ("05FEB1965", "1965-02-05"),
     ("1960-02-08", "1960-02-08"), ("31 DES/DEC 66", "1966-12-31"), ("passport 12345", None), ("12.AOÛT/AUG 64", "1964-08-12")],
)  # fmt: skip
def test_dates_in_print(text: str, iso: str | None) -> None:
    found = [d.isoformat() for d in dates_in(text)]
    assert iso in found if iso else found == []


@given(st.text(max_size=200))
def test_any_print_has_dates_or_none(text: str) -> None:
    assert isinstance(dates_in(text), list)
