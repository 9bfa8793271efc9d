"""Files come in whole or not at all; what is refused is refused in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from verifier_ui.desk import MAX_FILES
from verifier_ui.desks import Desks
from verifier_ui.files_in_out import routes
from verifier_ui.worker import Job, State, Worker

from verifier.api import FileLook

TOKEN = "de610f1e-05fb-44e8-a134-34b816141e78"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path, Worker())
    made.open(TOKEN, "tab")
    yield made
    made.close()


@pytest.fixture
def client(desks: Desks) -> TestClient:
    app = FastAPI()
    app.include_router(routes(desks, most_bytes=1000))
    return TestClient(app)


def put(client: TestClient, name: str, content: bytes, token: str = TOKEN):  # type: ignore[no-untyped-def]
    return client.put(f"/desk/{token}/recordings", params={"name": name}, content=content)


def test_a_text_file_is_left_out_with_its_reason(client: TestClient, desks: Desks) -> None:
    assert put(client, "../../notes.txt", b"hello there\n" * 9).status_code == 200
    (left_out,) = desks.get(TOKEN).left_out
    assert left_out.name == "notes.txt"
    assert "text" in left_out.look.reason


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_is_one_line_and_leaves_nothing(client: TestClient, tmp_path: Path, announced: bool) -> None:
    body = bytes(5000) if announced else iter([bytes(600)] * 5)
    answer = put(client, "big.mp4", body)
    assert answer.status_code == 413
    assert answer.text.startswith("big.mp4: not added")
    assert list(tmp_path.rglob("big*")) == []


def test_too_many_is_one_line(client: TestClient, desks: Desks) -> None:
    desk = desks.get(TOKEN)
    desk.recordings = [None] * MAX_FILES
    answer = put(client, "one-more.mp4", b"x")
    desk.recordings = []
    assert answer.status_code == 413
    assert str(MAX_FILES) in answer.text
    broken = [put(client, f"{n}.mp4", b"garbage").status_code for n in range(MAX_FILES + 2)]
    assert broken == [200] * MAX_FILES + [413] * 2
    desk.remove(desk.left_out[0].id)
    assert put(client, "again.mp4", b"garbage").status_code == 200


def test_a_disk_that_fills_up_while_a_file_comes_in_ends_it(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([True, False])
    monkeypatch.setattr("verifier_ui.files_in_out.LOOKS_AFTER", 200)
    monkeypatch.setattr("verifier_ui.files_in_out._fits", lambda size, folder: next(free))
    answer = put(client, "big.mp4", iter([bytes(900)]))
    assert (answer.status_code, "no space left" in answer.text) == (413, True)
    assert list(tmp_path.rglob("big*")) == []


def test_a_stranger_gets_nothing(client: TestClient) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    assert put(client, "a.mp4", b"x", other).status_code == 404
    assert client.get(f"/desk/{other}/report.html").status_code == 404
    assert client.get(f"/desk/{TOKEN}/report.html").status_code == 404


VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Ana>Where do you live?\n\n00:00:03.500 --> 00:00:06.000\n<v Jo>In a house by the sea.\n"


@pytest.mark.parametrize("shelf", ["recordings", "transcripts"])
def test_a_transcript_is_taken_for_what_it_is(client: TestClient, desks: Desks, shelf: str) -> None:
    assert client.put(f"/desk/{TOKEN}/{shelf}", params={"name": "call.vtt"}, content=VTT).status_code == 200
    assert [h.name for h in desks.get(TOKEN).transcripts] == ["call.vtt"]


def test_a_text_without_lines_is_no_transcript(client: TestClient, desks: Desks) -> None:
    client.put(f"/desk/{TOKEN}/transcripts", params={"name": "call.vtt"}, content=b"\x00\x01" * 300)
    assert not desks.get(TOKEN).transcripts
    assert [h.name for h in desks.get(TOKEN).left_out] == ["call.vtt"]


def test_a_player_may_ask_for_parts_and_only_of_its_own_recordings(client: TestClient, desks: Desks) -> None:
    desk = desks.get(TOKEN)
    path = desk.place("page.html")
    path.write_bytes(b"<script>alert(1)</script>")
    desk.take(path, FileLook("recording", 3.0, ""), "recordings")
    url = f"/desk/{TOKEN}/media/{path.parent.name}"
    part = client.get(url, headers={"Range": "bytes=1-6"})
    assert (part.status_code, part.content) == (206, b"script")
    assert part.headers["content-type"] == "application/octet-stream"  # never a page, whatever is in it
    desks.open("1" * 32, "other tab")
    assert client.get(url.replace(TOKEN, "1" * 32)).status_code == 404
    assert client.get(f"/desk/{TOKEN}/media/..%2F..%2Fsecret").status_code == 404


def test_a_full_disk_is_said_before_anything_is_received(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get(f"/desk/{TOKEN}/room?size=1").text == ""
    monkeypatch.setattr("verifier_ui.files_in_out.RESERVE", 1 << 62)
    assert "no space left" in client.get(f"/desk/{TOKEN}/room?size=1").text
    answer = put(client, "call.mp4", b"x")
    assert answer.status_code == 413
    assert "no space left" in answer.text


def test_a_pdf_without_a_browser_says_how_to_print(
    client: TestClient, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = desks.get(TOKEN).folder / "report"
    folder.mkdir()
    (folder / "report.html").write_text("<p>words</p>")
    monkeypatch.setattr("verifier_ui.pdf.browser", lambda: None)
    answer = client.get(f"/desk/{TOKEN}/report.pdf")
    assert answer.status_code == 503
    assert "print it" in answer.text
    assert [p.name for p in folder.iterdir()] == ["report.html"]


def test_the_start_page_hears_of_what_goes_on_only(client: TestClient, desks: Desks) -> None:
    assert client.get(f"/desk/{TOKEN}/state").json() is None
    desk = desks.get(TOKEN)
    desk.name, desk.path, desk.job = "Jo", "/call", Job(lambda job, progress: None, state=State.RUNNING)
    assert client.get(f"/desk/{TOKEN}/state").json() == {"what": "Jo", "state": "is being read", "path": "/call"}
