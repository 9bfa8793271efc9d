"""The tool's own answers to a set, kept beside the votes of people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier import __version__
from verifier.audit.desk import Answer
from verifier.audit.people import AuditError
from verifier.audit.sets import read_file, read_set, write_file
from verifier.findings import Group, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from verifier.api import Progress
    from verifier.audit.sets import AuditSet
    from verifier.findings import Finding

RUNS = "runs"
COUNTED = (Group.IDENTITY, Group.MANIPULATION, Group.COACHING)
"""What a file says of its making is left out: every call of a set says that it was made for one."""


class Said(BaseModel):
    """One finding, as far as an audit counts it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    check: str
    outcome: Outcome
    statement: str
    rounds: list[str] = []
    """Ids of the files it speaks of, "round-1" the first."""
    spans_s: list[tuple[float, float]] = []
    """Where to look, in the first of `rounds`."""

    def points_at(self, file: str, span_s: tuple[float, float]) -> bool:
        """Whether it speaks of these seconds of a file, or of the file without naming any."""
        if self.rounds and file not in self.rounds:
            return False
        if not self.spans_s or (self.rounds and self.rounds[0] != file):
            return True
        return any(start <= span_s[1] and end >= span_s[0] for start, end in self.spans_s)


class Answered(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    answer: Answer
    findings: list[Said]
    reason: str = ""
    """Why there is no answer."""


class Run(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-run-1"] = Field(alias="schema", serialization_alias="schema")
    set: str
    at: datetime
    version: str
    answers: list[Answered] = Field(max_length=10_000)
    checks: list[str] | None = None
    """Those that were asked for; None: as `verifier check` does."""


def run_tool(
    folder: Path, checks: Sequence[str] | None = None, today: date | None = None,
    progress: Progress = lambda stage, share: None,
) -> Path:  # fmt: skip
    """Checks every item as `verifier check` would, not knowing the truth; the file with the answers.

    Each answer is kept when it is there: a run that was stopped is gone on with, if version and checks are the same.

    Raises:
        AuditError: no set, an expired one, or a file of it is gone.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    audit = read_set(folder, today or now.date())
    if not audit.left:
        raise AuditError(f"no call of {folder.name} is left: all were withdrawn")
    asked = None if checks is None else sorted(checks)
    last = next(reversed(runs_of(audit)), None)
    if last is None or is_whole(last, audit) or (last.version, last.checks) != (__version__, asked):
        last = Run(schema="audit-run-1", set=audit.file.id, at=now, version=__version__, answers=[], checks=asked)
    path, done = folder / RUNS / f"{last.at:%Y%m%dT%H%M%S}.json", {a.item for a in last.answers}
    for number, item in enumerate(audit.left):
        share = number / len(audit.left)
        if item.id in done:
            continue

        def step(_stage: str, _share: float, share: float = share) -> None:  # a caller may stop in the middle of a call
            progress("items", share)

        step("", 0.0)
        last.answers.append(_answered(item.id, audit.paths(item), checks, step))
        write_file(path, last, "the run cannot be kept")
    return path


def is_whole(run: Run, audit: AuditSet) -> bool:
    """Whether it answers every item that is left."""
    return {a.item for a in run.answers} >= {item.id for item in audit.left}


def runs_of(audit: AuditSet) -> list[Run]:
    """In order of time. AuditError: a broken file, or one of another set."""
    runs = []
    for path in sorted((audit.folder / RUNS).glob("*.json")):
        run = read_file(path, Run, f"the run {path.name} cannot be read")
        if run.set != audit.file.id or not {a.item for a in run.answers} <= audit.items.keys():
            raise AuditError(f"the run {path.name} is not of the set {audit.folder.name}")
        runs.append(run)
    return runs


def answer_of(findings: Iterable[Finding]) -> Answer:
    """`changed` where any counted check says "look at this"; `cannot tell` where none could look."""
    outcomes = {f.outcome for f in findings if f.group in COUNTED}
    if Outcome.OBSERVED in outcomes:
        return Answer.CHANGED
    return Answer.AS_RECORDED if Outcome.NOT_OBSERVED in outcomes else Answer.CANNOT_TELL


def _answered(item_id: str, paths: Sequence[Path], checks: Sequence[str] | None, progress: Progress) -> Answered:
    from verifier import api

    try:
        report = api.check_case(paths, checks=checks, progress=progress)
    except api.NothingUsable as error:
        reason = "; ".join(why for _, why in error.reasons)
        return Answered(item=item_id, answer=Answer.CANNOT_TELL, findings=[], reason=reason)
    said = [
        Said(check=f.check, outcome=f.outcome, statement=f.statement, rounds=list(f.rounds), spans_s=[s.seconds() for s in f.spans])
        for f in report.findings if f.group in COUNTED
    ]  # fmt: skip
    return Answered(item=item_id, answer=answer_of(report.findings), findings=said)
