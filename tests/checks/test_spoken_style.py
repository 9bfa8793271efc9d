from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.checks.calls import JORDAN, a_case, interview, spoken
from verifier.checks import spoken_style
from verifier.delivery import restarts
from verifier.findings import Finding, Outcome
from verifier.spoken import RoundTranscript
from verifier.timing import Span

WORDS = [
    "we",
    "moved",
    "the",
    "whole",
    "thing",
    "over",
    "step",
    "by",
    "step",
    "and",
    "kept",
    "both",
    "running",
    "until",
    "nothing",
    "was",
    "left",
    "behind",
    "on",
    "that",
    "side",
]


def answer(words: int, hesitations: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    said = [f"{WORDS[i % len(WORDS)]}" for i in range(words)]
    for at in sorted(rng.choice(words, hesitations, replace=False), reverse=True):
        said.insert(at, "um")
    return " ".join(said)


def call(counts: list[int], words: int = 120, slow: float | None = None) -> RoundTranscript:
    """Answers with so many hesitations; slow: pauses of this length every two seconds in those without any."""
    said = interview([0.5] * len(counts), [answer(words, n, seed) for seed, n in enumerate(counts)])
    if slow is None:
        return spoken(*said)
    speech = []
    for u in said:
        step = Fraction(2) if u.speaker == JORDAN and "um" not in u.text.split() else Fraction(10)
        at = u.span.start
        while at < u.span.end:
            speech.append(Span(at, min(u.span.end, at + step - Fraction(str(slow)))))
            at += step
    return spoken(*said, speech=tuple(speech))


def finding(round_: RoundTranscript) -> Finding:
    (one,) = spoken_style.run(a_case(round_))
    return one


def test_answers_without_hesitations_and_with_other_pauses_are_observed() -> None:
    found = finding(call([6, 0, 7, 5, 0, 6, 8, 0], slow=0.6))
    assert found.outcome is Outcome.OBSERVED
    assert "3 of 8 longer answers" in found.statement
    assert "next to no hesitations, where the candidate has 5 in 100 words otherwise" in found.statement
    assert len(found.spans) == 3


def test_hesitations_alone_leave_it_open() -> None:
    found = finding(call([6, 0, 7, 5, 0, 6, 8, 0]))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "could not be measured" in found.statement


def test_somebody_who_hesitates_now_more_now_less_is_not_observed() -> None:
    assert finding(call([6, 3, 7, 5, 4, 6, 8, 2])).outcome is Outcome.NOT_OBSERVED


def test_chance_alone_seldom_sets_answers_apart() -> None:
    rng = np.random.default_rng(0)
    outcomes = [finding(call(list(rng.poisson(4, 10)))).outcome for _ in range(60)]
    assert sum(o is not Outcome.NOT_OBSERVED for o in outcomes) <= 1


@pytest.mark.parametrize(("counts", "words", "why"), [([5] * 5, 60, "5 answers"), ([0, 1] * 3, 60, "hardly any hesitations"),
                                                      ([5] * 9, 10, "0 answers of 30 words")])  # fmt: skip
def test_too_little_is_not_available(counts: list[int], words: int, why: str) -> None:
    found = finding(call(counts, words))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert why in found.statement


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("i i think", 1),
        ("we have we have it", 1),
        ("no no no", 2),
        ("to be or not to be", 0),
        ("", 0),
        ("a b a b a b", 2),
    ],
)
def test_restarts_are_words_said_twice_in_a_row(said: str, count: int) -> None:
    assert restarts(said.split()) == count
