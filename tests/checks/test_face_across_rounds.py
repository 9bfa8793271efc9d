from __future__ import annotations

import pytest

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, case, compared, seen
from verifier.checks import face_across_rounds
from verifier.findings import Outcome

ONE, TWO, THREE = (a_round(n, seen(f"round-{n}/A", (0, 60))) for n in (1, 2, 3))


def test_one_round_has_nothing_to_compare_with() -> None:
    (finding,) = face_across_rounds.run(case(ONE))
    assert finding.outcome is Outcome.NOT_APPLICABLE


def test_every_pair_is_a_finding_of_its_own() -> None:
    pairs = {("round-1", "round-2"): SAME, ("round-1", "round-3"): DIFFERENT, ("round-2", "round-3"): OPEN}
    built = case(ONE, TWO, THREE, compared={pair: compared(values) for pair, values in pairs.items()})
    findings = face_across_rounds.run(built)
    assert [(f.rounds, f.outcome) for f in findings] == [
        (("round-1", "round-2"), Outcome.NOT_OBSERVED),
        (("round-1", "round-3"), Outcome.OBSERVED),
        (("round-2", "round-3"), Outcome.INCONCLUSIVE),
    ]
    assert findings[1].statement == (
        "The faces in Round 1 (call-1.mp4) and Round 3 (call-3.mp4): moderate support for different people "
        "(about 30 times more likely if they are different people). Compared: 5 frames with 5 frames."
    )
    assert findings[1].pictures == ("round-1/A#0", "round-3/A#0")
    assert findings[1].score == 0.5


def test_a_single_frame_is_counted_as_one() -> None:
    few = a_round(2, seen("round-2/A", (0, 1), frames=1))
    built = case(ONE, few, compared={("round-1", "round-2"): compared(SAME)})
    assert "5 frames with 1 frame." in face_across_rounds.run(built)[0].statement


@pytest.mark.parametrize(
    ("first", "second", "comparison", "said"),
    [
        (a_round(1, reason="nobody was seen"), TWO, None, "in Round 1, nobody was seen"),
        (ONE, a_round(2, reason="nobody was seen"), None, "in Round 2, nobody was seen"),
        (ONE, TWO, compared(None, "no calibration for this comparator"), "no calibration for this comparator"),
        (ONE, TWO, None, "no usable picture of the face"),
    ],
)
def test_a_pair_that_could_not_be_compared_names_the_round_and_the_reason(
    first: object, second: object, comparison: object, said: str
) -> None:
    pairs = {("round-1", "round-2"): comparison} if comparison else {}
    (finding,) = face_across_rounds.run(case(first, second, compared=pairs))  # type: ignore[arg-type]
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert said in finding.statement
    assert finding.details == (("Reason", said),)
    assert finding.lr is None
