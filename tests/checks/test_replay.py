from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.checks.cases import a_round, case, seen
from verifier.checks import replay
from verifier.findings import Finding, Outcome
from verifier.replay import Repeat, Replay
from verifier.timing import Span

PLAIN = Replay((Span(Fraction(0), Fraction(42)),), (), (), (), 33.0, 2.04, compared=(Span(Fraction(5), Fraction(14)),))


def span(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def finding(found: Replay | None, reason: str = "") -> Finding:
    faces = () if reason else (seen("round-1/A", (0, 60)),)
    (one,) = replay.run(case(replace(a_round(1, *faces, reason=reason), replay=found)))
    return one


def test_a_moving_picture_is_not_observed_and_how_much_was_looked_at_is_said() -> None:
    found = finding(PLAIN)
    assert found.outcome is Outcome.NOT_OBSERVED
    assert (
        "moves in all of the 42 seconds that were looked at; a loop was looked for in 9 seconds of them"
        in found.statement
    )
    assert ("Compared with earlier seconds, for a loop", "9 seconds") in found.details
    assert ("Least movement over three seconds", "33 of 255 grey levels in the liveliest cell") in found.details


def test_where_no_loop_could_be_looked_for_it_is_left_open() -> None:
    found = finding(replace(PLAIN, nearest=None, compared=()))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "no loop could be looked for" in found.statement
    assert "comes again" not in found.statement


@pytest.mark.parametrize("change", [{}, {"still": (Span(Fraction(3), Fraction(11)),)}])
def test_what_was_not_kept_of_a_very_long_recording_is_said(change: dict[str, tuple[Span, ...]]) -> None:
    assert "nothing after" not in finding(replace(PLAIN, **change)).statement
    assert (
        "; nothing after 4:30:00 was looked at." in finding(replace(PLAIN, cut_at=Fraction(16200), **change)).statement
    )


def test_a_still_picture_is_observed_and_called_what_a_stalled_connection_looks_like() -> None:
    found = finding(replace(PLAIN, still=(span(3, 11),), hardly_moving=(span(20, 23),)))
    assert found.outcome is Outcome.OBSERVED
    assert "stands still at 00:03 to 00:11; a stalled connection looks the same" in found.statement
    assert found.spans == (span(3, 11),)
    assert found.next_step == replay.spec.follow_up


def test_a_repeat_is_observed_with_both_times() -> None:
    found = finding(replace(PLAIN, repeats=(Repeat(span(9, 14), span(5, 10)),)))
    assert found.outcome is Outcome.OBSERVED
    assert "at 00:09 to 00:14 is the same as at 00:05 to 00:10" in found.statement


def test_many_times_are_counted_not_listed() -> None:
    found = finding(replace(PLAIN, still=tuple(span(10 * n, 10 * n + 4) for n in range(9))))
    assert "and 3 more" in found.statement
    assert len(found.spans) == 9


def test_hardly_moving_is_left_open() -> None:
    found = finding(replace(PLAIN, hardly_moving=(span(20, 23),)))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "may be somebody who keeps still" in found.statement


def test_what_could_not_be_looked_at_is_not_available_with_its_reason() -> None:
    found = finding(Replay((), (), (), (), None, None, "the face is never in view for three seconds on end"))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "three seconds" in found.statement
    assert "no picture" in finding(None, reason="the recording has no picture").statement
    assert "not looked at" in finding(None).statement
