"""The desk "Cases": what a case folder holds, for as long as its people consented. Its parts come from case_routes.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import gradio as gr
from verifier_ui.case_views import NO_FOLDER
from verifier_ui.views import notes_view, render, static_text

if TYPE_CHECKING:
    from verifier_ui.desks import Desks


class CasesPage:
    """Builds the desk inside the current `gr.Blocks`; the script (static/cases.js) talks to the routes."""

    path: ClassVar[str] = "/cases"
    title: ClassVar[str] = "Cases"
    lead: ClassVar[str] = (
        "Candidates over weeks: their rounds, photos and reports, what reviewers decided, what may be kept and until when."
        " Nothing of a face or a voice is kept without a consent that is written down here."
    )

    def __init__(self, blocks: gr.Blocks, desks: Desks) -> None:
        gr.HTML(render("head.html", title=self.title, lead=self.lead))
        if desks.cases is None:
            gr.HTML(notes_view([f"{NO_FOLDER}."]))
        else:
            gr.HTML(
                render("cases_page.html"),
                elem_id="part-cases",
                js_on_load=static_text("cases.js"),
                apply_default_css=False,
            )
