"""A tab's address opens its desk for who opened it, on pages and on routes, whoever asks first; a case's desk where cases are shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.testclient import TestClient
from verifier_ui import compare, page
from verifier_ui.audit import AuditPage
from verifier_ui.case_add import NO_CASE, AddToCasePage
from verifier_ui.check_call import CheckCallPage
from verifier_ui.compare import ComparePage
from verifier_ui.desks import Desks
from verifier_ui.files_in_out import routes
from verifier_ui.recovery import take_over
from verifier_ui.users import Role, User
from verifier_ui.whose import NOT_YOURS, OF_A_CASE
from verifier_ui.worker import Worker

from tests.ui.test_desk import put
from verifier.decision import CHOICES, DecisionRecord

TOKEN = "de610f1e05fb44e8a13434b816141e78"
NOTE = "The nose and the ears differ in every frame."


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    held = Desks(tmp_path / "desks", Worker(), audits=tmp_path)
    yield held
    held.close()


def asks(name: str) -> gr.Request:
    user = User(name, Role.REVIEWER) if name else None
    return gr.Request(
        HttpRequest({"type": "http", "verifier_user": user, "headers": []}), session_hash=f"tab of {name}"
    )


def built(kind: type[Any], desks: Desks) -> Any:
    with gr.Blocks() as blocks:
        return kind(blocks, desks)


def opened(shown: Any, name: str, how: str = "known") -> str:
    """Everything that opening the tab's address shows."""
    return str(shown._open(f"{TOKEN} {how}", asks(name)))


@pytest.mark.parametrize("kind", [CheckCallPage, ComparePage, AddToCasePage, AuditPage])
def test_a_page_opens_nobody_elses_desk_and_changes_nothing_there(kind: type[Any], desks: Desks) -> None:
    shown = built(kind, desks)
    opened(shown, "ann", "new")
    ann = desks.get(TOKEN, "ann")
    assert ann is not None
    put(ann, "her-call.mp4")
    for name in ("bob", ""):
        assert desks.get(TOKEN, name) is None
        told = opened(shown, name)
        assert NOT_YOURS in told
        assert "her-call" not in told
        with pytest.raises(ValueError, match="somebody else"):
            desks.open(TOKEN, "x", name)
    if kind is not AuditPage:
        bob = asks("bob")
        for does in (shown._clear, shown._again, shown._cancel, shown._tick):
            assert page.GONE in str(does(TOKEN, bob))
        fields = [None] * len(shown.fields)
        removed = gr.EventData(None, {"verb": "remove", "item": ann.recordings[0].id})
        assert page.GONE in str(shown._files(removed, bob, TOKEN, *fields))
        assert page.GONE in str(shown._start(bob, TOKEN, *fields))
        assert "her-call" in str(shown._tick(TOKEN, asks("ann")))
    assert [h.path.is_file() for h in ann.recordings] == [True]


def client_of(desks: Desks) -> TestClient:
    app = FastAPI()

    @app.middleware("http")
    async def named(request: HttpRequest, go_on: Any) -> Any:
        name, _, role = request.headers.get("as", "").partition(":")
        request.scope["verifier_user"] = User(name, Role(role or "reviewer")) if name else None
        return await go_on(request)

    app.include_router(routes(desks))
    return TestClient(app)


def test_a_route_serves_nobody_elses_desk_and_asking_first_wins_nothing(desks: Desks) -> None:
    client = client_of(desks)
    assert client.get(f"/desk/{TOKEN}/state", headers={"as": "bob"}).json() is None  # before there is anything
    desk = desks.open(TOKEN, "tab", "ann")
    file_id = put(desk, "a.mp4")
    (desk.folder / "report").mkdir()
    (desk.folder / "report" / "report.html").write_text("hers")
    desk.recovered = True
    paths = (f"media/{file_id}", "report.html")
    for who, status, state in (("bob", 404, False), ("", 404, False), ("ann", 200, True)):
        asked = {"as": who}
        assert [client.get(f"/desk/{TOKEN}/{path}", headers=asked).status_code for path in paths] == [status] * 2
        assert bool(client.get(f"/desk/{TOKEN}/state", headers=asked).json()) is state
    assert client.put(f"/desk/{TOKEN}/recordings?name=x.mp4", content=b"x", headers={"as": "bob"}).status_code == 404
    desk.case = "c-0123456789"
    assert client.get(f"/desk/{TOKEN}/report.html", headers={"as": "ann:document-desk"}).status_code == 404
    assert client.get(f"/desk/{TOKEN}/state", headers={"as": "ann"}).json()["path"] == "/add-to-case"


def test_a_cases_desk_is_shown_where_cases_are(desks: Desks) -> None:
    desk = desks.open(TOKEN, "tab", "ann")
    put(desk, "of-the-case.mp4")
    desk.case = "c-0123456789"
    for kind in (CheckCallPage, ComparePage, AuditPage):
        told = opened(built(kind, desks), "ann")
        assert OF_A_CASE in told
        assert "of-the-case" not in told
    told = opened(built(AddToCasePage, desks), "ann")
    assert "of-the-case" in told
    assert NO_CASE in told  # no folder is open here


def test_whose_files_they_were_outlives_a_killed_server(desks: Desks, tmp_path: Path) -> None:
    desk = desks.open(TOKEN, "tab", "ann")
    put(desk, "a.mp4")
    left = tmp_path / "left" / "desks"
    left.mkdir(parents=True)
    desk.folder.rename(left / "one")
    after = Desks(tmp_path / "after", Worker())
    take_over(left.parent, after)
    assert after.get(TOKEN, "bob") is None
    assert after.get(TOKEN) is None
    taken = after.get(TOKEN, "ann")
    assert taken is not None
    assert [h.name for h in taken.recordings] == ["a.mp4"]
    after.close()


def test_one_login_is_one_reviewer(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "record_of", lambda report: DecisionRecord((), ""))
    shown = built(ComparePage, desks)
    for name in ("ann", ""):
        token = TOKEN if name else "1" * 32
        desk = desks.open(token, token, name)
        desk.report = SimpleNamespace()  # type: ignore[assignment]
        said = str(shown._save(token, "Lee", NOTE, CHOICES[0], asks(name)))
        assert ("page is yours alone" in said) is bool(name)
        again = str(shown._save(token, "Kim", NOTE, CHOICES[1], asks(name)))
        assert ("somebody else than" in again) is bool(name)
        assert desk.decisions is not None
        assert [d.reviewer for d in desk.decisions.decisions] == (["ann"] if name else ["Lee", "Kim"])
        assert shown._found(token, asks(name))[2]["visible"] is not bool(name)
