"""`verifier check`: the recorded rounds of one candidate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.console import MISSING, USAGE, ProgressBar, plain_errors, say, stop, stop_unless_writable, write_text
from verifier.cli.folder import KeyFile, Store, opened, say_if_nothing_is_kept

FACE_ID = re.compile(r"round-\d+(-\d+)?/([A-Z]|voice-\d+)")


def check(
    rounds: Annotated[
        list[Path], typer.Argument(help="A recording, or a folder with the files of one call; one per round.")
    ],
    reference: Annotated[list[Path] | None, typer.Option(help="ID, photo or profile picture; repeat for more.")] = None,
    candidate: Annotated[
        str | None,
        typer.Option(
            help="Who the candidate is: a face or voice of the report, as round-1/B, or a picture of the candidate."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name the candidate gave.")] = None,
    transcript: Annotated[
        list[Path] | None,
        typer.Option(help="Transcript of a round: WebVTT, SRT, SBV, or text of Zoom, Teams or Meet; repeat for more."),
    ] = None,
    compare_transcripts: Annotated[
        list[Path] | None,
        typer.Option(help="Transcript of another candidate's call, to lay answers beside; repeat for more."),
    ] = None,
    transcribe: Annotated[
        bool,
        typer.Option("--transcribe", help="Write down what the candidate says where no transcript is given (slow)."),
    ] = False,
    challenge: Annotated[
        Path | None,
        typer.Option(
            help="What the candidate was asked to do when: a file of marks, or auto to look for turns and hands."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")] = Path("verifier-report"),
    json_file: Annotated[str | None, typer.Option("--json", help="Also write the JSON here; - prints it.")] = None,
    checks: Annotated[str | None, typer.Option(help="Only these checks, by id, with commas between.")] = None,
    case: Annotated[str | None, typer.Option(help="Add the rounds to this case, and report on all of it.")] = None,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Checks the recorded rounds of one candidate and writes a report."""
    from verifier import api
    from verifier.checks.catalogue import UnknownCheck
    from verifier.report.json_report import dumps
    from verifier.report.write import ReportWriteError, write_report
    from verifier.weights import ModelMissing

    who = Path(candidate) if candidate is not None and not FACE_ID.fullmatch(candidate) else candidate
    if isinstance(who, Path) and not who.is_file():
        stop(f"{who}: there is no such picture, and it is no face or voice of a report, as round-1/B")
    if out.exists() and not out.is_dir():
        stop(f"{out} is a file: choose a folder with --out")
    stop_unless_writable(out, folder=True)
    stop_unless_writable(json_file)
    ids = [c.strip() for c in checks.split(",") if c.strip()] if checks else None
    if ids == []:
        stop("--checks names no check")
    try:
        if case is None:
            if store is not None:
                stop("--store needs --case: verifier case new opens one")
            with plain_errors(), ProgressBar() as progress:
                report = api.check_case(
                    rounds, reference or (), candidate=who, name=name, checks=ids,
                    transcripts=transcript or (), compare_transcripts=compare_transcripts or (), transcribe=transcribe, challenge=challenge,
                    progress=progress.show,
                )  # fmt: skip
        else:
            from verifier import casework

            if name is not None:
                stop("a case has its name: leave --name out")
            if challenge is not None:
                stop("--challenge is asked of recordings without a case")
            with opened(store, key_file) as repository, plain_errors(), ProgressBar() as progress:
                done = casework.check(
                    repository, case, rounds, reference or (), candidate=who, checks=ids, transcripts=transcript or (),
                    progress=progress.show,
                )  # fmt: skip
                report = done.report
                say_if_nothing_is_kept(repository, case)
        html_path, _ = write_report(report, out)
        if json_file == "-":
            print(dumps(report))
        elif json_file is not None:
            write_text(Path(json_file), dumps(report))
    except api.NothingUsable as error:
        for file, reason in error.reasons:
            say(f"{file}: {reason}")
        raise typer.Exit(USAGE) from None
    except ModelMissing as error:
        stop(str(error), MISSING)
    except api.BadMarks as error:
        stop(str(error))
    except UnknownCheck as error:
        stop(f"there is no check {error.name!r} in this version", MISSING)
    except ReportWriteError as error:
        stop(str(error))
    for file, reason in report.unusable:
        say(f"{file}: {reason}")
    known = {p.id for p in report.participants} | {s.id for s in report.speakers}
    unknown = isinstance(who, str) and who not in known
    if unknown:
        say(
            f"there is no face or voice {who!r} (there are: {', '.join(sorted(known))}); the candidate was assumed as usual"
        )
    if json_file != "-":
        print(html_path.resolve())
    if report.unusable or unknown:
        raise typer.Exit(USAGE)
