"""`verifier case export` and `import`: a case as one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import ProgressBar, say, stop
from verifier.cli.folder import Case, KeyFile, Store, asked, opened

if TYPE_CHECKING:
    from verifier.blurred_copy import OthersBlurred
    from verifier.store.repository import Repository
    from verifier.store.vault import Secret

PASSPHRASE = "VERIFIER_ARCHIVE_PASSPHRASE"
Sealed = Annotated[bool, typer.Option("--passphrase", help=f"The archive is sealed; {PASSPHRASE}, or asked.")]

UNSEALED = (
    "anybody can have changed this archive, as it is not sealed: its consents are unconfirmed and {count} left out (recordings, "
    "transcripts, reports and what was seen). Nothing biometric is kept until the consent is written down again: "
    "verifier consent give {case}"
)


def export(
    case: Case,
    out: Annotated[Path, typer.Option(help="The archive to write.")],
    for_candidate: Annotated[bool, typer.Option("--for-candidate", help="A copy for the candidate.")] = False,
    blur_others: Annotated[
        bool, typer.Option("--blur-others", help="Everybody but the candidate is blurred in the recordings.")
    ] = False,
    passphrase: Sealed = False,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Writes everything a case holds into one archive; for the candidate without what is about other people's cases."""
    from verifier.store import archive

    if out.exists():
        stop(f"{out} is there already: name another file")
    if not out.parent.is_dir():
        stop(f"there is no folder {out.parent}")
    with opened(store, key_file) as repository, ProgressBar() as progress:
        secret = _secret(new=True) if passphrase else None
        blurred = _blurred(repository, case, progress) if blur_others else None
        count = archive.write(repository, case, out, secret=secret, for_candidate=for_candidate, blurred=blurred)
    for note in blurred.notes if blurred is not None else ():
        say(note)
    print(f"{out}: {count} entries")


def take_in(archive_file: Path, passphrase: Sealed = False, store: Store = None, key_file: KeyFile = None) -> None:
    """Takes a case in from an archive, and prints its new id."""
    from verifier.store import archive

    with opened(store, key_file) as repository:
        secret = _secret(new=False) if passphrase else None
        case_id, left_out = archive.read(repository, archive_file, secret=secret)
        if secret is None:
            say(UNSEALED.format(case=case_id, count=_entries(left_out)))
        elif left_out:
            say(f"{_entries(left_out)} left out: which other cases are somebody else's is known in their folder only")
    print(case_id)


def _blurred(repository: Repository, case: str, progress: ProgressBar) -> OthersBlurred:
    from verifier.blurred_copy import OthersBlurred

    return OthersBlurred(repository, case, progress.show)


def _secret(*, new: bool) -> Secret:
    from verifier.store.vault import Secret

    text = os.environ.get(PASSPHRASE)
    return Secret.passphrase(text) if text else asked("Passphrase of the archive", variable=PASSPHRASE, twice=new)


def _entries(count: int) -> str:
    return "1 entry was" if count == 1 else f"{count} entries were"
