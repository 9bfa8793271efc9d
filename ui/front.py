"""The first thing that answers: the start page at once, everything else as soon as the desks are built in a thread."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from verifier_ui import samples
from verifier_ui.access import may
from verifier_ui.registry import DESKS
from verifier_ui.views import render, static_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'self' about:; frame-ancestors 'self'"
)
"""Gradio builds its parts with inline scripts; nothing is loaded from, or sent to, another host."""
LOCAL = ("127.0.0.1", "localhost")
STATIC = {"start.css": "text/css", "start.js": "text/javascript", "player.js": "text/javascript"}
log = logging.getLogger(__name__)


def front(
    build: Callable[[], FastAPI], hosts: Sequence[str] = LOCAL, guard: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> ASGIApp:
    """The application to serve; `build` makes the desks and is called once, in a thread.

    hosts: names by which it may be asked for. guard: stands before every page, the first one too.
    """
    return _Policy(_Hosts(guard(_Front(build)), hosts))


class _Front:
    def __init__(self, build: Callable[[], FastAPI]) -> None:
        self._build = build
        self._desks: asyncio.Task[FastAPI] | None = None
        self._running = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] == "http" and (own := _own(scope)) is not None:
            await own(scope, receive, send)
            return
        assert self._desks is not None, "served before it was started"
        if scope["type"] == "http" and not self._desks.done() and scope["path"].rstrip("/") in {d.path for d in DESKS}:
            await HTMLResponse(render("opening.html"), headers={"Cache-Control": "no-store"})(scope, receive, send)
            return
        try:
            desks = await asyncio.shield(self._desks)
        except Exception:
            log.exception("the desks cannot be opened")
            failed = PlainTextResponse("The desks could not be opened: the terminal window says more.", 500)
            if scope["type"] == "http":
                await failed(scope, receive, send)
            return
        await desks(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._desks = asyncio.create_task(self._open())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._desks.cancel()
        await self._running.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> FastAPI:
        desks = await self._built()
        await self._running.enter_async_context(desks.router.lifespan_context(desks))
        return desks

    def _built(self) -> asyncio.Future[FastAPI]:
        """In a daemon thread, not one of the loop's own: those are waited for, and stopping must not wait for imports."""
        loop = asyncio.get_running_loop()
        built: asyncio.Future[FastAPI] = loop.create_future()

        def tell(does: Callable[..., None], what: object) -> None:
            if not built.done():
                does(what)

        def build() -> None:
            try:
                done: tuple[Callable[..., None], object] = (built.set_result, self._build())
            except Exception as error:
                done = (built.set_exception, error)
            with suppress(RuntimeError):  # the loop is closed: it was stopped meanwhile
                loop.call_soon_threadsafe(tell, *done)

        threading.Thread(target=build, name="opening", daemon=True).start()
        return built


def _own(scope: Scope) -> Response | None:
    """The start page, with the desks that are for who asks, and the files beside it."""
    path, user = scope["path"], scope.get("verifier_user")
    if path == "/":
        desks = [desk for desk in DESKS if desk.for_what and may(user, desk.path)]
        page = render("start.html", desks=desks, samples=samples.available(), user=user)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})
    if path == "/favicon.ico":
        return Response(status_code=204)
    name = path.removeprefix("/static/desks/")
    if name in STATIC and name != path:
        return Response(static_text(name), media_type=STATIC[name], headers={"Cache-Control": "no-cache"})
    return None


class _Hosts:
    """Refuses what is addressed to another name. Starlette's own check takes the colons of an IPv6 address for a port's."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app, self._hosts = app, {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and _host(Headers(scope=scope).get("host", "")) not in self._hosts:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await PlainTextResponse("Invalid host header", 400)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _host(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    found = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::\d{1,5})?", header.lower())
    return (found[1] or found[2] or "") if found else ""


class _Policy:
    """Headers that keep the browser on this host; by hand, because Starlette's helper would hold back streams."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["Referrer-Policy"] = "same-origin"  # "no-referrer" would hide where our own forms come from
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, with_policy if scope["type"] == "http" else send)
