"""`verifier case`: cases that last."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import case_archive, case_decisions, case_lines
from verifier.cli.console import USAGE, ProgressBar, plain_errors, say, stop
from verifier.cli.folder import Case, KeyFile, Many, Store, files, opened, say_if_nothing_is_kept

if TYPE_CHECKING:
    from verifier.store.repository import Repository

app = typer.Typer(no_args_is_help=True, help="Cases that last: rounds, notes, decisions, exports.")


@app.command("new")
def case_new(
    name: Annotated[str, typer.Option(help="The name the candidate gave.")],
    other_name: Annotated[Many, typer.Option(help="Another name they go or went by; repeat.")] = None,
    email: Annotated[Many, typer.Option(help="E-mail address; repeat.")] = None,
    phone: Annotated[Many, typer.Option(help="Telephone number; repeat.")] = None,
    profile: Annotated[Many, typer.Option(help="Address of a profile or repository; repeat.")] = None,
    place: Annotated[str, typer.Option(help="Where they say they work from.")] = "",
    time_zone: Annotated[str, typer.Option(help="Of that place, as Europe/Berlin or UTC+2.")] = "",
    ship_to: Annotated[Many, typer.Option(help="Where equipment is to be sent; repeat.")] = None,
    pay_to: Annotated[Many, typer.Option(help="Account or handle to be paid to; repeat.")] = None,
    agency: Annotated[str, typer.Option(help="Who placed them.")] = "",
    visible_to: Annotated[
        Many, typer.Option(help="User who may see the case; repeat. Nobody named: everybody.")
    ] = None,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Opens a case and prints its id."""
    from verifier.store import given
    from verifier.store.records import Candidate

    candidate = Candidate(
        name=name, other_names=tuple(other_name or ()), emails=tuple(email or ()), phones=tuple(phone or ()),
        profiles=tuple(profile or ()), place=place, time_zone=time_zone, shipping_addresses=tuple(ship_to or ()),
        payment_handles=tuple(pay_to or ()), agency=agency, visible_to=tuple(visible_to or ()),
    )  # fmt: skip
    with opened(store, key_file) as repository:
        candidate = given.candidate(candidate)
        case = repository.new_case(candidate)
        for line in case_lines.shared(repository, case, candidate):
            say(line)
        print(case)


