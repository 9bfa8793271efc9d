"""Two peers in one process: real WebRTC over this computer's network, without a browser."""

from __future__ import annotations

import asyncio
import itertools
from fractions import Fraction

import numpy as np
import pytest
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame

from verifier.challenges import PROMPTS
from verifier.live.call import CUT, LEAST_S, LOST, LiveCall
from verifier.live.calls import MOST_CALLS, Calls, TooMany, ice_servers
from verifier.live.peer import BadOffer
from verifier.live.session import open_session
from verifier.media.recording import probe


class Room(VideoStreamTrack):
    """A picture of nobody, whose size changes when told to."""

    size = (180, 320)

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        frame = VideoFrame.from_ndarray(np.full((*self.size, 3), pts // 3000 % 200, np.uint8), format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


async def send(calls: Calls, call, room: Room | None = None) -> RTCPeerConnection:  # type: ignore[no-untyped-def]
    sender = RTCPeerConnection()
    sender.addTrack(room or Room())
    sender.addTrack(AudioStreamTrack())
    await sender.setLocalDescription(await sender.createOffer())
    answer = await calls.connect(call, sender.localDescription.sdp, "offer")
    await sender.setRemoteDescription(RTCSessionDescription(**answer))
    return sender


async def until(holds, seconds: float = 60.0) -> None:  # type: ignore[no-untyped-def]
    for _ in range(int(seconds * 10)):
        if holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("waited in vain")


def test_two_calls_at_once_are_both_recorded_and_looked_at(home) -> None:  # type: ignore[no-untyped-def]
    async def run() -> None:
        calls = Calls()
        both = [calls.open("", "a basis") for _ in range(2)]
        senders = [await send(calls, call) for call in both]
        await until(lambda: all(len(c.latency._seconds) >= 3 for c in both))
        await until(lambda: all((p := c._part) and p.recorder.pictures > 20 for c in both))
        for call in both:
            assert call.status()["line"] == "Nobody is to be seen."
            assert not call.trouble
        for sender in senders:
            await sender.close()
        await calls.close()
        for call in both:
            (part,) = call.session.parts()
            facts = probe(part)
            assert facts.video is not None
            assert (facts.video.width, facts.video.height, len(facts.audio)) == (320, 180, 1)
            assert call.session.ended

    asyncio.run(run())


def test_an_error_with_one_picture_costs_the_others_nothing(home, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    async def run() -> None:
        calls = Calls()
        call = calls.open("", "a basis")
        taken, often = call.video, itertools.count()

        def at_times(frame: VideoFrame, arrived: float) -> None:
            if next(often) % 3 == 0:
                raise RuntimeError("can't start new thread")
            taken(frame, arrived)

        monkeypatch.setattr(call, "video", at_times)
        sender = await send(calls, call)
        await until(lambda: (p := call._part) and p.recorder.pictures > 20)
        assert call.status()["notes"] == [LOST]
        await sender.close()
        await calls.close()

    asyncio.run(run())


def test_a_cut_and_another_picture_size_begin_new_parts(home) -> None:  # type: ignore[no-untyped-def]
    async def run() -> None:
        calls = Calls()
        call = calls.open("", "a basis")
        room = Room()
        first = await send(calls, call, room)
        await until(lambda: call._part and call._part.recorder.pictures > 5)
        call.ask()
        assert call.status()["prompt"]
        room.size = (320, 180)  # the shared window was turned
        await until(lambda: len(list(call.session.recording.iterdir())) == 2 and call._part.recorder.pictures > 5)
        second = await send(calls, call)  # came back while the old connection was still held
        await until(lambda: len(list(call.session.recording.iterdir())) == 3 and call._part.recorder.pictures > 5)
        call.answer("done")
        assert CUT in call.status()["notes"]  # the movement lies in no part as a whole
        assert call.session.marks() == ()
        call.ask()
        await asyncio.sleep(0.1)
        call.answer("skipped")
        call.answer("done")  # nothing is shown
        assert call.session.marks() == ()
        call.ask()
        asked = call.prompt
        call.answer("done")
        await first.close()
        await second.close()
        await until(lambda: not call.connected)
        calls.finish(call)
        with pytest.raises(BadOffer, match="ended"):
            await send(calls, call)
        await calls.close()
        assert len(call.session.parts()) == 3
        (mark,) = call.session.marks()
        assert asked is not None
        assert (mark.file, mark.prompt, mark.phrase) == ("part-03.mkv", asked.id, asked.phrase)
        assert mark.end_s - mark.start_s == pytest.approx(LEAST_S)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("sdp", "kind"),
    [("", "offer"), ("m=", "offer"), ("v=0\r\nm=video", "answer"), ("m=application 9\r\n", "offer"), ("m=video x y z" * 3, "offer"), ("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + "a" * 70_000, "offer")],
)  # fmt: skip
def test_what_is_no_offer_is_one_line(home, sdp: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    async def run() -> None:
        calls = Calls()
        call = calls.open("", "a basis")
        with pytest.raises(BadOffer):
            await calls.connect(call, sdp, kind)
        assert not call.connected
        await calls.close()

    asyncio.run(run())


def test_more_calls_than_can_be_held_are_refused(home, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("verifier.live.analyst.Analyst.warm", lambda self: None)
    calls = Calls()
    held = [calls.open("", "a basis") for _ in range(MOST_CALLS)]
    with pytest.raises(TooMany):
        calls.open("", "a basis")
    held[0].touched -= 10_000  # left without a word
    assert calls.open("", "a basis").session.id != held[0].session.id
    assert held[0].session.ended


def test_servers_for_the_way_through_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIFIER_ICE", raising=False)
    assert ice_servers() == []
    monkeypatch.setenv("VERIFIER_ICE", '[{"urls": "turn:t.example", "username": "u", "credential": "c", "x": 1}]')
    assert ice_servers(["stun:s.example:3478"]) == [
        {"urls": "stun:s.example:3478"},
        {"urls": "turn:t.example", "username": "u", "credential": "c"},
    ]
    for bad in ("{", "[1]", '[{"urls": "http://x"}]', "[{}]"):
        monkeypatch.setenv("VERIFIER_ICE", bad)
        with pytest.raises(ValueError, match=r"VERIFIER_ICE|stun"):
            ice_servers()


def test_every_prompt_once_in_an_order_of_chance(home) -> None:  # type: ignore[no-untyped-def]
    orders = {tuple(p.id for p in LiveCall(open_session("", "a basis"))._prompts) for _ in range(30)}
    assert all(len(order) == len(PROMPTS) and set(order) == PROMPTS.keys() for order in orders)
    assert len(orders) > 5


def test_a_disk_that_takes_nothing_ends_no_call(home, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "full")

    call = LiveCall(open_session("", "a basis"))
    call.connect(expects_audio=False)
    frame = VideoFrame(64, 48, "yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 90_000)
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.touch", full)
        call.video(frame, call.origin + 1)
    assert call.newest.waits  # it is looked at all the same
    assert "cannot be stored" in call.status()["recording"]["problem"]
    monkeypatch.setattr(call.session, "end", full)
    call.finish()
