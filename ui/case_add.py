"""The page "Add to a case": files in, looked at beside what the case holds, kept as its consents allow. The desk "Cases" leads here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from verifier_ui import work
from verifier_ui.case_views import NEEDS_CONSENT, change_words
from verifier_ui.page import DeskPage, pressed
from verifier_ui.result_views import people_of, report_view, shared
from verifier_ui.views import render, sentence

from verifier.case_desk import PURPOSE_WORDS, StoreError
from verifier.store import given

if TYPE_CHECKING:
    from verifier_ui.desk import Desk
    from verifier_ui.worker import Job

NO_CASE = "Choose first which case the files go into: open it on the page “Cases” and press “Add files” there."
NOTHING = "Add the recording of a call, or a photo: the case holds no round yet that could be looked at again."


class AddToCasePage(DeskPage):
    path = "/add-to-case"
    title = "Add to a case"
    lead = (
        "Add the recordings of a new round, photos or IDs, transcripts. They are looked at beside what the case holds, and kept"
        " as its consents allow. Without new files, the whole case is looked at again, with the models of today."
    )
    start_words = "Add them and check the case"
    again_words = None
    offers_sample = False
    new_words = "Add more files"
    stopped = "The check was stopped. What the case shows now is what was kept; your files are still here."
    parts = ("added", "report")
    of_case = True

    def first_fields(self) -> list[Any]:
        return []

    def last_fields(self) -> list[Any]:
        when = gr.Textbox(label="When the call was (may stay empty)", max_lines=1, max_length=60, elem_id="when")
        present = gr.Textbox(
            label="Who else was there, with commas between them (may stay empty)",
            max_lines=1,
            max_length=300,
            elem_id="present",
        )
        return [when, present]

    def fill(self, desk: Desk, when: str, present: str) -> None:
        desk.when, desk.present = when, present

    def filled(self, desk: Desk) -> list[Any]:
        return [desk.when, desk.present]

    def about(self, desk: Desk) -> str:
        try:
            case_id, cases = self._case(desk)
            view = cases.look(case_id)
        except StoreError as error:
            return render("case_about.html", problem=sentence(error), token=desk.token, view=None, kept=[], named=[])
        kept = [words for purpose, words in PURPOSE_WORDS.items() if purpose in view.allowed]
        return render(
            "case_about.html", problem="", token=desk.token, view=view, kept=kept, named=[_words(n) for n in desk.named]
        )

    def missing(self, desk: Desk) -> list[str]:
        try:
            case_id, cases = self._case(desk)
            rounds, may_keep = cases.rounds(case_id), cases.may_keep(case_id)
            given.when(desk.when)
        except StoreError as error:
            return [sentence(error)]
        if not may_keep:
            return [NEEDS_CONSENT]
        if desk.arriving:
            return ["A file is still being added: start when it is listed."]
        return [] if desk.recordings or desk.references or rounds else [NOTHING]

    def job(self, desk: Desk, consent: str) -> Job:
        case_id, cases = self._case(desk)
        return work.check_case(desk, cases, case_id)

    def rounds_before(self, desk: Desk) -> int:
        try:
            case_id, cases = self._case(desk)
            return int(cases.rounds(case_id))
        except StoreError:
            return 0

    def done(self, desk: Desk) -> bool:
        return desk.report is not None and desk.changes is not None

    def shown(self, desk: Desk) -> list[str]:
        assert desk.case is not None, "asked before there is a case"
        assert desk.report is not None, "asked before there is a result"
        report = desk.report
        changes = change_words(desk.changes or (), {spec.id: spec.question for spec in report.checks})
        added = render(
            "case_added.html", case_id=desk.case, changes=changes, unusable=report.unusable, people=people_of(report),
            unsure=self._unsure(desk), **shared(desk, report),
        )  # fmt: skip
        return [added, report_view(desk)]

    def _name_candidate(self, token: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        """The case is looked at again, now that somebody has said who the candidate is; it remembers that."""
        desk = self._desk(token, request)
        verb, item = pressed(event)
        if desk is not None and desk.report is not None and desk.at_rest and verb == "candidate":
            known = {p.id for p in (*desk.report.participants, *desk.report.speakers)}
            try:
                case_id, cases = self._case(desk)
                if item in known:
                    work.start(desk, self.desks.worker, work.check_case(desk, cases, case_id, [item]))
            except StoreError as error:
                desk.notes = [sentence(error)]
        return self._show(desk)

    def _unsure(self, desk: Desk) -> set[str]:
        """Rounds whose candidate is assumed among several."""
        try:
            case_id, cases = self._case(desk)
            return {round_id for round_id, face in cases.taken(case_id).items() if not face.sure}
        except StoreError:
            return set()

    def _case(self, desk: Desk) -> tuple[str, Any]:
        """Id of the case and the folder as the desk's owner, who alone gets at it, sees it; StoreError."""
        if desk.case is None or self.desks.cases is None:
            raise StoreError(NO_CASE)
        return desk.case, self.desks.cases.of(desk.owner)


def _words(named: str) -> str:
    """round-1/B or round-1/voice-2, as pages say it."""
    round_id, _, which = named.partition("/")
    what = which.replace("-", " ") if "-" in which else f"face {which}"
    return f"{what} of {round_id.replace('-', ' ')}"
