from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import Place
from verifier import reviews
from verifier.store import archive, retention
from verifier.store.changes import changes_between
from verifier.store.check import check
from verifier.store.consent import covered, give
from verifier.store.errors import StoreError
from verifier.store.records import (
    Candidate,
    Consent,
    KeptFile,
    Media,
    Note,
    NotTheSame,
    Observation,
    Purpose,
    RoundRecord,
    Run,
)
from verifier.store.repository import Repository
from verifier.store.vault import Secret

SECRET = Secret.passphrase("for the archive")


def a_case(repository: Repository) -> str:
    case = repository.new_case(Candidate(name="Åsa 李", emails=("a@example.org",), visible_to=("robin",)))
    other = repository.new_case(Candidate(name="Other"))
    repository.add(case, Consent("Å", "consent", tuple(Purpose), "May we?", "2020-01-01", "2999-01-01"))
    repository.add(
        case, RoundRecord("round-1", "Round 1", "", ("B",), (KeptFile("round-1", "a.mp4", "1" * 64, 9, "recording"),))
    )
    repository.add(case, Media("1" * 64, "../../tmp/a.mp4"), files=[b"recording" * 300_000], until="2990-01-01")
    face = {"face": (1.0, 2.0)}
    repository.add(case, Observation("round-1", "m", ("faces",), "round-1/A"), files=[b"seen"], templates=face)
    repository.add(case, NotTheSame("me", other, "sisters"))
    report = {"findings": [{"check": "cross-case-face", "statement": "case c-1"}, {"check": "container"}]}
    repository.add(case, Run(json.dumps(report), (("Tool", "1"),), ("x",)))
    return case


def contents(repository: Repository, case: str) -> list[tuple[str, Any, bytes]]:
    return [
        (e.kind, (e.number, e.created, e.until, e.record), b"".join(repository.read(e)) if repository.files(e) else b"")
        for e in repository.entries(case)
    ]