@app.command("list")
def case_list(
    text: Annotated[str, typer.Argument(help="Part of a name, contact or agency; without case and accents.")] = "",
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Lists the cases, newest first."""
    with opened(store, key_file) as repository:
        for line in case_lines.listed(repository, text):
            print(line)
        for damaged in repository.damaged():
            say(f"case {damaged} was changed and cannot be read: verifier store check says more")


@app.command("show")
def case_show(
    case: Case,
    uncover: Annotated[
        bool,
        typer.Option("--uncover", help="There is no second reviewer: show the first decision, and keep that it was."),
    ] = False,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Shows where a case stands: what may be kept, what the latest report says, and what the case holds, until when.

    A first decision stays covered until a second reviewer has written theirs (verifier case sign).
    """
    from verifier.case_desk import CaseDesk

    with opened(store, key_file) as repository:
        repository.case(case)
        if uncover:
            CaseDesk(repository).uncover(case, repository.actor)
        for line in case_lines.page(repository, case):
            print(line)


@app.command("add")
def case_add(
    case: Case,
    rounds: Annotated[
        list[Path] | None, typer.Argument(help="Recordings, or folders with the files of one call.")
    ] = None,
    reference: Annotated[list[Path] | None, typer.Option(help="ID, photo or profile picture; repeat for more.")] = None,
    date: Annotated[str, typer.Option(help="When the rounds were, as 2027-01-31.")] = "",
    label: Annotated[str, typer.Option(help="What the rounds are called: Technical interview.")] = "",
    present: Annotated[Many, typer.Option(help="Who was there; repeat.")] = None,
    candidate: Annotated[Many, typer.Option(help="Who the candidate is: a face, as round-2/B; repeat.")] = None,
    note: Annotated[str | None, typer.Option(help="A reviewer's note.")] = None,
    word: Annotated[str | None, typer.Option(help="The candidate's own word.")] = None,
    kind: Annotated[str, typer.Option(help="Of --word: statement, dispute or accommodation.")] = "statement",
    document: Annotated[str | None, typer.Option(help="Number of a document that was shown.")] = None,
    country: Annotated[str, typer.Option(help="Of --document: who issued it.")] = "",
    transcript: Annotated[tuple[str, Path] | None, typer.Option(help="Id of a round, and a text file.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("verifier-report"),
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Adds rounds, references, notes, documents or the candidate's own word; rounds and references are looked at."""
    from verifier.store import given, records, retention

    if word and kind not in ("statement", "dispute", "accommodation"):
        stop(f"--kind is statement, dispute or accommodation, not {kind!r}")
    with opened(store, key_file) as repository:
        repository.case(case)
        date = given.when(date)
        new: list[tuple[Any, str | None]] = []  # looked at as a whole before any of it is written
        if note is not None:
            new.append((records.Note(repository.actor, given.needed(note, "the note")), None))
        if word is not None:
            new.append((records.Word(kind, given.needed(word, "what the candidate said")), None))
        if document:
            number = records.Document("identity document", document, country)
            new.append((number, retention.until(repository, case, "document")))
        if transcript:
            kept = records.Transcript(
                _round(repository, case, transcript[0], len(rounds or ())),
                _transcript(transcript[1]),
                transcript[1].name,
            )
            new.append((kept, retention.until(repository, case, "transcript")))
        for record, until in new:
            entry = repository.add(case, record, until=until)
            say(f"{entry.kind} {entry.number} is written down in case {case}")
        if rounds or reference:
            report_on(
                repository, case, rounds or [], reference or [], out, date=date, label=label, present=present or (),
                candidates=candidate or (),
            )  # fmt: skip
        elif not new:
            stop("there is nothing to add")


@app.command("check")
def case_check(
    case: Case,
    candidate: Annotated[Many, typer.Option(help="Who the candidate is: a face, as round-1/B; repeat.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("verifier-report"),
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Reports on a case again, with the models and calibrations of today; says what changed."""
    with opened(store, key_file) as repository:
        report_on(repository, case, [], [], out, candidates=candidate or ())


app.command("decide")(case_decisions.decide)
app.command("sign")(case_decisions.sign)


@app.command("apart")
def case_apart(
    case: Case,
    other: Annotated[str, typer.Argument(help="The other case.")],
    reason: Annotated[str, typer.Option(help="How you know.")],
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Remembers that two cases are two people; their faces are not compared again."""
    from verifier.case_desk import CaseDesk

    with opened(store, key_file) as repository:
        CaseDesk(repository).keep_apart(case, repository.actor, other, reason)
    say(f"cases {case} and {other} are two people from now on: their faces and voices are not compared any more")


@app.command("hold")
def case_hold(
    case: Case,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="The hold is over.")] = False,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Legal hold: nothing of the case is deleted until it is lifted with --lift."""
    from verifier.store import given

    if lift == (reason is not None):
        stop("choose --reason, to hold the case, or --lift")
    with opened(store, key_file) as repository:
        repository.hold(case, "" if reason is None else given.needed(reason, "why the case is held"))
    if lift:
        say(f"case {case} is on hold no longer: verifier purge deletes what is due")
    else:
        say(f"case {case} is on legal hold: nothing of it is deleted until verifier case hold {case} --lift")


app.command("export")(case_archive.export)
app.command("import")(case_archive.take_in)


@app.command("delete")
def case_delete(
    case: Case,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: Store = None,
    key_file: KeyFile = None,
) -> None:
    """Deletes a case for good: its keys, its files, its rows. The log keeps its id."""
    from verifier.store.errors import Damaged

    with opened(store, key_file) as repository:
        with suppress(Damaged):  # it can be deleted all the same
            repository.case(case)
        try:
            sure = yes or typer.confirm(f"Delete case {case} for good?", err=True)
        except typer.Abort:  # interrupted, or there is no terminal
            stop("nothing was deleted; where nobody can be asked, add --yes")
        if not sure:
            stop("nothing was deleted")
        gone = repository.delete_case(case)
    say(f"case {case} is deleted for good, with {files(gone)}")
    for sha256 in gone:
        print(sha256)


def report_on(
    repository: Repository, case: str, rounds: list[Path], references: list[Path], out: Path, **more: Any
) -> None:
    """Looks at what is new, writes the report on the whole case, prints its path and what changed."""
    from verifier import api, casework
    from verifier.report.write import ReportWriteError, write_report

    try:
        with plain_errors(), ProgressBar() as progress:
            done = casework.check(repository, case, rounds, references, progress=progress.show, **more)
        html, _ = write_report(done.report, out)
    except api.NothingUsable as error:
        for file, reason in error.reasons:
            say(f"{file}: {reason}")
        if not error.reasons:
            say(f"case {case} holds no round yet: verifier case add {case} RECORDING adds one")
        raise typer.Exit(USAGE) from None
    except ReportWriteError as error:
        stop(str(error))
    for line in done.changes:
        print(line)
    print(html.resolve())
    if rounds or references:
        say_if_nothing_is_kept(repository, case)
    for file, reason in done.report.unusable:
        say(f"{file}: {reason}")
    if done.report.unusable:
        raise typer.Exit(USAGE)


def _round(repository: Repository, case: str, round_id: str, new: int) -> str:
    """The id of a round that the case holds, or that is added now."""
    held = [e.record.round_id for e in repository.entries(case, "round")]
    last = max((int(r.split("-")[1]) for r in held), default=0)
    known = [*held, *(f"round-{n}" for n in range(last + 1, last + 1 + new))]
    if round_id not in known:
        stop(f"case {case} has no round {round_id!r}" + (f" (there are: {', '.join(known)})" if known else ""))
    return round_id


def _transcript(path: Path) -> str:
    from verifier.media.types import MediaError
    from verifier.transcripts.text_file import read_text

    try:
        return read_text(path)[0]
    except MediaError as error:
        stop(f"{path.name}: {error}")
    except OSError as error:
        stop(f"{path.name} cannot be read: {error.strerror}")
