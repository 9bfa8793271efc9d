from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.checks.cases import a_round, case, seen
from verifier.checks import reading_gaze
from verifier.findings import Finding, Outcome
from verifier.gaze import Gaze, unwatched
from verifier.timing import Span

WATCHED = (Span(Fraction(0), Fraction(30)),)
SWEEP = Span(Fraction(4), Fraction(19))


def finding(gaze: Gaze | None, reason: str = "") -> Finding:
    faces = () if reason else (seen("round-1/A", (0, 60)),)
    (one,) = reading_gaze.run(case(replace(a_round(1, *faces, reason=reason), gaze=gaze)))
    return one


def test_lines_are_named_with_their_times_and_an_innocent_reason() -> None:
    found = finding(Gaze(WATCHED, (SWEEP,), 6, 0.004))
    assert found.outcome is Outcome.OBSERVED
    assert found.spans == (SWEEP,)
    assert found.lr is None
    assert "00:04 to 00:19" in found.statement
    assert "second screen" in found.statement


def test_few_lines_are_not_reading() -> None:
    found = finding(Gaze(WATCHED, (SWEEP,), 2, 0.004))
    assert found.outcome is Outcome.NOT_OBSERVED
    assert found.spans == ()
    many_minutes = Gaze((Span(Fraction(0), Fraction(600)),), (SWEEP,), 6, 0.004)
    assert finding(many_minutes).outcome is Outcome.NOT_OBSERVED


def test_eyes_that_cannot_be_followed_are_not_a_clean_result() -> None:
    found = finding(unwatched("the candidate's eyes are too small"))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "too small" in found.statement
    assert finding(None, "no face was seen").outcome is Outcome.NOT_AVAILABLE


def test_a_few_seconds_without_lines_are_no_clean_result() -> None:
    found = finding(Gaze((Span(Fraction(0), Fraction(12)),), (), 0, 0.004))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "12 seconds" in found.statement


def test_the_limits_name_the_innocent_causes() -> None:
    for cause in ("notes", "second monitor", "nystagmus", "glasses"):
        assert cause in reading_gaze.spec.limits
    assert "no labelled public data; behaviour only" in reading_gaze.spec.method.replace("\n", " ")