def test_a_sealed_archive_brings_everything_to_another_folder(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "case.archive"
    with place.open() as repository:
        case = a_case(repository)
        before = [c for c in contents(repository, case) if c[0] != "not the same"]
        assert archive.write(repository, case, path, secret=SECRET) == 6
    assert b"recording" not in path.read_bytes()
    assert b"case.json" not in path.read_bytes()
    with Place(tmp_path / "other", None, None).open() as other:
        new, left_out = archive.read(other, path, secret=SECRET)
        assert left_out == 1
        assert other.case(new).candidate == Candidate(name="Åsa 李", emails=("a@example.org",), visible_to=("robin",))
        assert contents(other, new) == before
        assert [t.template for t in other.templates("face")] == [(1.0, 2.0)]
        assert check(other).problems == ()


def test_a_candidates_copy_can_be_read_by_anybody_and_speaks_of_nobody_else(sqlite: Place, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    with sqlite.open() as repository:
        case = a_case(repository)
        archive.write(repository, case, path, for_candidate=True)
        assert repository.history()[-1].action == "candidate copy"
    with zipfile.ZipFile(path) as opened:
        assert all(".." not in n and not n.startswith("/") for n in opened.namelist())
        index = json.loads(opened.read("case.json"))
        media = next(e for e in index["entries"] if e["kind"] == "media")
        assert opened.read(media["files"][0]["member"]) == b"recording" * 300_000
    assert index["candidate"]["name"] == "Åsa 李"
    assert index["candidate"]["visible_to"] == []
    run = next(e for e in index["entries"] if e["kind"] == "run")
    assert [f["check"] for f in json.loads(run["record"]["report"])["findings"]] == ["container"]
    assert "not the same" not in {e["kind"] for e in index["entries"]}


def changed(path: Path, change: Callable[[dict[str, Any]], None], members: dict[str, bytes] | None = None) -> None:
    with zipfile.ZipFile(path) as opened:
        files = {n: opened.read(n) for n in opened.namelist()} | (members or {})
    index = json.loads(files["case.json"])
    change(index)
    with zipfile.ZipFile(path, "w") as out:
        for name, data in (files | {"case.json": json.dumps(index).encode()}).items():
            out.writestr(name, data)


def _set(*where: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(index: dict[str, Any]) -> None:
        at: Any = index
        for key in where[:-1]:
            at = at[key]
        at[where[-1]] = to

    return change


def _of(kind: str, **record: Any) -> Callable[[dict[str, Any]], None]:
    listed = {"kind": kind, "number": 1, "created": "2020-01-01", "until": None, "files": [], "templates": []}
    return lambda index: index["entries"].append(listed | {"record": record})


@pytest.mark.parametrize(
    "change",
    [
        _set("schema", to="another/1"),
        _set("entries", to="none"),
        _set("created", to="yesterday"),
        _set("candidate", "name", to=7),
        _set("candidate", "emails", to=[None]),
        _set("candidate", to=None),
        _set("entries", 0, "kind", to="os.system"),
        _set("entries", 0, "record", "purposes", to=["everything"]),
        _set("entries", 1, "record", "files", to=[{"name": "x"}]),
        _set("entries", 2, "until", to="never"),
        _set("entries", 2, "files", 0, "sha256", to="0" * 64),
        _set("entries", 2, "files", 0, "member", to="../../etc/passwd"),
        _set("entries", 2, "files", to=[{}]),
        _set("entries", 2, "number", to=None),
        _set("entries", 2, "number", to=10**30),
        _set("entries", 2, "created", to="9999-12-31"),
        _set("entries", 2, "created", to="20200101"),
        _set("entries", 2, "created", to="2020-01-01T00:00:00+05:00"),
        _set("entries", 0, "record", "until", to="soon"),
        _set("entries", 1, "record", "round_id", to="x"),
        _set("entries", 1, "record", "files", 0, "sha256", to="../x"),
        _set("entries", 5, "record", "report", to="{}"),
        _set("entries", 5, "record", "report", to="[" * 9000),
        _set("created", to="9999-12-31"),
        _of("review", every_days=10**9, last="2020-01-01"),
        _of("review", every_days=10, last="soon"),
        _of("review", every_days=10, last="9999-12-31"),
        _of(
            "reference",
            file={"evidence_id": "reference-x", "name": "", "sha256": "1" * 64, "size_bytes": 1, "kind": "photo"},
        ),
        _of("reading", subject="reference-1", version="1", number="", country="", portrait="zz"),
    ],
)
def test_a_tampered_archive_is_one_line_and_leaves_nothing(sqlite: Place, tmp_path: Path, change: Any) -> None:
    path = tmp_path / "case.zip"
    with sqlite.open() as repository:
        archive.write(repository, a_case(repository), path)
    changed(path, change)
    with Place(tmp_path / "other", None, None).open() as other:
        with pytest.raises(StoreError) as refused:
            archive.read(other, path)
        assert "\n" not in str(refused.value)
        assert other.for_everybody().cases() == []
        health = check(other)
        assert (health.problems, health.unfinished) == ((), ())


def test_an_open_archive_brings_nothing_that_rests_on_its_consents(sqlite: Place, tmp_path: Path) -> None:
    """Anybody can have written into it that everything was consented to."""
    path = tmp_path / "case.zip"
    with sqlite.open() as repository:
        archive.write(repository, a_case(repository), path)
        changed(path, _set("entries", 0, "record", "until", to="2099-01-01"))
        changed(path, _set("entries", 0, "record", "unconfirmed", to=False))
        new, left_out = archive.read(repository, path)
        assert left_out == 4
        assert {e.kind for e in repository.entries(new)} == {"consent", "round"}
        assert covered(repository.entries(new)) == frozenset()
        assert retention.purge(repository) == ([], [])
        give(repository, new, Consent("Å", "consent", (Purpose.TEMPLATES,), "May we?", "2020-01-01", "2999-01-01"))
        assert covered(repository.entries(new)) == {Purpose.TEMPLATES}
        archive.write(repository, new, path, secret=SECRET)
        again, _ = archive.read(repository, path, secret=SECRET)
        assert [e.record.unconfirmed for e in repository.entries(again, "consent")] == [True, False]


@pytest.mark.parametrize("at", [0, 3, 30, 60, 2000, -1])
def test_one_changed_byte_of_a_sealed_archive_is_one_line(sqlite: Place, tmp_path: Path, at: int) -> None:
    path = tmp_path / "case.archive"
    with sqlite.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        repository.add(case, Note("me", "x" * 4000))
        archive.write(repository, case, path, secret=SECRET)
        raw = bytearray(path.read_bytes())
        raw[at] ^= 1
        path.write_bytes(raw)
        with pytest.raises(StoreError):
            archive.read(repository, path, secret=SECRET)
        assert len(repository.cases()) == 1


def test_a_sealed_archive_needs_its_passphrase(sqlite: Place, tmp_path: Path) -> None:
    path = tmp_path / "case.archive"
    with sqlite.open() as repository:
        archive.write(repository, a_case(repository), path, secret=SECRET)
        with pytest.raises(StoreError, match="passphrase is needed"):
            archive.read(repository, path)
        with pytest.raises(StoreError, match="another passphrase"):
            archive.read(repository, path, secret=Secret.passphrase("not that one"))
        for content in (b"", b"PK\x03\x04", b"not an archive at all"):
            path.write_bytes(content)
            with pytest.raises(StoreError):
                archive.read(repository, path)
        with pytest.raises(StoreError, match="cannot be written"):
            archive.write(repository, repository.cases()[0].id, tmp_path / "no" / "folder.zip")


def test_a_record_that_an_archive_may_hold_is_taken(sqlite: Place, tmp_path: Path) -> None:
    """Beside the tampered ones: what they are changed from, and an end that nobody set."""
    path = tmp_path / "case.zip"
    with sqlite.open() as repository:
        archive.write(repository, a_case(repository), path)
        changed(path, _of("review", every_days=180, last="2020-01-01"))
        changed(path, _set("entries", 0, "record", "until", to="9999-12-31"))
        new, _ = archive.read(repository, path)
        assert [d.case.id for d in reviews.due(repository)] == [new]
        assert retention.purge(repository) == ([], [])


def test_a_case_made_at_the_end_of_time_stops_no_purge(repository: Repository) -> None:
    repository.new_case(Candidate(name="A"), created="9999-12-31T00:00:00+00:00")
    repository.add(old := repository.new_case(Candidate(name="B")), Note("me", "x"), until="2020-01-01")
    gone, _ = retention.purge(repository)
    assert [(g.case_id, g.what) for g in gone] == [(old, "note 1")]


def test_a_report_of_another_shape_is_not_compared() -> None:
    assert changes_between({"findings": [{"check": "container"}]}, {"versions": [], "findings": []}) == ()
