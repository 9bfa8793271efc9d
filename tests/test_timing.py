from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.timing import Span, clock, clocks, merge_spans


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
