"""The commands as a person types them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from verifier import api, casework
from verifier.cli import app
from verifier.store.records import Decision, RoundRecord
from verifier.store.repository import Repository

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"


def verifier(*arguments: str | Path, **environment: str) -> Result:
    env: dict[str, str | None] = {"VERIFIER_PASSPHRASE": None, "VERIFIER_DATABASE": None}
    return CliRunner().invoke(app, [str(a) for a in arguments], env=env | environment)


def done(*arguments: str | Path, **environment: str) -> str:
    run = verifier(*arguments, **environment)
    assert run.exit_code == 0, run.output
    return run.stdout.strip()


def refused(*arguments: str | Path, **environment: str) -> str:
    run = verifier(*arguments, **environment)
    assert run.exit_code == 2, run.output
    (line,) = run.stderr.strip().splitlines()
    assert line.startswith("verifier: ")
    return line


def test_a_check_without_a_case_leaves_nothing_but_its_report(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    done("check", SAMPLES / "round-1.mp4", "--checks", "container", "--out", out, VERIFIER_HOME=str(home))
    assert list(home.iterdir()) == []
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["report.html", "report.json"]


def test_a_server_keeps_the_rows_of_a_folder_that_names_it(tmp_path: Path, postgres: Callable[[str], str]) -> None:
    store, server = ("--store", tmp_path / "folder"), {"VERIFIER_DATABASE": postgres("commands")}
    done("store", "new", *store, **server)
    case = done("case", "new", "--name", "Åsa Öberg", *store, **server)
    assert case in done("case", "list", "öberg", *store, **server)
    assert not (tmp_path / "folder" / "cases.db").exists()
    assert "do not belong together" in refused("case", "list", *store, VERIFIER_DATABASE=postgres("another"))
    assert "cannot be used" in refused("case", "list", *store, VERIFIER_DATABASE="nonsense")
    done("case", "delete", case, "--yes", *store, **server)
    assert "unbroken" in done("store", "check", *store, **server)
    assert done("case", "list", *store, **server) == ""


def test_a_case_from_its_opening_to_its_end(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    (tmp_path / "text.txt").write_text("May we keep this?")
    assert "verifier store new" in refused("case", "list", *store)
    done("store", "new", *store)
    case = done("case", "new", "--name", "Åsa Öberg", "--email", "a@example.org", *store)
    assert case in done("case", "list", "öberg", *store)
    given = ("--who", "Åsa", "--until", "2999-01-01", "--text", tmp_path / "text.txt", "--purpose", "templates")
    done("consent", "give", case, *given, *store)
    done("case", "add", case, "--note", "called back", "--document", "X123", *store)
    done("case", "decide", case, "--decision", "another call", "--reason", "the face was unclear", *store)
    own = ("--decision", "no more calls", "--reason", "the same voice")
    assert "somebody else" in refused("case", "sign", case, "1", *own, *store)
    shown = done("case", "show", case, *store)
    for words in ("Åsa Öberg", "called back", "X123", "covered until", "2999-01-01"):
        assert words in shown
    assert "holds no round" in refused("case", "check", case, *store)
    done("case", "export", case, "--out", tmp_path / "copy.zip", "--for-candidate", *store)
    assert done("case", "import", tmp_path / "copy.zip", *store) != case
    blurred = verifier("case", "export", case, "--out", tmp_path / "blurred.zip", "--blur-others", *store)
    assert (blurred.exit_code, "look through the recordings" in blurred.stderr) == (0, True)
    assert "README.txt" in zipfile.ZipFile(tmp_path / "blurred.zip").namelist()
    done("case", "hold", case, "--reason", "a court", *store)
    assert "legal hold" in refused("case", "delete", case, "--yes", *store)
    assert "choose --reason" in refused("case", "hold", case, *store)
    assert "write why" in refused("case", "hold", case, "--reason", "", *store)
    assert "on legal hold, nothing is deleted: a court" in done("case", "show", case, *store)
    done("case", "hold", case, "--lift", *store)
    unasked = verifier("case", "delete", case, *store)
    assert (unasked.exit_code, "nothing was deleted" in unasked.stderr) == (2, True)
    done("case", "delete", case, "--yes", *store)
    assert "there is no case" in refused("case", "show", case, *store)
    assert "unbroken" in done("store", "check", *store)
    done("store", "log", "--out", tmp_path / "log.jsonl", *store)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert "0 deleted" in done("purge", "--receipt", tmp_path / "receipt.json", *store)
    assert json.loads((tmp_path / "receipt.json").read_text()) == {"dry_run": False, "gone": []}
    assert "media\t30 days" in done("store", "retention", "media=30", *store)


def test_a_locked_folder_from_the_command_line(tmp_path: Path) -> None:
    store, words = ("--store", tmp_path / "folder"), {"VERIFIER_PASSPHRASE": "a few plain words"}
    assert "at least 10" in refused("store", "new", *store, "--passphrase", VERIFIER_PASSPHRASE="short")
    done("store", "new", *store, "--passphrase", **words)
    case = done("case", "new", "--name", "A", *store, **words)
    assert "its passphrase is needed" in refused("case", "list", *store)
    assert "does not open" in refused("case", "list", *store, VERIFIER_PASSPHRASE="something else")
    key = ("--key-file", tmp_path / "key")
    done("store", "lock", "--new-key-file", tmp_path / "key", *store, **words)
    assert case in done("case", "list", *store, *key)
    assert "its key file is needed" in refused("case", "list", *store, **words)


def test_a_review_is_planned_and_due(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    done("store", "new", *store)
    case = done("case", "new", "--name", "=cmd()", *store)
    assert "choose one" in refused("review", *store)
    done("review", "--plan", case, "--every", "30", *store)
    assert done("review", "--due", *store) == ""
    with Repository.open(tmp_path / "folder") as repository:
        (entry,) = repository.entries(case, "review")
        repository.replace(entry, replace(entry.record, last="2020-01-01T00:00:00+00:00"))
    assert f"{case}\tdue since 2020-01-31" in done("review", "--due", *store)
    (tmp_path / "calls").mkdir()
    said = done("review", "--recordings", tmp_path / "calls", "--out", tmp_path / "out", *store)
    assert "no recording was handed in" in said
    assert "'=cmd()" in (tmp_path / "out" / "summary.csv").read_text()


def test_damage_ends_with_code_2(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    done("store", "new", *store)
    with sqlite3.connect(tmp_path / "folder" / "cases.db") as db:
        db.execute("UPDATE audit SET actor='somebody else'")
    assert "log" in refused("store", "check", *store)


def test_a_damaged_case_is_named_and_can_be_deleted(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    done("store", "new", *store)
    broken, whole = (done("case", "new", "--name", name, *store) for name in ("Broken", "Whole"))
    with sqlite3.connect(tmp_path / "folder" / "cases.db") as db:
        db.execute("UPDATE cases SET sealed=substr(sealed, 2) WHERE id=?", (broken,))
    listed = verifier("case", "list", *store)
    assert whole in listed.stdout
    assert broken not in listed.stdout
    assert f"case {broken} was changed and cannot be read" in listed.stderr
    done("purge", *store)
    done("case", "delete", broken, "--yes", *store)
    assert verifier("case", "list", *store).stderr == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("consent", "give", "c-1", "--who", "A", "--until", "soon", "--text", "x", "--purpose", "templates"),
        ("case", "add", "c-1"),
        ("check", "x.mp4", "--case", "c-1", "--name", "A"),
        ("store", "lock"),
        ("store", "retention", "media"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    store = ("--store", tmp_path / "folder")
    done("store", "new", *store)
    refused(*wrong, *store)


@pytest.mark.slow
def test_check_with_a_case_adds_the_round_to_it(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    (tmp_path / "text.txt").write_text("May we keep this?")
    done("store", "new", *store)
    case = done("case", "new", "--name", "A", *store)
    given = ("--who", "A", "--until", "2999-01-01", "--text", tmp_path / "text.txt", "--purpose", "templates")
    done("consent", "give", case, *given, *store)
    done("check", SAMPLES / "round-1.mp4", "--case", case, "--out", tmp_path / "out", *store)
    done("case", "add", case, SAMPLES / "round-2.mp4", "--out", tmp_path / "out", *store)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [r["id"] for r in report["rounds"]] == ["round-1", "round-2"]
    assert "face-across-rounds" in done("case", "show", case, *store)


def a_case(store: tuple[str | Path, ...]) -> str:
    done("store", "new", *store)
    return done("case", "new", "--name", "A", *store)


def test_a_first_decision_is_covered_until_the_second_reviewer_has_written_theirs(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    case = a_case(store)
    with Repository.open(tmp_path / "folder", actor="robin") as repository:
        for _ in range(2):
            repository.add(case, Decision("robin", "hire", "seen twice"))
    shown = done("case", "show", case, *store)
    assert "by robin; covered until" in shown
    assert "hire" not in shown
    assert "seen twice" not in shown
    assert "what you decide" in refused("case", "sign", case, "1", "--decision", " ", "--reason", "x", *store)
    assert "hire" not in done("case", "sign", case, "2", "--decision", "do not", "--reason", "they look unlike", *store)
    first, second = (line for line in done("case", "show", case, *store).splitlines() if "decision" in line)
    assert "hire" not in first
    assert all(words in second for words in ("hire", "seen twice", "do not", "unlike"))
    assert "signed already" in refused("case", "sign", case, "2", "--decision", "x", "--reason", "y", *store)


def test_without_a_second_reviewer_the_first_decision_can_be_shown(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    case = a_case(store)
    done("case", "decide", case, "--decision", "hire", "--reason", "seen twice by us", *store)
    done("review", "--plan", case, "--every", "90", *store)
    shown = done("case", "show", case, "--uncover", *store)
    assert all(words in shown for words in ("decision: hire", "opened: yes", "every 90 days"))
    assert "hire" in done("case", "show", case, *store)
    with Repository.open(tmp_path / "folder") as repository:
        assert repository.entries(case, "decision")[0].record.opened


def test_what_cannot_be_added_whole_is_not_added_in_part(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    case = a_case(store)
    call = tmp_path / "round-1.vtt"
    call.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nA: I write tests first.\n")
    add = ("case", "add", case, "--note", "called back", "--word", "it was me")
    assert "--kind" in refused(*add, "--kind", "confession", *store)
    assert "no round 'round-9'" in refused(*add, "--transcript", "round-9", call, *store)
    with Repository.open(tmp_path / "folder") as repository:
        repository.add(case, RoundRecord("round-1", "", "", (), ()))
    assert "nobody consented" in refused(*add, "--transcript", "round-1", call, *store)
    assert "there are: round-1" in refused(*add, "--transcript", "round-9", call, *store)
    assert "write the name" in refused("case", "new", "--name", " ", *store)
    with Repository.open(tmp_path / "folder") as repository:
        assert [e.kind for e in repository.entries(case)] == ["round"]
        assert len(repository.cases()) == 1


@pytest.mark.parametrize("command", [("case", "add", "CASE"), ("check", "--case", "CASE")])
def test_that_nothing_was_kept_without_a_consent_is_said(
    tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ("--store", tmp_path / "folder")
    case = a_case(store)
    report = api.check_case([SAMPLES / "round-1.mp4"], checks=["container"])
    monkeypatch.setattr(casework, "check", lambda *_, **__: casework.CaseReport(report, ()))
    arguments = [case if a == "CASE" else a for a in command] + [SAMPLES / "round-1.mp4", "--out", tmp_path / "out"]
    run = verifier(*arguments, *store)
    assert run.exit_code == 0
    assert f"nothing was kept: case {case} holds no consent" in run.stderr
    (tmp_path / "text.txt").write_text("May we keep this?")
    given = ("--who", "A", "--until", "2999-01-01", "--text", tmp_path / "text.txt", "--purpose", "templates")
    done("consent", "give", case, *given, *store)
    assert "nothing was kept" not in verifier(*arguments, *store).stderr
