"""`verifier ...`: what a person types. Heavy imports happen inside the commands, so that --help is immediate."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from verifier import __version__
from verifier.cli import cases, check, consent, document, models, pages, pairs, review, store
from verifier.cli.console import say

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(check.check)
app.command()(document.document)
app.command()(pairs.compare)
app.command()(pairs.calibrate)
app.command()(pages.ui)
app.add_typer(models.app, name="models")
app.add_typer(cases.app, name="case")
app.add_typer(consent.app, name="consent")
app.add_typer(store.app, name="store")
app.command()(store.purge)
app.command()(review.review)

INTERRUPTED = 130
STOPPED = "stopped; nothing was kept"


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Evidence on who is in an interview: faces across rounds and ID photos. It decides nothing for you."""
    if version:
        print(__version__)
        raise typer.Exit


def main() -> None:
    """Entry point: Ctrl-C ends with one line and leaves nothing half-written."""
    from verifier.observe.mediapipe_import import quiet_native_log

    try:
        with quiet_native_log():
            app(standalone_mode=True)
    except KeyboardInterrupt:
        say(STOPPED)
        sys.exit(INTERRUPTED)
    except SystemExit as ended:  # typer turns Ctrl-C into this, without a word
        if ended.code == INTERRUPTED:
            say(STOPPED)
        raise
