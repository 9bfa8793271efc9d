from __future__ import annotations

import pytest

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, case, compared, reference, seen
from verifier.checks import face_reference
from verifier.findings import Outcome
from verifier.likelihood import Support


def test_without_a_reference_the_question_does_not_arise() -> None:
    (finding,) = face_reference.run(case(a_round(1, seen("round-1/A", (0, 60)))))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.lr is None


@pytest.mark.parametrize(
    ("values", "outcome", "support", "words"),
    [
        (SAME, Outcome.NOT_OBSERVED, Support.FIRST, "moderately strong support for the same person (about 300 times"),
        (DIFFERENT, Outcome.OBSERVED, Support.SECOND, "moderate support for different people (about 30 times"),
        (OPEN, Outcome.INCONCLUSIVE, Support.INCONCLUSIVE, "no clear support either way."),
    ],
)
def test_the_ratio_decides_outcome_and_words(
    values: tuple[float, float, float], outcome: Outcome, support: Support, words: str
) -> None:
    faces = case(
        a_round(1, seen("round-1/A", (0, 60))),
        references=(reference(1),),
        compared={("round-1", "reference-1"): compared(values)},
    )
    (finding,) = face_reference.run(faces)
    assert (finding.outcome, finding.support) == (outcome, support)
    assert words in finding.statement
    assert "Round 1 (call-1.mp4)" in finding.statement
    assert "the photo passport.jpg" in finding.statement
    assert "5 frames with 1 photo" in finding.statement
    assert finding.pictures == ("round-1/A#0", "reference-1#0")
    assert finding.rounds == ("round-1", "reference-1")
    assert bool(finding.next_step) is (outcome is not Outcome.NOT_OBSERVED)


def test_every_round_meets_every_reference() -> None:
    rounds = (a_round(1, seen("round-1/A", (0, 60))), a_round(2, seen("round-2/A", (0, 60))))
    findings = face_reference.run(case(*rounds, references=(reference(1), reference(2, "cv.png"))))
    assert {f.rounds for f in findings} == {(f"round-{r}", f"reference-{n}") for r in (1, 2) for n in (1, 2)}


@pytest.mark.parametrize(
    ("round_reason", "reference_reason", "comparison", "why"),
    [
        ("", "no face was found in it", None, "no face was found in it"),
        ("the recording has no picture", "", None, "the recording has no picture"),
        ("", "", compared(None, "the face is too small"), "the face is too small"),
        ("", "", None, "no usable picture of the face"),
    ],
)
def test_what_could_not_be_compared_says_why_and_is_never_clean(
    round_reason: str, reference_reason: str, comparison: object, why: str
) -> None:
    faces = () if round_reason else (seen("round-1/A", (0, 60)),)
    pairs = {("round-1", "reference-1"): comparison} if comparison else {}
    built = case(
        a_round(1, *faces, reason=round_reason),
        references=(reference(1, "id.pdf", "document page", reference_reason),),
        compared=pairs,  # type: ignore[arg-type]
    )
    (finding,) = face_reference.run(built)
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert why in finding.statement
    assert "the document id.pdf" in finding.statement
    assert finding.next_step
    assert finding.lr is None
    assert finding.score is None
