"""Lips and voice of the calls that go on: a thread takes a burst of pictures and the sound around it of each call in turn.

The media loop only appends; where looking falls behind, the oldest pictures that wait are let go and counted.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.coupling import REACH, SEARCH, CouplingModel
from verifier.live.lips import Burst, LipsSoFar, unseen
from verifier.media.sampling import SamplingPlan
from verifier.media.types import AudioBlock, VideoFrame
from verifier.observe.lips import SLOT, LipObserver
from verifier.observe.sound_features import BINS_PER_S, SAMPLE_RATE, sound_table
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import av

    from verifier.live.call import LiveCall
    from verifier.media.live import SharedFrame
    from verifier.observe.face_detector import FaceBox
    from verifier.timing import MediaTime

BURST_S = 7
"""Seconds: three windows of the coupling."""
EVERY_S = 20.0
"""Seconds between the beginnings of two bursts of a call; so much of each call is looked at that it costs a twentieth of a core."""
AROUND_S = Fraction(SEARCH + REACH, BINS_PER_S)
"""Seconds of sound before and after a burst, in which a constant lag is looked for."""
MOST_WAITING, MOST_BLOCKS = 10, 800
"""Pictures (1.4 MB each at 720p) and blocks of sound (20 ms each: 16 s) that are held."""
SLACK_S = 4.0
"""Seconds beyond a burst's length after which it is over, however little has come."""
AS_LARGE = 0.7
"""Faces of so much of the largest one's size: anybody of them may be the one who speaks."""
BEHIND_S = 0.5
"""Seconds of pictures that wait to be decoded from which there is no time for a burst."""
MOST_LEFT_OUT = 0.02
"""Share of a burst's pictures that may be left out: two in a row make a gap that nothing is filled in across."""
NICE = 5
BUSY = "this computer was too busy to look at the mouth often enough"
CUT = "the recording was cut meanwhile"
NO_SOUND, NOBODY = (
    "no sound arrives",
    "no mouth could be followed, as where a face is turned away or the picture stands still",
)
BROKEN = "they cannot be looked at any more, because of an error in the tool"
SEVERAL = "several faces are shown about equally large"
log = logging.getLogger(__name__)


class LipFeed:
    """What arrives of one call. `begin`, `video` and `audio` are called in the media loop and never wait."""

    def __init__(self) -> None:
        self.part = ""
        """Name of the part of the recording to which times belong."""
        self.looked_at = self.left_out = 0
        """Pictures of bursts, and those of them that nobody had the time to look at."""
        self._open = False
        self._slot: int | None = None
        self._pictures: deque[tuple[str, MediaTime, SharedFrame]] = deque(maxlen=MOST_WAITING)
        self._sound: deque[tuple[str, MediaTime, av.AudioFrame]] = deque(maxlen=MOST_BLOCKS)
        self._arrived = threading.Event()

    def begin(self, part: str) -> None:
        """The recording goes on in another part, whose times begin with 0."""
        self.part, self._slot = part, None
        self._sound.clear()

    @property
    def hears(self) -> bool:
        return bool(self._sound)

    def video(self, frame: SharedFrame, at: MediaTime) -> None:
        if not self._open or at // SLOT == self._slot:
            return
        self._slot = at // SLOT
        self.left_out += len(self._pictures) == MOST_WAITING
        self._pictures.append((self.part, at, frame))
        self._arrived.set()

    def audio(self, frame: av.AudioFrame, at: MediaTime) -> None:
        self._sound.append((self.part, at, frame))

    def pictures(self, part: str) -> Iterator[VideoFrame]:
        """A burst of this part, as it comes; ends early where the part does, or nothing comes any more."""
        self._pictures.clear()
        self._open = True
        try:
            over, last = time.monotonic() + BURST_S + SLACK_S, None
            while time.monotonic() < over and self.part == part:
                if not self._pictures:
                    self._arrived.clear()
                    self._arrived.wait(0.1)
                    continue
                of, at, frame = self._pictures.popleft()
                last = at + BURST_S if last is None else last
                if of != part or at >= last:
                    return
                self.looked_at += 1
                yield VideoFrame(at, frame.image(), is_key=False)
        finally:
            self._open = False
            self._pictures.clear()

    def sound(self, part: str, start: MediaTime, end: MediaTime) -> Iterator[AudioBlock]:
        """What was heard of the part from `start` on, as far as it has come."""
        held = [(at, frame) for of, at, frame in self._sound.copy() if of == part and start <= at < end]
        return _mono(held)


