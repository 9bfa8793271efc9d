"""The desk "Compare sessions": rounds side by side on one clock, differences first, and what reviewers write down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from verifier_ui import work
from verifier_ui.compare_views import compare_view, decisions_view
from verifier_ui.page import DeskPage
from verifier_ui.parts import QUIET
from verifier_ui.whose import login_of

from verifier.decision import CHOICES, DecisionRefused, record_of

if TYPE_CHECKING:
    from verifier_ui.desk import Desk
    from verifier_ui.worker import Job


class ComparePage(DeskPage):
    path = "/compare"
    title = "Compare sessions"
    lead = (
        "Add two or more recordings, of one candidate or of two. They are laid side by side on one clock, with what their faces"
        " and voices say, differences first. You look and listen, and write down what you decide."
    )
    start_words = "Compare them"
    shelves_shown = ("recordings", "references")
    needed = ("recordings", 2)
    parts = ("compared",)

    def job(self, desk: Desk, consent: str) -> Job:
        from verifier.checks.catalogue import select
        from verifier.findings import Group

        return work.check_rounds(desk, consent, [c.spec.id for c in select(None) if c.spec.group is Group.IDENTITY])

    def done(self, desk: Desk) -> bool:
        return desk.report is not None and len(desk.report.rounds) > 1

    def shown(self, desk: Desk) -> list[str]:
        return [compare_view(desk, can_keep=self.can_keep(desk))]

    def more(self) -> None:
        with gr.Column(elem_id="decide"):
            gr.HTML("<h3>What you decide</h3>")
            self.decided = gr.HTML("", elem_id="part-decided", apply_default_css=False)
            self.reviewer = gr.Textbox(label="Your name", max_lines=1, max_length=120, elem_id="reviewer")
            self.note = gr.Textbox(
                label="What you saw and heard, at least one sentence", lines=3, max_length=4000, elem_id="note"
            )
            self.choice = gr.Radio(
                list(CHOICES), value=None, label="What follows from it, in your judgement", elem_id="choice"
            )
            with gr.Row():
                self.save = gr.Button("Save the decision", variant="primary", elem_id="save", scale=0)
                self.uncover = gr.Button(
                    "No second reviewer: show the first decision", elem_id="uncover", scale=0, visible=False
                )

    def wire_more(self) -> None:
        fields = [self.reviewer, self.note, self.choice]
        shown = [self.decided, self.uncover, self.reviewer]
        self.save.click(self._save, [self.token, *fields], [self.decided, self.uncover, *fields], **QUIET)
        self.uncover.click(self._uncover, self.token, shown, **QUIET)
        self.result_parts[0].change(self._found, self.token, shown, **QUIET)

    def _found(self, token: str, request: gr.Request) -> list[Any]:
        login = login_of(request)
        return [*_decided(self._desk(token, request), login), gr.update(visible=not login)]

    def _save(self, token: str, reviewer: str, note: str, choice: str | None, request: gr.Request) -> list[Any]:
        """Who is logged in decides under that name."""
        desk, login = self._desk(token, request), login_of(request)
        refused = ""
        if desk is not None and desk.report is not None:
            with desk.lock:
                try:
                    desk.decisions = (desk.decisions or record_of(desk.report)).add(login or reviewer, choice, note)
                except DecisionRefused as error:
                    refused = str(error)
        kept = [gr.skip()] * 3 if refused else ["", "", None]
        return [*_decided(desk, login, refused), *kept]

    def _uncover(self, token: str, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        if desk is not None and desk.decisions is not None:
            with desk.lock:
                desk.decisions = replace(desk.decisions, opened=True)
        return self._found(token, request)


def _decided(desk: Desk | None, login: str, refused: str = "") -> list[Any]:
    """What is written down, and the button that uncovers it while it is covered."""
    record = desk.decisions if desk else None
    covered = record is not None and bool(record.decisions) and not record.shown
    return [decisions_view(desk, login, refused), gr.update(visible=covered)]
