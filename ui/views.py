"""Desks and reports as HTML: templates with everything escaped; no state, no decisions."""

from __future__ import annotations

import base64
import time
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier_ui.desk import MAX_BYTES, MAX_FILES
from verifier_ui.worker import State

if TYPE_CHECKING:
    from jinja2 import Environment
    from verifier_ui.desk import Desk, Shelf
    from verifier_ui.worker import Job

    from verifier.findings import Finding
    from verifier.report.model import Report

SHELVES: dict[str, dict[str, str]] = {
    "recordings": {
        "title": "Recordings of the call",
        "hint": "One for each round, in order. Video files: mp4, mov, webm, mkv.",
        "accept": "video/*,.mkv,.webm,.mov,.mp4,.avi,.ts",
        "empty": "No recording yet.",
    },
    "references": {
        "title": "Photos and IDs",
        "hint": "A passport page, a profile picture, a photo: jpg, png, heic, pdf. You may leave this empty.",
        "accept": "image/*,.heic,.heif,.pdf,video/*",
        "empty": "None. The rounds are then compared with each other.",
    },
}


@lru_cache(maxsize=1)
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


def shelf_view(desk: Desk, shelf: Shelf) -> str:
    """A drop area and the files on it."""
    left_out = [h for h in desk.left_out if shelf == "recordings"]
    return render(
        "shelf.html",
        shelf=shelf,
        words=SHELVES[shelf],
        held=desk.shelf(shelf),
        left_out=left_out,
        full=len(desk.shelf(shelf)) >= MAX_FILES,
        most_bytes=MAX_BYTES,
    )


def notes_view(lines: list[str]) -> str:
    return render("notes.html", lines=lines)


def progress_view(desk: Desk, before: int) -> str:
    """Where a check stands, in words, with the time left where it can be told."""
    job = desk.job
    if job is None:
        return ""
    names = [f"Round {n}" for n in range(1, len(desk.recordings) + 1)]
    stages = [(name, f"{name}: {held.name}") for name, held in zip(names, desk.recordings, strict=True)]
    if desk.references:
        stages.append(("references", "Photos and IDs"))
    stages.append(("comparison", "Comparing the faces and writing the report"))
    order = [key for key, _ in stages]
    at = order.index(job.stage) if job.stage in order else -1
    return render(
        "progress.html",
        waiting=job.state is State.WAITING,
        before=before,
        stages=[(label, "done" if i < at else "now" if i == at else "next") for i, (_, label) in enumerate(stages)],
        now=_now(job, stages[at][0]) if at >= 0 else "Getting ready: loading what compares faces.",
        share=round(job.share, 3) if 0 <= at < len(names) else None,
        left=_time_left(desk, job),
        at=at,
    )


def _now(job: Job, stage: str) -> str:
    if stage == "references":
        return "Looking for the face in each photo."
    if stage == "comparison":
        return "Comparing the faces."
    return "Looking for faces." if job.share < 0.99 else "Telling the faces apart."


def _time_left(desk: Desk, job: Job) -> str:
    """Words for the time until the recordings are read, from the speed so far; empty while nobody can know."""
    lengths = [held.look.seconds for held in desk.recordings]
    number = job.stage.removeprefix("Round ")
    if any(length is None for length in lengths) or not number.isdigit() or not job.first_stage:
        return ""
    known = [length or 0.0 for length in lengths]
    done = sum(known[: int(number) - 1]) + job.share * known[int(number) - 1]
    spent = time.monotonic() - job.first_stage
    if spent < 3 or done <= 0:
        return ""
    left = (sum(known) - done) * spent / done
    if left < 10:
        return "a few seconds left"
    return f"about {round(left / 10) * 10} seconds left" if left < 90 else f"about {round(left / 60)} minutes left"


def result_view(report: Report, token: str) -> str:
    """The findings in words and the faces of each round, one click away from being named as the candidate."""
    from verifier.report.leads import leads
    from verifier.report.ranking import sections

    thumbs = {p.key: "data:image/jpeg;base64," + base64.b64encode(p.jpeg).decode("ascii") for p in report.pictures}
    parts = sections(report.findings)
    groups = [
        ("Supports the same person", "same", parts.same),
        ("No clear support either way", "undecided", parts.undecided),
        ("Nothing seen", "nothing", parts.nothing_seen),
        ("Could not see", "unseen", parts.could_not_see),
        ("Does not apply here", "other", parts.not_applicable),
    ]
    return render(
        "result.html",
        report=report,
        token=token,
        first=[
            (lead.findings[0], lead.text, tuple(dict.fromkeys(p for f in lead.findings for p in f.pictures)))
            for lead in leads(report)
            if not lead.is_quiet
        ],
        groups=[(title, kind, found) for title, kind, found in groups if found],
        thumbs=thumbs,
        captions={p.key: p.caption for p in report.pictures},
        specs={spec.id: spec for spec in report.checks},
        chip=_chip,
        unusable=report.unusable,
        unnamed=[r.label for r in report.rounds if _open(report, r.id)],
        faces=[(r, [p for p in report.participants if p.round_id == r.id]) for r in report.rounds],
    )


def _open(report: Report, round_id: str) -> bool:
    """Faces were seen in the round and nobody was taken for the candidate."""
    people = [p for p in report.participants if p.round_id == round_id]
    return bool(people) and not any(p.is_candidate for p in people)


def _chip(finding: Finding) -> tuple[str, str]:
    """Tone and words of the mark on a card; the tone never stands alone."""
    from verifier.findings import Group, Outcome
    from verifier.likelihood import Support

    if finding.outcome in (Outcome.NOT_AVAILABLE, Outcome.ERROR):
        return "unseen", "could not see"
    if finding.lr is None or finding.group is not Group.IDENTITY:  # ratios of other groups are not about who it is
        return ("look", "look at this") if finding.outcome is Outcome.OBSERVED else ("plain", "")
    return {
        Support.FIRST: ("same", "supports the same person"),
        Support.SECOND: ("different", "supports different people"),
        Support.INCONCLUSIVE: ("plain", "no clear support either way"),
    }[finding.lr.support]


def report_view(report: Report) -> str:
    """The whole report in a frame of its own that can run nothing."""
    from verifier.report.html_report import to_html

    return render("report_frame.html", html=to_html(report, in_frame=True))