def _mono(held: Iterable[tuple[MediaTime, av.AudioFrame]]) -> Iterator[AudioBlock]:
    """Blocks of one channel, SAMPLE_RATE per second, one for each stretch without a gap."""
    import av

    def block() -> AudioBlock:
        pieces = [b.to_ndarray().ravel() for frame in (*run, None) for b in resampler.resample(frame)]
        return AudioBlock(begins, np.concatenate(pieces).astype(np.float32), SAMPLE_RATE)

    run: list[av.AudioFrame] = []
    begins = ends = Fraction(0)
    for at, frame in held:
        if run and abs(at - ends) > Fraction(1, 50):
            yield block()
            run = []
        if not run:
            begins, resampler = at, av.AudioResampler("flt", "mono", SAMPLE_RATE)
        # the frame itself belongs to the recorder, which sets its times
        copy = av.AudioFrame.from_ndarray(frame.to_ndarray(), format=frame.format.name, layout=frame.layout.name)
        copy.sample_rate = frame.sample_rate
        run.append(copy)
        ends = at + Fraction(frame.samples, frame.sample_rate)
    if run:
        yield block()


@dataclass
class _Watched:
    call: LiveCall
    due: float = 0.0
    part: str = ""
    so_far: LipsSoFar | None = None


class LipWatcher:
    """One thread for all calls. What it finds is set as the call's `lips_and_voice`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def add(self, call: LiveCall) -> None:
        with self._lock:
            if self._closing.is_set():
                return
            self._watched[call.session.id] = _Watched(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live-lips", daemon=True)
                self._thread.start()

    def remove(self, call: LiveCall) -> None:
        with self._lock:
            self._watched.pop(call.session.id, None)

    def close(self, timeout_s: float) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        if sys.platform == "linux":  # there, threads have a niceness of their own: media and faces come first
            with suppress(OSError):  # the tool itself was started as a nicer one
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        models: tuple[CouplingModel, SpeechNetwork] | None = None
        while not self._closing.wait(0.2):
            with self._lock:
                ready = [w for w in self._watched.values() if w.due <= time.monotonic() and _can_begin(w.call)]
            if not ready:
                continue
            one = min(ready, key=lambda w: w.due)
            try:
                models = models or (CouplingModel.load(), SpeechNetwork())
                self._look(one, *models)
            except Exception:  # that call goes on without it, the others with it
                self.remove(one.call)
                one.call.lips_and_voice = unseen(BROKEN)
                log.exception("lips and voice of a live call cannot be looked at")

    def _look(self, one: _Watched, model: CouplingModel, network: SpeechNetwork) -> None:
        call = one.call
        one.due = time.monotonic() + EVERY_S
        part = call.lips.part
        if one.so_far is None or part != one.part:
            number = part.removeprefix("part-").partition(".")[0].lstrip("0")
            one.part, one.so_far = part, LipsSoFar(model, "" if number == "1" else f", part {number}")
        found = one.so_far.add(self._burst(call, part, network))
        if not self._closing.is_set() and call.lips.part == part:
            call.lips_and_voice = found

    def _burst(self, call: LiveCall, part: str, network: SpeechNetwork) -> Burst | str:
        """A burst, or why there is none."""
        if call.behind_s > BEHIND_S:
            return BUSY
        feed = call.lips
        if not feed.hears:
            return NO_SOUND
        before = feed.looked_at, feed.left_out
        several = _several(call)
        observer = LipObserver(lambda: _boxes(call), SamplingPlan(every=SLOT))
        try:
            for picture in feed.pictures(part):
                observer.observe(picture)
            table = observer.finish()
        finally:
            observer.close()
        looked_at, left_out = feed.looked_at - before[0], feed.left_out - before[1]
        if several or _several(call):
            return SEVERAL
        if not table.times:
            return NOBODY
        self._closing.wait(float(AROUND_S) + 0.2)  # for the sound behind it
        if feed.part != part:
            return CUT
        if left_out > MOST_LEFT_OUT * looked_at:
            return BUSY
        start = int(max(Fraction(0), table.times[0] - AROUND_S))
        blocks = [
            AudioBlock(b.time - start, b.samples, b.sample_rate)
            for b in feed.sound(part, Fraction(start), table.times[-1] + AROUND_S)
        ]
        if not blocks:
            return NO_SOUND
        finder = SpeechFinder(network)
        for block in blocks:
            finder.feed(block.time, block.samples)
        finder.finish()
        speech = tuple(Span(s.start + start, s.end + start) for s in finder.spans)
        return Burst(table, sound_table(blocks), start, speech)


def _can_begin(call: LiveCall) -> bool:
    return bool(call.connected and call.lips.part and call.view)


def _boxes(call: LiveCall) -> list[FaceBox]:
    return list(call.view.boxes) if call.view else []


def _several(call: LiveCall) -> bool:
    sizes = sorted((box.size for box in _boxes(call)), reverse=True)
    return len(sizes) > 1 and sizes[1] >= AS_LARGE * sizes[0]
