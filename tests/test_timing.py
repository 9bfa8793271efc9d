from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.timing import Span, clock, clocks, common_spans, merge_spans, shared, total

_spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 9)).map(lambda t: Span(Fraction(t[0], 2), Fraction(t[0] + t[1], 2)))
)


def test_clock_shows_hours_only_when_there_are_any() -> None:
    assert [clock(s) for s in (0, 61, 3599.9, 3661)] == ["00:00", "01:01", "59:59", "1:01:01"]


def test_spans_closer_than_the_gap_are_joined() -> None:
    spans = [Span(Fraction(5), Fraction(6)), Span(Fraction(0), Fraction(2)), Span(Fraction(3), Fraction(4))]
    assert merge_spans(spans, Fraction(1)) == [Span(Fraction(0), Fraction(6))]
    assert merge_spans(spans) == sorted(spans)


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Span(Fraction(2), Fraction(1))


def test_times_in_words_stop_after_as_many_as_asked() -> None:
    spans = [Span(Fraction(60 * n), Fraction(60 * n + 4)) for n in range(3)]
    assert clocks(spans, 3) == "00:00 to 00:04, 01:00 to 01:04, 02:00 to 02:04"
    assert clocks(spans, 1, "more times") == "00:00 to 00:04 and 2 more times"


@given(_spans.filter(len), _spans)
def test_what_a_span_shares_is_what_lies_in_both(first: list[Span], others: list[Span]) -> None:
    apart = merge_spans(others)
    assert float(shared(first[0], apart)) == total(common_spans([first[0]], apart))
