from __future__ import annotations

import pytest

from tests.checks.calls import ANA, JORDAN, SAM, a_case, line, spoken
from verifier.checks import prompted_answer
from verifier.findings import Finding, Outcome
from verifier.transcript import Clock, Utterance

QUESTION = line(0, 4, ANA, "So how would you keep the two databases in step over a slow line?")
START = line(5, 8, JORDAN, "That is a good question. I would")
PROMPT = line(8, 10, SAM, "use a write ahead log with replay")
REPEAT = line(10.5, 15, JORDAN, "Yes, use a write ahead log with replay on the other side.")
AGAIN = (
    line(40, 43, ANA, "And what happens when both of them write at once?"),
    line(43.5, 45, JORDAN, "When both write, then"),
    line(45, 46, SAM, "the later vector clock wins"),
    line(46.5, 50, JORDAN, "the later vector clock wins, in principle."),
)


def finding(*said: Utterance, **more: object) -> Finding:
    (one,) = prompted_answer.run(a_case(spoken(*said, **more)))  # type: ignore[arg-type]
    return one


def test_words_repeated_twice_are_observed_with_their_seconds() -> None:
    found = finding(QUESTION, START, PROMPT, REPEAT, *AGAIN)
    assert found.outcome is Outcome.OBSERVED
    assert "(00:08, 00:45)" in found.statement
    assert "“use a write ahead log with replay”" in found.statement
    assert [s.seconds() for s in found.spans] == [(8.0, 15.0), (45.0, 50.0)]


def test_once_is_left_open() -> None:
    assert finding(QUESTION, START, PROMPT, REPEAT).outcome is Outcome.INCONCLUSIVE


def test_somebody_who_hardly_takes_part_may_speak_before_the_answer_begins() -> None:
    later = line(60, 70, ANA, "Thank you. " + 3 * QUESTION.text)
    assert finding(QUESTION, line(6, 8, SAM, PROMPT.text), REPEAT, later).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "said",
    [
        (QUESTION, line(5, 9, JORDAN, "To keep the two databases in step over a slow line I need a log.")),
        (line(0, 3, ANA, "Describe the write ahead log"), line(4, 9, JORDAN, "The write ahead log is written first, describe the write ahead log")),
        (QUESTION, START, line(8, 8.5, ANA, "use a log"), REPEAT),
        (QUESTION, START, PROMPT, line(25, 29, JORDAN, REPEAT.text)),
        (QUESTION, line(5, 7, JORDAN, REPEAT.text), line(8, 10, ANA, PROMPT.text), line(10, 14, JORDAN, REPEAT.text)),
        (QUESTION, START, line(8, 10, ANA, "and then it is so"), line(10, 14, JORDAN, "and then it is so on")),
    ],
    ids=["the question said again", "a short question", "three words", "half a minute later", "the candidate's own words", "small words"],
)  # fmt: skip
def test_what_is_no_prompt_is_not_observed(said: tuple[Utterance, ...]) -> None:
    assert finding(*said).outcome is Outcome.NOT_OBSERVED


@pytest.mark.parametrize(
    ("said", "more", "why"),
    [
        ((START, REPEAT), {}, "nobody but the candidate"),
        ((QUESTION, START, PROMPT), {"clock": Clock.COARSE}, "does not tell when"),
    ],
)
def test_what_cannot_be_asked_is_not_available(said: tuple[Utterance, ...], more: dict[str, object], why: str) -> None:
    found = finding(*said, **more)
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert why in found.statement
