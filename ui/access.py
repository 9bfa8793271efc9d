"""Who may ask for what: requests from other pages are refused always; with a login, nothing is served without one.

Local (127.0.0.1, no login): the pages are for whoever sits at this computer. With `--host`: a session cookie that scripts
cannot read and other sites cannot send, and roles. Whose desk a tab is, `Desks` knows.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from verifier_ui import users
from verifier_ui.registry import DESKS
from verifier_ui.users import Role, User
from verifier_ui.views import render

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "verifier-session"
STAYS_S, IDLE_S = 10 * 3600.0, 3600.0
"""A login ends after so long, or when nothing was asked for so long."""
MOST_SESSIONS, MOST_TRIERS = 500, 5000
TRIES, TRIES_FROM, WITHIN_S = 5, 20, 900.0
"""Wrong passwords for one name from one address, and from one address, within so many seconds; then they wait."""
MOST_FORM = 4096
SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("", "desk", "static", "recent-cases", "favicon.ico", "logout")
"""First parts of paths that are everybody's with a login: what is served there looks itself who asks."""
ROLES = {path[1:]: desk.roles for desk in DESKS for path in (desk.path, *desk.routes)} | dict.fromkeys(
    _OPEN, tuple(Role)
)
"""First part of a path -> who may go there besides the admin; nobody where it is not named."""
WRONG = "That name and password do not go together."
NOT_COVERED = "Your role does not cover this page."
WAIT = "Too many tries. Wait a quarter of an hour, then try again."


@dataclass
class _Session:
    user: User
    began: float
    seen: float


class Gate:
    """Logins and tries, in memory: a restart logs everybody out."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._tries: OrderedDict[str, list[float]] = OrderedDict()
        self._known: dict[str, User] = {}
        self._version: tuple[int, ...] | None = None
        self._lock = threading.Lock()

    def enter(self, name: str, password: str, address: str) -> str | None:
        """A new session's token; None when name and password do not go together. Raises PermissionError while it waits."""
        keys = ((f"{address} {name[:64]}", TRIES), (address, TRIES_FROM))
        with self._lock:
            if any(len(self._recent(key)) >= most for key, most in keys):
                raise PermissionError(WAIT)
            for key, _ in keys:  # counted before the slow hash, so that many at once do not slip through
                self._tries[key] = [*self._recent(key), time.monotonic()]
                self._tries.move_to_end(key)
            while len(self._tries) > MOST_TRIERS:
                self._tries.popitem(last=False)
        user = users.log_in(name, password)
        if user is None:
            return None
        token = secrets.token_urlsafe(32)
        now = time.monotonic()
        with self._lock:
            self._tries.pop(keys[0][0], None)
            self._tries[address] = self._recent(address)[:-1]
            self._sessions[_digest(token)] = _Session(user, now, now)
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return token

    def user(self, token: str) -> User | None:
        """Who holds this session, in today's role; a new password or a login that was taken away ends it."""
        now = time.monotonic()
        with self._lock:
            session = self._sessions.get(_digest(token))
            if session is None:
                return None
            user = self._today().get(session.user.name)
            over = now - session.began > STAYS_S or now - session.seen > IDLE_S
            if over or user is None or user.salt != session.user.salt:
                del self._sessions[_digest(token)]
                return None
            session.seen = now
            return user

    def leave(self, token: str) -> None:
        with self._lock:
            self._sessions.pop(_digest(token), None)

    def _today(self) -> dict[str, User]:
        """Who may log in now; nobody while the list cannot be read."""
        version = users.version()
        if version != self._version:
            try:
                self._known, self._version = users.known(), version
            except (users.BadUser, OSError):
                self._known, self._version = {}, None
        return self._known

    def _recent(self, key: str) -> list[float]:
        now = time.monotonic()
        return [at for at in self._tries.get(key, []) if now - at < WITHIN_S]


def user_name(request: Request) -> str:
    """Login name of who asks; empty where there is no login."""
    user = request.scope.get("verifier_user")
    return user.name if user else ""


def may(user: User | None, path: str) -> bool:
    """Whether the role of `user` covers the page or route at `path`; None: there is no login here."""
    return user is None or user.role is Role.ADMIN or user.role in ROLES.get(path.lstrip("/").partition("/")[0], ())


def reviews(user: User | None) -> bool:
    """Whether somebody may decide, and decide what is kept and deleted; None: there is no login here."""
    return user is None or user.role in (Role.REVIEWER, Role.ADMIN)


class Access:
    """ASGI middleware. gate: None where there is no login. secure: the pages are served over TLS, so the cookie is, too."""

    def __init__(self, app: ASGIApp, gate: Gate | None, *, secure: bool = False) -> None:
        self.app, self.gate, self.secure = app, gate, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        if answer is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """What to say instead of passing the request on; None: it may pass."""
        path, method = scope["path"], scope.get("method", "")
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        if method not in SAFE and not _from_here(headers, needs_origin=self.gate is not None):
            return PlainTextResponse("Requests from other pages are not taken.", 403)
        if "/gradio_api/upload" in path:  # files go to a desk, which counts them; gradio's own way in does not
            return PlainTextResponse("Files are not taken here.", 403)
        if self.gate is None:
            return None
        token = _token(headers)
        if path == "/login" and scope["type"] == "http":
            return await self._login(Request(scope, receive))
        user = self.gate.user(token)
        if user is None:
            wants_page = _wants_page(method, headers)
            return RedirectResponse("/login", 303) if wants_page else PlainTextResponse("Log in first.", 401)
        if path == "/logout" and method == "POST":
            self.gate.leave(token)
            return self._with_cookie(RedirectResponse("/login", 303), "", 0)
        if not may(user, path):
            return _refused(user) if _wants_page(method, headers) else PlainTextResponse(NOT_COVERED, 403)
        scope["verifier_user"] = user
        return None

    async def _login(self, request: Request) -> Response:
        assert self.gate is not None
        if request.method != "POST":
            return _page()
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_FORM:
                return PlainTextResponse("Too long.", 413)
        try:
            form = parse_qs(body.decode("utf-8"), max_num_fields=10)
        except ValueError:
            return PlainTextResponse("This is no form.", 400)
        name, password = (form.get(key, [""])[0] for key in ("name", "password"))
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(self.gate.enter, name, password, address)
        except PermissionError as wait:
            return _page(str(wait), 429)
        except users.BadUser:
            return _page("Nobody can log in: the list of users on this computer cannot be read.", 500)
        if token is None:
            return _page(WRONG, 401)
        return self._with_cookie(RedirectResponse("/", 303), token, int(STAYS_S))

    def _with_cookie(self, response: Response, token: str, seconds: int) -> Response:
        response.set_cookie(COOKIE, token, max_age=seconds, httponly=True, samesite="strict", secure=self.secure)
        return response


def _page(problem: str = "", status: int = 200) -> Response:
    return HTMLResponse(render("login.html", problem=problem), status, {"Cache-Control": "no-store"})


def _refused(user: User) -> Response:
    return HTMLResponse(render("refused.html", words=NOT_COVERED, user=user), 403, {"Cache-Control": "no-store"})


def _wants_page(method: str, headers: dict[str, str]) -> bool:
    return method == "GET" and "text/html" in headers.get("accept", "")


def _from_here(headers: dict[str, str], *, needs_origin: bool) -> bool:
    """Whether a request that changes something, or a socket, comes from our own pages; programs name no origin."""
    origin = headers.get("origin")
    if origin is None:
        return not needs_origin and headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == headers.get("host")


def _token(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
