"""What the audit desk keeps and serves: the sets of one folder, their calls, and the jobs that make and judge them.

Votes, runs and truth are `verifier.audit`'s. What a browser names is looked up among the sets that are there: no path is made of it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, PlainTextResponse
from verifier_ui.files_in_out import NOTHING, PLAYED
from verifier_ui.views import sentence
from verifier_ui.worker import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.api import Progress
    from verifier.audit.sets import AuditSet

SIZES = {"4 calls, to see how it goes": 4, "12 calls, to practise": 12, "24 calls, to measure": 24}
MOST_SECONDS = 16.0
"""Of the longest made call: a picture that is held within it is held for some seconds."""


@dataclass(frozen=True)
class SetLine:
    """A set as the page lists it."""

    name: str
    words: str
    verbs: tuple[tuple[str, str], ...] = ()
    """What may be done with it, and the word on its button."""


class AuditSets:
    """Every set in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folders(self) -> dict[str, Path]:
        from verifier.audit.sets import SET

        try:
            found = sorted(p for p in self.folder.iterdir() if p.name[0] != "." and (p / SET).is_file())
        except OSError:
            return {}
        return {p.name: p for p in found}

    def lines(self, reviewer: str) -> list[SetLine]:
        """reviewer: whose progress is told; nobody's where that is no name."""
        from verifier.audit.desk import is_name

        known = reviewer if is_name(reviewer) else ""
        return [_line(folder, known) for folder in self.folders().values()]

    def refusal(self, folder: Path, verb: str) -> list[str]:
        """Why this cannot be done with a set now: only what the page offers is; nothing where it can."""
        line = _line(folder, "")
        return [] if verb in {offered for offered, _ in line.verbs} else [f"Not now. {line.words}"]

    def call(self, set_id: str, item_id: str, number: int) -> Path | None:
        """A file of a set that may be shown today; number: 1, or 2 where there are two rounds."""
        from verifier.audit.people import AuditError
        from verifier.audit.sets import read_set

        for folder in self.folders().values():
            with suppress(AuditError):
                audit = read_set(folder, today())
                if audit.file.id == set_id:
                    paths = audit.paths(audit.item(item_id))
                    return paths[number - 1] if 0 < number <= len(paths) else None
        return None

    def new_folder(self) -> Path:
        name = f"Samples {today()}"
        names = [name, *(f"{name} ({n})" for n in range(2, 1000))]
        return next(p for p in map(self.folder.joinpath, names) if not p.exists())

    def make(self, count: int) -> Job:
        """Draws a set from the samples."""
        return Job(partial(self._make, count))

    def _make(self, count: int, job: Job, progress: Progress) -> None:
        from verifier.audit import people
        from verifier.audit.draw import Wanted, draw_set

        progress("calls", 0.0)
        with _unusable():
            company = people.samples()
            self.folder.mkdir(parents=True, exist_ok=True)
            draw_set(company, self.new_folder(), Wanted(count, MOST_SECONDS), today(), progress)


def judge(folder: Path) -> Job:
    """Has the tool answer every call of a set."""

    def work(job: Job, progress: Progress) -> None:
        from verifier.audit.tool import run_tool

        with _unusable():
            run_tool(folder, progress=progress)

    return Job(work)


def opened(folder: Path) -> tuple[AuditSet, bool]:
    """A set that may be judged today, and whether its truth is here. AuditError: it may not, or its truth is damaged."""
    from verifier.audit.desk import open_set
    from verifier.audit.sets import read_set, truth_path

    has_truth = truth_path(folder).is_file()
    return (open_set(folder, today=today()) if has_truth else read_set(folder, today())), has_truth


def routes(sets: AuditSets) -> APIRouter:
    """The calls, below /audit, so that access.py's rule for that desk covers them."""
    router = APIRouter(prefix="/audit/calls")

    @router.get("/{set_id}/{item_id}/{number}")
    def call(set_id: str, item_id: str, number: int) -> Response:
        path = sets.call(set_id, item_id, number)
        if path is None:
            return PlainTextResponse(NOTHING, 404)
        return FileResponse(
            path, media_type=PLAYED.get(path.suffix, "application/octet-stream"), headers={"Cache-Control": "no-store"}
        )

    return router


def today() -> date:
    return datetime.now(UTC).date()


def _line(folder: Path, reviewer: str) -> SetLine:
    from verifier.audit.desk import judged
    from verifier.audit.people import AuditError
    from verifier.audit.sets import read_set

    try:
        audit = read_set(folder)
        if today() > audit.file.expires:
            return _expired(audit)
        done = judged(audit, reviewer) if reviewer else 0
    except AuditError as error:
        return SetLine(folder.name, sentence(error))
    words = f"{len(audit.left)} calls, made on {audit.file.made}, to be deleted after {audit.file.expires}."
    return SetLine(folder.name, f"{words} You have judged {done} of them." if done else words, (("open", "Open"),))


def _expired(audit: AuditSet) -> SetLine:
    answered = any(audit.folder.glob("votes/*.json")) or any(audit.folder.glob("runs/*.json"))
    left = any((audit.folder / name).is_file() for item in audit.file.items for name in item.files)
    verbs = (("report", "Report"),) * answered + (("delete", "Delete its calls"),) * left
    state = "its calls are not shown any more, and are to be deleted" if left else "its calls are deleted"
    return SetLine(
        audit.folder.name, f"Expired on {audit.file.expires}: {state}. Answers that were given are kept.", verbs
    )


def deleted(folder: Path) -> list[str]:
    """Deletes the calls of a set whose day is over. What could not be done, in words."""
    from verifier.audit.people import AuditError
    from verifier.audit.remove import delete_expired

    try:
        delete_expired(folder, today())
    except AuditError as error:
        return [sentence(error)]
    return []


@contextmanager
def _unusable() -> Iterator[None]:
    """What an audit cannot do is said on the page, not in the terminal."""
    from verifier.api import NothingUsable
    from verifier.audit.people import AuditError

    try:
        yield
    except AuditError as error:
        raise NothingUsable((("The set", str(error)),)) from None
