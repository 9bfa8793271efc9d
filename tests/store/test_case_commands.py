"""What the commands on cases say, refuse and show."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.report.sample import report as sample_report
from tests.store.test_commands import done, refused, verifier
from verifier.report.json_report import to_json
from verifier.store.records import Observation, Run
from verifier.store.repository import Repository


@pytest.fixture
def store(tmp_path: Path) -> tuple[str | Path, ...]:
    folder = ("--store", tmp_path / "folder")
    done("store", "new", *folder)
    (tmp_path / "text.txt").write_text("May we keep this?")
    return folder


def consented(case: str, tmp_path: Path, *store: str | Path) -> str:
    given = ("--who", "Åsa", "--until", "2999-01-01", "--text", tmp_path / "text.txt", "--purpose", "recordings")
    run = verifier("consent", "give", case, *given, *store)
    assert (run.exit_code, run.stdout) == (0, "")
    return run.stderr.strip()


@pytest.mark.parametrize(
    "wrong",
    [
        ("case", "new", "--name", " "),
        ("case", "new", "--name", "A", "--email", "notanemail"),
        ("case", "new", "--name", "A", "--time-zone", "Mars/Olympus"),
        ("case", "new", "--name", "A", "--time-zone", "../../etc/passwd"),
        ("case", "add", "CASE", "--date", "2026-99-99", "--note", "called back"),
        ("case", "add", "CASE", "--note", " "),
        ("case", "decide", "CASE", "--decision", "", "--reason", "the face is another one"),
        ("case", "decide", "CASE", "--decision", "another call", "--reason", ""),
        ("case", "apart", "CASE", "CASE", "--reason", "met them both"),
        ("case", "apart", "CASE", "OTHER", "--reason", ""),
        ("consent", "give", "CASE", "--who", "A", "--until", "2026-99-99", "--text", "x", "--purpose", "search"),
    ],
)
def test_nothing_empty_or_senseless_is_written_down(store: Any, wrong: tuple[str, ...]) -> None:
    names = {word: done("case", "new", "--name", word, *store) for word in ("CASE", "OTHER")}
    refused(*(names.get(word, word) for word in wrong), *store)
    with Repository.open(store[1]) as repository:
        assert len(repository.cases()) == 2
        assert not repository.entries(None)
        assert not repository.kept_apart(names["CASE"])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC+2", "utc", ""])
def test_time_zones_that_there_are(store: Any, zone: str) -> None:
    done("case", "new", "--name", "A", "--time-zone", zone.upper() if zone == "utc" else zone, *store)


def test_commands_say_what_they_did_and_leave_stdout_to_machines(store: Any, tmp_path: Path) -> None:
    case, other = (done("case", "new", "--name", name, *store) for name in "AB")
    assert consented(case, tmp_path, *store).endswith(f"in case {case}: recordings, until 2999-01-01")
    for words, command in (
        ("note 1 is written down", ("case", "add", case, "--note", "called back")),
        ("on legal hold", ("case", "hold", case, "--reason", "a court")),
        ("on hold no longer", ("case", "hold", case, "--lift")),
        ("two people", ("case", "apart", case, other, "--reason", "I met them both")),
        ("confirmed every 30 days", ("review", "--plan", case, "--every", "30")),
        ("nobody is due", ("review", "--due")),
        ("withdrawn", ("consent", "withdraw", case)),
        ("deleted for good, with 0 files", ("case", "delete", other, "--yes")),
    ):
        run = verifier(*command, *store)
        assert (run.exit_code, run.stdout) == (0, ""), run.output
        assert words in run.stderr
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / f"{case}.mp4").touch()
    run = verifier("review", "--recordings", tmp_path / "calls", "--out", tmp_path / "out", *store)
    assert f"{case} was passed over" in run.stderr


def test_a_withdrawal_under_hold_took_effect(store: Any, tmp_path: Path) -> None:
    case = done("case", "new", "--name", "A", *store)
    consented(case, tmp_path, *store)
    done("case", "hold", case, "--reason", "a court", *store)
    run = verifier("consent", "withdraw", case, *store)
    assert (run.exit_code, run.stdout) == (0, "")
    assert "goes with the first purge after the hold" in run.stderr
    assert "no consent covers anything now" in done("case", "show", case, *store)


def test_a_case_on_a_page(store: Any, tmp_path: Path) -> None:
    case = done("case", "new", "--name", "Åsa Öberg", *store)
    consented(case, tmp_path, *store)
    done("case", "hold", case, "--reason", "a court asked", *store)
    done("review", "--plan", case, "--every", "30", *store)
    with Repository.open(store[1]) as repository:
        seen = Observation("round-1", "0123456789abcdef", ("faces",), "round-1/A")
        repository.add(case, seen, files=[b"seen"])
        repository.add(case, Run(json.dumps(to_json(sample_report())), (), ("Rounds: one more",)))
        (plan,) = repository.entries(case, "review")
        assert asdict(plan.record)["every_days"] == 30
    shown = done("case", "show", case, *store)
    blocks = shown.split("\n\n")
    assert len(blocks) == 3
    assert "on legal hold, nothing is deleted: a court asked" in blocks[1]
    assert "identity confirmed every 30 days; due on 20" in blocks[1]
    assert "consent covers now: recordings, photos and documents" in blocks[1]
    assert blocks[2].count("\n- ") >= 2
    assert "otherwise than before: Rounds: one more" in blocks[2]
    assert "0123456789abcdef" not in shown
    assert "needs" not in shown
    assert "+00:00" not in shown


def test_namesakes_are_told_apart_in_the_list_and_contacts_when_a_case_is_opened(store: Any, tmp_path: Path) -> None:
    first = done("case", "new", "--name", "Anna Lind", "--email", "a@example.org", *store)
    consented(first, tmp_path, *store)
    again = verifier(
        "case", "new", "--name", "Anna Lind", "--email", "A@example.org", "--phone", "+46 70 123 45 67", *store
    )
    assert f"the same e-mail address is in case {first} (Anna Lind) too" in again.stderr
    third = verifier("case", "new", "--name", "Anna Lind", *store)
    assert (again.exit_code, third.exit_code, third.stderr) == (0, 0, "")
    lines = {line.split("\t")[0]: line.split("\t", 3)[3] for line in done("case", "list", "lind", *store).splitlines()}
    assert lines[first] == "a@example.org\t0 rounds\tconsent: recordings"
    assert lines[again.stdout.strip()] == "A@example.org\t0 rounds\tconsent: none"
    assert lines[third.stdout.strip()] == "no contact\t0 rounds\tconsent: none"


def test_a_contact_in_a_case_that_one_may_not_see_is_not_told(store: Any) -> None:
    done("case", "new", "--name", "A", "--email", "a@example.org", "--visible-to", "somebody else", *store)
    assert verifier("case", "new", "--name", "B", "--email", "a@example.org", *store).stderr == ""


def test_lost_keys_are_called_so(store: Any) -> None:
    (store[1] / "keys.db").rename(store[1] / "elsewhere")
    for command in (("case", "list"), ("store", "new")):
        assert "cases.db is here but keys.db is missing: restore it from a backup" in refused(*command, *store)


def test_an_export_goes_into_a_folder_that_is_there_and_over_nothing(store: Any, tmp_path: Path) -> None:
    case, taken = done("case", "new", "--name", "A", *store), tmp_path / "a.zip"
    taken.write_text("mine")
    assert f"{taken} is there already" in refused("case", "export", case, "--out", taken, *store)
    assert taken.read_text() == "mine"
    assert f"no folder {tmp_path / 'no'}" in refused("case", "export", case, "--out", tmp_path / "no" / "a.zip", *store)


def test_an_unsealed_archive_is_taken_with_a_warning(store: Any, tmp_path: Path) -> None:
    case = done("case", "new", "--name", "A", *store)
    consented(case, tmp_path, *store)
    done("case", "export", case, "--out", tmp_path / "a.zip", *store)
    run = verifier("case", "import", tmp_path / "a.zip", *store)
    assert run.exit_code == 0
    assert "its consents are unconfirmed" in run.stderr
    assert f"verifier consent give {run.stdout.strip()}" in run.stderr
    shown = done("case", "show", run.stdout.strip(), *store)
    assert "no consent covers anything now" in shown
    assert "unconfirmed" in shown


def test_a_passphrase_without_a_terminal(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "folder")
    assert "set VERIFIER_PASSPHRASE" in refused("store", "new", "--passphrase", *store)
    done("store", "new", *store)
    assert "set VERIFIER_NEW_PASSPHRASE" in refused("store", "lock", "--new-passphrase", *store)
    case = done("case", "new", "--name", "A", *store)
    sealed = ("case", "export", case, "--out", tmp_path / "a.zip", "--passphrase")
    assert "set VERIFIER_ARCHIVE_PASSPHRASE" in refused(*sealed, *store)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize("command", [("case", "new"), ("case", "sign"), ("store", "new")])
def test_every_option_says_what_it_is(command: tuple[str, ...]) -> None:
    lines = verifier(*command, "--help", COLUMNS="200").stdout.splitlines()
    listed = [line for line in lines if line.strip().startswith(("--", "number"))]
    assert listed
    for line in listed:
        assert len(line.removesuffix("[required]").strip().split("  ")[-1].split()) >= 3, line
