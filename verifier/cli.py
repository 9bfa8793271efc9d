"""`verifier ...`: what a person types. Heavy imports happen inside the commands, so that --help is immediate."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from verifier import __version__

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
models_app = typer.Typer(no_args_is_help=True, help="Models that are fetched on request.")
app.add_typer(models_app, name="models")

USAGE, MISSING = 2, 3
INPUT_COLUMNS = ("a", "b")
OUTPUT_COLUMNS = ("kind", "score", "log10_lr", "lower", "upper", "support", "outcome", "reason")


def _say(line: str) -> None:
    print(f"verifier: {line}", file=sys.stderr)


def _stop(line: str, code: int = USAGE) -> NoReturn:
    _say(line)
    raise typer.Exit(code)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Evidence on who is in an interview: faces across rounds and ID photos. It decides nothing for you."""
    if version:
        print(__version__)
        raise typer.Exit


@app.command()
def check(
    rounds: Annotated[
        list[Path], typer.Argument(help="A recording, or a folder with the files of one call; one per round.")
    ],
    reference: Annotated[list[Path] | None, typer.Option(help="ID, photo or profile picture; repeat for more.")] = None,
    candidate: Annotated[
        str | None, typer.Option(help="Who the candidate is: a face of the report, as round-1/B.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name the candidate gave.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")] = Path("verifier-report"),
    json_file: Annotated[str | None, typer.Option("--json", help="Also write the JSON here; - prints it.")] = None,
    checks: Annotated[str | None, typer.Option(help="Only these checks, by id, with commas between.")] = None,
) -> None:
    """Checks the recorded rounds of one candidate and writes a report."""
    from verifier import api
    from verifier.checks.catalogue import UnknownCheck
    from verifier.report.json_report import dumps
    from verifier.report.write import ReportWriteError, write_report

    ids = [c.strip() for c in checks.split(",") if c.strip()] if checks else None
    try:
        with _Progress() as progress:
            report = api.check_case(
                rounds, reference or (), candidate=candidate, name=name, checks=ids, progress=progress.show
            )
        html_path, _ = write_report(report, out)
        if json_file == "-":
            print(dumps(report))
        elif json_file is not None:
            _write_text(Path(json_file), dumps(report))
    except api.NothingUsable as error:
        for file, reason in error.reasons:
            _say(f"{file}: {reason}")
        raise typer.Exit(USAGE) from None
    except UnknownCheck as error:
        _stop(f"there is no check {error.name!r} in this version", MISSING)
    except ReportWriteError as error:
        _stop(str(error))
    for file, reason in report.unusable:
        _say(f"{file}: {reason}")
    known = {p.id for p in report.participants}
    if candidate is not None and candidate not in known:
        _say(f"there is no face {candidate!r} (faces: {', '.join(sorted(known))}); the candidate was assumed as usual")
    if json_file != "-":
        print(html_path.resolve())
    if report.unusable or (candidate is not None and candidate not in known):
        raise typer.Exit(USAGE)


