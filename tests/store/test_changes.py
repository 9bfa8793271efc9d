"""What a report says otherwise than the one before: one added round is one line, not one a check."""

from __future__ import annotations

from typing import Any

from verifier.store.changes import changes_between

SEEN, CALM, UNSEEN = "observed", "not_observed", "not_available"


def report(rounds: int, *findings: tuple[str, tuple[str, ...], str]) -> dict[str, Any]:
    return {
        "versions": [{"label": "dlib", "value": "20"}],
        "rounds": [{"id": f"round-{n}", "label": f"Round {n}"} for n in range(1, rounds + 1)],
        "evidence": [{"id": "reference-1", "name": "passport.jpg", "round": None}],
        "findings": [{"check": c, "rounds": list(r), "outcome": o} for c, r, o in findings],
    }


ONE, TWO = ("round-1",), ("round-1", "round-2")
BEFORE = (
    ("frozen-frames", ONE, CALM), ("face-reference", ("reference-1",), CALM), ("face-across-rounds", ONE, UNSEEN),
)  # fmt: skip


def test_an_added_round_is_one_line_and_a_check_over_all_of_them_is_told_by_its_outcome() -> None:
    before = report(1, *BEFORE)
    assert changes_between(before, before) == ()
    now = (*BEFORE[:2], ("frozen-frames", ("round-2",), CALM), ("lip-sync", ("round-2",), UNSEEN))
    assert changes_between(before, report(2, *now, ("face-across-rounds", TWO, UNSEEN))) == ("Round 2 was added",)
    assert changes_between(before, report(2, *now, ("face-across-rounds", TWO, SEEN))) == (
        "Round 2 was added",
        "face-across-rounds: could not be seen before, look at this now",
    )


def test_what_changed_of_the_same_files_is_told_by_their_names() -> None:
    before = report(1, *BEFORE)
    after = report(1, BEFORE[0], ("face-reference", ("reference-1",), SEEN), ("mrz", ("reference-1",), CALM))
    assert changes_between(before, after) == (
        "face-reference, passport.jpg: nothing to look at before, look at this now",
        "mrz, passport.jpg: new",
        "face-across-rounds, Round 1: no longer there",
    )
    assert changes_between(report(2, *BEFORE), before) == ("Round 2 is not there any more",)
