"""`verifier audit` from the first command to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from verifier.audit.sets import read_set, read_truth, truth_path
from verifier.cli import app

CLI = CliRunner()


def run(*arguments: str, said: str = "") -> tuple[int, str]:
    result = CLI.invoke(app, ["audit", *arguments], input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def from_make_to_report(tmp_path: Path, *make: str, checks: tuple[str, ...] = ()) -> dict[str, object]:
    folder = tmp_path / "set"
    assert run("make", "--out", str(folder), "--seed", "1", *make)[0] == 0
    assert run("run", str(folder), *checks)[0] == 0
    count = len(read_set(folder).file.items)
    code, text = run("review", str(folder), "--reviewer", "anna", said="c\nbecause\nq\n")
    assert code == 0
    assert ("Right. " in text) != ("Not so. " in text)
    code, text = run("review", str(folder), "--reviewer", "anna", said="x\nn\n\n" + "g\n\n" * count)
    assert code == 0
    assert f"Item 2 of {count}" in text
    assert "All items are judged" in text
    out = tmp_path / "report"
    code, text = run("report", str(folder), "--out", str(out))
    assert code == 0
    assert str(out) in text
    content: dict[str, object] = json.loads((out / "audit-report.json").read_text())
    return content


def test_a_small_set_from_make_to_report(tmp_path: Path) -> None:
    make = ("--count", "2", "--seconds", "8", "--only", "frozen")
    content = from_make_to_report(tmp_path, *make, checks=("--checks", "replay"))
    tool, people = content["overall"]  # type: ignore[misc]
    assert (tool["detected"]["hits"], tool["false_alarms"]["hits"]) == (1, 0)  # type: ignore[index]
    assert people["cannot_tell"]["hits"] == 1  # type: ignore[index]


@pytest.mark.slow
def test_all_manipulations_with_all_checks(tmp_path: Path) -> None:
    content = from_make_to_report(tmp_path, "--count", "26", "--seconds", "12")
    (by_what, *_) = content["tables"]  # type: ignore[misc]
    assert len(by_what["rows"]) == 13  # type: ignore[index]
    folder = tmp_path / "set"
    assert {t.drawn_for for t in read_truth(read_set(folder)).values()} == {r["label"] for r in by_what["rows"]}  # type: ignore[index]


def test_bad_input_is_one_line_and_exit_code_2(blind: Path, tmp_path: Path) -> None:
    (tmp_path / "clips" / "anna").mkdir(parents=True)
    (tmp_path / "votes.json").write_text("{}")
    truth_path(blind).unlink()
    for arguments, reason in (
        (("make", "--out", str(blind)), "there already"),
        (("make", "--out", str(tmp_path / "x"), "--clips", str(tmp_path / "clips")), "--consent"),
        (("make", "--out", str(tmp_path / "x"), "--only", "magic"), "no manipulation 'magic'"),
        (("run", str(tmp_path)), "no audit set"),
        (("review", str(blind), "--reviewer", "anna"), "missing or damaged"),
        (("report", str(blind)), "missing or damaged"),
    ):
        code, text = run(*arguments)
        assert (code, text.count("verifier: ")) == (2, 1), (arguments, text)
        assert reason in text
    assert run("run", str(blind), "--checks", "magic")[0] == 3
