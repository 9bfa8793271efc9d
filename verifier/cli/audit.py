"""`verifier audit`: how often are we, and the tool, right?"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import MISSING, USAGE, ProgressBar, plain_errors, say, stop, stop_unless_writable

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    no_args_is_help=True, help="Measures an organisation's own process, tool and people, on calls of known truth."
)
KEYS = {"c": "changed", "g": "as recorded", "n": "cannot tell"}
Truth = Annotated[Path | None, typer.Option(help="The set's truth, where it does not lie beside the set.")]
SetFolder = Annotated[Path, typer.Argument(metavar="SET", help="Folder that verifier audit make has made.")]

CONSENT_HELP = (
    "The consent record of the people in --clips (one folder each, of that name), JSON: "
    '{"schema": "audit-consent-1", "kept_at": "HR folder 12", "people": [{"name": "ana", "consented_on": "2026-11-02", "until": '
    '"2027-11-02", "group": ""}]}; until and group may be left out.'
)


@app.command()
def make(
    out: Annotated[Path, typer.Option(help="Folder to make; the truth is written beside it.")],
    clips: Annotated[Path | None, typer.Option(help="Folder with a folder of recordings per person; samples if not given.")] = None,
    consent: Annotated[Path | None, typer.Option(help=CONSENT_HELP)] = None,
    count: Annotated[int, typer.Option(min=2, max=2000, help="Calls to draw, about half of them genuine.")] = 20,
    seconds: Annotated[float, typer.Option(min=4, max=600, help="Longest call.")] = 40.0,
    seed: Annotated[int | None, typer.Option(help="Draws the same set again; at random if not given.")] = None,
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day after which it is deleted; in 90 days if not given.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this manipulation; repeat for more.")] = None,
) -> None:  # fmt: skip
    """Draws a blind set of genuine and changed calls from consenting people's recordings."""
    from verifier.audit import people
    from verifier.audit.draw import AUDITED, Wanted, draw_set

    unknown = [name for name in only or () if name not in AUDITED]
    if unknown:
        stop(f"there is no manipulation {unknown[0]!r}; there are: {', '.join(AUDITED)}")
    if clips is not None and consent is None:
        stop("--clips needs --consent: the record of everybody who agreed to be in audit calls")
    stop_unless_writable(out.parent, folder=True)
    with _audit_errors(), ProgressBar() as progress:
        company = people.samples() if clips is None or consent is None else people.of_folder(clips, consent, _today())
        wanted = Wanted(count, seconds, tuple(only or AUDITED), seed, expires.date() if expires else None)
        audit = draw_set(company, out, wanted, _today(), progress.show)
    for name, reason in company.unusable:
        say(f"{name}: {reason}")
    print(f"{out.resolve()}: {len(audit.file.items)} items, to be deleted after {audit.file.expires}")
    if company.unusable:
        raise typer.Exit(USAGE)


@app.command()
def run(
    folder: SetFolder,
    checks: Annotated[str | None, typer.Option(help="Only these checks, by id, with commas between.")] = None,
) -> None:
    """Has the tool check every item; it does not read the truth. A run that was stopped is gone on with."""
    from verifier.audit.tool import run_tool
    from verifier.checks.catalogue import UnknownCheck
    from verifier.weights import ModelMissing

    ids = [c.strip() for c in checks.split(",") if c.strip()] if checks else None
    try:
        with _audit_errors(), plain_errors(), ProgressBar() as progress:
            print(run_tool(folder, ids, progress=progress.show).resolve())
    except UnknownCheck as error:
        stop(f"there is no check {error.name!r} in this version", MISSING)
    except ModelMissing as error:
        stop(str(error), MISSING)


@app.command()
def review(
    folder: SetFolder,
    reviewer: Annotated[str, typer.Option(help="Whose votes these are.")],
    truth: Truth = None,
    play: Annotated[bool, typer.Option("--play", help="Open each call in this computer's player.")] = False,
) -> None:
    """Asks for a vote on each call, then shows what is true of it; stop and go on at any time."""
    from verifier.audit import desk

    with _audit_errors():
        audit = desk.open_set(folder, truth)
        print(desk.NO_CHANGE)
        while (item := desk.next_item(audit, reviewer)) is not None:
            paths = audit.paths(item)
            done = desk.judged(audit, reviewer)
            print(
                f"\nItem {done + 1} of {len(audit.left)}" + (" (two rounds of one candidate)" if len(paths) > 1 else "")
            )
            for path in paths:
                print(f"  {path.resolve()}")
                if play:
                    typer.launch(str(path))
            began = time.monotonic()
            key = _asked()
            if key is None:
                break
            note = typer.prompt("What makes you think so? (Enter for nothing)", default="", show_default=False)
            desk.vote(audit, reviewer, item.id, desk.Answer(KEYS[key]), note, time.monotonic() - began)
            known = desk.reveal(audit, reviewer, item.id, truth)
            print(f"{known.whether_right} {known.words}".lstrip())
        else:
            print("All items are judged: verifier audit report shows the rates.")


@app.command()
def report(
    folders: Annotated[list[Path], typer.Argument(metavar="SET...", help="One or more sets; more show how rates go over time.")],
    out: Annotated[Path, typer.Option(help="Folder for audit-report.html and audit-report.json.")] = Path("verifier-audit"),
    truth: Truth = None,
) -> None:  # fmt: skip
    """Writes how often tool and people were right, with intervals."""
    from verifier.audit.report import write_report

    if truth is not None and len(folders) > 1:
        stop("--truth goes with one set: those of several lie beside them")
    stop_unless_writable(out, folder=True)
    with _audit_errors():
        print(write_report(folders, out, truth)[0].resolve())


@app.command()
def delete(
    folder: SetFolder,
    person: Annotated[str | None, typer.Option(help="Who takes consent back: the calls with this person's picture or voice, at once.")] = None,
    truth: Truth = None,
) -> None:  # fmt: skip
    """Deletes the calls of a set that has expired, or those of one person; answers are kept for the rates."""
    from verifier.audit.remove import delete_expired, withdraw

    with _audit_errors():
        count = delete_expired(folder, _today()) if person is None else withdraw(folder, person, truth)
    print(f"{folder.resolve()}: {count} calls deleted")


def _asked() -> str | None:
    """A key of KEYS; None: stop here."""
    while True:
        words = "[c] something was changed, [g] genuine, as recorded, [n] cannot tell, [q] stop here"
        try:
            key = str(typer.prompt(words)).strip().lower()[:1]
        except typer.Abort:  # the end of what is piped in
            return None
        if key == "q":
            return None
        if key in KEYS:
            return key


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def _audit_errors() -> Iterator[None]:
    from verifier.audit.people import AuditError

    try:
        yield
    except AuditError as error:
        stop(str(error))
