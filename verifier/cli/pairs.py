"""`verifier compare` and `verifier calibrate`: two files, or a table of them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import ProgressBar, plain_errors, say, say_stand_in, stop, write_text

if TYPE_CHECKING:
    from verifier.own_calibration import CurveNews

INPUT_COLUMNS = ("a", "b")
LABELLED_COLUMNS = ("a", "b", "same")
OUTPUT_COLUMNS = ("kind", "score", "log10_lr", "lower", "upper", "support", "outcome", "reason")
YES, NO = ("yes", "true", "1", "same"), ("no", "false", "0", "different")


def compare(
    a: Annotated[Path | None, typer.Argument(help="Photo, clip or sound file.")] = None,
    b: Annotated[Path | None, typer.Argument(help="Photo, clip or sound file.")] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(help="CSV with the header a,b: one comparison per row; paths are relative to the CSV."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="With --pairs: the CSV to write.")] = None,
    json_file: Annotated[str | None, typer.Option("--json", help="Write the result as JSON here; - prints it.")] = None,
) -> None:
    """Compares the faces of two photos or clips, or the voices of two sound files, or those of every row of a CSV."""
    if pairs is not None:
        if out is None or a is not None:
            stop("--pairs needs --out and no other files")
        _compare_many(pairs, out)
        return
    if a is None or b is None:
        stop("name two files to compare, or --pairs")
    from verifier import api

    with plain_errors():
        row = api.compare(a, b)
    if row.kind == "face":
        say_stand_in()
    text = json.dumps({k: v for k, v in asdict(row).items() if k != "unusable"}, ensure_ascii=False)
    if json_file and json_file != "-":
        write_text(Path(json_file), text + "\n")
    elif json_file == "-":
        print(text)
    elif row.log10_lr is not None:
        from verifier.likelihood import CAPPED

        bounds = f", {CAPPED}" if row.lower == row.upper else f" (95 %: {row.lower:.2f} to {row.upper:.2f})"
        print(f"The two {row.kind}s: {row.statement}. log10 LR {row.log10_lr:.2f}{bounds}")
        if row.reason:
            print(row.reason)
    elif not row.unusable:
        print(f"Could not compare: {row.reason}")
    if row.unusable:
        stop(row.reason)


def _compare_many(pairs: Path, out: Path) -> None:
    from verifier import api

    listed = _listed(pairs, INPUT_COLUMNS)
    base = pairs.parent
    with plain_errors(), ProgressBar() as progress:
        rows = api.compare_pairs([(base / a, base / b) for a, b in listed], progress.show)
    if any(row.kind == "face" for row in rows):
        say_stand_in()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*INPUT_COLUMNS, *OUTPUT_COLUMNS))
    for (a, b), row in zip(listed, rows, strict=True):
        values = asdict(row)
        writer.writerow((a, b, *("" if values[c] is None else values[c] for c in OUTPUT_COLUMNS)))
    write_text(out, text.getvalue())


def calibrate(
    pairs: Annotated[Path, typer.Argument(help="CSV with the header a,b,same: two files, and yes or no.")],
) -> None:
    """Fits the face curves again on your own labelled pairs; those with too few people stay as shipped."""
    from verifier import api
    from verifier.own_calibration import MIN_PEOPLE, MIN_UNLIKE, Contradiction

    base, labelled = pairs.parent, []
    for number, (a, b, same) in enumerate(_listed(pairs, LABELLED_COLUMNS), 2):
        if same.strip().lower() not in YES + NO:
            stop(f"{pairs.name}, line {number}: the column same must be yes or no")
        labelled.append((base / a, base / b, same.strip().lower() in YES))
    try:
        with plain_errors(), ProgressBar() as progress:
            written, news, left_out = api.calibrate(labelled, progress.show)
    except Contradiction as error:
        stop(f"{pairs.name}, {error}")
    except OSError as error:
        stop(f"the curves cannot be written: {error.strerror}")
    say_stand_in()
    for path, reason in left_out.items():
        say(f"{path.name}: {reason}")
    for n in news:
        head = f"{n.kind}, {n.bin} faces, {' + '.join(n.comparators)}: {n.people} people, {n.unlike_pairs} unlike pairs of people"
        print(f"{head}: {_became(n)}")
    if written is None:
        stop(
            f"no curve was changed: each needs {MIN_PEOPLE} people with like pairs and {MIN_UNLIKE} unlike pairs of people"
        )
    print(f"In use from now on: {written} (delete it to go back to the shipped curves)")


def _became(news: CurveNews) -> str:
    if not news.refitted:
        return "as shipped (too few)"
    before = "none" if news.cllr_before is None else f"{news.cllr_before:.3f}"
    after = "unknown" if news.cllr_after is None else f"{news.cllr_after:.3f}"
    return f"fitted again; Cllr on these pairs {before} before, {after} after (each half of the people by the other)"


def _listed(path: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rows of a CSV, these columns only; stops with one line when it is no such file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            reader = csv.DictReader(source)
            if not reader.fieldnames or not set(columns) <= set(reader.fieldnames):
                stop(f"{path.name}: the first line must be the header {','.join(columns)}")
            return [tuple(row[c] or "" for c in columns) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        stop(f"{path.name}: cannot be read as a CSV file")
