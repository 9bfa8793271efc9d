"""Files of one call on one clock."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voice_cases import source, span
from verifier.timing import Span, common_spans, merge_spans, total
from verifier.voice_clock import lag_of, moved

turns = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 60)), min_size=1, max_size=20).map(
    lambda found: merge_spans([Span(Fraction(a, 2), Fraction(a + n, 2)) for a, n in found])
)


def talk(seed: int, seconds: int = 300) -> list[Span]:
    edges = np.cumsum(np.random.default_rng(seed).uniform(0.4, 5, 200))
    return [span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b < seconds]


@pytest.mark.parametrize("lag", [0.0, 12.0, 95.4])
def test_a_file_that_began_later_is_found_on_the_common_clock(lag: float) -> None:
    mine, other = talk(1), [Span(s.start + 400, s.end + 400) for s in talk(2)]
    common = merge_spans([Span(s.start + Fraction(lag), s.end + Fraction(lag)) for s in mine] + other)
    found, agrees = lag_of(mine, common)
    assert float(found) == pytest.approx(lag, abs=0.05)
    assert agrees > 0.95


def test_a_file_that_began_earlier_is_moved_back() -> None:
    mine = talk(3)
    found, _ = lag_of(mine, [Span(s.start - 20, s.end - 20) for s in mine if s.start >= 20])
    assert float(found) == pytest.approx(-20, abs=0.05)


def test_another_call_agrees_less() -> None:
    assert lag_of(talk(4), talk(5))[1] < 0.8


def test_everything_of_a_track_is_moved() -> None:
    later = moved(source((1, (0, 5)), soft=((2, (6, 7)),)).track, Fraction(3))
    assert later.speech[0].start == 3
    assert later.pieces[0].span.start == 3
    assert later.soft[0].span.seconds() == (9, 10)


@given(turns, turns)
@settings(max_examples=60, deadline=None)
def test_common_spans_are_what_both_hold(a: list[Span], b: list[Span]) -> None:
    both = common_spans(a, b)
    assert both == common_spans(b, a)
    assert total(a) + total(b) - total(both) == pytest.approx(total(merge_spans([*a, *b])))
    assert common_spans(a, a) == a
