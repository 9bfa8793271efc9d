"""People judge blind: the truth is shown after the vote, and a vote stays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.audit.conftest import TODAY
from verifier.audit import desk
from verifier.audit.desk import WHAT_WAS_DONE, Answer
from verifier.audit.figures import judged_in
from verifier.audit.people import AuditError
from verifier.audit.remove import delete_expired, withdraw
from verifier.audit.sets import (
    BORROWING,
    PUT_TOGETHER,
    SET,
    AuditSet,
    read_set,
    read_truth,
    sealed_truth,
    truth_path,
    write_file,
)
from verifier.audit.tool import run_tool
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
        assert known.whether_right == ("Right." if truth.manipulation else "Not so.")
        assert (known.spans_s is None) is not bool(truth.manipulation)
        with pytest.raises(AuditError, match="already"):
            desk.vote(audit, "anna", item.id, Answer.AS_RECORDED)
        seen.append(item.id)
    assert sorted(seen) == sorted(audit.items)
    (votes,) = desk.all_votes(audit).values()
    assert {v.note for v in votes.values()} == {"the chin flickers"}
    assert desk.next_item(audit, "ben") is not None


def relabelled(folder: Path, changes: dict[str, dict[str, object]]) -> AuditSet:
    """The set with other truth, under its own hash."""
    audit = read_set(folder)
    truths = {k: t.model_copy(update=changes.get(k, {})) for k, t in read_truth(audit).items()}
    content, digest = sealed_truth(audit.file.id, truths)
    truth_path(folder).write_bytes(content)
    write_file(folder / SET, audit.file.model_copy(update={"truth_sha256": digest}), "no")
    return read_set(folder)


def test_a_filter_is_named_and_a_call_that_was_put_together_is_not_called_as_recorded(blind: Path) -> None:
    truths = read_truth(read_set(blind))
    changed, genuine = ([k for k, t in truths.items() if bool(t.manipulation) is side] for side in (True, False))
    filtered = {"parameters": {"step": {"filter": "low light", "dropped": 0.25, "bit_rate": 150_000}}}
    put_together = {"drawn_for": PUT_TOGETHER, "parameters": {}}
    audit = relabelled(blind, {changed[0]: filtered, genuine[0]: filtered, genuine[1]: put_together})
    for item in (changed[0], *genuine):
        desk.vote(audit, "anna", item, Answer.CHANGED)
    for item in (changed[0], genuine[0]):
        words = desk.reveal(audit, "anna", item).words
        assert "It has what honest calls may have: a dark room; 25 % of its pictures lost" in words
        assert "coding with 150 kbit/s" in words
    known = desk.reveal(audit, "anna", genuine[1])
    assert known.right is None
    assert "as it was recorded" not in known.words
    assert "put together" in known.words
    assert {j.item for j in judged_in([blind])} == {changed[0], genuine[0]}


def test_who_takes_consent_back_is_in_no_call_any_more(blind: Path) -> None:
    audit = read_set(blind)
    first, *others = audit.items
    truths = {first: {"person": "ben", "others": ["anna"]}} | {k: {"person": "ben", "others": []} for k in others}
    audit = relabelled(blind, truths)
    desk.vote(audit, "eve", first, Answer.CHANGED)
    with pytest.raises(AuditError, match="no call with 'ann'"):
        withdraw(blind, "ann")
    assert withdraw(blind, "anna") == 1
    assert {p.name for p in blind.iterdir() if p.suffix in (".mkv", ".webm")} == {
        name for key in others for name in audit.items[key].files
    }
    audit = desk.open_set(blind, today=TODAY)
    seen = []
    while (item := desk.next_item(audit, "eve")) is not None:
        assert desk.judged(audit, "eve") == len(seen)
        assert audit.paths(item)
        desk.vote(audit, "eve", item.id, Answer.CHANGED)
        seen.append(item.id)
    assert sorted(seen) == sorted(others)
    assert len(judged_in([blind])) == len(others) + 1  # what was answered before stays
    assert withdraw(blind, "ben") == len(others)  # and again, as after one that was cut short
    with pytest.raises(AuditError, match="all were withdrawn"):
        run_tool(blind, today=TODAY)


def test_of_a_set_made_before_donors_were_kept_all_calls_go_that_may_have_one(blind: Path) -> None:
    audit = read_set(blind)
    old = {k: {"others": None, "person": "ben"} for k in audit.items}
    borrowed = [k for k, t in read_truth(audit).items() if t.manipulation in BORROWING]
    assert borrowed
    relabelled(blind, old)
    assert withdraw(blind, "anna") == len(borrowed)


def test_a_set_is_deleted_once_its_day_is_over(blind: Path) -> None:
    with pytest.raises(AuditError, match="has not expired"):
        delete_expired(blind, TODAY)
    assert delete_expired(blind, TODAY + timedelta(days=91)) == len(read_set(blind).items)
    assert not [p for p in blind.iterdir() if p.suffix in (".mkv", ".webm")]
    assert truth_path(blind).exists()


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


def test_of_two_answers_under_two_spellings_the_first_file_counts_everywhere(blind: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    item = audit.file.items[0].id
    desk.vote(audit, "ana lima", item, Answer.CHANGED)
    kept = (blind / "votes" / "ana lima.json").read_text()
    other = kept.replace("ana lima", "Ana Lima").replace('"changed"', '"as recorded"')
    (blind / "votes" / "Ana Lima.json").write_text(other)
    (counted,) = desk.all_votes(audit).values()
    assert counted[item].answer is desk.votes_of(audit, "ana lima")[item].answer is Answer.AS_RECORDED
