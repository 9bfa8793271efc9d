"""`verifier review`: people who work here are seen again."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import ProgressBar, plain_errors, say, stop, write_text
from verifier.cli.folder import KeyFile, Store, opened

if TYPE_CHECKING:
    from verifier.reviews import Reviewed

FORMULA = ("=", "+", "-", "@", "\t")
"""A spreadsheet would run a name that begins so."""


def review(
    plan: Annotated[str | None, typer.Option(help="Id of a case whose identity is to be confirmed regularly.")] = None,
    every: Annotated[int, typer.Option(help="With --plan: how often, in days.")] = 180,
    due: Annotated[bool, typer.Option("--due", help="List those whose time has come.")] = False,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder with a new recording of each who is due: CASE.mp4, or a folder CASE.")
    ] = None,
    out: Annotated[Path, typer.Option(help="With --recordings: folder for the reports and summary.csv.")] = Path(
        "verifier-review"
    ),
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Confirms identities again: plans it, lists who is due, compares new recordings with what was enrolled."""
    from verifier import reviews

    if sum((plan is not None, due, recordings is not None)) != 1:
        stop("choose one of --plan, --due and --recordings")
    if recordings is not None and not recordings.is_dir():
        stop(f"{recordings} is no folder")
    with opened(store, key_file) as repository:
        if plan is not None:
            reviews.plan(repository, plan, every)
            say(
                f"case {plan} is to be confirmed every {every} days: verifier review --due lists it when its time has come"
            )
        elif recordings is None:
            found = reviews.due(repository)
            if not found:
                say("nobody is due")
            for d in found:
                print(f"{d.case.id}\tdue since {d.since[:10]}\t{d.case.candidate.name}")
        else:
            from verifier.report.write import ReportWriteError, write_report

            try:
                with plain_errors(), ProgressBar() as progress:
                    done = reviews.run(
                        repository, recordings, lambda case, r: write_report(r, out / case), progress.show
                    )
                out.mkdir(parents=True, exist_ok=True)
            except ReportWriteError as error:
                stop(str(error))
            except OSError as error:
                stop(f"{out} cannot be written: {error.strerror}")
            for name in sorted(reviews.handed_in(recordings).keys() - {line.case_id for line in done}):
                say(f"{name} was passed over: no case of that id is due")
            if not done:
                say("nobody is due")
            for line in done:
                print(f"{line.case_id}\t{line.outcome}\t{line.name}")
            write_text(out / "summary.csv", _table(done))


def _table(done: list[Reviewed]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case", "name", "due", "outcome", "statements"))
    for line in done:
        cells = (line.case_id, line.name, line.due, line.outcome, " ".join(line.statements))
        writer.writerow(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)
    return text.getvalue()
