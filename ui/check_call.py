"""The desk "Check a call": what the rounds of one candidate say, with the seconds to play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier_ui import work
from verifier_ui.page import DeskPage
from verifier_ui.result_views import report_view, result_view

if TYPE_CHECKING:
    from verifier_ui.desk import Desk
    from verifier_ui.worker import Job


class CheckCallPage(DeskPage):
    path = "/call"
    title = "Check a call"
    lead = (
        "Add the recordings of a candidate's rounds and, if you have them, a photo or ID and the transcripts. You get the"
        " evidence: where faces and voices agree, where they do not, what could not be seen. It decides nothing for you."
    )
    parts = ("findings", "report")

    def job(self, desk: Desk, consent: str) -> Job:
        return work.check_rounds(desk, consent)

    def shown(self, desk: Desk) -> list[str]:
        return [result_view(desk, can_keep=self.can_keep(desk)), report_view(desk)] if desk.report else ["", ""]
