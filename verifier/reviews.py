"""Regular reviews: people who work here are seen again, and compared with the rounds and references they were enrolled with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier import api, casework
from verifier.findings import Finding, Outcome
from verifier.store.consent import covered
from verifier.store.errors import StoreError
from verifier.store.records import Purpose, Review, now
from verifier.store.retention import MOST_DAYS, later

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from verifier.api import Progress
    from verifier.report.model import Report
    from verifier.store.case_list import CaseLine
    from verifier.store.repository import Entry, Repository

FACES, VOICE = ("face-reference", "face-across-rounds"), "voice-across-rounds"
WORDS = {
    Outcome.OBSERVED: "look at this: a difference is supported",
    Outcome.INCONCLUSIVE: "no clear support either way",
    Outcome.NOT_OBSERVED: "the same person is supported",
    Outcome.NOT_AVAILABLE: "could not be compared",
}
"""In the order of importance: a review that compares several times is summed up by the first that occurs."""


@dataclass(frozen=True)
class Due:
    case: CaseLine
    since: str
    plan: Entry


@dataclass(frozen=True)
class Reviewed:
    """One line of the summary."""

    case_id: str
    name: str
    due: str
    outcome: str
    statements: tuple[str, ...]


def plan(repository: Repository, case_id: str, every_days: int) -> None:
    """Confirm this person's identity every so many days; replaces an earlier plan."""
    if not 1 <= every_days <= MOST_DAYS:
        raise StoreError(f"{every_days} days are too few or too many")
    repository.case(case_id)
    earlier = repository.entries(case_id, "review")
    if earlier:
        repository.replace(earlier[0], replace(earlier[0].record, every_days=every_days))
    else:
        repository.add(case_id, Review(every_days, now()))


def due(repository: Repository, at: str | None = None) -> list[Due]:
    """Those whose time has come, the longest overdue first."""
    at, cases = at or now(), {line.id: line for line in repository.cases()}
    found = []
    for entry in repository.entries(None, "review"):
        since = later(entry.record.last, entry.record.every_days)
        if entry.case_id in cases and since <= at:
            found.append(Due(cases[entry.case_id], since, entry))
    return sorted(found, key=lambda d: d.since)


def handed_in(recordings: Path) -> dict[str, Path]:
    """Id of a case, as the file or folder is called -> its recording."""
    return {p.stem if p.is_file() else p.name: p for p in sorted(recordings.iterdir()) if not p.name.startswith(".")}


def run(
    repository: Repository,
    recordings: Path,
    report: Callable[[str, Report], object],
    progress: Progress = lambda stage, share: None,
) -> list[Reviewed]:
    """Looks at the recording of everybody who is due. recordings: a folder with CASE.mp4, or a folder CASE, for each.

    report: takes the report on each case. A review counts as done when the same person is supported; a difference or an open result stays due.
    Without a consent to keep templates and recordings there is nothing enrolled to compare with, and it says so.
    """
    files = handed_in(recordings)
    return [_one(repository, d, files.get(d.case.id), report, progress) for d in due(repository)]


def _one(
    repository: Repository, d: Due, path: Path | None, report: Callable[[str, Report], object], progress: Progress
) -> Reviewed:
    line = Reviewed(d.case.id, d.case.candidate.name, d.since, "", ())
    if path is None:
        return replace(line, outcome="no recording was handed in")
    if not covered(repository.entries(d.case.id, "consent")) & {Purpose.TEMPLATES, Purpose.RECORDINGS}:
        return replace(line, outcome="nobody is enrolled: the case holds no consent to keep anything")
    before = {e.record.round_id for e in repository.entries(d.case.id, "round")}
    try:
        done = casework.check(repository, d.case.id, [path], progress=progress).report
    except api.NothingUsable as error:
        return replace(line, outcome="; ".join(reason for _, reason in error.reasons))
    report(d.case.id, done)
    new = {r.id for r in done.rounds} - before
    found = [f for f in done.findings if f.check in (*FACES, VOICE) and new & set(f.rounds)]
    outcome = _summed_up(found) if new else "the recording was there before: hand in a new one"
    if new and outcome == WORDS[Outcome.NOT_OBSERVED]:
        repository.replace(d.plan, replace(d.plan.record, last=now()))
    return replace(line, outcome=outcome, statements=tuple(f.statement for f in found))


def _summed_up(found: list[Finding]) -> str:
    """A voice speaks only where it differs: it is imitated, or heard badly, too easily to confirm anybody or to keep a review open."""
    outcomes = {f.outcome for f in found if f.check in FACES or f.outcome is Outcome.OBSERVED}
    return next((words for outcome, words in WORDS.items() if outcome in outcomes), "nobody to compare with")
