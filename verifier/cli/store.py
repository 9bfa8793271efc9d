"""`verifier store` and `verifier purge`: the case folder itself."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import USAGE, say, stop, write_text
from verifier.cli.folder import PASSPHRASE, KeyFile, Store, asked, given, opened, place, plainly

if TYPE_CHECKING:
    from verifier.store.vault import Secret

app = typer.Typer(no_args_is_help=True, help="The case folder: make, check and lock it, read its log.")
LockFile = Annotated[Path | None, typer.Option("--key-file", help="Lock it with this key file; made when missing.")]
Locked = Annotated[bool, typer.Option("--passphrase", help=f"Lock it with a passphrase ({PASSPHRASE}, or asked for).")]


@app.command("new")
def store_new(store: Store = None, passphrase: Locked = False, key_file: LockFile = None) -> None:
    """Makes a case folder. What it holds is sealed; a passphrase or key file locks it besides.

    With --key-file, a file that does not exist is made. Whoever loses the passphrase or the file loses the folder.
    """
    import os

    from verifier.store.repository import Repository

    with plainly():
        folder = place(store)
        if (folder / "keys.db").exists():
            stop(f"{folder} is a case folder already")
        secret = _new_secret(passphrase, key_file)
        Repository.open(folder, secret=secret, database=os.environ.get("VERIFIER_DATABASE"), create=True).close()
    print(folder)


@app.command("check")
def store_check(store: Store = None, key_file: KeyFile = None) -> None:
    """Verifies every hash, link and seal, and the log."""
    from verifier.store.check import check

    with opened(store, key_file) as repository:
        health = check(repository.for_everybody())
    for line in health.problems:
        say(line)
    for line in health.unfinished:
        print(f"{line}: verifier purge clears it away")
    if health.problems:
        raise typer.Exit(USAGE)
    print("Everything that is kept is whole and can be read, and the log is unbroken.")


@app.command("log")
def store_log(
    store: Store = None,
    key_file: KeyFile = None,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write it here, one JSON object a line, hashes included.")] = None,
) -> None:
    """Prints or exports the log: who did what to which case when."""
    with opened(store, key_file) as repository:
        lines = repository.history(case)
    if out is not None:
        write_text(out, "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines))
        return
    for line in lines:
        print(f"{line.seq}\t{line.at}\t{line.actor}\t{line.action}\t{line.case_id}\t{line.detail}")


@app.command("lock")
def store_lock(
    store: Store = None,
    key_file: KeyFile = None,
    new_key_file: Annotated[Path | None, typer.Option(help="From now on this key file; made when missing.")] = None,
    new_passphrase: Annotated[bool, typer.Option("--new-passphrase", help="From now on a new passphrase.")] = False,
    unlocked: Annotated[bool, typer.Option("--unlocked", help="From now on no passphrase or key file.")] = False,
) -> None:
    """Changes what opens the folder; nothing is sealed anew, so it takes no longer for a large one."""
    if sum((new_key_file is not None, new_passphrase, unlocked)) != 1:
        stop("choose one of --new-key-file, --new-passphrase and --unlocked")
    with opened(store, key_file) as repository:
        secret = None if unlocked else _new_secret(new_passphrase, new_key_file, fresh=True)
        repository.keys.rotate(secret)
        repository.log("change lock", kind=secret.kind if secret else "none")
    print("The folder opens with the new one from now on, and with the old one no longer.")


@app.command("retention")
def store_retention(
    changed: Annotated[list[str] | None, typer.Argument(help="KIND=DAYS, as media=30; nothing: prints them.")] = None,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """How many days each kind of entry is kept."""
    from verifier.store import retention

    wanted = {}
    for text in changed or ():
        kind, _, days = text.partition("=")
        if not days.isdigit():
            stop(f"{text!r} is not of the form KIND=DAYS")
        wanted[kind] = int(days)
    with opened(store, key_file) as repository:
        if wanted:
            retention.set_days(repository, wanted)
        for kind, number in retention.days(repository).items():
            print(f"{kind}\t{number} days")


def purge(
    store: Store = None,
    key_file: KeyFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    receipt: Annotated[Path | None, typer.Option(help="Write what was deleted here, with hashes, as JSON.")] = None,
) -> None:
    """Deletes everything in the case folder whose time is over or that no consent covers, and what interruptions left."""
    from verifier.store import retention

    with opened(store, key_file) as repository:
        gone, stay = retention.purge(repository, dry_run=dry_run)
    if receipt is not None:
        write_text(receipt, json.dumps({"dry_run": dry_run, "gone": [asdict(g) for g in gone]}, indent=1) + "\n")
    for g in gone:
        print("\t".join((g.case_id, g.what, g.why, " ".join(g.hashes))))
    for line in stay:
        say(line)
    print(f"{len(gone)} {'would be ' if dry_run else ''}deleted")


def _new_secret(passphrase: bool, key_file: Path | None, *, fresh: bool = False) -> Secret | None:
    """fresh: a passphrase is asked for, since VERIFIER_PASSPHRASE holds the old one (VERIFIER_NEW_PASSPHRASE may hold it)."""
    import os

    from verifier.store.vault import LEAST_PASSPHRASE, Secret, make_key_file

    if key_file is not None:
        if not key_file.exists():
            make_key_file(key_file)
        return Secret.key_file(key_file)
    if not passphrase:
        return None
    new = os.environ.get("VERIFIER_NEW_PASSPHRASE") if fresh else None
    secret = Secret.passphrase(new) if new else None if fresh else given(None)
    variable = "VERIFIER_NEW_PASSPHRASE" if fresh else PASSPHRASE
    secret = secret or asked("New passphrase", variable=variable, twice=True)
    if len(secret.value) < LEAST_PASSPHRASE:
        stop(f"a passphrase of at least {LEAST_PASSPHRASE} characters is needed: a few words do")
    return secret
