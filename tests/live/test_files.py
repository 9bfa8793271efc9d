"""The files that live calls are compared with: read one after the other, each under its own number."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from verifier.live import files as live_files
from verifier.live.call import LiveCall
from verifier.live.files import ComparedFiles
from verifier.live.session import open_session
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import Comparators

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PHOTO, OTHER = SAMPLES / "media" / "passport-photo.jpg", SAMPLES / "documents" / "faces" / "21.jpg"


@pytest.fixture
def compared(home) -> Iterator[ComparedFiles]:  # type: ignore[no-untyped-def]
    made = ComparedFiles()
    yield made
    made.close(10)


def a_call() -> LiveCall:
    return LiveCall(open_session("", "a basis"))


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_files_handed_in_at_once_keep_apart_and_models_are_loaded_once(
    compared: ComparedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, loaded = live_files.load_comparators, []

    def counted() -> Comparators:
        loaded.append(1)
        return load()

    monkeypatch.setattr(live_files, "load_comparators", counted)
    (tmp_path / "words.jpg").write_bytes(b"hello there\n" * 9)
    first, second = a_call(), a_call()
    for path in (PHOTO, tmp_path / "words.jpg", OTHER):
        compared.add(first, path)
    compared.add(second, OTHER)
    until(lambda: compared.of(second))
    faces = compared.of(first)
    assert [(f.evidence.id, f.evidence.path) for f in faces] == [("reference-1", PHOTO), ("reference-3", OTHER)]
    assert all(f.template is not None for f in faces)
    assert [(f.evidence.id, f.evidence.path) for f in compared.of(second)] == [("reference-1", OTHER)]
    assert len(loaded) == 1
    (note,) = first.notes
    assert note.startswith("words.jpg: ")
    compared.forget(first)
    assert compared.of(first) == ()


def test_an_error_in_the_tool_is_a_note_and_the_next_file_is_read(
    compared: ComparedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = live_files.load_comparators
    answers = iter((RuntimeError("no model"), None))

    def once_broken() -> Comparators:
        if (error := next(answers)) is not None:
            raise error
        return load()

    monkeypatch.setattr(live_files, "load_comparators", once_broken)
    call = a_call()
    for path in (PHOTO, OTHER):
        compared.add(call, path)
    until(lambda: compared.of(call))
    assert [f.evidence.id for f in compared.of(call)] == ["reference-2"]
    assert call.notes == ("passport-photo.jpg cannot be compared with because of an error in the tool.",)


def test_a_call_that_has_ended_waits_for_nothing(compared: ComparedFiles) -> None:
    call = a_call()
    call.session.end()
    compared.add(call, PHOTO)
    assert compared._thread is None


def test_notes_of_several_threads_are_all_kept(compared: ComparedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    call = a_call()

    class Noted(MediaError):
        """Somebody else notes something while this one is put into words."""

        def __str__(self) -> str:
            call.note("from another thread")
            return "it cannot be read"

    def refuse(*_: object, **__: object) -> None:
        raise Noted

    monkeypatch.setattr(live_files, "take_in", refuse)
    compared.add(call, PHOTO)
    until(lambda: len(call.notes) > 1)
    assert call.notes == ("from another thread", "passport-photo.jpg: it cannot be read")
