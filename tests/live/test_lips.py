"""Lips and voice during a call: hand-built bursts, then the sample candidate through the thread that watches calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from tests.test_lip_voice import later, lips, model, sound, speech
from verifier.findings import Finding, Outcome
from verifier.likelihood import Support
from verifier.live import lip_watch
from verifier.live.lip_watch import BUSY, MOST_WAITING, NO_SOUND, NOBODY, SEVERAL, LipFeed, LipWatcher
from verifier.live.lips import KEPT, Burst, LipsSoFar, laid_out
from verifier.live.watch import View
from verifier.media.live import SharedFrame
from verifier.observe.face_detector import FaceBox
from verifier.observe.sound_features import BINS_PER_S
from verifier.timing import Span

MEDIA = Path(__file__).resolve().parents[2] / "samples" / "media"
LARGE, TILE = FaceBox(320, 138, 215, 215, 1.0), FaceBox(784, 65, 73, 73, 1.0)
"""The candidate and a tile in the corner."""
LENGTH_S = 25
"""Of a sample, as it is played."""


def burst(at: int, seed: int, heard: int | None = None, late: int = 0) -> Burst:
    """Nine seconds from second `at` on: a mouth of one seed, seen from the second second to the eighth, the sound of another."""
    signal = speech(9, seed)
    table = lips(signal, seen_in=lambda t: 1 <= t < 8)
    table = replace(table, times=tuple(t + at for t in table.times))
    return Burst(
        table, sound(later(signal if heard is None else speech(9, heard), late)), at, (Span(Fraction(at), Fraction(at + 9)),)
    )  # fmt: skip


def after(*bursts: Burst | str, where: str = "") -> Finding:
    so_far = LipsSoFar(model(), where)
    return [so_far.add(b) for b in bursts][-1]


@pytest.mark.parametrize("late", [0, 12])
def test_lips_and_voice_together_also_when_the_sound_is_late_all_through(late: int) -> None:
    found = after(burst(3, 1, late=late), burst(23, 2, late=late))
    assert (found.outcome, found.support, found.spans) == (Outcome.NOT_OBSERVED, Support.SECOND, ())
    assert found.provisional
    assert found.statement == "Lips and voice move together, in the 12 seconds of speech that were looked at last."


def test_lips_and_voice_apart_are_named_with_the_seconds_of_the_recording() -> None:
    found = after(burst(3, 1, 8), burst(63, 2, 9), where=", part 2")
    assert (found.outcome, found.support, found.provisional) == (Outcome.OBSERVED, Support.FIRST, True)
    assert [(int(s.start), int(s.end)) for s in found.spans] == [(4, 10), (64, 70)]
    assert (
        "do not move together at 00:04 to 00:10, 01:04 to 01:10 of the recording, part 2, as far as" in found.statement
    )
    assert "Look at these seconds in the recording afterwards" in found.statement
    assert "The largest face is taken for the speaker's" in found.statement
    assert "laughs or eats while another person speaks" in found.statement


def test_one_odd_burst_says_nothing_alone_nor_among_many() -> None:
    assert after(burst(3, 1, 8)).outcome is Outcome.INCONCLUSIVE
    assert after(burst(3, 1), burst(23, 2), burst(43, 3, 8)).outcome is Outcome.INCONCLUSIVE
    assert after(burst(3, 1), burst(23, 2), burst(43, 3, 8), burst(63, 4, 9)).outcome is Outcome.OBSERVED
    together = [burst(20 * n, n) for n in range(1, 7)]
    assert after(*together, burst(140, 9, 8)).outcome is Outcome.INCONCLUSIVE
    assert after(*together).outcome is Outcome.NOT_OBSERVED


def test_what_cannot_be_told_says_why_and_takes_back_nothing() -> None:
    silent = replace(burst(23, 2), speech=())
    for nothing, words in (("no sound arrives", "no sound arrives"), (silent, "there is no speech to hear")):
        alone = after(nothing)
        assert alone.outcome is Outcome.NOT_AVAILABLE
        assert alone.statement.startswith("Lips and voice could not be laid side by side so far: ")
        assert words in alone.statement
        found = after(burst(3, 1), nothing)
        assert found.outcome is Outcome.NOT_OBSERVED
        assert f"The newest look told nothing: {words}" in found.statement


def test_old_bursts_are_let_go() -> None:
    so_far = LipsSoFar(model())
    for n in range(3 * KEPT):
        found = so_far.add(burst(20 * n, n, 40 + n if n < KEPT else None))
        assert len(so_far._bursts) <= KEPT
    assert found.outcome is Outcome.NOT_OBSERVED  # of those that parted none is left


def test_bursts_are_laid_on_one_clock() -> None:
    table, heard, spoken = laid_out([burst(3, 1), burst(23, 2)])
    assert (table.times[0], table.times[-1]) == (1, 27 + Fraction(BINS_PER_S - 1, BINS_PER_S))
    assert len(heard.level) == 29 * BINS_PER_S
    assert np.isnan(heard.features[9 * BINS_PER_S : 20 * BINS_PER_S]).all()
    assert not np.isnan(heard.features[20 * BINS_PER_S :]).any()
    assert spoken == [Span(Fraction(0), Fraction(9)), Span(Fraction(20), Fraction(29))]


def test_what_nobody_has_time_for_is_let_go_and_counted_and_nothing_waits() -> None:
    feed = LipFeed()
    feed.begin("part-01.mkv")
    frame = SharedFrame(av.VideoFrame(64, 48, "yuv420p"))
    for n in range(50):
        feed.video(frame, Fraction(n, 15))
    assert not feed._pictures  # no burst is under way
    pictures = feed.pictures("part-01.mkv")
    threading.Timer(0.2, lambda: feed.video(frame, Fraction(10))).start()
    first = next(pictures)
    for n in range(3 * MOST_WAITING):
        feed.video(frame, Fraction(10) + Fraction(n, 30))  # twice as many as are looked at
    assert feed.left_out == 3 * MOST_WAITING // 2 - 1 - MOST_WAITING
    feed.begin("part-02.mkv")
    feed.video(frame, Fraction(0))
    assert first.time == 10
    assert list(pictures) == []  # another part has begun
    assert not feed._pictures


class Played:
    """A call that plays the picture of one sample and the sound of another, faster than in life."""

    connected, behind_s, lips_and_voice = True, 0.0, None

    def __init__(self, boxes: tuple[FaceBox, ...] = (LARGE, TILE)) -> None:
        self.session, self.lips = SimpleNamespace(id="a"), LipFeed()
        self.view: View | None = View(len(boxes), "", boxes)
        self._over = threading.Event()

    def play(self, picture: str, voice: str | None, speed: float = 2.0) -> None:
        once = sorted(_frames(MEDIA / picture, MEDIA / voice if voice else None), key=lambda f: f[0])
        frames = [(at + LENGTH_S * n, frame) for n in range(4) for at, frame in once]
        self.lips.begin("part-01.mkv")
        threading.Thread(target=self._play, args=(frames, speed), daemon=True).start()

    def _play(self, frames: list[tuple[Fraction, av.VideoFrame | av.AudioFrame]], speed: float) -> None:
        began = time.monotonic()
        for at, frame in frames:
            if self._over.wait(max(0.0, float(at) / speed - (time.monotonic() - began))):
                return
            if isinstance(frame, av.VideoFrame):
                self.lips.video(SharedFrame(frame), at)
            else:
                self.lips.audio(frame, at)

    def stop(self) -> None:
        self._over.set()


def _frames(picture: Path, voice: Path | None) -> Iterator[tuple[Fraction, av.VideoFrame | av.AudioFrame]]:
    with av.open(str(picture)) as media:
        yield from ((at, f) for f in media.decode(video=0) if (at := f.pts * f.time_base) < LENGTH_S)
    if voice:
        with av.open(str(voice)) as media:
            yield from ((at, f) for f in media.decode(audio=0) if (at := f.pts * f.time_base) < LENGTH_S)


def watched(call: Played, monkeypatch: pytest.MonkeyPatch, holds, seconds: float = 60) -> Finding:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(lip_watch, "EVERY_S", 0.0)
    watcher = LipWatcher()
    watcher.add(call)  # type: ignore[arg-type]
    end = time.monotonic() + seconds
    try:
        while not (call.lips_and_voice and holds(call.lips_and_voice)):
            assert time.monotonic() < end, call.lips_and_voice
            time.sleep(0.05)
    finally:
        call.stop()
        watcher.close(10)
    return call.lips_and_voice  # type: ignore[return-value]


def test_the_sample_candidate_is_seen_to_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Played()
    call.play("round-2.mp4", "round-2.mp4")
    found = watched(call, monkeypatch, lambda f: f.support is Support.SECOND)
    assert found.outcome is Outcome.NOT_OBSERVED
    assert call.lips.looked_at > 60


def test_another_voice_beside_the_sample_candidate_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Played()
    call.play("round-2.mp4", "round-3.mp4")
    assert watched(call, monkeypatch, lambda f: f.outcome is Outcome.OBSERVED).spans


@pytest.mark.parametrize(
    ("voice", "boxes", "behind_s", "why"),
    [
        (None, (LARGE,), 0.0, NO_SOUND), ("round-2.mp4", (LARGE, replace(TILE, width=200, height=200)), 0.0, SEVERAL),
        ("round-2.mp4", (), 0.0, NOBODY), ("round-2.mp4", (LARGE,), 2.0, BUSY),
    ],
)  # fmt: skip
def test_what_cannot_be_watched_says_why(
    voice: str | None, boxes: tuple[FaceBox, ...], behind_s: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Played(boxes)
    call.behind_s = behind_s
    call.play("round-2.mp4", voice, speed=8.0)
    assert why in watched(call, monkeypatch, lambda f: True).statement


def test_an_error_with_one_call_is_said_and_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = Played(), Played()
    broken.session = SimpleNamespace(id="b")
    monkeypatch.setattr(broken.lips, "pictures", lambda part: 1 // 0)
    monkeypatch.setattr(lip_watch, "EVERY_S", 0.0)
    watcher = LipWatcher()
    for call in (broken, whole):
        call.play("round-2.mp4", "round-2.mp4")
        watcher.add(call)  # type: ignore[arg-type]
    end = time.monotonic() + 60
    try:
        while not (broken.lips_and_voice and whole.lips_and_voice):
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        broken.stop()
        whole.stop()
        watcher.close(10)
    assert broken.lips_and_voice.outcome is Outcome.NOT_AVAILABLE
    assert lip_watch.BROKEN in broken.lips_and_voice.statement
    assert whole.lips_and_voice.outcome is not Outcome.NOT_AVAILABLE
