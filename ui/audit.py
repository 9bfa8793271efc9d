"""The desk "Audit": calls of known truth, judged blind. The truth comes after each answer, the rates at the end."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import gradio as gr
from verifier_ui import audit_views, samples, views, whose, work
from verifier_ui.audit_sets import SIZES, AuditSets, deleted, judge, opened
from verifier_ui.page import FAILED, POLL_S, TOKEN_IN_ADDRESS, pressed
from verifier_ui.parts import QUIET, html_part
from verifier_ui.sitting import Sitting
from verifier_ui.whose import login_of
from verifier_ui.worker import State

from verifier.audit import desk as audit_desk
from verifier.audit.people import AuditError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier_ui.desk import Desk
    from verifier_ui.desks import Desks
    from verifier_ui.worker import Job

    from verifier.audit.sets import AuditSet

Shown = dict[Any, Any]
"""Component -> its new value; what is not named stays as it is."""
GONE = "This page had been closed for too long, or the tool was restarted. Open the set again: every answer that you gave is kept."
STOPPED, NOT_THERE = (
    "It was stopped. No set was made; of a set that the tool was judging, what it has answered is kept, and it goes on from there.",
    "That set is not here any more.",
)
READY = "The set is ready. Write your name, then open it."
JUDGED = "The tool has judged every call of this set; the report has its rates, too."
NO_NAME = "Write your name first: it stands beside your answers."
NO_ANSWER = "Choose one of the three answers first."
ANSWERED = (
    "You have answered that call already, perhaps in another tab. The first answer stands; here is what comes next."
)
_FOCUS = "() => {{ setTimeout(() => document.querySelector('{}')?.focus(), 100); }}"
"""What was pressed has gone: the keyboard goes on where the eyes do."""


class AuditPage:
    """Builds the desk inside the current `gr.Blocks`; answers are kept in the set as soon as they are given."""

    path: ClassVar[str] = "/audit"
    title: ClassVar[str] = "Audit"
    lead: ClassVar[str] = (
        "How often are we, and the tool, right? You are shown calls of which about half were changed, and say what you think of each."
        " After your answer you see what is true. The rates at the end are about the process, not about any person."
    )

    def __init__(self, blocks: gr.Blocks, desks: Desks) -> None:
        self.desks, self.sets = desks, AuditSets(desks.audits)
        self._one_vote = threading.Lock()
        self.token, self.item = gr.State(""), gr.State("")
        self.incoming = gr.Textbox(visible=False)
        self._build()
        self._wire(blocks)

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gr.HTML(views.render("head.html", title=self.title, lead=self.lead))
        self.notes = html_part("notes")
        with gr.Column(elem_id="form") as self.choosing:
            self.reviewer = gr.Textbox(
                label="Your name, as it stands beside your answers", max_lines=1, max_length=64, elem_id="reviewer"
            )
            self.listed = html_part("sets")
            with gr.Column(elem_id="make-set", visible=samples.available()):
                gr.HTML(
                    "<h3>Make a set</h3><p class='quiet'>From the made-up sample calls, which show nobody. A set of your own colleagues'"
                    " recordings is made with the command <code>verifier audit make</code>: everybody in it must have agreed. It is listed here"
                    " once it lies in the folder <code>audits</code> of VERIFIER_HOME, or in the one that <code>verifier ui --audits</code> names.</p>"
                )
                self.size = gr.Radio(list(SIZES), value=next(iter(SIZES)), label="How many calls?", elem_id="basis")
                self.make = gr.Button("Make the set", variant="primary", elem_id="make")
        with gr.Column(visible=False, elem_id="working") as self.working:
            self.progress = html_part("progress")
            self.cancel = gr.Button("Stop", elem_id="cancel")
        with gr.Column(visible=False, elem_id="judging") as self.judging:
            self.call = html_part("call")
            with gr.Column(elem_id="decide") as self.answering:
                self.answer = gr.Radio(
                    audit_views.ANSWERS, value=None, label="What do you think of this call?", elem_id="choice"
                )
                self.note = gr.Textbox(
                    label="What makes you think so? (may stay empty)", lines=2, max_length=2000, elem_id="note"
                )
                self.refused = html_part("refused")
                self.save = gr.Button("Keep my answer", variant="primary", elem_id="save")
            with gr.Column(visible=False) as self.telling:
                self.truth = html_part("truth")
                self.next = gr.Button("Next", variant="primary", elem_id="next")
        with gr.Column(visible=False, elem_id="result") as self.result:
            self.report = html_part("report")
            self.judge = gr.Button("Let the tool judge this set, too", elem_id="judge")
        self.leave = gr.Button("Back to the sets (answers are kept)", elem_id="leave", visible=False)
        self.timer = gr.Timer(POLL_S, active=False)

    def _wire(self, blocks: gr.Blocks) -> None:
        shown: list[Any] = [
            self.notes, self.choosing, self.reviewer, self.listed, self.working, self.progress, self.judging, self.call,
            self.item, self.answering, self.answer, self.note, self.refused, self.telling, self.truth, self.result, self.report,
            self.judge, self.leave, self.timer,
        ]  # fmt: skip
        blocks.load(self._open, self.incoming, [self.token, *shown], js=TOKEN_IN_ADDRESS, **QUIET)
        blocks.unload(self._leave)
        self.timer.tick(self._tick, self.token, shown, **QUIET)
        self.listed.click(self._choose, [self.token, self.reviewer], shown, **QUIET)
        self.make.click(self._make, [self.token, self.size], shown, **QUIET)
        self.judge.click(self._judge, self.token, shown, **QUIET)
        self.cancel.click(self._cancel, self.token, shown, **QUIET)
        voted = self.save.click(self._vote, [self.token, self.item, self.answer, self.note], shown, **QUIET)
        voted.then(None, js=_FOCUS.format("#next"))
        went_on = self.next.click(self._next, self.token, shown, **QUIET)
        went_on.then(None, js=_FOCUS.format("#part-call h2, #part-report h2"))
        self.leave.click(self._leave_set, self.token, shown, **QUIET)

    # --- what people do ---------------------------------------------------------------------------------------------

    def _open(self, incoming: str, request: gr.Request) -> Shown:
        desk, _, said = whose.opened(self.desks, incoming, request, GONE)
        if desk is None:
            return {self.token: ""} | self._show(None, request) | self._say(said)
        desk.notes = [said] if said else []
        return {self.token: desk.token} | self._ended(desk, request)

    def _leave(self, request: gr.Request) -> None:
        self.desks.leave(request.session_hash or "")

    def _tick(self, token: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is None or desk.job is None or desk.job.over:
            if desk and desk.job:
                desk.notes = [JUDGED if desk.sitting else READY]
            return self._ended(desk, request)
        return {self.progress: audit_views.working_view(desk, desk.job, self.desks.worker)}

    def _ended(self, desk: Desk | None, request: gr.Request) -> Shown:
        job = desk.job if desk else None
        if desk and job and job.over and job.state is not State.DONE:
            said = [STOPPED] if job.state is State.STOPPED else [f"{name}: {reason}." for name, reason in job.reasons]
            desk.notes, desk.job = said or [FAILED], None
        return self._show(desk, request)

    def _choose(self, token: str, typed: str, event: gr.EventData, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        verb, name = pressed(event)
        if desk is not None and verb in ("open", "report", "delete"):
            folder, reviewer = self.sets.folders().get(name), login_of(request) or typed.strip()
            refused = [NOT_THERE] if folder is None else self.sets.refusal(folder, verb)
            desk.notes = refused or ([NO_NAME] if verb == "open" and not reviewer else [])
            if folder is not None and not desk.notes and verb == "delete":
                desk.notes = deleted(folder)
            elif folder is not None and not desk.notes:
                desk.sitting = Sitting(folder, reviewer, verb == "report")
        return self._show(desk, request)

    def _make(self, token: str, size: str, request: gr.Request) -> Shown:
        return self._start(token, self.sets.make(SIZES[size]), "New audit set", request)

    def _judge(self, token: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is None or desk.sitting is None:
            return self._show(desk, request)
        return self._start(token, judge(desk.sitting.folder), f"Audit set {desk.sitting.folder.name}", request)

    def _start(self, token: str, job: Job, name: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is not None:
            desk.path, desk.name = self.path, name
            work.start(desk, self.desks.worker, job)
        return self._show(desk, request)

    def _cancel(self, token: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is not None and desk.job is not None and not desk.job.over:
            self.desks.worker.stop(desk.job)
            desk.forget_result()
            desk.notes = [STOPPED]
        return self._show(desk, request)

    def _vote(self, token: str, item_id: str, answer: str | None, note: str, request: gr.Request) -> Shown:
        """item_id: the call that this tab shows, whatever another tab has done meanwhile."""
        desk = whose.held(self.desks, token, request)
        sitting = desk.sitting if desk else None
        if desk is None or sitting is None:
            return self._show(desk, request)
        if answer is None:
            return {self.refused: views.notes_view([NO_ANSWER])}
        reviewer = login_of(request) or sitting.reviewer
        try:
            audit, _ = opened(sitting.folder)
            with self._one_vote:
                if item_id in audit_desk.votes_of(audit, reviewer):
                    desk.notes, sitting.told = [ANSWERED], ""
                    return self._show(desk, request)
                began = sitting.began.get(item_id, datetime.now(UTC))
                seconds = min((datetime.now(UTC) - began).total_seconds(), audit_desk.LONGEST_S)
                audit_desk.vote(audit, reviewer, item_id, audit_desk.Answer(answer), note, seconds)
        except AuditError as error:
            return {self.refused: views.notes_view([views.sentence(error)])}
        desk.notes, sitting.told = [], item_id
        shown = self._show(desk, request)
        shown.pop(self.call, None)  # the player stays where it is
        return shown

    def _next(self, token: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is not None and desk.sitting is not None:
            desk.notes, desk.sitting.told = [], ""
        return self._show(desk, request)

    def _leave_set(self, token: str, request: gr.Request) -> Shown:
        desk = whose.held(self.desks, token, request)
        if desk is None or desk.sitting is None:
            return self._show(desk, request)
        reviewer, desk.notes, desk.sitting = desk.sitting.reviewer, [], None
        return self._show(desk, request) | self._listed(reviewer, request)

    # --- what people see --------------------------------------------------------------------------------------------

    def _say(self, line: str) -> Shown:
        return {self.notes: views.notes_view([line])}

    def _show(self, desk: Desk | None, request: gr.Request) -> Shown:
        if desk is None:
            return self._stage(self.choosing) | self._listed("", request) | self._say(GONE)
        job = desk.job
        if job is not None and not job.over:
            progress = audit_views.working_view(desk, job, self.desks.worker)
            return self._stage(self.working) | {self.progress: progress, self.timer: gr.update(active=True)}
        sitting = desk.sitting
        if sitting is not None:
            try:
                shown = self._seated(desk, sitting, login_of(request) or sitting.reviewer)
            except AuditError as error:
                desk.notes, desk.sitting = [views.sentence(error)], None
            else:
                return shown | {self.notes: views.notes_view(desk.notes)}
        shown = self._stage(self.choosing) | self._listed(sitting.reviewer if sitting else "", request)
        return shown | {self.notes: views.notes_view(desk.notes)}

    def _stage(self, stage: gr.Column) -> Shown:
        """Shows one of the stages, and none of the others with anything that was in them."""
        stages = (self.choosing, self.working, self.judging, self.result)
        seated, empty = (
            stage in stages[2:],
            dict.fromkeys((self.call, self.truth, self.report, self.item, self.refused), ""),
        )
        still = {self.leave: gr.update(visible=seated), self.timer: gr.update(active=False)}
        return {s: gr.update(visible=s is stage) for s in stages} | empty | still

    def _listed(self, reviewer: str, request: gr.Request) -> Shown:
        login = login_of(request)
        lines = self.sets.lines(login or reviewer)
        name = gr.update(visible=not login, **({"value": reviewer} if reviewer else {}))
        return {self.listed: audit_views.sets_view(lines, login), self.reviewer: name}

    def _seated(self, desk: Desk, sitting: Sitting, reviewer: str) -> Shown:
        if sitting.report_only:
            return self._reported(desk, sitting.folder, all_judged=False, has_truth=True)
        audit, has_truth = opened(sitting.folder)
        done = audit_desk.judged(audit, reviewer)
        if sitting.told:
            return self._told(audit, sitting, reviewer, has_truth, done)
        item = audit_desk.next_item(audit, reviewer)
        if item is None:
            return self._reported(desk, sitting.folder, all_judged=True, has_truth=has_truth)
        sitting.began.setdefault(item.id, datetime.now(UTC))
        return self._stage(self.judging) | {
            self.call: audit_views.call_view(audit, item.id, done + 1), self.item: item.id, self.answer: gr.update(value=None),
            self.note: "", self.answering: gr.update(visible=True), self.telling: gr.update(visible=False),
        }  # fmt: skip

    def _told(self, audit: AuditSet, sitting: Sitting, reviewer: str, has_truth: bool, done: int) -> Shown:
        """After the vote only: `reveal` sees to that."""
        known = audit_desk.reveal(audit, reviewer, sitting.told) if has_truth else None
        return self._stage(self.judging) | {
            self.call: audit_views.call_view(audit, sitting.told, done), self.item: sitting.told,
            self.truth: audit_views.truth_view(audit, sitting.told, known),
            self.answering: gr.update(visible=False), self.telling: gr.update(visible=True),
        }  # fmt: skip

    def _reported(self, desk: Desk, folder: Path, *, all_judged: bool, has_truth: bool) -> Shown:
        """all_judged: by this reviewer; else it is the report of a set that nobody judges any more."""
        from verifier.audit.report import write_report

        html = ""
        if has_truth:
            file, _ = write_report([folder], desk.folder / "report")
            file.with_suffix(".pdf").unlink(missing_ok=True)
            html = file.read_text("utf-8")
        page = audit_views.report_view(desk, folder.name, html, all_judged=all_judged)
        return self._stage(self.result) | {self.report: page, self.judge: gr.update(visible=all_judged)}
