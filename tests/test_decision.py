"""A decision has an author, a time and a sentence; the second reviewer's is made before the first's is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verifier.decision import CHOICES, DecisionRecord, DecisionRefused, to_json

EMPTY = DecisionRecord((("round-1.mp4", "ab" * 32),), "2026-01-02T03:04:05+00:00")
NOTE = "The nose and the ears differ in every frame."


@pytest.mark.parametrize(
    ("who", "what", "why", "line"),
    [
        ("", CHOICES[0], NOTE, "name"),
        ("Ana", None, NOTE, "Choose"),
        ("Ana", "They lied", NOTE, "Choose"),
        ("Ana", CHOICES[0], "  ok ", "sentence"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(who: str, what: str | None, why: str, line: str) -> None:
    with pytest.raises(DecisionRefused, match=line):
        EMPTY.add(who, what, why)
    assert EMPTY.decisions == ()


def test_the_first_stays_covered_until_the_second_is_written() -> None:
    first = EMPTY.add("Ana  Lima", CHOICES[1], NOTE)
    covered = to_json(first)["decisions"][0]
    assert covered["reviewer"] == "Ana Lima"
    assert covered["decision"] is None
    assert covered["reason"] is None
    with pytest.raises(DecisionRefused, match="somebody else"):
        first.add("ana lima", CHOICES[0], NOTE)
    both = first.add("Bo", CHOICES[2], NOTE)
    assert [d["decision"] for d in to_json(both)["decisions"]] == [CHOICES[1], CHOICES[2]]
    assert [d.saw_first for d in both.decisions] == [False, False]
    with pytest.raises(DecisionRefused, match="Two"):
        both.add("Cy", CHOICES[0], NOTE)


def test_a_second_who_could_see_the_first_is_recorded_as_such() -> None:
    opened = replace(EMPTY.add("Ana", CHOICES[1], NOTE), opened=True)
    assert to_json(opened)["decisions"][0]["decision"] == CHOICES[1]
    assert opened.add("Bo", CHOICES[1], NOTE).decisions[1].saw_first
