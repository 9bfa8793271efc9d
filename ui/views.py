"""Forms and progress as HTML: templates with everything escaped; no state, no decisions."""

from __future__ import annotations

import time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier_ui.desk import MAX_BYTES, MAX_FILES
from verifier_ui.worker import State

if TYPE_CHECKING:
    from jinja2 import Environment
    from verifier_ui.desk import Desk, Shelf
    from verifier_ui.worker import Job

SHELVES: dict[str, dict[str, str]] = {
    "recordings": {
        "title": "Recordings of the call",
        "hint": "One for each round, in order: mp4, mov, webm, mkv, or sound alone: m4a, wav, mp3.",
        "accept": "video/*,audio/*,.mkv,.webm,.mov,.mp4,.avi,.ts,.m4a",
        "empty": "No recording yet.",
    },
    "references": {
        "title": "Photos and IDs",
        "hint": "A passport page, a profile picture, a photo: jpg, png, heic, pdf. You may leave this empty.",
        "accept": "image/*,.heic,.heif,.pdf,video/*",
        "empty": "None. The rounds are then compared with each other.",
    },
    "transcripts": {
        "title": "Transcripts",
        "hint": "What was said, as the meeting tool saved it: vtt, srt, sbv, txt. You may leave this empty.",
        "accept": ".vtt,.srt,.sbv,.txt",
        "empty": "None. What rests on words is then not looked at.",
    },
}
FOR_DOCUMENTS: dict[str, dict[str, str]] = {
    "references": {
        "title": "The document",
        "hint": "The page with the portrait, all four edges in the picture: jpg, png, heic, pdf. Both sides of a card.",
        "accept": "image/*,.heic,.heif,.pdf",
        "empty": "No document yet.",
    },
    "recordings": SHELVES["recordings"]
    | {
        "hint": "To lay the portrait beside the faces in them: mp4, mov, webm, mkv. You may leave this empty.",
        "empty": "None. The portrait is then not compared with anybody.",
    },
}
"""The words of the same shelves where a document is what is looked at."""
_COUNTED = ("calls", "items")
"""Stages of an audit: one share over all of them."""
_STEADY = ("Round", *_COUNTED)
"""Beginnings of the stages whose share grows steadily."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from verifier.timing import clock

    folder = files("verifier_ui").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    return environment


def render(template: str, **values: Any) -> str:
    """One template of ui/templates/ with its values."""
    return _environment().get_template(template).render(**values)


@cache
def static_text(name: str) -> str:
    """One file of ui/static/."""
    return files("verifier_ui").joinpath("static", name).read_text("utf-8")


def shelf_view(desk: Desk, shelf: Shelf, needed: Shelf = "recordings", before: int = 0) -> str:
    """A drop area and the files on it. before: rounds that the case has already. needed: the shelf that matters most; files that cannot be used are named there."""
    return render(
        "shelf.html",
        shelf=shelf,
        before=before,
        words=(FOR_DOCUMENTS if needed == "references" else SHELVES)[shelf],
        held=desk.shelf(shelf),
        left_out=desk.left_out if shelf == needed else [],
        full=len(desk.shelf(shelf)) >= MAX_FILES,
        most_bytes=MAX_BYTES,
    )


def sentence(error: Exception) -> str:
    """What a folder or an error says in one line, as pages write it."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def notes_view(lines: list[str]) -> str:
    return render("notes.html", lines=lines)


def stages_of(desk: Desk) -> list[tuple[str, str]]:
    """Key and words of the stages in which rounds are checked, in order."""
    before = desk.job.rounds_before if desk.job else 0
    stages = [(f"Round {n}", f"Round {n}: {held.name}") for n, held in enumerate(desk.recordings, before + 1)]
    if desk.references:
        stages.append(("references", "Photos and IDs"))
    if desk.transcripts:
        stages.append(("transcripts", "Transcripts"))
    return [*stages, ("comparison", "Comparing, and writing the report")]


def progress_view(desk: Desk, stages: list[tuple[str, str]], before: int) -> str:
    """Where a job stands, in words, with the time left where it can be told. before: jobs that come first."""
    job = desk.job
    if job is None:
        return ""
    order = [key for key, _ in stages]
    at = order.index(job.stage) if job.stage in order else -1
    return render(
        "progress.html",
        waiting=job.state is State.WAITING,
        before=before,
        stages=[(label, "done" if i < at else "now" if i == at else "next") for i, (_, label) in enumerate(stages)],
        now=_now(job) if at >= 0 else "Getting ready: loading what looks and listens.",
        share=round(job.share, 3) if at >= 0 and job.stage.startswith(_STEADY) else None,
        left=_time_left(desk, job),
        at=at,
    )


def _now(job: Job) -> str:
    words = {
        "references": "Looking for the face in each photo, and at each document.",
        "transcripts": "Laying the words beside the voices.",
        "comparison": "Comparing.",
        "documents": "Straightening the page and reading it.",
        "calls": "Making the calls: some are changed, some stay as recorded.",
        "items": "Looking at one call after the other.",
    }
    return words.get(job.stage, "Looking and listening." if job.share < 0.99 else "Telling the people apart.")


def _time_left(desk: Desk, job: Job) -> str:
    """Words for the time until the recordings are read, from the speed so far; empty while nobody can know."""
    if job.stage in _COUNTED:
        spent = time.monotonic() - job.first_stage
        return _left_in_words(spent * (1 - job.share) / job.share) if spent > 3 and job.share else ""
    lengths = [held.look.seconds for held in desk.recordings]
    number = job.stage.removeprefix("Round ")
    if any(length is None for length in lengths) or not number.isdigit() or not job.first_stage:
        return ""
    known, at = [length or 0.0 for length in lengths], int(number) - 1 - job.rounds_before
    if not 0 <= at < len(known):
        return ""
    done = sum(known[:at]) + job.share * known[at]
    spent = time.monotonic() - job.first_stage
    if spent < 3 or done <= 0:
        return ""
    return _left_in_words((sum(known) - done) * spent / done)


def _left_in_words(left: float) -> str:
    if left < 10:
        return "a few seconds left"
    return f"about {round(left / 10) * 10} seconds left" if left < 90 else f"about {round(left / 60)} minutes left"
