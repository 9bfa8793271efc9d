"""The desk as its page drives it: blind until the answer, nothing lost, one line for whatever is not there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.testclient import TestClient
from verifier_ui import audit, audit_sets
from verifier_ui.audit import AuditPage
from verifier_ui.audit_sets import AuditSets, routes
from verifier_ui.audit_views import ANSWERS
from verifier_ui.desk import Desk
from verifier_ui.desks import Desks
from verifier_ui.users import Role, User
from verifier_ui.worker import State, Worker

from tests.audit.conftest import TODAY
from verifier.audit import people
from verifier.audit.desk import WHAT_WAS_DONE, Answer, vote, votes_of
from verifier.audit.sets import (
    SET,
    Item,
    ItemTruth,
    SetFile,
    read_set,
    read_truth,
    sealed_truth,
    truth_path,
    write_file,
)

TOKEN, MATROSKA = "1" * 32, b"\x1a\x45\xdf\xa3"
NOBODY = gr.Request(None)
CHANGED, AS_RECORDED = (value for _, value in ANSWERS[:2])


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_day(monkeypatch, TODAY)


def set_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(audit_sets, "today", lambda: day)


@pytest.fixture
def blind(tmp_path: Path) -> Path:
    """A set as the page sees it: four calls, two of them changed, whose media nobody opens here."""
    folder = tmp_path / "audits" / "first set"
    folder.mkdir(parents=True)
    items, truths = [], {}
    for number, (drawn_for, changed) in enumerate(
        [("frozen", True), ("frozen", False), ("proxy", True), ("proxy", False)]
    ):
        item_id = f"{number + 1:08x}"
        files = [f"{item_id}{part}.mkv" for part in (("-1", "-2") if drawn_for == "proxy" else ("",))]
        items.append(Item(id=item_id, files=files))
        truths[item_id] = ItemTruth(
            manipulation=drawn_for if changed else "", drawn_for=drawn_for, person="made-up person 1", group="", quality="360p 300k H.264",
            span_s=(0, 2), parameters={},
        )  # fmt: skip
        for name in files:
            (folder / name).write_bytes(MATROSKA + b"x" * 90)
    content, digest = sealed_truth("0123456789abcdef", truths)
    truth_path(folder).write_bytes(content)
    made = SetFile(
        schema="audit-set-1", id="0123456789abcdef", made=TODAY, expires=TODAY + timedelta(days=90), consent="none needed",
        truth_sha256=digest, items=items,
    )  # fmt: skip
    write_file(folder / SET, made, "the set cannot be written")
    return folder


@pytest.fixture
def sets(blind: Path) -> AuditSets:
    return AuditSets(blind.parent)


@pytest.fixture
def page(blind: Path, tmp_path: Path) -> Iterator[AuditPage]:
    desks = Desks(tmp_path / "desks", Worker(), audits=blind.parent)
    with gr.Blocks() as blocks:
        made = AuditPage(blocks, desks)
    desks.open(TOKEN, "tab")
    yield made
    desks.close()


def desk_of(page: AuditPage) -> Desk:
    desk = page.desks.get(TOKEN)
    assert desk is not None
    return desk


def press(page: AuditPage, verb: str, item: str, name: str = "", request: gr.Request = NOBODY) -> audit.Shown:
    return page._choose(TOKEN, name, gr.EventData(None, {"verb": verb, "item": item}), request)


def answer(page: AuditPage, item: str, said: str | None = CHANGED, request: gr.Request = NOBODY) -> audit.Shown:
    return page._vote(TOKEN, item, said, "the chin flickers", request)


def visible(shown: audit.Shown, part: object) -> bool:
    return bool(shown[part]["visible"])


def test_the_page_tells_nothing_before_the_answer_and_everything_after(page: AuditPage, blind: Path) -> None:
    truths = read_truth(read_set(blind))
    shown, seen = press(page, "open", blind.name, "anna"), []
    while visible(shown, page.judging):
        item = shown[page.item]
        told = [words for words in (*WHAT_WAS_DONE, *WHAT_WAS_DONE.values()) if words in str(shown)]
        assert told == [], "before the answer"
        assert shown[page.truth] == ""
        assert f"Call {len(seen) + 1} of 4" in shown[page.call]
        assert "all bear the words SEEDED CALL" in shown[page.call]
        after = answer(page, item)
        assert page.call not in after  # the player stays
        assert (truths[item].manipulation or "as it was recorded") in after[page.truth].lower()
        right = "Right." if truths[item].manipulation else "Not so."
        assert f"You answered: changed. {right}" in after[page.truth]
        assert ("It was changed" in after[page.truth]) is bool(truths[item].manipulation)
        assert ("data-seek" in after[page.truth]) is bool(truths[item].manipulation)
        seen.append(item)
        shown = page._next(TOKEN, NOBODY)
    assert sorted(seen) == sorted(truths)
    assert visible(shown, page.result)
    assert "noticed 2 of 2 changed calls" in shown[page.report]
    assert {p.name for p in (desk_of(page).folder / "report").iterdir()} == {"audit-report.html", "audit-report.json"}
    given = votes_of(read_set(blind), "anna")
    assert all(v.note == "the chin flickers" and v.seconds is not None for v in given.values())
    assert "You have judged 4 of them" in page._leave_set(TOKEN, NOBODY)[page.listed]


def test_an_answer_from_a_second_tab_changes_nothing(page: AuditPage, blind: Path) -> None:
    first = press(page, "open", blind.name, "anna")[page.item]
    answer(page, first, CHANGED)
    again = answer(page, first, AS_RECORDED)
    assert "already" in again[page.notes]
    assert again[page.item] != first
    page._next(TOKEN, NOBODY)
    late = press(page, "open", blind.name, "anna")[page.item]
    vote(read_set(blind), "anna", late, Answer.CANNOT_TELL)  # elsewhere, while this tab still shows it
    assert "already" in answer(page, late)[page.notes]
    assert [v.answer for v in votes_of(read_set(blind), "anna").values()] == [Answer.CHANGED, Answer.CANNOT_TELL]


def test_what_is_missing_is_said_and_the_page_stays(page: AuditPage, blind: Path) -> None:
    assert "Write your name first" in press(page, "open", blind.name)[page.notes]
    assert "not here any more" in press(page, "open", "../first set", "anna")[page.notes]
    assert "reviewer&#39;s name" in press(page, "open", blind.name, "a/b")[page.notes]
    item = press(page, "open", blind.name, "anna")[page.item]
    assert set(answer(page, item, None)) == {page.refused}
    (blind / "votes").write_text("no folder")  # as on a disk that takes nothing
    kept = answer(page, item)
    assert set(kept) == {page.refused}
    assert "vote cannot be kept" in kept[page.refused]
    assert "had been closed" in page._next("2" * 32, NOBODY)[page.notes]


def test_without_its_truth_a_set_is_judged_and_nothing_is_told(page: AuditPage, blind: Path) -> None:
    truth_path(blind).unlink()
    shown = press(page, "open", blind.name, "anna")
    while visible(shown, page.judging):
        assert "not on this computer" in answer(page, shown[page.item])[page.truth]
        shown = page._next(TOKEN, NOBODY)
    assert "not on this computer" in shown[page.report]
    assert "iframe" not in shown[page.report]
    assert len(votes_of(read_set(blind), "anna")) == 4


def test_a_damaged_truth_is_one_line(page: AuditPage, blind: Path) -> None:
    truth_path(blind).write_text("{")
    shown = press(page, "open", blind.name, "anna")
    assert "missing or damaged" in shown[page.notes]
    assert visible(shown, page.choosing)


def test_an_expired_set_gives_its_report_and_its_calls_can_be_deleted(
    page: AuditPage, sets: AuditSets, blind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = press(page, "open", blind.name, "anna")[page.item]
    answer(page, first)
    for verb in ("delete", "report"):  # the page does not offer them, but a browser may send anything
        refused = press(page, verb, blind.name)
        assert "Not now." in refused[page.notes]
        assert not refused.get(page.report)
        assert desk_of(page).sitting is not None
        assert not desk_of(page).sitting.report_only
    assert len(list(blind.glob("*.mkv"))) == 6
    set_day(monkeypatch, TODAY + timedelta(days=91))
    (line,) = sets.lines("")
    assert [verb for verb, _ in line.verbs] == ["report", "delete"]
    assert "xpired on" in press(page, "open", blind.name, "anna")[page.notes]
    shown = press(page, "report", blind.name)
    assert "How often are we right" in shown[page.report]
    assert not visible(shown, page.judge)
    press(page, "delete", blind.name)
    assert not [p for p in blind.iterdir() if p.suffix in (".mkv", ".webm")]
    (line,) = sets.lines("")
    assert [verb for verb, _ in line.verbs] == ["report"]
    assert len(votes_of(read_set(blind), "anna")) == 1


def test_sets_that_cannot_be_read_are_listed_with_their_reason(sets: AuditSets, blind: Path) -> None:
    shutil.copytree(blind, blind.with_name("torn"))
    (blind.with_name("torn") / "set.json").write_text("{")
    blind.with_name("no set").mkdir()
    assert [(line.name, bool(line.verbs)) for line in sets.lines("anna")] == [(blind.name, True), ("torn", False)]
    assert AuditSets(blind / "nowhere").lines("") == []


def test_whoever_is_logged_in_answers_under_that_name(page: AuditPage, blind: Path) -> None:
    maria = gr.Request(
        HttpRequest({"type": "http", "verifier_user": User("maria@x.example", Role.REVIEWER), "headers": []})
    )
    desk_of(page).owner = "maria@x.example"
    item = press(page, "open", blind.name, "somebody else", maria)[page.item]
    answer(page, item, CHANGED, maria)
    assert [p.name for p in (blind / "votes").iterdir()] == ["maria@x.example.json"]


def test_only_calls_are_served(sets: AuditSets, blind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    app.include_router(routes(sets))
    client, made = TestClient(app), read_set(blind)
    item = made.file.items[0]
    good = f"/audit/calls/{made.file.id}/{item.id}"
    answer = client.get(f"{good}/1", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, MATROSKA)
    assert answer.headers["content-type"] == "video/webm"
    for url in (
        f"{good}/0", f"{good}/3", f"/audit/calls/{made.file.id}/00000000/1", f"/audit/calls/{'0' * 16}/{item.id}/1",
        f"/audit/calls/{blind.name}/{item.id}/1", f"/audit/calls/..%2F{blind.name}/set.json/1",
    ):  # fmt: skip
        assert client.get(url).status_code == 404, url
    assert client.get(f"{good}/x").status_code == 422
    set_day(monkeypatch, TODAY + timedelta(days=91))
    assert client.get(f"{good}/1").status_code == 404


def wait_over(page: AuditPage) -> State:
    job, end = desk_of(page).job, time.monotonic() + 200
    assert job is not None
    while not job.over and time.monotonic() < end:
        time.sleep(0.05)
    return job.state


def test_a_set_is_made_by_one_click_and_a_stopped_one_leaves_nothing(
    page: AuditPage, sets: AuditSets, blind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_sets, "MOST_SECONDS", 4.0)
    size = next(iter(audit_sets.SIZES))
    assert visible(page._make(TOKEN, size, NOBODY), page.working)
    page._cancel(TOKEN, NOBODY)
    assert "was stopped" in page._tick(TOKEN, NOBODY)[page.notes]
    shown = page._make(TOKEN, size, NOBODY)
    assert "Making the set" in shown[page.progress]
    assert wait_over(page) is State.DONE
    shown = page._tick(TOKEN, NOBODY)
    assert "The set is ready" in shown[page.notes]
    name = f"Samples {TODAY}"
    assert f"Open: {name}" in shown[page.listed]
    assert len(read_set(blind.parent / name).file.items) == 4
    assert sets.new_folder().name == f"{name} (2)"
    assert sorted(p.name for p in blind.parent.iterdir() if p.name.startswith(".")) == []


def test_samples_that_are_not_here_are_one_line(
    page: AuditPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(people, "SAMPLES", tmp_path / "nowhere")
    page._make(TOKEN, next(iter(audit_sets.SIZES)), NOBODY)
    assert wait_over(page) is State.UNUSABLE
    assert "sample recordings are not here" in page._tick(TOKEN, NOBODY)[page.notes]
