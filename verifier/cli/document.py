"""`verifier document`: identity documents, read and checked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.console import MISSING, USAGE, ProgressBar, say, stop, stop_unless_writable, write_text


def document(
    files: Annotated[list[Path], typer.Argument(help="Photo, scan or PDF of an identity document; repeat for more.")],
    name: Annotated[str | None, typer.Option(help="The name the candidate gave.")] = None,
    call_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which it must be valid; today if not given."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("verifier-document.html"),
    json_file: Annotated[
        str | None, typer.Option("--json", help="Write the JSON here; - prints it instead of the page.")
    ] = None,
) -> None:
    """Reads identity documents and says whether they hold together."""
    from verifier import api
    from verifier.documents.ocr import OcrMissing
    from verifier.report.document_html import documents_page
    from verifier.report.document_json import dumps

    if out.is_dir():
        stop(f"{out} is a folder: name the page to write with --out")
    stop_unless_writable(None if json_file == "-" else out, json_file)
    try:
        with ProgressBar() as progress:
            results = api.check_documents(
                files, name=name, call_date=call_date.date() if call_date else None, progress=progress.show
            )
    except OcrMissing as error:
        stop(str(error), MISSING)
    for result in results:
        if result.reason:
            say(f"{result.name}: {result.reason}")
    usable = [r for r in results if not r.reason]
    if usable and json_file == "-":
        print(dumps(results, name))
    elif usable:
        if json_file is not None:
            write_text(Path(json_file), dumps(results, name))
        write_text(out, documents_page(results, name))
        print(out.resolve())
    if len(usable) < len(results):
        raise typer.Exit(USAGE)
