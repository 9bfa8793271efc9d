"""`verifier consent`: without it nothing biometric is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from verifier.cli.console import say, stop
from verifier.cli.folder import Case, KeyFile, Many, Store, files, opened, plainly, text_of

app = typer.Typer(no_args_is_help=True, help="What the people in a case consented to.")


@app.command("give")
def consent_give(
    case: Case,
    who: Annotated[str, typer.Option(help="Who gave it.")],
    until: Annotated[str, typer.Option(help="Until when, as 2027-01-31.")],
    text: Annotated[Path, typer.Option(help="The text that was shown, as a file.")],
    purpose: Annotated[list[str], typer.Option(help="recordings, templates or search; repeat.")],
    basis: Annotated[str, typer.Option(help="Consent, or the law it rests on.")] = "consent",
    given_at: Annotated[str, typer.Option("--given", help="When, as 2026-01-31; nothing: now.")] = "",
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Writes a consent down. Without one nothing biometric is kept."""
    from verifier.store.consent import give
    from verifier.store.records import Consent, now

    end, begin = f"{_day(until)}T23:59:59+00:00", _day(given_at) if given_at else now()  # the last day counts
    with opened(store, key_file) as repository:
        entry = give(repository, case, Consent(who, basis, _purposes(purpose), text_of(text), begin, end))
    say(f"consent {entry.number} is written down in case {case}: {', '.join(purpose)}, until {end[:10]}")


@app.command("withdraw")
def consent_withdraw(
    case: Case,
    purpose: Annotated[Many, typer.Option(help="recordings, templates or search; nothing: all.")] = None,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Takes consent back and deletes what rested on it."""
    from verifier.store.consent import withdraw
    from verifier.store.errors import OnHold
    from verifier.store.records import Purpose

    with opened(store, key_file) as repository:
        try:
            gone = withdraw(repository, case, _purposes(purpose) if purpose else tuple(Purpose))
        except OnHold as waits:
            say(str(waits))
            return
    say(f"the consent is withdrawn, and what rested on it is deleted: {files(gone)}")
    for sha256 in gone:
        print(sha256)


def _day(text: str) -> str:
    from verifier.store import given

    with plainly():
        return given.day(text)


def _purposes(names: list[str]) -> tuple[Any, ...]:
    from verifier.store.records import Purpose

    unknown = [n for n in names if n not in set(Purpose)]
    if unknown:
        stop(f"there is no purpose {unknown[0]!r}: {', '.join(Purpose)}")
    return tuple(Purpose(n) for n in names)
