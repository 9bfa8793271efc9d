"""The pages as one web application."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it reads it then
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from verifier_ui.check_call import CheckCallPage
from verifier_ui.files_in_out import routes
from verifier_ui.theme import calm

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from verifier_ui.desk import Desks

TITLE = "Check a call"
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'self' about:"
)
"""Gradio builds its parts with inline scripts; nothing is loaded from, or sent to, another host."""
HEADER = f"<header class='top'><p>Interview verifier</p><h1>{TITLE}</h1><p class='quiet'>Add the recordings of a candidate's rounds and, if you have them, a photo or ID. You get the evidence: where the faces agree, where they do not, what could not be seen. It decides nothing for you.</p></header>"


def build_app(desks: Desks) -> FastAPI:
    """The whole application; everything that is held for a page lies in `desks`."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(600, 3600)) as blocks:
        gr.HTML(HEADER)
        CheckCallPage(blocks, desks)
    app = FastAPI(openapi_url=None)
    app.include_router(routes(desks))
    app.add_middleware(_Policy)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    style = files("verifier_ui").joinpath("static", "page.css").read_text("utf-8")
    return gr.mount_gradio_app(
        app, blocks, path="/", server_name="127.0.0.1", footer_links=[], run_history=False, ssr_mode=False,
        max_file_size="1mb", theme=calm(), css=style, enable_monitoring=False, pwa=False, mcp_server=False,
    )  # fmt: skip


class _Policy:
    """Headers that keep the browser on this host; by hand, because Starlette's helper would hold back streams."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, with_policy if scope["type"] == "http" else send)
