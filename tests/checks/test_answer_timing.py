from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.checks.calls import ANA, JORDAN, a_case, interview, line, spoken
from verifier.answers import answers_of
from verifier.checks import answer_timing
from verifier.checks.answer_timing import FEWEST, STEADY, spread_bound
from verifier.findings import Finding, Outcome
from verifier.spoken import RoundTranscript
from verifier.timing import Span
from verifier.transcript import Clock

ANSWER = "That is a thing I have done more than once before."


def finding(*rounds: RoundTranscript | None) -> Finding:
    (one,) = answer_timing.run(a_case(*rounds))
    return one


def with_delays(*delays: float, **more: object) -> RoundTranscript:
    return spoken(*interview(delays, [ANSWER] * len(delays), **more))  # type: ignore[arg-type]


def test_the_same_delay_before_every_answer_is_observed_with_its_seconds() -> None:
    found = finding(with_delays(2.0, 2.1, 1.9, 2.05, 2.2, 1.95, 2.0, 2.1))
    assert found.outcome is Outcome.OBSERVED
    assert "8 answers begin after nearly the same time, 2.0 s" in found.statement
    assert len(found.spans) == 8
    assert float(found.spans[0].duration) == pytest.approx(2.0)
    assert found.lr is None
    assert any("bears the candidate's name" in value for _, value in found.details)


def test_delays_that_change_or_are_short_are_not_observed() -> None:
    assert finding(with_delays(0.3, 2.4, 0.6, 4.0, 0.2, 1.5, 0.9, 3.1)).outcome is Outcome.NOT_OBSERVED
    assert finding(with_delays(*[0.3] * 8)).outcome is Outcome.NOT_OBSERVED


def test_a_single_other_delay_does_not_hide_the_row() -> None:
    assert finding(with_delays(2.0, 2.1, 1.9, 2.05, 0.1, 1.95, 2.0, 2.1)).outcome is Outcome.OBSERVED


def test_questions_of_one_length_leave_it_open() -> None:
    found = finding(with_delays(*[2.0] * 8, questions=("What have you done at work?",)))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "says little" in found.statement


@pytest.mark.parametrize(
    ("round_", "why"),
    [
        (with_delays(*[2.0] * (FEWEST - 1)), "7 answers"),
        (spoken(*interview([2.0] * 8, [ANSWER] * 8), clock=Clock.STARTS), "does not tell when answers begin"),
        (spoken(*interview([2.0] * 8, [ANSWER] * 8), clock=Clock.COARSE), "does not tell when answers begin"),
        (spoken(line(0, 1, "", "hello"), name=None), "names no speakers"),
        (None, "no transcript of the calls"),
    ],
)
def test_too_little_is_not_available_with_the_way_to_more(round_: RoundTranscript | None, why: str) -> None:
    found = finding(round_)
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert why in found.statement
    assert "--transcript" in found.next_step


def test_a_round_without_transcript_beside_one_with_is_named() -> None:
    first, second = answer_timing.run(a_case(with_delays(*[2.0] * 8), None))
    assert first.outcome is Outcome.OBSERVED
    assert "Round 2: there is no transcript of it" in second.statement


def test_heard_speech_decides_over_the_edges_of_lines() -> None:
    said = [line(0, 5.4, ANA, "What have you done at work?"), line(5.5, 9, JORDAN, ANSWER)]
    speech = (Span(Fraction(0), Fraction(4)), Span(Fraction(6), Fraction(9)))
    (answer,) = answers_of(spoken(*said, speech=speech))
    assert answer.delay == 2.0
    (starts,) = answers_of(spoken(*said, speech=speech, clock=Clock.STARTS))
    assert starts.delay == 2.0


def test_a_backchannel_splits_no_answer() -> None:
    said = [
        line(0, 2, ANA, "What have you done at work?"),
        line(3, 6, JORDAN, "I built a parser"),
        line(6, 6.5, ANA, "Right."),
        line(6.5, 9, JORDAN, "and a compiler."),
    ]
    (answer,) = answers_of(spoken(*said))
    assert answer.text == "I built a parser and a compiler."
    assert answer.delay == 1.0


def test_a_short_word_that_begins_an_answer_belongs_to_it() -> None:
    said = [line(0, 2, ANA, "What have you done at work?"), line(3, 3.4, JORDAN, "Sure."), line(4, 8, JORDAN, ANSWER)]
    (answer,) = answers_of(spoken(*said))
    assert answer.text == f"Sure. {ANSWER}"
    assert answer.delay == 1.0


@pytest.mark.parametrize(("sigma", "count", "most"), [(0.4, 8, 0.015), (0.5, 8, 0.005), (0.5, 20, 0.001)])
def test_varied_delays_look_steady_by_chance_seldom(sigma: float, count: int, most: float) -> None:
    """Delays whose logarithm spreads by sigma; 0.5: two thirds lie between 0.6 and 1.6 times the middle one."""
    rng = np.random.default_rng(1)
    steady = [spread_bound(np.exp(rng.normal(0.3, sigma, count))) <= STEADY for _ in range(3000)]
    assert np.mean(steady) <= most


def test_steady_delays_are_mostly_seen() -> None:
    rng = np.random.default_rng(2)
    assert np.mean([spread_bound(rng.normal(2, 0.2, 10)) <= STEADY for _ in range(1000)]) >= 0.9
