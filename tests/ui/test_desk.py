"""What a page holds, and that it is gone when the page is gone."""

from __future__ import annotations

import errno
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verifier_ui.desk import Desk, safe_name
from verifier_ui.desks import MOST_HELD, Desks
from verifier_ui.worker import DISK_FULL, Job, State, Worker

from verifier.api import FileLook

TOKEN = "de610f1e-05fb-44e8-a134-34b816141e78"
RECORDING = FileLook("recording", 3.0, "")


def put(desk: Desk, name: str, look: FileLook = RECORDING, shelf: str = "recordings") -> str:
    path = desk.place(name)
    path.write_bytes(b"x")
    desk.take(path, look, shelf)  # type: ignore[arg-type]
    return path.parent.name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(TOKEN, tmp_path)


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set("/\\\0\n")
    assert len(safe.encode()) <= 200


def test_rounds_can_be_put_in_order(desk: Desk) -> None:
    a, b, c = (put(desk, f"{n}.mp4") for n in "abc")
    desk.move(c, -1)
    desk.move(a, -1)  # already first
    assert [h.id for h in desk.recordings] == [a, c, b]


def test_a_photo_among_the_recordings_is_put_with_the_photos_and_said(desk: Desk) -> None:
    put(desk, "me.jpg", FileLook("photo", None, ""))
    assert [h.name for h in desk.references] == ["me.jpg"]
    assert "me.jpg" in desk.notes[0]


def test_a_transcript_among_the_recordings_is_put_with_the_transcripts(desk: Desk) -> None:
    put(desk, "round-1.vtt", FileLook("transcript", None, ""))
    assert [h.name for h in desk.transcripts] == ["round-1.vtt"]
    assert "round-1.vtt" in desk.notes[0]


def test_a_removed_file_is_deleted(desk: Desk, tmp_path: Path) -> None:
    file_id = put(desk, "a.mp4")
    assert list(tmp_path.rglob("a.mp4"))
    desk.remove(file_id)
    assert list(tmp_path.iterdir()) == []


def test_nothing_starts_without_a_stated_basis(desk: Desk) -> None:
    put(desk, "a.mp4")
    assert len(desk.missing()) == 1
    desk.basis = "They were told in the call, and agreed"
    assert len(desk.missing()) == 1
    desk.agreed = True
    assert desk.missing() == []


def eventually(true: object, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_closed_page_is_emptied_and_a_reloaded_one_is_not(tmp_path: Path) -> None:
    desks = Desks(tmp_path, Worker(), grace_s=0.3)
    put(desks.open(TOKEN, "first"), "a.mp4")
    desks.leave("first")
    assert desks.open(TOKEN, "after the reload").recordings
    desks.leave("first")  # late news of the old page
    time.sleep(1)
    assert desks.get(TOKEN) is not None
    desks.leave("after the reload")
    assert eventually(lambda: desks.get(TOKEN) is None and not list(tmp_path.iterdir()))
    desks.close()


def _worked(desks: Desks, token: str, state: State) -> Desk:
    desk = desks.open(token, token)
    put(desk, "a.mp4")
    desk.job = Job(lambda job, progress: None, state=state)
    desks.leave(token)
    return desk


def test_a_check_outlives_its_page_for_a_while(tmp_path: Path) -> None:
    desks = Desks(tmp_path, Worker(), grace_s=0.2, held_s=1.5)
    running, done, stopped = (f"{n:032x}" for n in range(3))
    for token, state in ((running, State.RUNNING), (done, State.DONE), (stopped, State.STOPPED)):
        _worked(desks, token, state)
    assert eventually(lambda: desks.get(stopped) is None)
    assert desks.open(done, "again").recordings  # the same address, opened again
    desks.leave("again")
    assert desks.get(running) is not None
    assert eventually(lambda: desks.get(done) is None and not list(tmp_path.iterdir()))
    desks.close()


def test_of_many_closed_results_the_oldest_make_way(tmp_path: Path) -> None:
    desks = Desks(tmp_path, Worker(), grace_s=0.2)
    tokens = [f"{n:032x}" for n in range(MOST_HELD + 2)]
    for token in tokens:
        _worked(desks, token, State.DONE)
    assert eventually(lambda: [desks.get(t) is None for t in tokens] == [True, True] + [False] * MOST_HELD)
    desks.close()


def test_what_is_no_token_opens_nothing(tmp_path: Path) -> None:
    desks = Desks(tmp_path, Worker())
    for text in ("", "../../etc", "a" * 36):
        with pytest.raises(ValueError, match="token"):
            desks.open(text, "x")
    desks.close()


def test_a_question_is_answered_between_two_steps_and_a_stop_ends_the_job() -> None:
    worker = Worker()
    steps: list[str] = []

    def work(job: Job, progress) -> None:  # type: ignore[no-untyped-def]
        while True:
            steps.append("step")
            progress("Round 1", 0.5)
            time.sleep(0.01)

    running, waiting = Job(work), Job(work)
    worker.submit(running)
    worker.submit(waiting)
    assert eventually(lambda: running.state is State.RUNNING and steps)
    assert worker.ask(lambda: 41 + 1).result(10) == 42
    assert worker.before(waiting) == 1
    worker.stop(waiting)
    assert waiting.state is State.STOPPED
    worker.stop(running)
    assert running.ended.wait(10)
    assert running.state is State.STOPPED
    with pytest.raises(ZeroDivisionError):
        worker.ask(lambda: 1 / 0).result(10)
    worker.close()


def test_the_made_up_candidate_fills_the_form(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier_ui import samples

    from tests.media.clips import SPECS, write_clip

    media = tmp_path / "media"
    monkeypatch.setattr(samples, "FOLDER", media)
    assert not samples.available()
    media.mkdir()
    for number in (2, 1):
        write_clip(media / f"round-{number}.mp4", SPECS["h264_mp4"])
    assert samples.available()
    put(desk, "mine.mp4")
    samples.fill(desk)
    assert [h.name for h in desk.recordings] == ["round-1.mp4", "round-2.mp4"]
    samples.fill(desk, ("references", "recordings"), documents=True)
    assert [h.look.kind for h in desk.references] == ["photo"]
    assert not desk.recordings
    assert not desk.agreed


def test_a_full_disk_ends_a_check_with_words() -> None:
    def work(job: Job, progress) -> None:  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, "No space left on device")

    worker, job = Worker(), Job(work)
    worker.submit(job)
    assert job.ended.wait(10)
    assert (job.state, job.reasons) == (State.FAILED, (("The check", DISK_FULL),))
    worker.close()
