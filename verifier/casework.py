"""The facade for cases that last: `api` with a case folder behind it. A round is looked at once; without consent nothing stays."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from verifier import api
from verifier.checks import catalogue
from verifier.intake import take_in
from verifier.store import given
from verifier.store.keep import Keeper
from verifier.store.recall import Held, Recall
from verifier.store.records import PURPOSE_WORDS, Purpose
from verifier.store.search import elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from verifier.api import Progress
    from verifier.checks.base import CaseObservations
    from verifier.intake import Intake
    from verifier.report.model import Report
    from verifier.store.repository import Repository

P = ParamSpec("P")


@dataclass(frozen=True)
class CaseReport:
    report: Report
    changes: tuple[str, ...]
    """What is otherwise than in the report before."""


def _one_at_a_time(
    check: Callable[Concatenate[Repository, str, P], CaseReport],
) -> Callable[Concatenate[Repository, str, P], CaseReport]:
    """Two that add rounds to one case at once would give them the same ids."""

    @wraps(check)
    def alone(repository: Repository, case_id: str, /, *args: P.args, **more: P.kwargs) -> CaseReport:
        progress: Any = more.get("progress", lambda stage, share: None)
        with repository.alone(case_id, lambda: progress("waiting for another check of this case", 0.0)):
            return check(repository, case_id, *args, **more)

    return alone


@_one_at_a_time
def check(
    repository: Repository,
    case_id: str,
    rounds: Sequence[Path] = (),
    references: Sequence[Path] = (),
    *,
    candidate: str | Path | None = None,
    candidates: Sequence[str] = (),
    checks: Iterable[str] | None = None,
    date: str = "",
    label: str = "",
    present: Sequence[str] = (),
    transcripts: Sequence[Path] = (),
    progress: Progress = lambda stage, share: None,
) -> CaseReport:
    """Reports on a case with new rounds, references and transcripts, which are added to it as its consents allow.

    candidates: ids of further faces and voices that are the candidate's, as round-2/B; the case remembers them.
    date, label, present: when the new rounds were (2027-01-31), what they are called (of several, with a number), and who was there. Raises StoreError, api.NothingUsable, catalogue.UnknownCheck.
    """
    date = given.when(date)
    selected = tuple(checks) if checks is not None else _all_checks()
    catalogue.select(selected)
    held = Held.of(repository, case_id)
    shown_by = candidate if isinstance(candidate, Path) else None
    named = (*candidates, candidate) if isinstance(candidate, str) else tuple(candidates)
    intake = held.with_new(_called(label, take_in(rounds, references, shown_by, held.last)))
    recall = Recall(repository, held, named)
    with ExitStack() as open_files:
        written = recall.transcripts(open_files)
        intake = replace(intake, transcripts=(*written, *intake.transcripts))
        observed = api.observe_taken(
            intake, checks=selected, transcripts=transcripts, progress=progress, through=recall.through
        )
    seen: list[CaseObservations] = []

    def extend(case: CaseObservations) -> CaseObservations:
        found = elsewhere(repository, case_id, case, observed.gatherer, held.allowed)
        seen.append(replace(case, elsewhere=found))
        return seen[0]

    clips = recall.clips()
    with ExitStack() as open_files:
        report = api.conclude(
            observed,
            candidates=named,
            name=repository.case(case_id).candidate.name or None,
            checks=selected,
            consent=_kept_words(held.allowed),
            extend=extend,
            playable=lambda case_round: recall.playable(case_round, open_files),
        )
    keeper = Keeper(repository, case_id, held, observed.gatherer, recall.fresh, recall.read, clips)
    return CaseReport(report, keeper.keep(seen[0], report, date, tuple(present)))


def _called(label: str, new: Intake) -> Intake:
    if not label:
        return new
    numbered = len(new.rounds) > 1
    names = (f"{label} {n}" if numbered else label for n in range(1, len(new.rounds) + 1))
    return replace(new, rounds=tuple(replace(r, label=name) for r, name in zip(new.rounds, names, strict=True)))


def _all_checks() -> tuple[str, ...]:
    return tuple(name for name in catalogue.CHECKS if name not in catalogue.ON_REQUEST)


def _kept_words(allowed: frozenset[Purpose]) -> str:
    kept = [PURPOSE_WORDS[p] for p in (Purpose.RECORDINGS, Purpose.TEMPLATES) if p in allowed]
    if not kept:
        return f"{api.CONSENT} No consent to keep anything is written down in the case."
    return (
        f"Kept in the case, as its consents allow and for as long: {' and '.join(kept)}. Of other people than the one "
        "taken for the candidate no template is kept. This report shows faces; keep it as the consent of the people in it allows."
    )
