"""The routes of the live desk: bad input is one line, and a call belongs to who opened it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from verifier_ui import live_routes
from verifier_ui.consent import BASES
from verifier_ui.desks import Desks
from verifier_ui.live_call import LiveDesk
from verifier_ui.live_routes import MOST_FILES, routes
from verifier_ui.users import Role, User
from verifier_ui.worker import Worker

from tests.media.test_live import feed
from verifier.case_desk import CaseDesk
from verifier.challenges import Mark
from verifier.live.calls import MOST_CALLS, Calls
from verifier.live.session import open_session, read_session
from verifier.media.live_recorder import Recorder
from verifier.store.repository import Repository

BASIS = next(iter(BASES))
PHOTO = Path(__file__).resolve().parents[2] / "samples" / "media" / "passport-photo.jpg"
OPENING = {"basis": BASIS, "told": True}


@pytest.fixture
def desk(home, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveDesk]:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("verifier.live.analyst.Analyst.warm", lambda self: None)
    worker = Worker()
    yield LiveDesk(Calls(), worker)
    worker.close()


@pytest.fixture
def client(desk: LiveDesk) -> TestClient:
    return client_of(desk)


def client_of(desk: LiveDesk, desks: Desks | None = None) -> TestClient:
    """Speaks as whoever the header names."""
    app = FastAPI()
    app.include_router(routes(desk, desks))

    @app.middleware("http")
    async def named(request: Request, go_on):  # type: ignore[no-untyped-def]
        name = request.headers.get("as", "")
        request.scope["verifier_user"] = User(name, Role.INTERVIEWER) if name else None
        return await go_on(request)

    return TestClient(app)


def opened(client: TestClient, name: str = "") -> str:
    return client.post("/live/calls", json=OPENING, headers={"as": name}).json()["id"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"basis": BASIS, "told": False}, 409),
        ({"basis": "because", "told": True}, 409),
        ({"basis": BASIS}, 422),
        ({"basis": BASIS, "told": True, "name": "x" * 121}, 422),
    ],
)
def test_nothing_is_recorded_before_the_candidate_was_told(client: TestClient, home, body: dict, code: int) -> None:  # type: ignore[no-untyped-def, type-arg]
    assert client.post("/live/calls", json=body).status_code == code
    assert not (home / "live").exists()


def test_a_call_belongs_to_who_opened_it(client: TestClient) -> None:
    call = opened(client, "maria")
    asked = [
        ("GET", "state"), ("POST", "end"), ("POST", "report"), ("GET", "report"), ("GET", "report.html"),
        ("GET", "report.json"), ("DELETE", ""), ("POST", "keep"), ("PUT", "files?name=a.jpg"),
    ]  # fmt: skip
    for method, path in asked:
        url = f"/live/{call}/{path}".rstrip("/")
        assert client.request(method, url, headers={"as": "paul"}).status_code == 404, path
        assert client.request(method, url).status_code == 404, path
    for path, body in (("offer", {"sdp": "v=0", "type": "offer"}), ("prompt", {"act": "ask"})):
        assert client.post(f"/live/{call}/{path}", json=body, headers={"as": "paul"}).status_code == 404
    assert client.get(f"/live/{call}/state", headers={"as": "maria"}).json()["ended"] is False


@pytest.mark.parametrize("name", ["session.json", "..%2f..%2fusers.json", "recording", "report.html%00", "part-01.mkv"])
def test_no_path_leads_into_the_folder(client: TestClient, name: str) -> None:
    call = opened(client)
    assert client.get(f"/live/{call}/{name}").status_code in (404, 422)


def test_a_bad_offer_is_one_line(client: TestClient) -> None:
    call = opened(client)
    answer = client.post(f"/live/{call}/offer", json={"sdp": "v=0\r\nm=video nonsense", "type": "offer"})
    assert answer.status_code == 400
    assert len(answer.text.splitlines()) == 1
    assert client.post(f"/live/{call}/offer", json={"sdp": "x" * 70_000, "type": "offer"}).status_code == 422


def test_files_that_cannot_be_compared_with(
    client: TestClient, desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = opened(client)
    text = client.put(f"/live/{call}/files", params={"name": "../../x.jpg"}, content=b"hello there\n" * 9)
    assert text.status_code == 413
    assert text.text.startswith("x.jpg: not added.")
    monkeypatch.setattr(live_routes, "MOST_FILE_BYTES", 10)
    assert client.put(f"/live/{call}/files", params={"name": "a.mp4"}, content=b"x" * 99).status_code == 413
    held = desk.calls.get(call)
    assert held is not None
    assert held.to_compare == []
    assert list(held.session.files.iterdir()) == []
    held.to_compare = [held.session.files / f"{n}-a.jpg" for n in range(MOST_FILES)]
    assert "most to compare" in client.put(f"/live/{call}/files", params={"name": "a.mp4"}, content=b"x").text


def test_a_call_that_a_stop_interrupted_is_found_and_becomes_a_report(client: TestClient) -> None:
    session = open_session("maria", BASIS)
    path = session.next_part()
    assert path is not None
    recorder = Recorder(path, expects_audio=False)
    feed(recorder, 3)
    recorder.close()
    shutil.copy(path, session.files / "1-earlier.mkv")
    session.mark(Mark(prompt="turn-left", start_s=1, end_s=20, file=path.name))  # nothing came for long before "Done"
    session.mark(Mark(prompt="look-up", start_s=1, end_s=2, file="part-07.mkv"))  # of which nothing was received
    maria = {"as": "maria"}
    assert [k["id"] for k in client.get("/live/calls", headers=maria).json()] == [session.id]
    assert client.get("/live/calls", headers={"as": "paul"}).json() == []
    assert client.get(f"/live/{session.id}/state", headers=maria).json()["interrupted"]
    assert client.post(f"/live/{session.id}/end", headers=maria).json() == {"parts": 1}
    assert client.post(f"/live/{session.id}/report", headers=maria).json()["state"] in ("waiting", "running")
    end = time.monotonic() + 120
    while client.get(f"/live/{session.id}/report", headers=maria).json()["state"] in ("waiting", "running"):
        assert time.monotonic() < end
        time.sleep(0.2)
    assert "The candidate was told" in client.get(f"/live/{session.id}/report.html", headers=maria).text
    found = client.get(f"/live/{session.id}/report.json", headers=maria).json()["findings"]
    (answer,) = [f for f in found if f["check"] == "challenge"]
    assert answer["rounds"] == ["round-2"]
    assert "a turn to the left" in answer["statement"]
    assert client.delete(f"/live/{session.id}", headers=maria).status_code == 200
    assert read_session(session.id) is None


def test_a_call_taken_up_again_has_its_files(
    client: TestClient, desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, handed_in = opened(client), []
    monkeypatch.setattr("verifier.live.files.ComparedFiles.add", lambda self, call, path: handed_in.append(path.name))
    for name in ("a.jpg", "b.jpg"):
        assert client.put(f"/live/{call}/files", params={"name": name}, content=PHOTO.read_bytes()).status_code == 200
    assert handed_in == ["1-a.jpg", "2-b.jpg"]
    again = client_of(LiveDesk(Calls(), desk.worker))  # as after a kill
    assert again.post(f"/live/{call}/prompt", json={"act": "ask"}).json()["files"] == ["1-a.jpg", "2-b.jpg"]
    assert handed_in == ["1-a.jpg", "2-b.jpg"] * 2
    for number in range(3, MOST_FILES + 2):
        answer = again.put(f"/live/{call}/files", params={"name": "a.jpg"}, content=PHOTO.read_bytes())
        assert answer.status_code == (413 if number > MOST_FILES else 200)
    session = read_session(call)
    assert session is not None
    assert [p.name for p in session.compared()] == [
        "1-a.jpg",
        "2-b.jpg",
        *(f"{n}-a.jpg" for n in range(3, MOST_FILES + 1)),
    ]


def test_a_call_that_cannot_be_taken_up_among_so_many_is_still_here(client: TestClient) -> None:
    interrupted = open_session("", BASIS)
    others = [opened(client) for _ in range(MOST_CALLS)]
    asked = [
        client.post(f"/live/{interrupted.id}/offer", json={"sdp": "v=0", "type": "offer"}),
        client.post(f"/live/{interrupted.id}/prompt", json={"act": "ask"}),
        client.put(f"/live/{interrupted.id}/files", params={"name": "a.jpg"}, content=b"x"),
    ]
    for answer in asked:
        assert (answer.status_code, answer.text) == (429, "4 live calls are open on this computer; end one first.")
    assert client.get(f"/live/{interrupted.id}/state").json()["interrupted"]
    client.post(f"/live/{others[0]}/end")
    assert client.post(f"/live/{interrupted.id}/prompt", json={"act": "ask"}).status_code == 200
    assert client.post(f"/live/{interrupted.id}/end").json() == {"parts": 0}


def test_an_interrupted_call_ends_without_being_taken_up(client: TestClient) -> None:
    interrupted = open_session("", BASIS)
    for _ in range(MOST_CALLS):
        opened(client)
    assert client.post(f"/live/{interrupted.id}/end").json() == {"parts": 0}
    again = read_session(interrupted.id)
    assert again is not None
    assert again.ended


def test_taking_up_a_call_never_holds_up_the_media_of_others(
    client: TestClient, desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may end an idle call, which waits for the disk: in the event loop, everything that arrives would wait with it."""
    call, ran = opened(client), []

    def in_a_thread(session_id: str, owner: str) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        ran.append(session_id)

    monkeypatch.setattr(desk, "call", in_a_thread)
    client.post(f"/live/{call}/offer", json={"sdp": "v=0", "type": "offer"})
    client.put(f"/live/{call}/files", params={"name": "a.jpg"}, content=b"x")
    client.post(f"/live/{call}/prompt", json={"act": "ask"})
    assert ran == [call] * 3


