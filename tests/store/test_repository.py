from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.store.conftest import Place
from verifier.store import audit, consent, schema
from verifier.store.check import check
from verifier.store.errors import StoreError, WrongKey
from verifier.store.keys import KeyRing
from verifier.store.marks import marks_of
from verifier.store.records import Candidate, Document, Media, Note, NotTheSame
from verifier.store.repository import Repository
from verifier.store.vault import Secret

NAMES = [
    "Åsa Öberg",
    "李小龍",
    "محمد بن سلمان",
    "Ñandú O’Brien",
    "ᏣᎳᎩ",
    "x" * 500,
    "../../etc/passwd",
    "'; DROP TABLE cases; --",
]


def test_names_in_any_script_are_kept_and_found(repository: Repository) -> None:
    ids = {name: repository.new_case(Candidate(name=name)) for name in NAMES}
    assert {line.candidate.name for line in repository.cases()} == set(NAMES)
    for name in NAMES:
        assert ids[name] in {line.id for line in repository.cases(name.upper())}
    assert repository.cases("nobody of that name") == []


def test_entries_come_back_as_they_were_in_order_and_numbered(place: Place) -> None:
    with place.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        written = [repository.add(case, Note("me", f"note {n}")) for n in range(3)]
        media = repository.add(case, Media("0" * 64, "../../escape.mp4"), files=[b"picture and sound" * 99_999])
    with place.open() as repository:
        assert repository.entries(case, "note") == written
        assert [e.number for e in written] == [1, 2, 3]
        assert b"".join(repository.read(media)) == b"picture and sound" * 99_999
        assert check(repository).problems == ()
        names = [p.name for p in (place.folder / "blobs").rglob("*") if p.is_file()]
        assert names == repository.files(media)


def test_what_a_case_holds_cannot_be_read_off_the_disk(place: Place) -> None:
    with place.open() as repository:
        case = repository.new_case(Candidate(name="Quintessa Plainvisible", emails=("q@plainvisible.example",)))
        repository.add(case, Media("0" * 64, "plainvisible.mp4"), files=[b"plainvisible content"])
        repository.hold(case, "plainvisible reason")
    raw = b"".join(p.read_bytes() for p in place.folder.rglob("*") if p.is_file())
    assert b"lainvisible" not in raw


def test_contacts_are_shared_in_whatever_form_they_are_written(repository: Repository) -> None:
    first = repository.new_case(
        Candidate(name="A", emails=("Some.One@Example.com",), phones=("+49 (0)30 1234567",), payment_handles=("PAY 1",))
    )
    second = Candidate(
        name="B", emails=("some.one+jobs@example.COM",), phones=("030-123 45 67",), payment_handles=("pay  1",)
    )
    other = repository.new_case(second)
    marks = marks_of(second)
    assert repository.sharing(other, marks) == {
        "e-mail address": {first}, "telephone number": {first}, "payment handle": {first}
    }  # fmt: skip
    repository.change(first, Candidate(name="A"))
    assert repository.sharing(other, marks) == {}
    repository.add(first, Document("passport", "ab 12-3", "utopia"))
    assert repository.sharing(other, marks_of(Document("passport", "AB123", "Utopia"))) == {"document number": {first}}


def test_a_case_is_seen_by_those_it_names(place: Place) -> None:
    with place.open("robin") as repository:
        case = repository.new_case(Candidate(name="A", visible_to=("robin",)))
    with place.open("kim") as repository:
        assert repository.cases() == []
        with pytest.raises(StoreError, match="there is no case"):
            repository.add(case, Note("kim", "x"))


def test_what_a_user_may_not_see_is_neither_read_nor_changed_by_them(place: Place) -> None:
    with place.open("robin") as repository:
        case = repository.new_case(Candidate(name="A", visible_to=("robin",)))
        note = repository.add(case, Note("robin", "x"))
    attempts: tuple[Callable[[Repository], object], ...] = (
        lambda r: r.entries(case), lambda r: r.entries(case, "note"), lambda r: r.history(case),
        lambda r: r.replace(note, Note("kim", "y")), lambda r: consent.withdraw(r, case),
        lambda r: r.remove([note], "purge"), lambda r: r.delete_case(case),
    )  # fmt: skip
    with place.open("kim") as repository:
        for attempt in attempts:
            with pytest.raises(StoreError, match="there is no case"):
                attempt(repository)
    with place.open("robin") as repository:
        assert repository.entries(case) == [note]
        assert [line.action for line in repository.history(case)] == ["new case", "add note"]
        repository.delete_case(case)
        assert repository.history(case)[-1].action == "delete case"  # of a case that is gone the log still speaks


