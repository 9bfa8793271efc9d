from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.checks.cases import a_round, case, seen
from verifier.checks import typing_sound
from verifier.findings import Finding, Outcome
from verifier.timing import Span
from verifier.typing_sound import Typing, unheard

RUN = Span(Fraction(12), Fraction(19))


def finding(typing: Typing | None) -> Finding:
    (one,) = typing_sound.run(case(replace(a_round(1, seen("round-1/A", (0, 60))), typing=typing)))
    return one


def test_keys_are_named_with_their_times_and_an_innocent_reason() -> None:
    found = finding(Typing((RUN,), 31, 20.0))
    assert found.outcome is Outcome.OBSERVED
    assert found.spans == (RUN,)
    assert "00:12 to 00:19" in found.statement
    assert "notes" in found.statement
    assert found.lr is None


def test_few_clicks_and_no_sound() -> None:
    assert finding(Typing((RUN,), 9, 20.0)).outcome is Outcome.NOT_OBSERVED
    assert finding(unheard("the recording has no sound")).outcome is Outcome.NOT_AVAILABLE
    assert finding(None).outcome is Outcome.NOT_AVAILABLE
    assert "Taking notes" in typing_sound.spec.limits
