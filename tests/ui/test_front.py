"""The start page answers before the desks are built; what cannot be opened is said."""

from __future__ import annotations

import threading

from fastapi import FastAPI
from fastapi.testclient import TestClient
from verifier_ui.front import front
from verifier_ui.registry import DESKS

HERE = "http://127.0.0.1"


def test_the_start_page_comes_first_and_leads_to_every_desk() -> None:
    built = threading.Event()

    def build() -> FastAPI:
        built.wait(20)
        app = FastAPI()
        app.get("/call/")(lambda: "the desk")
        return app

    with TestClient(front(build), base_url=HERE) as client:
        page = client.get("/")
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        for desk in DESKS:
            assert (f'href="{desk.path}/"' in page.text) == bool(desk.for_what)
        assert "Opening the desk" in client.get("/call/").text
        assert client.get("/static/desks/player.js").status_code == 200
        built.set()
        assert client.get("/static/desks/..%2Fpage.css").status_code == 404  # asked of the desks: now they are built
        assert client.get("/call/").json() == "the desk"


def test_desks_that_cannot_be_built_are_one_line() -> None:
    def build() -> FastAPI:
        raise RuntimeError("no")

    with TestClient(front(build), base_url=HERE) as client:
        assert client.get("/").status_code == 200
        answer = client.get("/desk/x/state")
    assert answer.status_code == 500
    assert "terminal window" in answer.text


def test_every_desk_is_there() -> None:
    for desk in DESKS:
        page = desk.load()
        assert page.path == desk.path
        assert page.title == desk.title
