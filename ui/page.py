"""A desk as a page: files in, a job that can be watched and stopped, its result. The desks fill in what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from verifier_ui import samples, views, whose, work
from verifier_ui.consent import consent_line
from verifier_ui.desk_form import DeskForm
from verifier_ui.parts import QUIET, html_part
from verifier_ui.worker import State

if TYPE_CHECKING:
    from verifier_ui.desk import Desk
    from verifier_ui.desks import Desks

POLL_S = 0.7
GONE = "What was on this page is not here any more: the tool was restarted since, or the page had been closed for too long. Add the files again."
FAILED = "The check stopped because of an error in the tool, and nothing of it was kept. The terminal window says more."
TOKEN_IN_ADDRESS = """() => {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (e) => e.preventDefault());
  const asked = location.hash.slice(1), known = /^[0-9a-f]{32}$/.test(asked);
  const token = known ? asked : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  if (!known) history.replaceState(null, '', '#' + token);
  window.addEventListener('hashchange', () => location.reload());
  return token + ' ' + (known ? 'known' : asked === 'sample' ? 'sample' : 'new');
}"""


class DeskPage(DeskForm):
    """Builds the components inside the current `gr.Blocks` and wires them; `desks` holds all state."""

    def __init__(self, blocks: gr.Blocks, desks: Desks) -> None:
        self.desks = desks
        self.token = gr.State("")
        self.incoming = gr.Textbox(visible=False)
        self._build()
        self._wire(blocks)

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gr.HTML(views.render("head.html", title=self.title, lead=self.lead))
        with gr.Column(elem_id="form") as self.form:
            self.top = html_part("about")
            self.fields = self.first_fields()
            with gr.Row(equal_height=True, elem_id="shelves"):
                self.shelves = {shelf: html_part(shelf) for shelf in self.shelves_shown}
            self.fields += self.last_fields()
            self.notes = html_part("notes")
            with gr.Row(elem_id="actions"):
                self.start = gr.Button(self.start_words, variant="primary", elem_id="start", scale=0)
                has_samples = self.offers_sample and samples.available()
                self.sample = gr.Button("Try it with a made-up candidate", elem_id="sample", visible=has_samples)
                self.clear = gr.Button("Remove all files", elem_id="clear", scale=0)
        with gr.Column(visible=False, elem_id="working") as self.working:
            self.progress = html_part("progress")
            with gr.Row():
                self.cancel = gr.Button("Stop the check", elem_id="cancel", scale=0)
        with gr.Column(visible=False, elem_id="result") as self.result:
            self.result_parts = [html_part(name) for name in self.parts]
            self.more()
            with gr.Row():
                self.again = gr.Button(self.again_words or "", elem_id="again", scale=0, visible=bool(self.again_words))
                self.new = gr.Button(self.new_words, elem_id="new", scale=0)
        self.timer = gr.Timer(POLL_S, active=False)

    def _wire(self, blocks: gr.Blocks) -> None:
        self.everything = [
            self.notes, self.form, self.top, *self.fields, *self.shelves.values(), self.working, self.progress,
            self.result, *self.result_parts, self.timer,
        ]  # fmt: skip
        fields = [self.token, *self.fields]
        blocks.load(self._open, self.incoming, [self.token, *self.everything], js=TOKEN_IN_ADDRESS, **QUIET)
        blocks.unload(self._leave)
        # one at a time: a second answer on its way would draw the result once more under the hands of who reads it
        self.timer.tick(self._tick, self.token, self.everything, **QUIET | {"trigger_mode": "once"})
        self.start.click(self._start, fields, self.everything, **QUIET)
        self.sample.click(self._sample, fields, self.everything, **QUIET)
        for button, does in (
            (self.cancel, self._cancel), (self.clear, self._clear), (self.new, self._clear), (self.again, self._again),
        ):  # fmt: skip
            button.click(does, self.token, self.everything, **QUIET)
        for part in self.shelves.values():
            part.click(self._files, fields, self.everything, **QUIET)
        for part in self.result_parts:
            part.click(self._name_candidate, self.token, self.everything, **QUIET)
        self.wire_more()

    # --- what people do -----------------------------------------------------------------------------------------

    def _open(self, incoming: str, request: gr.Request) -> list[Any]:
        desk, how, said = whose.opened(self.desks, incoming, request, GONE, of_case=self.of_case)
        if desk is None:
            return ["", *self._show(None, said)]
        desk.notes = [said] if said else desk.notes
        if how == "sample":
            self._fill(desk)
        return [desk.token, *self._ended(desk)]

    def _desk(self, token: str, request: gr.Request) -> Desk | None:
        return whose.held(self.desks, token, request, of_case=self.of_case)

    def _leave(self, request: gr.Request) -> None:
        self.desks.leave(request.session_hash or "")

    def _tick(self, token: str, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        if desk is None or desk.job is None:
            return self._show(desk)
        if desk.job.over:
            return self._ended(desk)
        return self._only(progress=views.progress_view(desk, self.stages(desk), self.desks.worker.before(desk.job)))

    def _ended(self, desk: Desk) -> list[Any]:
        job = desk.job
        if job is not None and job.over and job.state is not State.DONE:
            desk.notes = (
                [self.stopped] if job.state is State.STOPPED else [f"{n}: {reason}" for n, reason in job.reasons]
            )
            desk.notes = desk.notes or [FAILED]
            desk.forget_result()
        return self._show(desk)

    def _start(self, request: gr.Request, token: str, *values: Any) -> list[Any]:
        desk = self._filled(request, token, *values)
        if desk is not None:
            desk.notes = self.missing(desk)
            if not desk.notes:
                desk.path = self.path
                work.start(desk, self.desks.worker, self.job(desk, consent_line(desk.basis)))
        return self._show(desk)

    def _cancel(self, token: str, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        if desk is not None and desk.job is not None and not desk.job.over:
            self.desks.worker.stop(desk.job)
            desk.forget_result()
            desk.notes = [self.stopped]
        return self._show(desk)

    def _clear(self, token: str, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        if desk is not None:
            desk.clear()
        return self._show(desk)

    def _again(self, token: str, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        if desk is not None:
            desk.forget_result()
        return self._show(desk)

    def _sample(self, request: gr.Request, token: str, *values: Any) -> list[Any]:
        desk = self._filled(request, token, *values)
        if desk is not None:
            self._fill(desk)
        return self._show(desk)

    def _fill(self, desk: Desk) -> None:
        basis, agreed = desk.basis, desk.agreed
        samples.fill(desk, self.shelves_shown, documents=self.needed[0] == "references")
        desk.basis, desk.agreed = basis, agreed

    def _files(self, event: gr.EventData, request: gr.Request, token: str, *values: Any) -> list[Any]:
        desk = self._filled(request, token, *values)
        if desk is None:
            return self._show(None)
        verb, item = pressed(event)
        if verb == "added":
            desk.notes = [*desk.notes, *item.splitlines()]
        else:
            desk.notes = []
        if verb == "remove":
            desk.remove(item)
        elif verb in ("up", "down"):
            desk.move(item, -1 if verb == "up" else 1)
        return self._show(desk)

    def _name_candidate(self, token: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        desk = self._desk(token, request)
        verb, item = pressed(event)
        if desk is not None and verb == "candidate":
            work.name_candidate(desk, self.desks.worker, item, consent_line(desk.basis))
        return self._show(desk)

    # --- what people see ----------------------------------------------------------------------------------------

    def _filled(self, request: gr.Request, token: str, *values: Any) -> Desk | None:
        desk = self._desk(token, request)
        if desk is not None:
            self.fill(desk, *values)
        return desk

    def _show(self, desk: Desk | None, gone: str = GONE) -> list[Any]:
        """Every part as the desk says. gone: said where there is none."""
        if desk is None:
            return self._only(
                notes=views.notes_view([gone]), form=gr.update(visible=True), working=gr.update(visible=False),
                result=gr.update(visible=False), timer=gr.update(active=False),
            )  # fmt: skip
        with desk.lock:
            job = desk.job
            working = job is not None and not job.over
            before = self.rounds_before(desk)
            done = job is not None and job.state is State.DONE and self.done(desk)
            return [
                views.notes_view(desk.notes),
                gr.update(visible=not working and not done),
                self.about(desk),
                *(gr.update(value=value) for value in self.filled(desk)),
                *(views.shelf_view(desk, shelf, self.needed[0], before) for shelf in self.shelves),
                gr.update(visible=working),
                views.progress_view(desk, self.stages(desk), self.desks.worker.before(job)) if working and job else "",
                gr.update(visible=done),
                *(self.shown(desk) if done else [""] * len(self.parts)),
                gr.update(active=job is not None and job.state is not State.DONE),
            ]

    def _only(self, **parts: Any) -> list[Any]:
        """Changes of the named parts; the others stay as they are."""
        changed = {id(getattr(self, name)): value for name, value in parts.items()}
        return [changed.get(id(part), gr.skip()) for part in self.everything]


def pressed(event: gr.EventData) -> tuple[str, str]:
    data = event._data if isinstance(event._data, dict) else {}
    return str(data.get("verb", "")), str(data.get("item", ""))
