"""Damage, interruption, two writers, full and read-only disks."""

from __future__ import annotations

import os
import pwd
import random
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.store.conftest import Place
from tests.store.servers import NOBODY
from verifier.store import consent, retention, schema
from verifier.store.check import check, finish
from verifier.store.errors import StoreError
from verifier.store.keys import SEARCH, KeyRing
from verifier.store.open_folder import plain_errors
from verifier.store.records import Candidate, Consent, Media, Note, Observation, Purpose
from verifier.store.repository import Repository


def in_child(work: Callable[[], object], *, as_nobody: bool = False) -> tuple[int, int]:
    """Runs `work` in a process of its own: its pid, and where its result can be read."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    try:
        if as_nobody and os.getuid() == 0:
            user = pwd.getpwnam(NOBODY)
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        os.write(theirs, str(work()).encode())
    except StoreError as error:
        os.write(theirs, f"StoreError: {error}".encode())
    except BaseException as error:
        os.write(theirs, repr(error).encode())
    finally:
        os._exit(0)


def result_of(work: Callable[[], object], *, as_nobody: bool = False) -> str:
    pid, ours = in_child(work, as_nobody=as_nobody)
    with os.fdopen(ours, "rb") as file:
        text = file.read().decode()
    os.waitpid(pid, 0)
    return text


def a_case(repository: Repository) -> tuple[str, Path]:
    case = repository.new_case(Candidate(name="A"))
    media = repository.add(case, Media("0" * 64, "a.mp4"), files=[b"content" * 50_000])
    return case, repository.blobs.path(repository.files(media)[0])


def test_one_flipped_bit_in_a_file_is_found(repository: Repository) -> None:
    case, path = a_case(repository)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert [p for p in check(repository).problems if "is changed" in p and case in p]
    with pytest.raises(StoreError):
        b"".join(repository.read(repository.entries(case)[0]))


def test_a_missing_file_is_found(repository: Repository) -> None:
    case, path = a_case(repository)
    path.unlink()
    assert any("is missing" in p for p in check(repository).problems)
    with pytest.raises(StoreError, match="missing"):
        b"".join(repository.read(repository.entries(case)[0]))


def test_one_flipped_bit_in_a_row_is_found(repository: Repository) -> None:
    case, _ = a_case(repository)
    with repository.engine.execution_options(writes=True).begin() as tx:
        sealed = bytearray(tx.execute(schema.entries.select()).one().sealed)
        sealed[-1] ^= 1
        tx.execute(schema.entries.update().values(sealed=bytes(sealed)))
    assert check(repository).problems == (f"case {case}: media 1 was changed and cannot be read",)


def flip(repository: Repository, table: sa.Table, row_id: str) -> None:
    with repository.engine.execution_options(writes=True).begin() as tx:
        sealed = bytearray(tx.execute(sa.select(table.c.sealed).where(table.c.id == row_id)).scalar_one())
        sealed[20] ^= 1
        tx.execute(table.update().where(table.c.id == row_id).values(sealed=bytes(sealed)))


def test_a_damaged_case_stops_no_other_and_can_be_purged_and_deleted(place: Place) -> None:
    with place.open() as repository:
        whole, broken = (repository.new_case(Candidate(name=name)) for name in ("Whole", "Broken"))
        for case in (whole, broken):
            repository.add(case, Media("0" * 64, "a"), files=[b"content"], until="2020-01-01T00:00:00+00:00")
            repository.add(case, Note("me", "a note"))
        flip(repository, schema.cases, broken)
    with place.open() as repository:
        assert [line.id for line in repository.cases()] == [whole]
        assert repository.damaged() == [broken]
        gone, stay = retention.purge(repository)
        assert sorted(g.case_id for g in gone) == sorted([whole, broken])
        assert stay == []
        with repository.engine.execution_options(writes=True).begin() as tx:
            tx.execute(schema.cases.update().values(hold=b"sealed reason"))
        for case in (whole, broken):
            with pytest.raises(StoreError, match="legal hold"):
                repository.delete_case(case)
        with repository.engine.execution_options(writes=True).begin() as tx:
            tx.execute(schema.cases.update().values(hold=None))
        repository.delete_case(broken)
        assert check(repository).problems == ()
        assert [line.id for line in repository.cases()] == [whole]


def test_a_damaged_consent_deletes_nothing_and_stops_no_other_case(place: Place) -> None:
    with place.open() as repository:
        whole, broken = (repository.new_case(Candidate(name=name)) for name in ("Whole", "Broken"))
        for case in (whole, broken):
            consent.give(repository, case, Consent("A", "consent", tuple(Purpose), "t", "2020-01-01", "2999-01-01"))
            repository.add(case, Media("0" * 64, "a"), files=[b"content"])
            repository.add(case, Observation("round-1", "m", (), ""), templates={"face": case})
        flip(repository, schema.entries, repository.entries(broken, "consent")[0].id)
    with place.open() as repository:
        assert [e.case_id for e in repository.entries(None, "consent")] == [whole]
        gone, stay = retention.purge(repository)
        assert gone == []
        assert [line for line in stay if broken in line and "cannot be read" in line]
        assert len(repository.entries(broken, "media")) == 1
        with repository.reading() as tx:
            (template,) = tx.execute(
                sa.select(schema.templates.c.id).where(schema.templates.c.case_id == broken)
            ).scalars()
        flip(repository, schema.templates, template)
        assert [t.template for t in repository.templates("face")] == [whole]


def test_a_file_that_nothing_names_is_cleared_away_unless_it_is_new(repository: Repository) -> None:
    a_case(repository)
    stray = repository.blobs.put(iter([b"left behind"]))[0]
    repository.keys.make("left behind", "c-none")
    (repository.blobs.folder / ".half.part").write_bytes(b"x")
    health = check(repository)
    assert health.problems == ()
    assert len(health.unfinished) == 3
    assert finish(repository) == []
    assert finish(repository, older_than_s=-1) == ["1 x file", "1 x key", "1 x half-written file"]
    assert repository.blobs.state(stray) == "missing"
    health = check(repository)
    assert (health.problems, health.unfinished) == ((), ())


def test_a_folder_of_a_newer_version_is_left_alone(place: Place) -> None:
    with place.open() as repository, repository.engine.execution_options(writes=True).begin() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num='9999'")
    with pytest.raises(StoreError, match="newer version"):
        place.open()


def test_a_database_and_keys_of_two_folders_do_not_mix(sqlite: Place, tmp_path: Path) -> None:
    sqlite.open().close()
    other = Place(tmp_path / "other", None, None)
    other.open().close()
    for name in ("cases.db", "cases.db-wal"):
        if (other.folder / name).exists():
            (sqlite.folder / name).write_bytes((other.folder / name).read_bytes())
    with pytest.raises(StoreError, match="do not belong together"):
        sqlite.open()


def test_keys_of_another_folder_do_not_open_a_database(place: Place, tmp_path: Path) -> None:
    place.open().close()
    (place.folder / "keys.db").unlink()
    KeyRing(place.folder / "keys.db", place.secret).close()
    with pytest.raises(StoreError, match="do not belong together"):
        place.open()


def test_a_folder_whose_making_was_interrupted_is_made(place: Place) -> None:
    place.folder.mkdir()
    keys = KeyRing(place.folder / "keys.db", place.secret)
    keys.make(SEARCH, "")
    keys.close()
    for _ in range(2):
        with place.open() as repository:
            assert check(repository).problems == ()
            assert [line.action for line in repository.history()] == ["new folder"]


def test_a_folder_with_other_files_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(StoreError, match="other files"):
        Repository.open(tmp_path, create=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(StoreError, match="no case folder"):
        Repository.open(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["keys.db", "cases.db"])
def test_a_database_that_is_none_is_one_line(sqlite: Place, name: str) -> None:
    sqlite.open().close()
    for path in sqlite.folder.glob(f"{name}*"):
        path.unlink()
    (sqlite.folder / name).write_bytes(b"not a database" * 500)
    with pytest.raises(StoreError) as refused:
        sqlite.open()
    assert "\n" not in str(refused.value)


def test_a_read_only_folder_is_one_line(sqlite: Place, tmp_path: Path) -> None:
    sqlite.open().close()
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    said = result_of(lambda: sqlite.open(), as_nobody=True)
    assert said.startswith("StoreError: ")
    assert "not allow writing" in said
    made = result_of(lambda: Repository.open(tmp_path / "new", create=True), as_nobody=True)
    assert "cannot be made: Permission denied" in made


def test_a_full_disk_leaves_the_case_as_it_was(place: Place) -> None:
    with place.open() as repository:
        case, _ = a_case(repository)

    def fill() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with place.open() as repository:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
            repository.add(case, Media("1" * 64, "b.mp4"), files=[b"x" * (3 << 20)])
        return "it was kept"

    assert result_of(fill) == "StoreError: a file cannot be kept in this folder: File too large"
    with place.open() as repository:
        assert len(repository.entries(case)) == 1
        health = check(repository)
        assert (health.problems, health.unfinished) == ((), ())


def test_a_full_database_is_one_line_and_loses_nothing(sqlite: Place) -> None:
    with sqlite.open() as repository:
        case, _ = a_case(repository)

    def fill() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with sqlite.open() as repository:
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            for _ in range(100):
                repository.add(case, Note("me", os.urandom(5000).hex()))
        return "it was kept"

    assert result_of(fill).startswith("StoreError: the database cannot do that: ")
    with sqlite.open() as repository:
        assert check(repository).problems == ()
        assert len(repository.entries(case, "note")) > 1


def test_two_processes_write_at_once(place: Place) -> None:
    with place.open() as repository:
        case = repository.new_case(Candidate(name="A"))

    def write() -> int:
        with place.open() as repository:
            return len([repository.add(case, Note("me", str(n))) for n in range(15)])

    children = [in_child(write) for _ in range(3)]
    for pid, ours in children:
        with os.fdopen(ours, "rb") as file:
            assert file.read() == b"15"
        os.waitpid(pid, 0)
    with place.open() as repository:
        assert sorted(e.number for e in repository.entries(case)) == list(range(1, 46))
        assert check(repository).problems == ()
        assert len(repository.history()) == 47


def test_threads_share_one_repository(repository: Repository) -> None:
    case = repository.new_case(Candidate(name="A"))
    threads = [
        threading.Thread(target=lambda: [repository.add(case, Note("me", str(n))) for n in range(10)]) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(repository.entries(case)) == 30
    assert check(repository).problems == ()


@pytest.mark.parametrize("times", [pytest.param(50, marks=pytest.mark.slow), 8])
def test_a_writer_that_is_killed_loses_at_most_its_unfinished_step(place: Place, times: int) -> None:
    """Killed with -9 at random moments; every step that it had reported is there, and the folder is sound."""
    place.open().close()
    rng, log = random.Random(times), place.folder.parent / "reported"
    log.touch()
    for number in range(times):
        before = log.stat().st_size
        pid, ours = in_child(lambda: _steps(place, log))
        while number % 2 and log.stat().st_size == before:  # every other one has got somewhere
            time.sleep(0.01)
        time.sleep(rng.random() * 0.3)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ours)
        with place.open() as repository:
            assert check(repository).problems == ()
            there = {e.id for e in repository.entries(None)} | {line.id for line in repository.cases()}
            assert set(log.read_text().split()) <= there
    assert len(log.read_text().split()) >= times // 2
    with place.open() as repository:
        finish(repository, older_than_s=-1)
        health = check(repository)
        assert (health.problems, health.unfinished) == ((), ())


def _steps(place: Place, log: Path) -> None:
    with place.open() as repository, log.open("a") as reported:
        while True:
            case = repository.new_case(Candidate(name="A"))
            print(case, file=reported, flush=True)
            media = repository.add(case, Media("0" * 64, "a"), files=[os.urandom(200_000)])
            print(media.id, file=reported, flush=True)
            repository.remove([repository.add(case, Media("0" * 64, "b"), files=[b"x"])], "purge")
            other = repository.new_case(Candidate(name="B"))
            repository.add(other, Media("0" * 64, "b"), files=[os.urandom(5000)])
            repository.delete_case(other)


def test_the_migrations_make_the_schema_that_the_code_works_with(place: Place) -> None:
    """Both are written by hand."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with place.open() as repository, repository.engine.connect() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "include_name": _is_ours})
        assert compare_metadata(context, schema.tables) == []
        found = sa.inspect(tx)
        for table in schema.tables.sorted_tables:  # what alembic does not compare
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            theirs = {
                (*k["constrained_columns"], k["options"].get("ondelete")) for k in found.get_foreign_keys(table.name)
            }
            assert theirs == {(*(c.name for c in k.columns), k.ondelete) for k in table.foreign_key_constraints}


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    return (kind, name) != ("table", "alembic_version")


def test_a_deletion_beside_a_writer_is_done_and_purge_cleans_up_after_it(
    sqlite: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        note, other = (repository.add(case, Note("me", text)) for text in ("one", "two"))
        writer = sqlite3.connect(sqlite.folder / schema.NAME, isolation_level=None)
        scrub = schema.scrub

        def beside(engine: sa.Engine) -> bool:
            with engine.connect() as tx:
                raw = tx.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA busy_timeout=10")  # 30 seconds otherwise
            writer.execute("BEGIN IMMEDIATE")
            try:
                return scrub(engine)
            finally:
                writer.execute("ROLLBACK")

        monkeypatch.setattr(schema, "scrub", beside)
        repository.remove([note], "purge")
        assert repository.entries(case, "note") == [other]
        assert "deleted rows" in check(repository).unfinished[0]
        _, stay = retention.purge(repository)
        assert "purge again" in stay[0]
        monkeypatch.setattr(schema, "scrub", scrub)
        assert retention.purge(repository) == ([], [])
        assert check(repository).unfinished == ()


def test_what_sqlite_says_beside_sqlalchemy_is_one_line() -> None:
    with pytest.raises(StoreError, match="malformed"), plain_errors():
        raise sqlite3.DatabaseError("database disk image is malformed")
