"""What is deleted is gone: rows, files, keys, and the bytes of them in every file of the folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tests.store.conftest import Place
from verifier.store import consent, retention, schema
from verifier.store.check import check, finish
from verifier.store.consent import covered, give, withdraw
from verifier.store.errors import StoreError
from verifier.store.records import Candidate, Consent, Media, Note, Observation, Purpose, Run, Transcript, now
from verifier.store.repository import Repository

ALL = Consent("A. Person", "consent", tuple(Purpose), "May we keep this?", "2020-01-01", "2999-01-01")
FAR = "2998-01-01T00:00:00+00:00"


def filled(repository: Repository, given: Consent | None = ALL) -> str:
    case = repository.new_case(Candidate(name="A. Person", emails=("a@example.org",)))
    if given is not None:
        give(repository, case, given)
    repository.add(case, Media("1" * 64, "call.mp4"), files=[b"recording" * 1000], until="2990-01-01T00:00:00+00:00")
    template = {"face": {"dlib": np.arange(128, dtype=np.float32)}}
    repository.add(case, Observation("round-1", "m", ("faces",), "round-1/A"), files=[b"seen"], templates=template)
    repository.add(case, Transcript("round-1", "what was said"))
    repository.add(case, Note("me", "a note"))
    return case


def traces(repository: Repository, case: str) -> list[bytes]:
    """Bytes that must not be anywhere once the case is deleted: its keys, its sealed values, pieces of its files."""
    found = [repository.keys.get(k) for k, owner in repository.keys.ids().items() if owner == case]
    with repository.reading() as tx:
        found += [r.sealed for t in (schema.cases, schema.entries, schema.templates) for r in tx.execute(sa.select(t))]
        names = [r.sha256 for r in tx.execute(sa.select(schema.blobs))]
        found += [r.digest.encode() for r in tx.execute(sa.select(schema.marks))]
    found += [repository.blobs.path(name).read_bytes()[20:60] for name in names]
    return [bytes(trace)[:40] for trace in found]


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_a_deleted_case_leaves_no_byte_in_the_folder(place: Place) -> None:
    with place.open() as repository:
        case = filled(repository)
        before = traces(repository, case)
        assert len(before) > 12
        if place.database is None:
            sealed_keys = place.secret is not None
            raw = everything(place.folder)
            assert sum(t in raw for t in before) > (6 if sealed_keys else 12)
        gone = repository.delete_case(case)
        assert len(gone) == 2
        raw = everything(place.folder)
        assert [t for t in before if t in raw] == []
        with repository.reading() as tx:
            for table in (schema.cases, schema.entries, schema.templates, schema.marks, schema.blobs):
                assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
        assert set(repository.keys.ids()) == {"search"}
        assert check(repository).problems == ()
        assert repository.history()[-1].action == "delete case"


def test_one_entry_that_goes_leaves_no_byte_while_its_case_lives_on(place: Place) -> None:
    with place.open() as repository:
        case = filled(repository)
        media = repository.entries(case, "media")
        sealed = repository.blobs.path(repository.files(media[0])[0]).read_bytes()[20:60]
        key = repository.keys.get(media[0].id)
        repository.remove(media, "purge")
        raw = everything(place.folder)
        assert sealed not in raw
        assert key not in raw
        assert media[0].id not in repository.keys.ids()
        assert repository.entries(case, "media") == []
        assert len(repository.entries(case)) == 4


def test_withdrawal_deletes_what_rested_on_it_and_nothing_else(repository: Repository) -> None:
    case = filled(repository)
    gone = withdraw(repository, case, [Purpose.TEMPLATES])
    assert len(gone) == 1
    left = {e.kind for e in repository.entries(case)}
    assert left == {"consent", "media", "transcript", "note"}
    assert covered(repository.entries(case, "consent")) == {Purpose.RECORDINGS, Purpose.SEARCH}
    withdraw(repository, case)
    assert {e.kind for e in repository.entries(case)} == {"consent", "note"}
    assert covered(repository.entries(case)) == frozenset()
    assert list(repository.templates("face")) == []


def test_a_hold_stops_deletion_and_purge_makes_up_for_it(repository: Repository) -> None:
    case = filled(repository)
    repository.hold(case, "a dispute before a court")
    for attempt in (lambda: repository.delete_case(case), lambda: withdraw(repository, case)):
        with pytest.raises(StoreError, match="legal hold"):
            attempt()
    assert covered(repository.entries(case)) == frozenset()
    gone, stay = retention.purge(repository)
    assert gone == []
    assert case in stay[0]
    assert len(repository.entries(case, "media")) == 1
    repository.hold(case, "")
    gone, stay = retention.purge(repository)
    assert {g.what for g in gone} == {"media 1", "observation 1", "transcript 1"}
    assert stay == []


def test_purge_says_first_and_then_does_the_same(repository: Repository) -> None:
    case = filled(repository)
    sealed = repository.files(repository.entries(case, "media")[0])
    at = "2991-01-01T00:00:00+00:00"
    retention.set_days(repository, {"case": 36_500 - 1})
    repository.keys.note("unrelated", "x")
    at_most = datetime.now(UTC) + timedelta(days=retention.MOST_DAYS)
    soon = replace_until(repository, case, (at_most - timedelta(days=2)).isoformat(timespec="seconds"))
    would, _ = retention.purge(repository, dry_run=True, at=soon)
    assert len(repository.entries(case)) == 5
    gone, _ = retention.purge(repository, at=soon)
    assert gone == would
    assert [(g.what, g.why, g.hashes) for g in gone] == [("media 1", "its time is over", ("1" * 64, *sealed))]
    assert len(repository.entries(case)) == 4
    gone, _ = retention.purge(repository, at=at)
    assert gone[-1].what == "case"
    assert repository.cases() == []


def replace_until(repository: Repository, case: str, until: str) -> str:
    with repository.writing("test", case) as tx:
        where = (schema.entries.c.case_id == case) & (schema.entries.c.kind == "media")
        tx.execute(schema.entries.update().where(where).values(until=until))
    return until


def test_purge_does_not_stop_at_cases_the_user_may_not_see(place: Place) -> None:
    with place.open("robin") as repository:
        case = repository.new_case(Candidate(name="A", visible_to=("robin",)))
        repository.add(case, Note("robin", "x"), until="2020-01-01T00:00:00+00:00")
    with place.open("kim") as repository:
        gone, _ = retention.purge(repository)
        assert [g.what for g in gone] == ["note 1"]


def test_nothing_is_kept_longer_than_its_consent(repository: Repository) -> None:
    case = repository.new_case(Candidate(name="A"))
    with pytest.raises(StoreError, match="nobody consented"):
        retention.until(repository, case, "media")
    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    give(repository, case, replace(ALL, until=soon))
    assert retention.until(repository, case, "media") == soon
    give(repository, case, ALL)
    end = retention.until(repository, case, "media")
    assert end is not None
    assert timedelta(days=89) < datetime.fromisoformat(end) - datetime.fromisoformat(now()) <= timedelta(days=90)
    assert consent.ends(repository.entries(case), Purpose.SEARCH) == ALL.until


@pytest.mark.parametrize(
    "lacking", [{"who": " "}, {"basis": ""}, {"text": ""}, {"purposes": ()}, {"until": "2019-01-01"}]
)
def test_a_consent_that_lacks_something_is_none(sqlite: Place, lacking: dict[str, object]) -> None:
    with sqlite.open() as repository:
        case = repository.new_case(Candidate(name="A"))
        with pytest.raises(StoreError):
            give(repository, case, replace(ALL, **lacking))  # type: ignore[arg-type]
        assert repository.entries(case) == []


def test_a_deletion_that_was_interrupted_is_found_and_finished(place: Place) -> None:
    with place.open() as repository:
        whole, part = filled(repository), filled(repository)
        observation = repository.entries(part, "observation")[0]
        repository.keys.destroy(case_id=whole)
        repository.keys.destroy([observation.id])
    with place.open() as repository:
        assert [line.id for line in repository.cases()] == [part]
        assert {e.kind for e in repository.entries(part)} == {"consent", "media", "transcript", "note"}
        health = check(repository)
        assert health.problems == ()
        assert len(health.unfinished) == 2
        finish(repository, older_than_s=-1)
        health = check(repository)
        assert (health.problems, health.unfinished) == ((), ())
        assert len([p for p in (place.folder / "blobs").rglob("*") if p.is_file()]) == 1


def test_purge_cleans_the_database_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        repository.add(filled(repository), Note("me", "x"), until="2020-01-01T00:00:00+00:00")
    times: list[object] = []
    scrub = schema.scrub
    monkeypatch.setattr(schema, "scrub", lambda engine: times.append(engine) or scrub(engine))
    gone, stay = retention.purge(repository)
    assert (len(gone), stay, len(times)) == (3, [], 1)
    retention.purge(repository)
    assert len(times) == 1


@pytest.mark.parametrize("purpose", Purpose)
def test_reports_go_with_any_consent_they_may_rest_on(repository: Repository, purpose: Purpose) -> None:
    case, other = filled(repository), filled(repository)
    for each in (case, other):
        repository.add(each, Run('{"quote": "the words said"}', ()), until=FAR)
    withdraw(repository, case, [purpose])
    assert repository.entries(case, "run") == []
    assert len(repository.entries(other, "run")) == 1
    later = repository.add(case, Run("{}", ()), until=FAR)
    retention.purge(repository)  # made from what is still allowed: it stays
    assert repository.entries(case, "run") == [later]


def test_a_hold_keeps_reports_and_purge_deletes_them_when_it_is_lifted(repository: Repository) -> None:
    case = filled(repository)
    repository.add(case, Run("{}", ()), until=FAR, created="2026-01-01T00:00:00+00:00")
    repository.hold(case, "a dispute before a court")
    with pytest.raises(StoreError, match="legal hold"):
        withdraw(repository, case, [Purpose.SEARCH])
    assert len(repository.entries(case, "run")) == 1
    repository.hold(case, "")
    gone, _ = retention.purge(repository)
    assert [g.what for g in gone] == ["run 1"]
