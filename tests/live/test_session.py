"""The folder of a call: whole after every step, found again, gone when it is deleted."""

from __future__ import annotations

import pytest

from verifier.challenges import Mark, read_marks
from verifier.live import session as sessions
from verifier.live.session import kept_sessions, open_session, read_session


def mark(prompt: str, start_s: float, end_s: float, part: str = "part-01.mkv", **more: str) -> Mark:
    return Mark.model_validate({"prompt": prompt, "start_s": start_s, "end_s": end_s, "file": part, **more})


def test_a_call_is_found_again_with_what_was_told_and_asked(home) -> None:  # type: ignore[no-untyped-def]
    session = open_session("maria", "a basis", "Jordan")
    marks = [mark("turn-left", 12.35, 15.0), mark("say-phrase", 2.0, 9.0, "part-02.mkv", phrase="amber river nine")]
    for one in marks:
        session.mark(one)
    again = read_session(session.id)
    assert again == session
    assert again is not None
    assert set(again.marks()) == set(marks)
    assert again.told == sessions.TOLD
    assert set(read_marks(session.folder / "marks.json")) == set(marks)
    assert (session.folder.stat().st_mode & 0o077) == 0
    assert [s.id for s in kept_sessions()] == [session.id]
    session.delete()
    assert kept_sessions() == []


@pytest.mark.parametrize("session_id", ["", "..", "../../etc", "a" * 31, "A" * 32, "a" * 32])
def test_no_id_leads_elsewhere(home, session_id: str) -> None:  # type: ignore[no-untyped-def]
    assert read_session(session_id) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"owner": 1}', b"\xff"])
def test_a_damaged_folder_is_left_alone(home, content: bytes) -> None:  # type: ignore[no-untyped-def]
    session = open_session("", "a basis")
    (session.folder / "session.json").write_bytes(content)
    assert read_session(session.id) is None
    assert kept_sessions() == []


def test_parts_are_numbered_and_bounded(home, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sessions, "MAX_PARTS", 2)
    session = open_session("", "a basis")
    for name in ("part-01.mkv", "part-02.mkv"):
        path = session.next_part()
        assert path is not None
        assert path.name == name
        path.touch()
    assert session.next_part() is None
    assert session.parts() == []  # nothing was received


def test_the_report_asks_for_what_its_recording_can_show(home) -> None:  # type: ignore[no-untyped-def]
    session = open_session("", "a basis")
    assert session.challenge(1, {"part-01.mkv": 60.0}) is None  # nothing was asked
    kept, cut = mark("turn-left", 5, 9), mark("look-up", 40, 48, "part-02.mkv")
    for one in (kept, cut, mark("light", 44.8, 50, "part-02.mkv"), mark("turn-right", 5, 9, "part-03.mkv")):
        session.mark(one)
    path = session.challenge(3, {"part-01.mkv": None, "part-02.mkv": 45.0})
    assert path is not None
    assert read_marks(path) == (
        kept.model_copy(update={"round": 3}),
        cut.model_copy(update={"round": 3, "end_s": 45.0}),
    )
    assert session.challenge(1, {}) is None
    assert len(session.marks()) == 4


def test_more_marks_than_are_read_are_left_out_and_a_damaged_file_is_none(home) -> None:  # type: ignore[no-untyped-def]
    session = open_session("", "a basis")
    for second in range(sessions.MOST_MARKS + 1):
        session.mark(mark("look-up", second, second + 1))
    assert len(session.marks()) == sessions.MOST_MARKS
    (session.folder / "marks.json").write_text('{"prompts": []}')
    assert session.marks() == ()
    assert read_session(session.id) == session
