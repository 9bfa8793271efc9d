"""The page "Check a call": files in, a check that can be watched and stopped, findings and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from verifier_ui import desk as desks_of
from verifier_ui import samples, views
from verifier_ui.consent import BASES, QUESTION, TICK, consent_line
from verifier_ui.parts import QUIET, html_part
from verifier_ui.worker import State

if TYPE_CHECKING:
    from verifier_ui.desk import Desk, Desks

POLL_S = 0.7
STOPPED = "The check was stopped and nothing of it was kept. Your files are still here: start again, or remove them."
LOST = "This page was out of date and is empty now. Add the files again."
FAILED = "The check stopped because of an error in the tool, and nothing of it was kept. The terminal window says more."
_TOKEN_OF_THIS_TAB = """() => {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (e) => e.preventDefault());
  let token = sessionStorage.getItem('verifier-desk');
  if (!token) { token = crypto.randomUUID(); sessionStorage.setItem('verifier-desk', token); }
  return token;
}"""


class CheckCallPage:
    """Builds the components inside the current `gr.Blocks` and wires them; `desks` holds all state."""

    def __init__(self, blocks: gr.Blocks, desks: Desks) -> None:
        self.desks = desks
        self.token = gr.State("")
        self.incoming = gr.Textbox(visible=False)
        self._build()
        self._wire(blocks)

    def _build(self) -> None:
        with gr.Column(elem_id="form") as self.form:
            gr.HTML("<h3><b class='step'>1</b> Before anything else</h3>")
            self.basis = gr.Radio(list(BASES), label=QUESTION, elem_id="basis")
            self.agreed = gr.Checkbox(label=TICK, elem_id="agreed", container=False)
            gr.HTML(
                "<p class='quiet'>The check compares faces and voices. Nothing biometric is kept: they are held in memory while it"
                " runs, and your files are deleted a minute after this page is closed.</p><h3><b class='step'>2</b> The files</h3>"
            )
            with gr.Row(equal_height=True, elem_id="shelves"):
                self.shelves = {shelf: html_part(shelf) for shelf in views.SHELVES}
            self.name = gr.Textbox(
                label="Name the candidate gave (may stay empty)", max_lines=1, max_length=120, elem_id="claimed-name"
            )
            self.notes = html_part("notes")
            with gr.Row(elem_id="actions"):
                self.start = gr.Button("Start the check", variant="primary", elem_id="start", scale=0)
                self.sample = (
                    gr.Button("Try it with a made-up candidate", elem_id="sample", scale=0)
                    if samples.available()
                    else None
                )
                self.clear = gr.Button("Remove all files", elem_id="clear", scale=0)
        with gr.Column(visible=False, elem_id="working") as self.working:
            self.progress = html_part("progress")
            with gr.Row():
                self.cancel = gr.Button("Stop the check", elem_id="cancel", scale=0)
        with gr.Column(visible=False, elem_id="result") as self.result:
            self.findings = html_part("findings")
            self.report = html_part("report")
            with gr.Row():
                self.again = gr.Button("Change the files and check again", elem_id="again", scale=0)
                self.new = gr.Button("New check (deletes these files)", elem_id="new", scale=0)
        self.timer = gr.Timer(POLL_S, active=False)

    def _wire(self, blocks: gr.Blocks) -> None:
        everything = [
            self.notes, self.form, self.basis, self.agreed, *self.shelves.values(), self.name, self.working,
            self.progress, self.result, self.findings, self.report, self.timer,
        ]  # fmt: skip
        self.everything = everything
        fields = [self.token, self.basis, self.agreed, self.name]
        blocks.load(self._open, self.incoming, [self.token, *everything], js=_TOKEN_OF_THIS_TAB, **QUIET)
        blocks.unload(self._leave)
        self.timer.tick(self._tick, self.token, everything, **QUIET)
        self.start.click(self._start, fields, everything, **QUIET)
        self.cancel.click(self._cancel, self.token, everything, **QUIET)
        self.clear.click(self._clear, self.token, everything, **QUIET)
        self.new.click(self._clear, self.token, everything, **QUIET)
        self.again.click(self._again, self.token, everything, **QUIET)
        if self.sample is not None:
            self.sample.click(self._sample, fields, everything, **QUIET)
        for part in self.shelves.values():
            part.click(self._files, fields, everything, **QUIET)
        self.findings.click(self._name_candidate, self.token, everything, **QUIET)

    # --- what people do -----------------------------------------------------------------------------------------

    def _open(self, token: str, request: gr.Request) -> list[Any]:
        desk = self.desks.open(token, request.session_hash or "")
        return [token, *self._show(desk)]

    def _leave(self, request: gr.Request) -> None:
        self.desks.leave(request.session_hash or "")

    def _tick(self, token: str) -> list[Any]:
        desk = self.desks.get(token)
        if desk is None or desk.job is None:
            return self._show(desk)
        if desk.job.over:
            return self._ended(desk)
        return self._only(progress=views.progress_view(desk, self.desks.worker.before(desk.job)))

    def _ended(self, desk: Desk) -> list[Any]:
        job = desk.job
        if job is not None and job.state is not State.DONE:
            desk.notes = [STOPPED] if job.state is State.STOPPED else [f"{n}: {reason}" for n, reason in job.reasons]
            desk.notes = desk.notes or [FAILED]
            desk.forget_result()
        return self._show(desk)

    def _start(self, token: str, basis: str | None, agreed: bool, name: str) -> list[Any]:
        desk = self._filled(token, basis, agreed, name)
        if desk is None:
            return self._show(None)
        desk.notes = desk.missing()
        if not desk.notes:
            desks_of.start(desk, self.desks.worker, consent_line(desk.basis))
        return self._show(desk)

    def _cancel(self, token: str) -> list[Any]:
        desk = self.desks.get(token)
        if desk is not None and desk.job is not None and not desk.job.over:
            self.desks.worker.stop(desk.job)
            desk.forget_result()
            desk.notes = [STOPPED]
        return self._show(desk)

    def _clear(self, token: str) -> list[Any]:
        desk = self.desks.get(token)
        if desk is not None:
            desk.clear()
        return self._show(desk)

    def _again(self, token: str) -> list[Any]:
        desk = self.desks.get(token)
        if desk is not None:
            desk.forget_result()
        return self._show(desk)

    def _sample(self, token: str, basis: str | None, agreed: bool, name: str) -> list[Any]:
        desk = self._filled(token, basis, agreed, name)
        if desk is not None:
            samples.fill(desk)
            desk.basis, desk.agreed, desk.name = basis, agreed, name or "Jordan Reyes"
        return self._show(desk)

    def _files(self, token: str, basis: str | None, agreed: bool, name: str, event: gr.EventData) -> list[Any]:
        desk = self._filled(token, basis, agreed, name)
        if desk is None:
            return self._show(None)
        verb, item = _pressed(event)
        if verb == "added":
            desk.notes = [*desk.notes, *item.splitlines()]
        else:
            desk.notes = []
        if verb == "remove":
            desk.remove(item)
        elif verb in ("up", "down"):
            desk.move(item, -1 if verb == "up" else 1)
        return self._show(desk)

    def _name_candidate(self, token: str, event: gr.EventData) -> list[Any]:
        desk = self.desks.get(token)
        verb, item = _pressed(event)
        if desk is not None and verb == "candidate":
            desks_of.name_candidate(desk, self.desks.worker, item, consent_line(desk.basis))
        return self._show(desk)

    # --- what people see ----------------------------------------------------------------------------------------

    def _filled(self, token: str, basis: str | None, agreed: bool, name: str) -> Desk | None:
        desk = self.desks.get(token)
        if desk is not None:
            desk.basis, desk.agreed, desk.name = basis if basis in BASES else None, agreed, name
        return desk

    def _show(self, desk: Desk | None) -> list[Any]:
        """Every part as the desk says; the heavy ones only when they changed hands."""
        if desk is None:
            return self._only(
                notes=views.notes_view([LOST]), form=gr.update(visible=True), working=gr.update(visible=False),
                result=gr.update(visible=False), timer=gr.update(active=False),
            )  # fmt: skip
        with desk.lock:
            job, report = desk.job, desk.report
            working = job is not None and not job.over
            done = job is not None and job.state is State.DONE and report is not None
            return [
                views.notes_view(desk.notes),
                gr.update(visible=not working and not done),
                gr.update(value=desk.basis),
                gr.update(value=desk.agreed),
                *(views.shelf_view(desk, shelf) for shelf in self.shelves),
                gr.update(value=desk.name),
                gr.update(visible=working),
                views.progress_view(desk, self.desks.worker.before(job)) if working and job else "",
                gr.update(visible=done),
                views.result_view(report, desk.token) if done and report else "",
                views.report_view(report) if done and report else "",
                gr.update(active=working or (job is not None and not done)),
            ]

    def _only(self, **parts: Any) -> list[Any]:
        """Changes of the named parts; the others stay as they are."""
        changed = {id(getattr(self, name)): value for name, value in parts.items()}
        return [changed.get(id(part), gr.skip()) for part in self.everything]


def _pressed(event: gr.EventData) -> tuple[str, str]:
    data = event._data if isinstance(event._data, dict) else {}
    return str(data.get("verb", "")), str(data.get("item", ""))
