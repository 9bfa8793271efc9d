"""What arrives on the tracks of a live call: set on one clock, the newest picture kept for whoever looks, the rest let go."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.timing import Span

if TYPE_CHECKING:
    import av

    from verifier.media.types import Image, VideoFrame
    from verifier.timing import MediaTime

AHEAD_S, BACK_S = 5.0, 1.0
"""Time stamps so far ahead of the clock on the wall, or so far before the last one, belong to another sender: the track is set
anew. Being late is no sign of it: then pictures wait to be decoded."""
GAP_S = 1.0
"""Seconds without a picture or without sound from which a gap is written down."""
MAX_GAPS = 500
MOST_PIXELS = 4096 * 2304
"""Of one picture; larger ones are hostile or no call."""


class TrackClock:
    """Times of one track on the call's clock, which begins with 0 at `origin` (monotonic seconds).

    The first packet stands where it arrived, later ones where their own time stamps say, so that a network that stutters
    does not bend the time line.
    """

    def __init__(self, origin: float) -> None:
        self._origin = origin
        self._offset: Fraction | None = None
        self._last = Fraction(0)
        self._least = 0.0
        self.behind_s = 0.0
        """Seconds that the newest packet came later than the quickest so far: what waits before it is decoded."""

    def time(self, stamp: MediaTime, arrived: float) -> MediaTime:
        """stamp: seconds by the sender's clock. arrived: monotonic seconds. Never below 0."""
        on_wall = arrived - self._origin
        back = stamp < self._last - Fraction(BACK_S)
        if self._offset is None or back or float(stamp + self._offset) - on_wall > AHEAD_S:
            self._offset = Fraction(round(on_wall * 1000), 1000) - stamp
            self._least = float("inf")
        self._last = stamp
        late = on_wall - float(stamp + self._offset)
        self._least = min(self._least, late)
        self.behind_s = late - self._least
        return max(Fraction(0), stamp + self._offset)


class Gaps:
    """Stretches of a track in which nothing arrived, in order; beyond `MAX_GAPS` they are only counted."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.count = 0
        self._last: MediaTime | None = None

    def seen(self, at: MediaTime) -> None:
        """Something arrived at `at`."""
        last = at if self._last is None else self._last
        if at - last > GAP_S:
            self.count += 1
            if len(self.spans) < MAX_GAPS:
                self.spans.append(Span(last, at))
        self._last = max(last, at)


class SharedFrame:
    """A decoded picture that several threads look at, one after the other.

    PyAV keeps the converter of a picture on the picture, and changes its tags while it converts: where two threads convert
    the same one at once, they wait for each other for ever, or the process ends.
    """

    def __init__(self, frame: av.VideoFrame) -> None:
        self._frame = frame
        self.width, self.height = frame.width, frame.height
        self._lock = threading.Lock()

    def converted(self, pixels: str, width: int | None = None, height: int | None = None) -> av.VideoFrame:
        """The picture with another kind of pixels (a name of FFmpeg's), or of another size; itself where it is so already."""
        with self._lock:
            # one thread: else every picture starts threads of its own
            return self._frame.reformat(width, height, pixels, threads=1)

    def image(self) -> Image:
        return np.ascontiguousarray(self.converted("rgb24").to_ndarray())


@dataclass(frozen=True)
class Arrived:
    """A picture of a live call."""

    frame: SharedFrame
    time: MediaTime
    """On the call's clock."""
    at: float
    """Monotonic seconds when it had been decoded."""
    behind_s: float
    """Seconds that it is older than that, as far as its time stamps show."""

    def picture(self) -> VideoFrame:
        """Its pixels; made only for the pictures that are looked at."""
        from verifier.media.types import VideoFrame

        return VideoFrame(self.time, self.frame.image(), is_key=False)


class Newest:
    """Holds one picture: a newer one takes its place, so that whoever is slow sees fewer, never older ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Arrived | None = None
        self.arrived = self.replaced = 0

    def put(self, picture: Arrived) -> None:
        with self._lock:
            self.arrived += 1
            self.replaced += self._held is not None
            self._held = picture

    def take(self) -> Arrived | None:
        with self._lock:
            held, self._held = self._held, None
            return held

    @property
    def waits(self) -> bool:
        return self._held is not None


class Latency:
    """Seconds from arrival to answer of the newest answers, at most `most` of them."""

    def __init__(self, most: int = 600) -> None:
        self._most = most
        self._seconds: list[float] = []
        self._when: list[float] = []

    def add(self, seconds: float) -> None:
        self._seconds = [*self._seconds[1 - self._most :], seconds]
        self._when = [*self._when[1 - self._most :], time.monotonic()]

    def summary(self) -> dict[str, float]:
        """p50_ms, p95_ms, looks and looks a second; empty before the first answer."""
        seconds, when = self._seconds, self._when
        if not seconds:
            return {}
        p50, p95 = np.quantile(seconds, (0.5, 0.95))
        rate = (len(when) - 1) / (when[-1] - when[0]) if len(when) > 1 and when[-1] > when[0] else 0.0
        return {
            "p50_ms": round(float(p50) * 1000, 1), "p95_ms": round(float(p95) * 1000, 1),
            "looks": len(seconds), "rate": round(rate, 2),
        }  # fmt: skip
