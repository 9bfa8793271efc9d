"""Building blocks of the pages."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {
    "show_progress": "hidden",  # nothing moves that need not
    "api_visibility": "private",
    "concurrency_limit": 8,
    "trigger_mode": "multiple",
}
"""How every event is wired."""


@lru_cache(maxsize=1)
def _widget_script() -> str:
    return files("verifier_ui").joinpath("static", "widget.js").read_text("utf-8")


def html_part(name: str) -> gr.HTML:
    """A part of a page that comes as HTML; its buttons arrive in Python as clicks with a verb and an item."""
    return gr.HTML("", elem_id=f"part-{name}", js_on_load=_widget_script(), apply_default_css=False)
