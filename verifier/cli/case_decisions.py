"""Decisions from the command line: `verifier case decide` and `sign`. The first is covered until there is a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import stop
from verifier.cli.folder import Case, KeyFile, Store, opened

if TYPE_CHECKING:
    from verifier.store.repository import Entry, Repository


def decide(
    case: Case,
    decision: Annotated[str, typer.Option(help="What was decided, in your words.")],
    reason: Annotated[str, typer.Option(help="On what grounds.")],
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Writes a decision down; a second reviewer signs it with verifier case sign."""
    from verifier.store import given
    from verifier.store.records import Decision

    with opened(store, key_file) as repository:
        decision, reason = given.needed(decision, "what you decide"), given.sentence(reason, "on what grounds")
        entry = repository.add(case, Decision(repository.actor, decision, reason))
        print(f"decision {entry.number}, to be signed by a second reviewer")


def sign(
    case: Case,
    number: Annotated[int, typer.Argument(help="Of the decision, as verifier case show lists it.")],
    decision: Annotated[str, typer.Option(help="What you decide, before you know the first reviewer's.")],
    reason: Annotated[str, typer.Option(help="On what grounds.")],
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Signs a decision as its second reviewer, with a decision of your own; then both are shown."""
    from dataclasses import replace

    from verifier.store import given
    from verifier.store.records import now

    with opened(store, key_file) as repository:
        entry = _entry(repository, case, "decision", number)
        if entry.record.confirmed:
            stop(f"decision {number} is signed already")
        if entry.record.reviewer == repository.actor:
            stop("a decision is signed by somebody else than its reviewer")
        second = replace(
            entry.record, second_reviewer=repository.actor, confirmed=now(),
            second_decision=given.needed(decision, "what you decide"),
            second_reason=given.sentence(reason, "on what grounds"),
        )  # fmt: skip
        repository.replace(entry, second)
        print(f"verifier case show {case} shows both decisions")


def _entry(repository: Repository, case: str, kind: str, number: int) -> Entry:
    repository.case(case)
    found = next((e for e in repository.entries(case, kind) if e.number == number), None)
    return found or stop(f"case {case} has no {kind} {number}")
