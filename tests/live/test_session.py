"""The folder of a call: whole after every step, found again, gone when it is deleted."""

from __future__ import annotations

import json

import pytest

from verifier.live import session as sessions
from verifier.live.prompts import PROMPTS, draw
from verifier.live.session import kept_sessions, open_session, read_session


def test_a_call_is_found_again_with_what_was_told_and_asked(home) -> None:  # type: ignore[no-untyped-def]
    session = open_session("maria", "a basis", "Jordan")
    session.ask("turn-left", "Please turn.", "part-01.mkv", 12.345)
    session.answer("done", "part-01.mkv", 15.0)
    session.ask("look-up", "Please look up.", "part-01.mkv", 20.0)
    session.answer("skipped", "part-02.mkv", 1.0)
    session.answer("done", "part-02.mkv", 2.0)  # nothing is open
    again = read_session(session.id)
    assert again == session
    assert again is not None
    assert [(m.asked_s, m.ended_s, m.answer) for m in again.marks] == [(12.35, 15.0, "done"), (20.0, None, "skipped")]
    assert again.told == sessions.TOLD
    assert json.loads((session.folder / "marks.json").read_text())["prompts"][0]["part"] == "part-01.mkv"
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


def test_every_prompt_once_in_an_order_of_chance() -> None:
    orders = {draw() for _ in range(60)}
    assert all(set(order) == set(PROMPTS) and len(order) == len(PROMPTS) for order in orders)
    assert len(orders) > 5
