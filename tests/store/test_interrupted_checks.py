"""A check of a case that was stopped half-way, that another one meets, or that finds damage: no face stands under another recording."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checks.test_documents import document
from tests.store.conftest import Place
from tests.store.test_story import ALICE, ALICE_AGAIN, BORIS, GIVEN, PASSPORT, a_case, found
from verifier import api, casework
from verifier.case import Evidence
from verifier.documents.reading import DocumentSeen
from verifier.evidence_reader import EvidenceReader
from verifier.findings import Outcome
from verifier.store import consent, retention
from verifier.store.check import check
from verifier.store.records import Consent, Purpose, Reading
from verifier.store.repository import Repository

ACROSS = ("face-across-rounds",)
BOTH = pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
"""That keys are wrapped makes no difference here."""


class Killed(BaseException):
    """As sudden as kill -9: nothing of the tool's own handles it."""


def killed_at(monkeypatch: pytest.MonkeyPatch, step: int, work: Callable[[], object]) -> bool:
    """Stops `work` before its change number `step`; False: it has no so many."""
    left, add, remove = [step], Repository.add, Repository.remove

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def change(*args: object, **more: object) -> object:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return real(*args, **more)

        return change

    with monkeypatch.context() as patched:
        patched.setattr(Repository, "add", counted(add))
        patched.setattr(Repository, "remove", counted(remove))
        try:
            work()
        except Killed:
            return True
    return False