@app.command()
def compare(
    a: Annotated[Path | None, typer.Argument(help="Photo or clip.")] = None,
    b: Annotated[Path | None, typer.Argument(help="Photo or clip.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="CSV with the header a,b: one comparison per row.")] = None,
    out: Annotated[Path | None, typer.Option(help="With --pairs: the CSV to write.")] = None,
    json_file: Annotated[str | None, typer.Option("--json", help="Write the result as JSON here; - prints it.")] = None,
) -> None:
    """Compares the faces of two photos or clips, or of every row of a CSV."""
    if pairs is not None:
        if out is None or a is not None:
            _stop("--pairs needs --out and no other files")
        _compare_many(pairs, out)
        return
    if a is None or b is None:
        _stop("name two files to compare, or --pairs")
    from verifier import api

    row = api.compare(a, b)
    _say_stand_in()
    text = json.dumps({k: v for k, v in asdict(row).items() if k != "unusable"}, ensure_ascii=False)
    if json_file and json_file != "-":
        _write_text(Path(json_file), text + "\n")
    elif json_file == "-":
        print(text)
    elif row.log10_lr is not None:
        print(
            f"{row.outcome}: log10 LR {row.log10_lr:.2f} ({row.lower:.2f} to {row.upper:.2f}), supports {row.support}"
        )
    else:
        print(f"{row.outcome}: {row.reason}")
    if row.unusable:
        _stop(row.reason)


def _compare_many(pairs: Path, out: Path) -> None:
    from verifier import api

    try:
        with pairs.open(newline="", encoding="utf-8-sig") as source:
            reader = csv.DictReader(source)
            if not reader.fieldnames or not set(INPUT_COLUMNS) <= set(reader.fieldnames):
                _stop(f"{pairs.name}: the first line must be the header a,b")
            listed = [(row["a"] or "", row["b"] or "") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        _stop(f"{pairs.name}: cannot be read as a CSV file")
    base = pairs.parent
    with _Progress() as progress:
        rows = api.compare_pairs([(base / a, base / b) for a, b in listed], progress.show)
    _say_stand_in()
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*INPUT_COLUMNS, *OUTPUT_COLUMNS))
    for (a, b), row in zip(listed, rows, strict=True):
        values = asdict(row)
        writer.writerow((a, b, *("" if values[c] is None else values[c] for c in OUTPUT_COLUMNS)))
    _write_text(out, text.getvalue())


def _say_stand_in() -> None:
    from verifier.observe.face_detector import STAND_IN_NAME, detection_in_words

    words = detection_in_words()
    if words.startswith(STAND_IN_NAME):
        _say(words)


def _write_text(path: Path, text: str) -> None:
    from verifier.atomic import atomic_file

    try:
        with atomic_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        _stop(f"{path.name} cannot be written: {error.strerror}")


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes a free one.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Opens the page: drop recordings and photos, see the report. Only this computer can reach it."""
    from verifier_ui.server import PortInUse, serve

    try:
        serve(port, open_browser=open_browser)
    except PortInUse:
        _stop(f"port {port} is in use: close the other program, or choose a port with --port (0 takes a free one)")


@models_app.command("list")
def models_list() -> None:
    """Lists the models and whether they are here."""
    from verifier import weights

    for model in weights.manifest().values():
        print(f"{model.id}\t{weights.state(model)}\t{model.licence}\t{model.title}")


@models_app.command("get")
def models_get(names: list[str]) -> None:
    """Fetches models and verifies them."""
    from verifier import weights

    listed = weights.manifest()
    for name in names:
        if name not in listed:
            _stop(f"there is no model {name!r}; verifier models list shows them")
        try:
            weights.get(listed[name])
        except (weights.FetchError, OSError) as error:
            _stop(str(error))
        print(f"{name}: installed and verified")


@models_app.command("verify")
def models_verify() -> None:
    """Checks the hashes of the installed models."""
    from verifier import weights

    states = {m.id: weights.state(m) for m in weights.manifest().values()}
    for name, state in states.items():
        print(f"{name}\t{state}")
    if "damaged" in states.values():
        raise typer.Exit(MISSING)


class _Progress:
    """A bar on the terminal; nothing when stderr is not one."""

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import Progress

        self._bars = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        self._tasks: dict[str, object] = {}
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, stage: str, share: float) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=1.0)
        self._bars.update(self._tasks[stage], completed=share)  # type: ignore[arg-type]


def main() -> None:
    """Entry point: Ctrl-C ends with one line and leaves nothing half-written."""
    from verifier.observe.mediapipe_import import quiet_native_log

    try:
        with quiet_native_log():
            app(standalone_mode=True)
    except KeyboardInterrupt:
        _say("stopped; nothing was kept")
        sys.exit(130)


if __name__ == "__main__":
    main()