def test_the_user_is_whom_the_process_belongs_to(sqlite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody.else")
    with sqlite.open("") as repository:
        assert repository.actor == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize("asked", ["jose\u0301 mu\u0308ller", "jos\u00e9", "jose", "MULLER"])
def test_a_name_is_found_however_its_accents_are_typed(sqlite: Place, asked: str) -> None:
    with sqlite.open() as repository:
        composed = repository.new_case(Candidate(name="Jos\u00e9 M\u00fcller"))
        apart = repository.new_case(Candidate(name="Jose\u0301 Mu\u0308ller"))
        repository.new_case(Candidate(name="Anna"))
        assert {line.id for line in repository.cases(asked)} == {composed, apart}


def test_a_wrong_key_is_one_line_and_opens_nothing(place: Place) -> None:
    place.open().close()
    wrong = replace(
        place, secret=Secret.passphrase("something else") if place.secret else Secret("key file", b"k" * 32)
    )
    with pytest.raises(WrongKey) as refused:
        wrong.open()
    assert "\n" not in str(refused.value)
    if place.secret:
        with pytest.raises(WrongKey, match="its passphrase is needed"):
            replace(place, secret=None).open()


def test_another_lock_opens_everything_and_the_old_one_nothing(place: Place) -> None:
    with place.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        media = repository.add(case, Media("0" * 64, "a"), files=[b"content"])
        repository.keys.rotate(Secret("key file", b"k" * 40))
        assert b"".join(repository.read(media)) == b"content"
    with pytest.raises(WrongKey):
        place.open()
    with replace(place, secret=Secret("key file", b"k" * 40)).open() as repository:
        assert repository.case(case).candidate.name == "A"
        assert b"".join(repository.read(media)) == b"content"
        repository.keys.rotate(None)
    with replace(place, secret=None).open() as repository:
        assert b"".join(repository.read(media)) == b"content"
        assert check(repository).problems == ()


def test_locking_leaves_no_open_key_in_the_folder(sqlite: Place) -> None:
    with sqlite.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        key = repository.keys.get(case)
        assert key in (sqlite.folder / "keys.db").read_bytes()
        repository.keys.rotate(Secret.passphrase("a few plain words"))
    assert all(key not in p.read_bytes() for p in sqlite.folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("locked_anew", [True, False])
def test_a_folder_that_is_open_elsewhere_makes_no_key_for_the_old_lock(place: Place, locked_anew: bool) -> None:
    new = Secret("key file", b"k" * 40) if locked_anew else None
    with place.open() as before:
        known = before.new_case(Candidate(name="Known"))
        with place.open() as elsewhere:
            added = elsewhere.new_case(Candidate(name="Added"))
            elsewhere.keys.rotate(new)
        for attempt in (
            lambda: before.new_case(Candidate(name="New")),
            lambda: before.add(known, Media("0" * 64, "a"), files=[b"content"]),
            lambda: before.keys.rotate(None),
            lambda: before.case(added),
        ):
            with pytest.raises(WrongKey, match="open it again"):
                attempt()
        before.add(known, Note("me", "what was open stays open"))
    with replace(place, secret=new).open() as repository:
        assert {line.candidate.name for line in repository.cases()} == {"Known", "Added"}
        assert (check(repository).problems, check(repository).unfinished) == ((), ())


def test_a_lock_that_cannot_be_changed_stays_as_it_was(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    case = repository.new_case(Candidate(name="A"))

    def full(*_: object) -> bytes:
        raise StoreError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(KeyRing, "_wrapped", full)
        with pytest.raises(StoreError, match="no space left"):
            repository.keys.rotate(Secret("key file", b"k" * 40))
    repository.add(case, Media("0" * 64, "a"), files=[b"content"])
    assert check(repository).problems == ()


def test_the_log_is_a_chain_that_shows_every_change(repository: Repository) -> None:
    case = repository.new_case(Candidate(name="A"))
    repository.add(case, Note("me", "x"))
    lines = repository.history()
    assert [line.action for line in lines] == ["new folder", "new case", "add note"]
    assert {line.actor for line in lines} == {"robin"}
    anchor = repository.keys.noted("log")
    assert audit.problems(lines, anchor) == []
    changed = [*lines[:1], replace(lines[1], actor="somebody else"), *lines[2:]]
    assert audit.problems(changed, anchor)
    forged = replace(changed[1], hash=changed[1].expected())
    assert audit.problems([lines[0], forged, lines[2]], anchor)
    assert audit.problems([lines[0], lines[2]], anchor)
    assert audit.problems(lines[:2], anchor)


def test_a_changed_log_is_found_in_the_folder_too(repository: Repository) -> None:
    repository.new_case(Candidate(name="A"))
    with repository.engine.execution_options(writes=True).begin() as tx:
        tx.execute(schema.audit.update().where(schema.audit.c.seq == 2).values(actor="somebody else"))
    assert any("line 2 of the log" in p for p in check(repository).problems)


def test_two_people_stay_apart_once_it_is_written_down(repository: Repository) -> None:
    a, b, c = (repository.new_case(Candidate(name=n)) for n in "ABC")
    repository.add(b, NotTheSame("me", a, "they are sisters"))
    repository.add(a, NotTheSame("me", b, "again"))
    assert (repository.kept_apart(a), repository.kept_apart(b), repository.kept_apart(c)) == ({b}, {a}, set())
    repository.delete_case(a)
    assert repository.kept_apart(b) == set()
    with pytest.raises(StoreError):
        repository.add(b, NotTheSame("me", "c-unknown", "x"))
    assert len(repository.entries(b)) == 1


def test_an_entry_is_whole_or_not_there(repository: Repository, place: Place) -> None:
    case = repository.new_case(Candidate(name="A"))

    class Breaks:
        def read(self, size: int = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(StoreError, match="Input/output error"):
        repository.add(case, Media("0" * 64, "a"), files=[b"first", Breaks()])
    assert repository.entries(case) == []
    assert [p for p in (place.folder / "blobs").rglob("*") if p.is_file()] == []
    health = check(repository)
    assert (health.problems, health.unfinished) == ((), ())