@BOTH
def test_a_check_that_is_killed_puts_no_face_under_another_recording(
    place: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_everywhere(place, monkeypatch, GIVEN)


def test_the_same_where_no_recording_is_kept(
    sqlite: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_everywhere(sqlite, monkeypatch, replace(GIVEN, purposes=(Purpose.TEMPLATES,)))


def killed_everywhere(place: Place, monkeypatch: pytest.MonkeyPatch, given: Consent) -> None:
    """The second round's check is stopped at each of its changes in turn, then another file is handed in."""
    with place.open() as repository:
        for step in range(10):
            case = a_case(repository, "Alice Ames", given=given)
            casework.check(repository, case, [ALICE], checks=ACROSS)
            stopped = killed_at(
                monkeypatch,
                step,
                lambda case=case: casework.check(repository, case, [ALICE_AGAIN], checks=ACROSS),  # type: ignore[misc]
            )
            if not stopped:
                break
            done = casework.check(repository, case, [BORIS], checks=ACROSS)
            names = {r.id: r.evidence[0].name for r in done.report.rounds}
            rounds = {e.record.round_id: e.record.files[0].name for e in repository.entries(case, "round")}
            assert names.items() <= rounds.items()
            compared = [(f.outcome, "round-3.mp4" in [names[r] for r in f.rounds]) for f in found(done, ACROSS[0])]
            assert (Outcome.OBSERVED, True) in compared
            assert set(compared) <= {(Outcome.OBSERVED, True), (Outcome.NOT_OBSERVED, False)}
        assert step > 2
        assert check(repository).problems == ()


@BOTH
def test_a_reference_that_takes_the_id_of_a_lost_one_is_read_itself(
    place: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def documents(_: EvidenceReader, references: Sequence[Evidence]) -> tuple[tuple[DocumentSeen, ...], str]:
        read.extend(e.name for e in references)
        return tuple(replace(document(), evidence=e) for e in references), ""

    monkeypatch.setattr(EvidenceReader, "documents", documents)
    with place.open() as repository:
        case = a_case(repository, "Alice Ames")
        # as an interrupted check of an earlier version left it: a reading whose reference was not written down
        repository.add(case, Reading("reference-1", "2", "X1234567", sha256="0" * 64), files=[b"damaged as well"])
        done = casework.check(repository, case, [ALICE], [PASSPORT], checks=("mrz", "face-reference"))
        assert read == ["passport-photo.jpg"]
        (reading,) = repository.entries(case, "reading")
        assert reading.record.sha256 == done.report.references[0].sha256
        casework.check(repository, case, checks=("mrz", "face-reference"))
        assert read == ["passport-photo.jpg"]


@BOTH
def test_two_checks_of_one_case_at_once_wait_for_each_other(
    place: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited, said, real = threading.Event(), [], api.observe_taken
    with place.open() as repository, place.open() as other:
        case = a_case(repository, "Alice Ames")

        def progress(stage: str, share: float) -> None:
            if "waiting" in stage:
                said.append(stage)
                waited.set()

        second = threading.Thread(target=lambda: casework.check(other, case, [BORIS], checks=ACROSS, progress=progress))

        def slow(*args: object, **more: object) -> object:
            monkeypatch.setattr(api, "observe_taken", real)
            second.start()
            waited.wait(20)
            return real(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(api, "observe_taken", slow)
        casework.check(repository, case, [ALICE], checks=ACROSS)
        second.join()
        assert said
        rounds = [(e.record.round_id, e.record.files[0].name) for e in repository.entries(case, "round")]
        assert rounds == [("round-1", "round-1.mp4"), ("round-2", "round-3.mp4")]
        assert list((place.folder / ".locks").iterdir()) == []


def test_a_check_is_not_locked_out_by_one_that_was_killed(sqlite: Place) -> None:
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames")
        with pytest.raises(Killed), repository.alone(case):
            raise Killed
        (sqlite.folder / ".locks" / case).touch()  # kill -9 leaves it behind, unlocked
        with repository.alone(case, waiting=pytest.fail):
            pass


@BOTH
def test_a_case_on_hold_is_checked_again_and_loses_nothing(place: Place, looked_at: list[str]) -> None:
    with place.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE], checks=ACROSS)
        repository.hold(case, "a court")
        for _ in range(2):
            done = casework.check(repository, case, checks=("face-across-rounds", "lip-voice"))
            assert found(done, "lip-voice")
            assert len(repository.entries(case, "observation")) == 2
        assert looked_at == ["round-1.mp4", "round-1.mp4"]
        assert len(repository.entries(case, "run")) == 3
        repository.hold(case, "")
        consent.withdraw(repository, case)
        assert repository.entries(case, "observation") == []


@BOTH
def test_what_is_asked_for_again_is_taken_again(place: Place, looked_at: list[str]) -> None:
    templates = replace(GIVEN, purposes=(Purpose.TEMPLATES,))
    with place.open() as repository:
        case = a_case(repository, "Alice Ames", given=templates)
        casework.check(repository, case, [ALICE], [PASSPORT], checks=("face-reference",))
        consent.withdraw(repository, case)
        consent.give(repository, case, GIVEN)
        with pytest.raises(api.NothingUsable) as refused:
            casework.check(repository, case, checks=("face-reference",))
        assert "hand it in again" in refused.value.reasons[0][1]
        done = casework.check(repository, case, [ALICE], [PASSPORT], checks=("face-reference",))
        assert [f.outcome for f in found(done, "face-reference")] == [Outcome.NOT_OBSERVED]
        kinds = [e.kind for e in repository.entries(case)]
        assert [kinds.count(k) for k in ("round", "reference", "observation", "media")] == [1, 1, 2, 2]
        looked_at.clear()
        casework.check(repository, case, [ALICE], checks=("face-reference",))
        assert looked_at == []


def test_a_recording_that_may_be_kept_by_now_is_kept_when_it_is_handed_in_again(
    sqlite: Place, looked_at: list[str]
) -> None:
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames", given=replace(GIVEN, purposes=(Purpose.TEMPLATES,)))
        casework.check(repository, case, [ALICE], checks=ACROSS)
        consent.give(repository, case, GIVEN)
        casework.check(repository, case, [ALICE], checks=ACROSS)
        assert [e.record.name for e in repository.entries(case, "media")] == ["round-1.mp4"]
        assert len(repository.entries(case, "observation")) == 1


@BOTH
def test_a_damaged_observation_is_made_again_from_the_recording(place: Place, looked_at: list[str]) -> None:
    with place.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE], [PASSPORT], checks=("face-reference",))
        for entry in repository.entries(case, "observation"):
            flip(repository.blobs.path(repository.files(entry)[0]))
        looked_at.clear()
        done = casework.check(repository, case, checks=("face-reference",))
        assert looked_at == ["round-1.mp4", "passport-photo.jpg"]
        assert [f.outcome for f in found(done, "face-reference")] == [Outcome.NOT_OBSERVED]
        assert check(repository).problems == ()
        # with the recording damaged too, it is named
        flip(repository.blobs.path(repository.files(repository.entries(case, "observation")[0])[0]))
        for entry in repository.entries(case, "media"):
            flip(repository.blobs.path(repository.files(entry)[0]))
        with pytest.raises(api.NothingUsable) as refused:
            casework.check(repository, case, checks=("face-reference",))
        assert "hand it in again" in refused.value.reasons[0][1]
        done = casework.check(repository, case, [ALICE], checks=("face-reference",))
        assert [f.outcome for f in found(done, "face-reference")] == [Outcome.NOT_OBSERVED]


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@BOTH
def test_a_withdrawal_that_is_killed_takes_no_more_than_was_asked(
    place: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE], checks=ACROSS)
        before = {e.id for e in repository.entries(case) if e.kind in consent.RESTS_ON}
        with monkeypatch.context() as patched:
            for name in ("add", "replace"):
                real = getattr(Repository, name)

                def once(*args: object, real: Callable[..., object] = real, **more: object) -> object:
                    real(*args, **more)
                    raise Killed

                patched.setattr(Repository, name, once)
            with pytest.raises(Killed):
                consent.withdraw(repository, case, [Purpose.SEARCH])
        retention.purge(repository)
        assert {e.id for e in repository.entries(case) if e.kind in consent.RESTS_ON} == before
        consent.withdraw(repository, case, [Purpose.SEARCH])
        assert consent.covered(repository.entries(case)) == {Purpose.RECORDINGS, Purpose.TEMPLATES}
