from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.calls import QUESTIONS, a_case, interview, spoken, transcript
from verifier.checks import answer_reuse
from verifier.findings import Finding, Outcome
from verifier.shingles import MOST_WORDS, SharedWords, longest_run, shared_words, shingles
from verifier.transcript import Transcript

VOCABULARY = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "l")]


def shared(a: list[str], b: list[str]) -> SharedWords:
    mine = shingles(a)
    return shared_words(mine, np.unique(shingles(b)), np.ones(len(mine), bool))


def words(count: int, seed: int) -> list[str]:
    return [str(w) for w in np.random.default_rng(seed).choice(VOCABULARY, count)]


def misheard(said: list[str], every: int, seed: int) -> list[str]:
    """One word in so many is another."""
    rng = np.random.default_rng(seed)
    return [str(rng.choice(VOCABULARY)) if rng.random() < 1 / every else w for w in said]


def call(*answers: list[str]) -> Transcript:
    return transcript(*interview([0.5] * len(answers), [" ".join(a) for a in answers]))


def findings(mine: Transcript, *others: Transcript) -> list[Finding]:
    named = tuple((f"other-{n}.vtt", t) for n, t in enumerate(others, 1))
    return answer_reuse.run(a_case(spoken(*mine.utterances), others=named))


def test_an_answer_that_another_candidate_gave_is_observed_even_when_words_are_misheard() -> None:
    script = words(80, 1)
    mine = call(words(60, 2), misheard(script, 12, 3), words(60, 4))
    (found,) = findings(mine, call(words(50, 5), words(40, 6)), call(words(40, 7), misheard(script, 12, 8)))
    assert found.outcome is Outcome.OBSERVED
    assert "other-2.vtt" in found.statement
    assert found.spans == (mine.utterances[3].span,)
    quote = found.statement.partition("“")[2].partition("”")[0]
    assert len(quote.split()) <= 8
    assert " ".join(quote.rstrip("…").split()) in " ".join(script)


def test_other_answers_and_the_interviewers_words_are_not_observed() -> None:
    (found,) = findings(call(words(60, 1), words(60, 2)), call(words(60, 3), words(60, 4)))
    assert found.outcome is Outcome.NOT_OBSERVED
    said_again = call(QUESTIONS[1].lower().strip("?").split() + words(20, 5), words(60, 2))
    assert all(f.outcome is Outcome.NOT_OBSERVED for f in findings(said_again, call(words(60, 3), words(60, 4))))


def test_what_most_transcripts_hold_is_a_stock_phrase() -> None:
    phrase = words(40, 9)
    (found,) = findings(call(phrase), *(call(phrase, words(40, n)) for n in range(4)))
    assert found.outcome is Outcome.NOT_OBSERVED


def test_without_other_transcripts_the_question_does_not_arise() -> None:
    (found,) = findings(call(words(60, 1)))
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert "--compare-transcripts" in found.statement


def test_short_answers_are_not_available_and_no_transcript_either() -> None:
    (found,) = findings(call(words(10, 1)), call(words(60, 2)))
    assert found.outcome is Outcome.NOT_AVAILABLE
    (found,) = answer_reuse.run(a_case(None))
    assert found.outcome is Outcome.NOT_AVAILABLE


def test_answers_that_begin_with_the_question_are_told_and_left_open() -> None:
    echoing = [q.lower().strip("?").split()[:9] + words(20, n) for n, q in enumerate(QUESTIONS)]
    _, found = findings(call(*echoing))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "begin with words of the question" in found.statement


@pytest.mark.parametrize(("every", "share"), [(8, 0.25), (12, 0.4)])
def test_how_much_survives_when_both_sides_are_misheard(every: int, share: float) -> None:
    script = words(400, 1)
    found = shared(misheard(script, every, 2), misheard(script, every, 3))
    assert found.share >= share


TEXT = st.lists(st.sampled_from("abcd"), max_size=40)


@given(TEXT, TEXT)
def test_a_longest_run_is_in_both_and_no_longer_one_is(a: list[str], b: list[str]) -> None:
    i, j, n = longest_run(a, b)
    assert a[i : i + n] == b[j : j + n]
    assert not any(a[p : p + n + 1] == b[q : q + n + 1] for p in range(len(a) - n) for q in range(len(b) - n))


@given(TEXT, TEXT)
def test_shared_words_are_those_that_are_shared(a: list[str], b: list[str]) -> None:
    theirs = {tuple(b[i : i + 4]) for i in range(len(b) - 3)}
    found = shared(a, b)
    assert found.count == sum(tuple(a[i : i + 4]) in theirs for i in range(len(a) - 3))
    start, length = found.run
    assert length == 0 or all(tuple(a[i : i + 4]) in theirs for i in range(start, start + length - 3))


def test_no_more_words_are_read_than_a_call_can_hold() -> None:
    assert len(shingles(["a"] * (MOST_WORDS + 1000))) == MOST_WORDS - 3


def test_a_transcript_in_another_place_of_the_case_is_asked_for_every_round() -> None:
    script = words(60, 1)
    mine = spoken(*call(script).utterances)
    found = answer_reuse.run(a_case(mine, replace(mine, candidate="", reason="why"), others=(("o.vtt", call(script)),)))
    assert [f.outcome for f in found] == [Outcome.OBSERVED, Outcome.NOT_AVAILABLE]
