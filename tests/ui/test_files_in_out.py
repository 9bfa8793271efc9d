"""Files come in whole or not at all; what is refused is refused in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from verifier_ui.desk import MAX_FILES, Desks
from verifier_ui.files_in_out import routes
from verifier_ui.worker import Worker

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


def test_a_stranger_gets_nothing(client: TestClient) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    assert put(client, "a.mp4", b"x", other).status_code == 404
    assert client.get(f"/desk/{other}/report.html").status_code == 404
    assert client.get(f"/desk/{TOKEN}/report.html").status_code == 404
