"""People judge blind: the truth is shown after the vote, and a vote stays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.audit.conftest import TODAY
from verifier.audit import desk
from verifier.audit.desk import WHAT_WAS_DONE, Answer
from verifier.audit.people import AuditError
from verifier.audit.sets import read_truth, truth_path
from verifier.seeds.recipes import RECIPES


def test_every_manipulation_has_words() -> None:
    assert WHAT_WAS_DONE.keys() == RECIPES.keys()


def test_a_reviewer_goes_through_the_set_and_learns_after_each_vote(blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    truths, seen = read_truth(audit), []
    while (item := desk.next_item(audit, "anna")) is not None:
        with pytest.raises(AuditError, match="after the vote"):
            desk.reveal(audit, "anna", item.id)
        desk.vote(audit, "anna", item.id, Answer.CHANGED, "the chin flickers", 12.5)
        known, truth = desk.reveal(audit, "anna", item.id), truths[item.id]
        assert known.manipulation == truth.manipulation
        assert known.right is bool(truth.manipulation)
        assert (known.spans_s is None) is not bool(truth.manipulation)
        with pytest.raises(AuditError, match="already"):
            desk.vote(audit, "anna", item.id, Answer.AS_RECORDED)
        seen.append(item.id)
    assert sorted(seen) == sorted(audit.items)
    (votes,) = desk.all_votes(audit).values()
    assert {v.note for v in votes.values()} == {"the chin flickers"}
    assert desk.next_item(audit, "ben") is not None


def test_who_cannot_tell_is_neither_right_nor_wrong(blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    item = audit.file.items[0]
    desk.vote(audit, "ben", item.id, Answer.CANNOT_TELL)
    assert desk.reveal(audit, "ben", item.id).right is None


def test_sets_that_cannot_be_judged_say_why_in_one_line(blind: Path, tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="expired on"):
        desk.open_set(blind, today=TODAY + timedelta(days=91))
    sealed = truth_path(blind).read_text()
    truth_path(blind).write_text(sealed.replace("sealed", "seeled", 1))
    with pytest.raises(AuditError, match="missing or damaged"):
        desk.open_set(blind, today=TODAY)
    content = json.loads(sealed)
    truth_path(blind).write_text(json.dumps(content | {"sealed": content["sealed"][:-8]}))
    with pytest.raises(AuditError, match=r"damaged|changed"):
        desk.open_set(blind, today=TODAY)
    truth_path(blind).unlink()
    with pytest.raises(AuditError, match="missing or damaged"):
        desk.open_set(blind, today=TODAY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(AuditError, match="no audit set"):
        desk.open_set(tmp_path / "empty", today=TODAY)


@pytest.mark.parametrize("name", ["", "../anna", "a/b", ".hidden", "x" * 65])
def test_a_reviewers_name_is_no_path(name: str, blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    with pytest.raises(AuditError, match="reviewer's name"):
        desk.vote(audit, name, audit.file.items[0].id, Answer.CHANGED)


def test_broken_votes_are_one_line(blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    item = audit.file.items[0].id
    desk.vote(audit, "anna", item, Answer.CHANGED)
    path = blind / "votes" / "anna.json"
    whole = path.read_text()
    path.write_text(whole[:40])
    with pytest.raises(AuditError, match=r"votes in anna\.json cannot be read"):
        desk.next_item(audit, "anna")
    path.write_text(whole.replace(item, "00000000"))
    with pytest.raises(AuditError, match="not of the set"):
        desk.next_item(audit, "anna")


@pytest.mark.parametrize("name", ["O'Neil", "Müller, Ana"])
def test_a_reviewer_counts_once_however_the_name_is_typed(name: str, blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    first = desk.next_item(audit, name)
    assert first is not None
    desk.vote(audit, name, first.id, Answer.CHANGED)
    for typed in (
        name.upper(),
        name.replace("O", "o").replace(", ", ",  "),
        name.replace("ü", "u\u0308").replace("'", "’"),
    ):
        assert desk.votes_of(audit, typed).keys() == {first.id}
        with pytest.raises(AuditError, match="already"):
            desk.vote(audit, typed, first.id, Answer.AS_RECORDED)
    second = desk.next_item(audit, name.lower())
    assert second is not None
    desk.vote(audit, name.lower(), second.id, Answer.CHANGED)
    assert {n: len(v) for n, v in desk.all_votes(audit).items()} == {name: 2}


def test_votes_kept_under_two_spellings_before_are_one_reviewers(blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    one, two = (item.id for item in audit.file.items[:2])
    desk.vote(audit, "ana lima", one, Answer.CHANGED)
    kept = blind / "votes" / "ana lima.json"
    other = kept.read_text().replace("ana lima", "Ana Lima")
    (blind / "votes" / "Ana Lima.json").write_text(other.replace(one, two))
    assert desk.votes_of(audit, "ANA LIMA").keys() == {one, two}
    assert [len(v) for v in desk.all_votes(audit).values()] == [2]
