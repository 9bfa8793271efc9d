from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.cases import DIFFERENT, HERE, OPEN, SAME, THERE, a_round, case, compared, seen
from verifier.calibration import Comparison
from verifier.checks import face_continuity
from verifier.checks.base import ObservedRound, Seen
from verifier.findings import Finding, Outcome

HALVES = ("round-1#first", "round-1#last")
OTHER = ("round-1", "round-1/B")


def run(r: ObservedRound, pairs: dict[tuple[str, str], Comparison] | None = None) -> list[Finding]:
    return face_continuity.run(case(r, compared=pairs))


def changed(candidate: Seen, other: Seen, values: tuple[float, float, float] = DIFFERENT) -> Finding:
    (finding,) = run(a_round(1, candidate, other), {OTHER: compared(values), HALVES: compared(SAME)})
    return finding


def test_without_a_candidate_it_says_why() -> None:
    (finding,) = run(a_round(1, reason="no face was found"))
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert "no face was found" in finding.statement
    assert finding.next_step


@pytest.mark.parametrize(
    ("values", "outcome"),
    [(SAME, Outcome.NOT_OBSERVED), (DIFFERENT, Outcome.OBSERVED), (OPEN, Outcome.INCONCLUSIVE)],
)
def test_one_face_is_compared_from_beginning_to_end(values: tuple[float, float, float], outcome: Outcome) -> None:
    (finding,) = run(a_round(1, seen("round-1/A", (0, 60))), {HALVES: compared(values)})
    assert finding.outcome is outcome
    assert "first and in the second half of its pictures in Round 1 (call-1.mp4), 00:00 to 01:00: " in finding.statement
    assert finding.lr is not None


@pytest.mark.parametrize(
    ("halves", "why"),
    [
        (None, "fewer than 4 usable pictures of the face"),
        (compared(None, "the face is too small"), "the face is too small"),
    ],
)
def test_too_little_of_a_face_is_not_available(halves: Comparison | None, why: str) -> None:
    (finding,) = run(a_round(1, seen("round-1/A", (0, 60))), {HALVES: halves} if halves else {})
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert why in finding.statement


def test_another_face_in_the_same_place_is_a_change_with_its_time() -> None:
    finding = changed(seen("round-1/A", (0, 17)), seen("round-1/B", (22, 60)))
    assert finding.outcome is Outcome.OBSERVED
    assert "one face until 00:17, a face in the same place from 00:22 on" in finding.statement
    assert "moderate support for different people" in finding.statement
    assert [s.seconds() for s in finding.spans] == [(12.0, 27.0)]
    assert finding.pictures == ("round-1/A#0", "round-1/B#0")


def test_the_other_face_may_come_first_and_the_span_stays_inside_the_recording() -> None:
    finding = changed(seen("round-1/A", (4, 60)), seen("round-1/B", (0, 3)))
    assert "until 00:03" in finding.statement
    assert [s.seconds() for s in finding.spans] == [(0.0, 9.0)]


@pytest.mark.parametrize(("values", "outcome"), [(SAME, Outcome.NOT_OBSERVED), (OPEN, Outcome.INCONCLUSIVE)])
def test_a_change_that_is_no_supported_difference_is_not_observed(
    values: tuple[float, float, float], outcome: Outcome
) -> None:
    finding = changed(seen("round-1/A", (0, 17)), seen("round-1/B", (22, 60)), values)
    assert finding.outcome is outcome
    assert finding.spans


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(seen("round-1/B", (22, 60), at=THERE), id="another place"),
        pytest.param(seen("round-1/B", (5, 60)), id="at the same time"),
    ],
)
def test_other_people_of_a_call_are_no_change(other: Seen) -> None:
    finding = changed(seen("round-1/A", (0, 17), at=HERE), other)
    assert finding.outcome is Outcome.NOT_OBSERVED
    assert "00:00 to 00:17" in finding.statement


@pytest.mark.parametrize(
    ("other", "comparison", "why"),
    [
        (seen("round-1/B", (22, 60), frames=None), None, "no usable picture of one of them"),
        (seen("round-1/B", (22, 60)), compared(None, "the face is too small"), "the face is too small"),
    ],
)
def test_a_face_that_follows_and_cannot_be_compared_is_never_a_clean_result(
    other: Seen, comparison: Comparison | None, why: str
) -> None:
    pairs = {HALVES: compared(SAME)} | ({OTHER: comparison} if comparison else {})
    (finding,) = run(a_round(1, seen("round-1/A", (0, 17)), other), pairs)
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert why in finding.statement
    assert "one face until 00:17" in finding.statement
    assert [s.seconds() for s in finding.spans] == [(12.0, 27.0)]


def test_a_face_that_comes_and_goes_in_the_candidates_place_is_named_with_its_seconds() -> None:
    r = a_round(1, seen("round-1/A", (0, 17), (41, 60)), seen("round-1/B", (20, 40)))
    steady, between = run(r, {OTHER: compared(DIFFERENT), HALVES: compared(SAME)})
    assert steady.outcome is Outcome.NOT_OBSERVED
    assert between.outcome is Outcome.INCONCLUSIVE
    assert "00:20-00:40" in between.statement
    assert "speaker view" in between.statement
    assert [s.seconds() for s in between.spans] == [(20.0, 40.0)]
    assert between.lr is None


def test_people_who_take_turns_leave_seconds_that_could_not_be_seen() -> None:
    mine, theirs = [(20 * n, 20 * n + 9) for n in range(5)], [(20 * n + 10, 20 * n + 19) for n in range(4)]
    r = a_round(1, seen("round-1/A", *mine), seen("round-1/B", *theirs), end=100)
    _, between = run(r, {OTHER: compared(DIFFERENT), HALVES: compared(SAME)})
    assert between.outcome is Outcome.NOT_AVAILABLE
    assert len(between.spans) == 4


def test_faces_beyond_what_is_followed_are_said() -> None:
    r = replace(a_round(1, seen("round-1/A", (0, 60))), not_followed=7)
    _, beyond = run(r, {HALVES: compared(SAME)})
    assert beyond.outcome is Outcome.NOT_AVAILABLE
    assert "7 more sightings" in beyond.statement


def test_each_round_speaks_for_itself() -> None:
    rounds = (a_round(1, seen("round-1/A", (0, 60))), a_round(2, reason="nobody was seen"))
    findings = face_continuity.run(case(*rounds, compared={HALVES: compared(SAME)}))
    assert [(f.rounds, f.outcome) for f in findings] == [
        (("round-1",), Outcome.NOT_OBSERVED),
        (("round-2",), Outcome.NOT_AVAILABLE),
    ]
