from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.store import marks
from verifier.store.records import Candidate


@pytest.mark.parametrize(
    ("form", "a", "b"),
    [
        (marks.email, "A.B+jobs@Example.COM ", "a.b@example.com"),
        (marks.phone, "+49 (0)30 123 45 67", "030 1234567"),
        (marks.phone, "٠٣٠١٢٣٤٥٦٧", "030-1234567"),
        (marks.address, "https://www.Github.com/somebody/", "github.com/somebody"),
        (marks.words, " 12  High\nStreet ", "12 high street"),
        (marks.name, "Müller, Ana", "ana MULLER"),
        (marks.name, "José\u0301 Ñ", "n jose"),
    ],
)
def test_two_ways_to_write_one_thing(form: object, a: str, b: str) -> None:
    assert form(a) == form(b) != ""  # type: ignore[operator]


@pytest.mark.parametrize(
    ("form", "a", "b"),
    [
        (marks.email, "a@example.com", "a@example.org"),
        (marks.phone, "030 1234567", "030 1234568"),
        (marks.name, "Ana Müller", "Ana Möller"),
        (marks.name, "李小龍", "李小龙"),
    ],
)
def test_two_things(form: object, a: str, b: str) -> None:
    assert form(a) != form(b)  # type: ignore[operator]


@pytest.mark.parametrize("form", [marks.email, marks.phone])
def test_what_is_no_address_or_number_is_compared_with_nothing(form: object) -> None:
    assert [form(t) for t in ("", "n/a", "@", "x@", "110", "-")] == [""] * 6  # type: ignore[operator]


@given(st.text(max_size=40))
def test_a_form_is_its_own_form(text: str) -> None:
    for form in (marks.email, marks.words, marks.name):
        assert form(form(text)) == form(text)


def test_empty_contacts_leave_no_mark() -> None:
    assert marks.marks_of(Candidate(name=" ", emails=("", "n/a"), phones=("-",))) == []
