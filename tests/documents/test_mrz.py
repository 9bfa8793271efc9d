from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.documents import mrz
from verifier.documents.mrz_formats import ALPHABET, FORMATS, FRANCE, MRV_B, SWISS_LICENCE, TD1, TD2, TD3, check_digit

# ICAO Doc 9303's own specimens of Utopia
BOOK = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
SMALL = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
VISA = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
FRENCH = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")
SWISS = ("FACHE123456789012<<760510<<<<<", "MUSTER<<HANS<PETER<<<<<<<<<<<<")


@pytest.mark.parametrize(
    ("lines", "layout", "surname", "given_names", "number"),
    [
        (BOOK, TD3, "ERIKSSON", "ANNA MARIA", "L898902C3"),
        (CARD, TD1, "ERIKSSON", "ANNA MARIA", "D23145890"),
        (LONG, TD1, "STEVENSON", "PETER JOHN", "D23145890734"),
        (SMALL, TD2, "ERIKSSON", "ANNA MARIA", "D23145890"),
        (VISA, MRV_B, "ERIKSSON", "ANNA MARIA", "L8988901C"),
        (FRENCH, FRANCE, "BERTHIER", "CORINNE", "880692310285"),
        (SWISS, SWISS_LICENCE, "MUSTER", "HANS PETER", "123456789012"),
    ],
)
def test_published_specimens_are_parsed_and_hold(
    lines: tuple[str, ...], layout: object, surname: str, given_names: str, number: str
) -> None:
    parsed = mrz.parse(lines)
    assert parsed.format is layout
    assert (parsed.surname, parsed.given, parsed.values["number"]) == (surname, given_names, number)
    assert parsed.all_hold, [c for c in parsed.checks if not c.holds]
    assert parsed.name_is_regular


def test_every_slip_under_a_check_digit_is_seen() -> None:
    for k in range(9):
        for other in set(ALPHABET[1:11]) - {BOOK[1][k]}:
            changed = BOOK[1][:k] + other + BOOK[1][k + 1 :]
            parsed = mrz.parse((BOOK[0], changed))
            # values that differ by ten weigh the same: 7 3 1 cannot tell them apart
            differs = (ALPHABET.index(other) - ALPHABET.index(BOOK[1][k])) % 10 != 0
            assert not parsed.all_hold or not differs


def test_a_name_that_is_not_built_like_one_is_irregular() -> None:
    odd = "P<UTOERIKSSON<<ANNA<MARIA<<<<<K<<<<<<<<<<<<<"
    assert not mrz.parse((odd, BOOK[1])).name_is_regular


def test_country_codes() -> None:
    assert mrz.parse(BOOK).codes_unknown() == ()
    assert mrz.parse((BOOK[0], BOOK[1].replace("UTO", "UTQ"))).codes_unknown() == ("nationality",)


@pytest.mark.parametrize(
    ("text", "birth", "expiry"),
    [
        ("640812", date(1964, 8, 12), date(2064, 8, 12)),
        ("990101", date(1999, 1, 1), date(1999, 1, 1)),
        ("050101", date(2005, 1, 1), date(2005, 1, 1)),
        ("640230", None, None),
        ("6408<<", None, None),
    ],
)
def test_centuries(text: str, birth: date | None, expiry: date | None) -> None:
    today = date(2026, 6, 1)
    assert mrz.birth_date(text, today) == birth
    assert mrz.expiry_date(text, today) == expiry


@given(st.lists(st.text(ALPHABET, max_size=50), max_size=4))
def test_any_lines_are_parsed_or_refused(lines: list[str]) -> None:
    try:
        parsed = mrz.parse(lines)
    except mrz.NoFormat:
        assert not lines or tuple(map(len, lines)) not in {f.lengths for f in FORMATS}
    else:
        assert parsed.lines == tuple(lines)


@given(st.sampled_from(FORMATS), st.data())
def test_whole_lines_of_any_characters_are_parsed(layout: object, data: st.DataObject) -> None:
    lines = tuple(data.draw(st.text(ALPHABET, min_size=n, max_size=n)) for n in layout.lengths)  # type: ignore[attr-defined]
    parsed = mrz.parse(lines)
    for result in parsed.checks:
        assert result.computed in "0123456789"


@given(st.text(ALPHABET))
def test_a_check_digit_is_a_digit(text: str) -> None:
    assert 0 <= check_digit(text) <= 9
