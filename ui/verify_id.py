"""The desk "Verify an ID": does a document hold together, and is its portrait the face in the calls?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier_ui import views, work
from verifier_ui.document_view import document_view
from verifier_ui.page import DeskPage

if TYPE_CHECKING:
    from verifier_ui.desk import Desk
    from verifier_ui.worker import Job


class VerifyIdPage(DeskPage):
    path = "/id"
    title = "Verify an ID"
    lead = (
        "Add a photo, a scan or a PDF of a passport, an ID card or a licence; add recordings of the calls to lay its portrait"
        " beside the faces in them. You see what was read and what does not agree. It decides nothing for you."
    )
    start_words = "Read the document"
    shelves_shown = ("references", "recordings")
    needed = ("references", 1)
    parts = ("documents",)

    def job(self, desk: Desk, consent: str) -> Job:
        return work.read_documents(desk, consent)

    def done(self, desk: Desk) -> bool:
        return bool(desk.documents)

    def shown(self, desk: Desk) -> list[str]:
        return [document_view(desk, can_keep=self.can_keep(desk))]

    def stages(self, desk: Desk) -> list[tuple[str, str]]:
        compared = views.stages_of(desk) if desk.recordings else []
        return [("documents", "Reading the documents"), *compared]
