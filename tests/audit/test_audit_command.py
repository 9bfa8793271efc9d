"""`verifier audit` from the first command to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.audit.conftest import TODAY
from verifier.audit.desk import called
from verifier.audit.sets import read_set, read_truth, truth_path
from verifier.audit.tool import run_tool, runs_of
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
    content = from_make_to_report(tmp_path, "--count", "24", "--seconds", "12")
    (by_what, *_) = content["tables"]  # type: ignore[misc]
    assert len(by_what["rows"]) == 12  # type: ignore[index]
    folder = tmp_path / "set"
    assert {called(t.drawn_for) for t in read_truth(read_set(folder)).values()} == {r["label"] for r in by_what["rows"]}  # type: ignore[index]


def test_a_stopped_run_goes_on_where_it_was(blind: Path) -> None:
    def stop(stage: str, share: float) -> None:
        if share >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tool(blind, ["replay"], TODAY, stop)
    (kept,) = runs_of(read_set(blind))
    assert len(kept.answers) == 2
    seen: list[float] = []
    path = run_tool(blind, ["replay"], TODAY, lambda stage, share: seen.append(share))
    assert min(seen) == 0.5  # the first two are not looked at again
    (whole,) = runs_of(read_set(blind))
    assert whole.answers[:2] == kept.answers
    assert {a.item for a in whole.answers} == read_set(blind).items.keys()
    assert run_tool(blind, [], TODAY) != path  # other checks are another run


def test_delete_follows_who_takes_consent_back(blind: Path) -> None:
    person = next(iter(read_truth(read_set(blind)).values())).person
    code, text = run("delete", str(blind), "--person", person)
    assert code == 0
    assert "calls deleted" in text
    code, text = run("delete", str(blind), "--person", "nobody of this name")
    assert (code, text.count("verifier: ")) == (2, 1)
    assert len(read_set(blind).withdrawn) > 0


def test_bad_input_is_one_line_and_exit_code_2(blind: Path, tmp_path: Path) -> None:
    (tmp_path / "clips" / "anna").mkdir(parents=True)
    (tmp_path / "votes.json").write_text("{}")
    truth_path(blind).unlink()
    for arguments, reason in (
        (("make", "--out", str(blind)), "there already"),
        (("make", "--out", str(tmp_path / "x"), "--clips", str(tmp_path / "clips")), "--consent"),
        (("make", "--out", str(tmp_path / "x"), "--only", "magic"), "no manipulation 'magic'"),
        (("make", "--out", str(tmp_path / "x"), "--only", "whispered answer"), "no manipulation 'whispered answer'"),
        (("run", str(tmp_path)), "no audit set"),
        (("review", str(blind), "--reviewer", "anna"), "missing or damaged"),
        (("report", str(blind)), "missing or damaged"),
    ):
        code, text = run(*arguments)
        assert (code, text.count("verifier: ")) == (2, 1), (arguments, text)
        assert reason in text
    assert run("run", str(blind), "--checks", "magic")[0] == 3
