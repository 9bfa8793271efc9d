"""Building blocks of the pages."""

from __future__ import annotations

from typing import Any

import gradio as gr
from verifier_ui.views import static_text

QUIET: dict[str, Any] = {
    "show_progress": "hidden",  # nothing moves that need not
    "api_visibility": "private",
    "concurrency_limit": 8,
    "trigger_mode": "multiple",
}
"""How every event is wired."""


def html_part(name: str) -> gr.HTML:
    """A part of a page that comes as HTML; its buttons arrive in Python as clicks with a verb and an item."""
    return gr.HTML("", elem_id=f"part-{name}", js_on_load=static_text("widget.js"), apply_default_css=False)
