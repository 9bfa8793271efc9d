"""The start page answers before the desks are built; what cannot be opened is said."""

from __future__ import annotations

import threading

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import ASGIApp
from verifier_ui.front import _host, front
from verifier_ui.registry import DESKS
from verifier_ui.users import Role, User

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


def test_the_start_page_offers_what_the_role_covers_and_a_way_out() -> None:
    def as_paul(app: ASGIApp) -> ASGIApp:
        async def named(scope, receive, send):  # type: ignore[no-untyped-def]
            await app(scope | {"verifier_user": User("paul", Role.DOCUMENT_DESK)}, receive, send)

        return named

    with TestClient(front(FastAPI, guard=as_paul), base_url=HERE) as client:
        page = client.get("/").text
    offered = [d.path for d in DESKS if f'href="{d.path}/"' in page]
    assert offered == ["/call", "/id", "/compare"]
    assert 'action="/logout"' in page
    with TestClient(front(FastAPI), base_url=HERE) as client:
        assert "/logout" not in client.get("/").text


@pytest.mark.parametrize(
    ("host", "asked", "status"),
    [
        ("::1", "[::1]:7860", 200), ("::1", "[::1]", 200), ("::1", "[::2]:7860", 400), ("::1", "::1", 400), ("localhost", "LOCALHOST:1", 200),
        ("127.0.0.1", "127.0.0.1", 200), ("127.0.0.1", "evil.example", 400), ("127.0.0.1", "127.0.0.1.evil.example:80", 400), ("127.0.0.1", "", 400),
        ("127.0.0.1", "127.0.0.1:80:80", 400), ("127.0.0.1", "127.0.0.1@evil.example", 400),
    ],
)  # fmt: skip
def test_only_our_own_names_are_answered(host: str, asked: str, status: int) -> None:
    with TestClient(front(FastAPI, [host]), base_url=HERE) as client:
        assert client.get("/", headers={"host": asked}).status_code == status


@given(st.text(st.characters(codec="latin-1"), max_size=30))
@example("[")
@example("[]:")
def test_whatever_a_host_header_says_it_is_a_name_or_none(header: str) -> None:
    name = _host(header)
    assert name in header.lower()
    assert not set(name) & set("[]")


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
