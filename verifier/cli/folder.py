"""What the commands on a case folder share: how it is found and opened."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import say, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.store.repository import Repository
    from verifier.store.vault import Secret

MOST_TEXT = 1 << 20
PASSPHRASE, DATABASE = "VERIFIER_PASSPHRASE", "VERIFIER_DATABASE"
Store = Annotated[
    Path | None,
    typer.Option("--store", help="The case folder; otherwise the one in VERIFIER_HOME.", show_default=False),
]
Case = Annotated[str, typer.Argument(help="Id of the case, as verifier case list shows it.")]
Many = list[str] | None
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="The file that opens a folder locked with a key file.")
]


@contextmanager
def opened(store: Path | None, key_file: Path | None) -> Iterator[Repository]:
    """The folder; every error of it ends in one line. A passphrase comes from VERIFIER_PASSPHRASE or is asked for."""
    with plainly():
        from verifier.store.errors import WrongKey
        from verifier.store.repository import Repository

        folder, database = place(store), os.environ.get(DATABASE)
        secret = given(key_file)
        try:
            repository = Repository.open(folder, secret=secret, database=database)
        except WrongKey:
            if secret is not None or not sys.stdin.isatty():
                raise
            repository = Repository.open(folder, secret=asked("Passphrase"), database=database)
        with repository:
            yield repository


@contextmanager
def plainly() -> Iterator[None]:
    from verifier.store.errors import StoreError

    try:
        yield
    except StoreError as error:
        stop(str(error))


def say_if_nothing_is_kept(repository: Repository, case: str) -> None:
    """After files were looked at for a case."""
    from verifier.case_desk import CaseDesk

    if not CaseDesk(repository).may_keep(case):
        say(f"nothing was kept: case {case} holds no consent to keep recordings or templates (verifier consent give)")


def files(gone: list[str]) -> str:
    """What went, in words; their hashes are for machines."""
    return (
        f"{len(gone)} file{'' if len(gone) == 1 else 's'}{': the hashes of their sealed bytes follow' if gone else ''}"
    )


def place(store: Path | None) -> Path:
    from verifier import weights

    return store or weights.home() / "cases"


def given(key_file: Path | None) -> Secret | None:
    from verifier.store.vault import Secret

    if key_file is not None:
        return Secret.key_file(key_file)
    text = os.environ.get(PASSPHRASE)
    return Secret.passphrase(text) if text else None


def asked(prompt: str, *, variable: str = PASSPHRASE, twice: bool = False) -> Secret:
    """variable: of the environment, which may hold it instead."""
    from verifier.store.vault import Secret

    if not sys.stdin.isatty():
        stop(f"there is no terminal to ask for the passphrase on: set {variable}")
    return Secret.passphrase(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))


def text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_TEXT).decode()
    except OSError as error:
        stop(f"{path.name} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        stop(f"{path.name} is no text")
