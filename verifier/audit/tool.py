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


def run_tool(
    folder: Path, checks: Sequence[str] | None = None, today: date | None = None,
    progress: Progress = lambda stage, share: None,
) -> Path:  # fmt: skip
    """Checks every item as `verifier check` would, not knowing the truth; the file with the answers.

    Raises:
        AuditError: no set, an expired one, or a file of it is gone.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    audit = read_set(folder, today or now.date())
    answers = []
    for number, item in enumerate(audit.file.items):
        share = number / len(audit.file.items)

        def step(_stage: str, _share: float, share: float = share) -> None:  # a caller may stop in the middle of a call
            progress("items", share)

        step("", 0.0)
        answers.append(_answered(item.id, audit.paths(item), checks, step))
    run = Run(schema="audit-run-1", set=audit.file.id, at=now, version=__version__, answers=answers)
    path = folder / RUNS / f"{now:%Y%m%dT%H%M%S}.json"
    write_file(path, run, "the run cannot be kept")
    return path


def runs_of(audit: AuditSet) -> list[Run]:
    """In order of time. AuditError: a broken file, or one of another set."""
    runs = []
    for path in sorted((audit.folder / RUNS).glob("*.json")):
        run = read_file(path, Run, f"the run {path.name} cannot be read")
        if run.set != audit.file.id or {a.item for a in run.answers} != audit.items.keys():
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
        Said(check=f.check, outcome=f.outcome, statement=f.statement) for f in report.findings if f.group in COUNTED
    ]
    return Answered(item=item_id, answer=answer_of(report.findings), findings=said)
