"""Who gets in, and what is refused."""

from __future__ import annotations

import stat

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from verifier_ui import access, users
from verifier_ui.access import COOKIE, Access, Gate, user_name
from verifier_ui.users import Role

PASSWORD = "a long enough password"
DESK = "/desk/de610f1e-05fb-44e8-a134-34b816141e78/report.html"
HOME = {"origin": "http://testserver"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "_COST", users._COST | {"n": 2, "p": 1})


@pytest.fixture
def people(home) -> None:  # type: ignore[no-untyped-def]
    users.add_user("maria", PASSWORD, Role.INTERVIEWER)
    users.add_user("paul", PASSWORD, Role.DOCUMENT_DESK)
    users.add_user("ana", PASSWORD, Role.REVIEWER)
    users.add_user("root", PASSWORD, Role.ADMIN)


def app_with(gate: Gate | None) -> FastAPI:
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT"])
    def who(path: str, request: Request) -> dict[str, str]:
        return {"who": user_name(request)}

    app.add_middleware(Access, gate=gate)
    return app


@pytest.fixture
def app(people: None) -> FastAPI:
    return app_with(Gate())


def logged_in(app: FastAPI, name: str) -> TestClient:
    client = TestClient(app, follow_redirects=False)
    answer = client.post("/login", data={"name": name, "password": PASSWORD}, headers=HOME)
    assert answer.status_code == 303
    return client


def test_without_a_login_nothing_is_served(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    for path in ("/", "/live/calls", "/gradio_api/queue/join", DESK, "/static/x.css"):
        assert client.get(path).status_code == 401
        assert client.post(path, headers=HOME).status_code == 401
    assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/login"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    answer = client.post("/login", data={"name": "maria", "password": PASSWORD}, headers=HOME)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").json() == {"who": "maria"}
    token = client.cookies[COOKIE]
    client.post("/logout", headers=HOME)
    client.cookies.set(COOKIE, token)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver.evil.example", ""])
@pytest.mark.parametrize("path", ["/live/calls", "/live/x/offer", "/gradio_api/queue/join", "/login", "/logout", DESK])
def test_no_other_page_can_change_anything(app: FastAPI, origin: str, path: str) -> None:
    client = logged_in(app, "root")
    assert client.post(path, headers={"origin": origin}).status_code == 403
    assert client.put(path, headers={"origin": origin}).status_code == 403
    assert client.post("/live/calls").status_code == 403  # no browser leaves it out


def test_local_pages_take_nothing_from_other_pages_either() -> None:
    client = TestClient(app_with(None))
    assert client.post("/live/calls", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/live/calls", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/live/calls", headers=HOME).json() == {"who": ""}
    assert client.put("/desk/x/recordings").status_code == 200  # a program on this computer


def test_roles_and_desks(app: FastAPI) -> None:
    maria, paul, root = (logged_in(app, name) for name in ("maria", "paul", "root"))
    assert [c.get("/live/calls").status_code for c in (maria, paul, root)] == [200, 403, 200]
    assert paul.get("/live-call").status_code == 403
    for path in ("/audit/", "/audit/gradio_api/queue/join", "/audit/calls/0123456789abcdef/01234567/1"):
        assert [c.get(path).status_code for c in (maria, paul, logged_in(app, "ana"), root)] == [403, 403, 200, 200]
    for path in ("/salaries", "/salaries/gradio_api/queue/join", "/docs"):  # what nobody opened is closed
        assert [c.get(path).status_code for c in (maria, paul, root)] == [403, 403, 200]
    assert [c.get(path).status_code for c in (maria, paul) for path in ("/", "/call/", "/id/x", DESK)] == [200] * 8


def test_a_refusal_has_a_way_back(app: FastAPI) -> None:
    paul = logged_in(app, "paul")
    refused = paul.get("/audit/", headers={"accept": "text/html"})
    assert refused.status_code == 403
    assert 'href="/"' in refused.text
    assert "paul (document-desk)" in refused.text
    assert paul.get("/audit/calls/x").text == access.NOT_COVERED


def test_a_login_that_is_taken_away_or_changed_ends_at_once(app: FastAPI) -> None:
    maria, paul = logged_in(app, "maria"), logged_in(app, "paul")
    users.remove_user("maria")
    assert [c.get("/").status_code for c in (maria, paul)] == [401, 200]
    with pytest.raises(users.BadUser, match="nobody has the login"):
        users.remove_user("maria")
    users.add_user("paul", "another long password", Role.DOCUMENT_DESK)
    assert paul.get("/").status_code == 401
    ana = logged_in(app, "ana")
    path = users.users_path()
    path.write_text(path.read_text().replace('"reviewer"', '"interviewer"'))
    assert [ana.get(path).status_code for path in ("/cases/", "/audit/")] == [200, 403]
    path.write_text("{")
    assert ana.get("/").status_code == 401


def test_leaving_ends_the_session(app: FastAPI) -> None:
    client = logged_in(app, "maria")
    kept = client.cookies[COOKIE]
    assert client.post("/logout", headers=HOME).headers["location"] == "/login"
    assert client.get("/", headers={"cookie": f"{COOKIE}={kept}"}).status_code == 401


@pytest.mark.parametrize("login", [True, False])
def test_gradios_own_way_in_for_files_is_closed(app: FastAPI, login: bool) -> None:
    client = logged_in(app, "root") if login else TestClient(app_with(None))
    for path in ("/call/gradio_api/upload", "/id/gradio_api/upload", "/call/gradio_api/upload_progress"):
        assert client.post(path, headers=HOME).status_code == 403


def test_guessing_is_slowed_down(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)

    def tries(name: str, password: str) -> int:
        return client.post("/login", data={"name": name, "password": password}, headers=HOME).status_code

    assert [tries("maria", f"wrong {n}") for n in range(access.TRIES)] == [401] * access.TRIES
    assert tries("maria", PASSWORD) == 429
    assert tries("root", PASSWORD) == 303  # somebody else at the same address still gets in
    more = [tries(f"nobody-{n}", "x") for n in range(access.TRIES_FROM)]
    assert more[-1] == 429
    assert tries("root", PASSWORD) == 429


def test_sessions_end(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    client = logged_in(app, "maria")
    monkeypatch.setattr(access, "IDLE_S", -1.0)
    assert client.get("/").status_code == 401


def test_a_form_that_is_none(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    assert client.post("/login", content=b"x" * 10_000, headers=HOME).status_code == 413
    assert client.post("/login", content=b"\xff\xfe", headers=HOME).status_code == 400
    assert client.post("/login", content=b"", headers=HOME).status_code == 401
    client.cookies.set(COOKIE, '"\\"')
    assert client.get("/").status_code == 401


def test_passwords_are_not_kept(people: None) -> None:
    path = users.users_path()
    assert PASSWORD not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert users.log_in("maria", PASSWORD).role is Role.INTERVIEWER
    assert users.log_in("maria", PASSWORD + " ") is None
    assert users.log_in("nobody", PASSWORD) is None


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("a/b", PASSWORD), ("a" * 65, PASSWORD), ("a", "short"), ("a", "x" * 201)]
)
def test_bad_names_and_passwords(home, name: str, password: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(users.BadUser):
        users.add_user(name, password, Role.ADMIN)
    assert not users.has_users()


@given(st.one_of(st.binary(max_size=60), st.just(b'{"users": {"a": {"role": "king"}}}')))
def test_a_damaged_file_lets_nobody_in(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_HOME", str(home))
        users.users_path().write_bytes(content)
        with pytest.raises(users.BadUser):
            users.log_in("a", "b")
