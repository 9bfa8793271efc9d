"""What is said of prompts: the movement, the face, and what is left to whoever looks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.checks.cases import HERE, THERE, a_round, case, seen
from verifier.challenges import Mark, PromptId
from verifier.checks import challenge
from verifier.checks.base import MADE, PROMPT, YOURS
from verifier.checks.challenge import BACK_MOST, STEP_MOST
from verifier.findings import Finding, Outcome
from verifier.observe.face_detector import FaceBox
from verifier.prompt_response import Response

WELL = Response(
    Mark(prompt="turn-left", start_s=10, end_s=16), reach=48.0, done=True, lost=0.1, during=27, compared=17, own=0.01, jump=STEP_MOST / 4, away=0.05,
    back=BACK_MOST / 4, pictures=("round-1#prompt-0#0", "round-1#prompt-0#1"),
    boxes=((Fraction(9), FaceBox(*HERE, 80, 80, 1.0)),),
)  # fmt: skip


def said(*answers: Response, at: tuple[float, float] = HERE) -> list[Finding]:
    r = replace(a_round(1, seen("round-1/A", (8, 60), at=at)), prompts=answers)
    return challenge.run(case(r))


def test_a_face_that_holds_is_not_observed() -> None:
    (finding,) = said(WELL)
    assert finding.outcome is Outcome.NOT_OBSERVED
    assert (
        "Round 1 (call-1.mp4), 00:10: a turn to the left: it was made, the face was the same before and after it, and no change shows in "
        "the 17 of 27 pictures during it that could be compared" in finding.statement
    )
    assert finding.pictures == WELL.pictures
    assert finding.lr is None
    assert finding.spans[0].seconds() == (10.0, 16.0)
    details = dict(finding.details)
    assert details["Furthest"].startswith("48 degrees")
    assert details[PROMPT] == MADE
    assert (
        details["After it, from the face before"]
        == f"{BACK_MOST / 4:.3f} (0: alike; above {BACK_MOST} is to be looked at)"
    )


@pytest.mark.parametrize(
    ("change", "followed"),
    [
        ({"done": False}, "not seen"),
        ({"done": False, "other_way": True}, "made to the other side"),
        ({"done": None}, YOURS),
        ({"back": None}, "made, the face hardly compared"),
        ({"back": BACK_MOST * 1.1}, MADE),
    ],
)
def test_whether_a_prompt_was_followed_is_a_detail(change: dict[str, object], followed: str) -> None:
    (finding,) = said(replace(WELL, **change))  # type: ignore[arg-type]
    assert dict(finding.details)[PROMPT] == followed


@pytest.mark.parametrize(
    ("change", "outcome", "words"),
    [
        ({"back": BACK_MOST * 1.1}, Outcome.OBSERVED, "less like itself"),
        ({"jump": STEP_MOST * 1.1}, Outcome.OBSERVED, "from one picture to the next"),
        ({"done": False, "reach": 3.0}, Outcome.INCONCLUSIVE, "it was not seen"),
        ({"done": False, "other_way": True}, Outcome.INCONCLUSIVE, "the head turned to the other side, or the recording is mirrored;"),
        ({"done": False, "other_way": True, "jump": 1.0}, Outcome.OBSERVED, "to the other side, or the recording is mirrored, and"),
        ({"compared": 5}, Outcome.INCONCLUSIVE, "could be compared in only 5 of 27 pictures"),
        ({"done": None, "compared": 0}, Outcome.INCONCLUSIVE, "could be compared in only 0 of 27 pictures"),
        ({"back": None}, Outcome.INCONCLUSIVE, "not seen from the front afterwards"),
        ({"done": None, "reach": None}, Outcome.NOT_OBSERVED, "for you to see"),
        ({"own": None}, Outcome.NOT_AVAILABLE, "could not be compared with itself"),
        ({"reason": "there are no pictures"}, Outcome.NOT_AVAILABLE, "there are no pictures"),
    ],
)  # fmt: skip
def test_each_outcome_has_its_words(change: dict[str, object], outcome: Outcome, words: str) -> None:
    (finding,) = said(replace(WELL, **change))  # type: ignore[arg-type]
    assert finding.outcome is outcome
    assert words in finding.statement
    assert finding.next_step or outcome is Outcome.NOT_OBSERVED


def test_only_changes_larger_than_those_of_genuine_clips_are_observed() -> None:
    """Most of 71 genuine stretches as recorded: .019 and .038; a swap that gives way or ends: .094 and .081."""
    assert [f.outcome for f in said(replace(WELL, back=0.019, jump=0.038))] == [Outcome.NOT_OBSERVED]
    assert [f.outcome for f in said(replace(WELL, jump=0.094))] == [Outcome.OBSERVED]
    assert [f.outcome for f in said(replace(WELL, back=0.081))] == [Outcome.OBSERVED]


def test_a_turn_to_the_other_side_is_said_with_its_degrees() -> None:
    (finding,) = said(replace(WELL, done=False, other_way=True, reach=50.0))
    assert dict(finding.details)["Furthest"] == "50 degrees to the other side"


def test_another_persons_face_is_not_taken_for_the_candidates() -> None:
    (finding,) = said(WELL, at=THERE)
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert "not the candidate's" in finding.statement


@pytest.mark.parametrize("prompt", challenge.NAMES)
def test_every_prompt_has_its_words(prompt: PromptId) -> None:
    mark = Mark(prompt=prompt, start_s=1, end_s=3, phrase="amber river")
    (finding,) = said(replace(WELL, mark=mark, edge=0.7))
    assert challenge.NAMES[prompt] in finding.statement
    assert ("Words", "amber river") in finding.details


def test_without_prompts_it_does_not_apply() -> None:
    assert [f.outcome for f in challenge.run(case(a_round(1, seen("round-1/A", (0, 60)))))] == [Outcome.NOT_APPLICABLE]
    assert [f.outcome for f in said()] == [Outcome.NOT_APPLICABLE]
