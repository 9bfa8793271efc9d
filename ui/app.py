"""Pages and file routes in one FastAPI application."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it reads the setting then
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from verifier_ui.audit_sets import AuditSets
from verifier_ui.audit_sets import routes as audit_routes
from verifier_ui.case_routes import routes as case_routes
from verifier_ui.files_in_out import routes
from verifier_ui.live_routes import routes as live_routes
from verifier_ui.registry import DESKS
from verifier_ui.theme import calm
from verifier_ui.views import static_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from verifier_ui.desks import Desks
    from verifier_ui.live_call import LiveDesk

HEAD = "<script src='/static/desks/player.js' defer></script>"


def build_app(desks: Desks, live: LiveDesk) -> FastAPI:
    """Every desk of the registry at its path; everything that is held for a page lies in `desks` and `live`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await live.calls.close()

    app = FastAPI(openapi_url=None, lifespan=lifespan)
    app.include_router(routes(desks))
    app.include_router(live_routes(live, desks))
    app.include_router(case_routes(desks))
    app.include_router(audit_routes(AuditSets(desks.audits)))
    for entry in DESKS:
        with gr.Blocks(title=entry.title, analytics_enabled=False, delete_cache=(600, 3600)) as blocks:
            entry.load()(blocks, desks)
        app = gr.mount_gradio_app(
            app, blocks, path=entry.path, server_name="127.0.0.1", footer_links=[], run_history=False, ssr_mode=False,
            max_file_size="1mb", theme=calm(), css=static_text("page.css"), head=HEAD, enable_monitoring=False, pwa=False, mcp_server=False,
        )  # fmt: skip
    return app
