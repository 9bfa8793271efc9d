"""What is a desk's own on its page: its words, its fields, the job that it starts, the result that it shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import gradio as gr
from verifier_ui import views
from verifier_ui.consent import BASES, QUESTION, TICK

if TYPE_CHECKING:
    from verifier_ui.desk import Desk, Shelf
    from verifier_ui.desks import Desks
    from verifier_ui.worker import Job

STOPPED = "The check was stopped and nothing of it was kept. Your files are still here: start again, or remove them."
KEPT = (
    "Nothing biometric is stored: faces and voices are held in memory. Your files and the result are deleted when you press"
    " “New check”, when the tool is stopped, or 12 hours after this page is closed (a minute, if no check was started)."
)


class DeskForm(ABC):
    """What a desk is called, asks for, starts and shows."""

    path: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str]
    start_words: ClassVar[str] = "Start the check"
    shelves_shown: ClassVar[tuple[Shelf, ...]] = ("recordings", "references", "transcripts")
    needed: ClassVar[tuple[Shelf, int]] = ("recordings", 1)
    again_words: ClassVar[str | None] = "Change the files and check again"
    """None: the files are not here any more once they were checked."""
    new_words: ClassVar[str] = "New check (deletes these files)"
    offers_sample: ClassVar[bool] = True
    stopped: ClassVar[str] = STOPPED
    parts: ClassVar[tuple[str, ...]]
    """Names of the HTML parts of its result."""
    of_case: ClassVar[bool] = False
    """Whether it shows a desk whose files go into a case."""
    desks: Desks

    @abstractmethod
    def job(self, desk: Desk, consent: str) -> Job:
        """What its button starts."""

    def about(self, desk: Desk) -> str:
        """HTML above the form."""
        return ""

    def first_fields(self) -> list[Any]:
        """Builds what is asked before the files."""
        gr.HTML("<h3><b class='step'>1</b> Before anything else</h3>")
        basis = gr.Radio(list(BASES), label=QUESTION, elem_id="basis")
        agreed = gr.Checkbox(label=TICK, elem_id="agreed", container=False)
        gr.HTML(f"<p class='quiet'>{KEPT}</p><h3><b class='step'>2</b> The files</h3>")
        return [basis, agreed]

    def last_fields(self) -> list[Any]:
        """Builds what is asked after them."""
        label = "Name the candidate gave (may stay empty)"
        return [gr.Textbox(label=label, max_lines=1, max_length=120, elem_id="claimed-name")]

    def fill(self, desk: Desk, *values: Any) -> None:
        """Takes the values of the fields over into the desk."""
        basis, desk.agreed, desk.name = values
        desk.basis = basis if basis in BASES else None

    def filled(self, desk: Desk) -> list[Any]:
        """The values of the fields."""
        return [desk.basis, desk.agreed, desk.name]

    def missing(self, desk: Desk) -> list[str]:
        """What is still needed before its button may start anything, one line each."""
        return desk.missing(*self.needed)

    def rounds_before(self, desk: Desk) -> int:
        """Rounds that there are besides the desk's files."""
        return 0

    def can_keep(self, desk: Desk) -> bool:
        """Whether there is a case folder that the desk's files may go into."""
        return self.desks.cases is not None and desk.may_keep

    def done(self, desk: Desk) -> bool:
        """Whether there is a result that this page can show."""
        return desk.report is not None

    @abstractmethod
    def shown(self, desk: Desk) -> list[str]:
        """The HTML of `parts`, in order."""

    def stages(self, desk: Desk) -> list[tuple[str, str]]:
        """Key and words of the stages of its job, in order."""
        return views.stages_of(desk)

    def more(self) -> None:  # noqa: B027, most desks have none
        """Components below its result."""

    def wire_more(self) -> None:  # noqa: B027, as above
        """Events of those components."""