def test_a_call_goes_into_a_case_as_a_check_does(
    desk: LiveDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_HOME", "home")  # however the folder is named
    session = open_session("maria", BASIS, "Ana Lima")
    for _ in range(2):
        path = session.next_part()
        assert path is not None
        recorder = Recorder(path, expects_audio=False)
        feed(recorder, 1)
        recorder.close()
    shutil.copy(PHOTO, session.next_file("passport.jpg", ()))
    maria = {"as": "maria"}
    assert client_of(desk).post(f"/live/{session.id}/keep", headers=maria).status_code == 404  # there is no folder
    with Repository.open(tmp_path / "folder", actor="robin", create=True) as repository:
        desks = Desks(tmp_path / "desks", desk.worker, grace_s=0.05, cases=CaseDesk(repository))
        client = client_of(desk, desks)
        assert client.post(f"/live/{session.id}/keep", headers=maria).status_code == 409  # it goes on
        session.end()
        assert client.post(f"/live/{session.id}/keep", headers={"as": "paul"}).status_code == 404
        token = client.post(f"/live/{session.id}/keep", headers=maria).json()["token"]
        time.sleep(0.3)  # it waits for whoever chooses the case
        assert desks.get(token, "paul") is None
        held = desks.get(token, "maria")
        assert held is not None
        day = session.created[:10]
        assert [h.name for h in held.recordings] == [f"live call {day}, part 1.mkv", f"live call {day}, part 2.mkv"]
        assert [h.name for h in held.references] == ["passport.jpg"]
        assert (held.name, held.when) == ("Ana Lima", day)
        held.drop_files()  # as when they are in the case
        assert len(session.parts()) == 2
        assert len(session.compared()) == 1
        desks.close()


def test_a_call_without_anything_received(client: TestClient) -> None:
    call = opened(client)
    assert client.post(f"/live/{call}/prompt", json={"act": "ask"}).json()["prompt"] is None  # nothing is recorded yet
    assert client.post(f"/live/{call}/prompt", json={"act": "x"}).status_code == 422
    assert client.post(f"/live/{call}/end").json() == {"parts": 0}
    assert client.post(f"/live/{call}/report").status_code == 404
    assert client.post(f"/live/{call}/offer", json={"sdp": "v=0", "type": "offer"}).status_code == 404
