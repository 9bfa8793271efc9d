"""From compressed packets to the wanted pictures, decoding as little as gives exactly the same pictures.

A group of pictures (a keyframe and all that builds on it) is left undecoded from the point where none of the rest is
wanted. The look ahead goes over packets, which costs microseconds each; time stamps there are the pictures' own.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from verifier.media.container import MAX_DURATION_S, MAX_PIXELS, OpenMedia, refuse_size
from verifier.media.packets import PacketQueue, read_packets
from verifier.media.types import Image, MediaError, VideoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import av
    from av import Packet, VideoStream
    from av.stream import Stream

    from verifier.media.reading_log import ReadingLog
    from verifier.media.sampling import SamplingPlan
    from verifier.timing import MediaTime, Span

MAX_THREADS = 4
"""Each decoder thread holds pictures of its own: more would cost memory at 4K and gain nothing at sampling rates."""
_AHEAD_PACKETS, _AHEAD_BYTES = 3000, 32 << 20
_MIN_DROP = 6
"""Packets: emptying the decoder's pipeline costs about as much as decoding this many."""


class Trust(Enum):
    """How far a file's keyframe marks are relied on; each reading that finds them wrong gives way to the next."""

    KEYS_ALONE = auto()
    """Keyframes follow each other into the decoder without anything between them."""
    GROUPS = auto()
    """Groups are left out; the decoder is emptied before it starts again at a keyframe."""
    NOTHING = auto()
    """Everything is decoded."""


class _UncleanKeyframeError(Exception):
    """A packet marked as keyframe did not decode on its own (periodic intra refresh, damage, wrong marks)."""


class Timed(Protocol):
    @property
    def time(self) -> MediaTime: ...


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True)
class Decoded:
    """A picture as the decoder left it: neither upright nor converted."""

    time: MediaTime
    picture: av.VideoFrame


def read_pictures(
    open_again: Callable[[], OpenMedia],
    plan: SamplingPlan,
    span: Span | None,
    log: ReadingLog,
    form: Callable[[VideoPass], Iterator[T]],
) -> Iterator[T]:
    """The pictures that `plan` wants within `span`, in the form of `VideoPass.frames` or `.decoded`, in order of time.

    Where the keyframe marks of the file turn out to be wrong, reading starts again without leaving anything out.
    """
    shown: MediaTime | None = None
    for trust in Trust:
        if trust is Trust.KEYS_ALONE and not plan.wants_only_keyframes:
            continue
        with open_again() as media:
            try:
                for frame in form(VideoPass(media, plan, span, log, trust)):
                    if shown is None or frame.time > shown:
                        shown = frame.time
                        yield frame
                return
            except _UncleanKeyframeError:
                log.restart()


class VideoPass:
    """One reading of the picture track of an opened file."""

    def __init__(self, media: OpenMedia, plan: SamplingPlan, span: Span | None, log: ReadingLog, trust: Trust) -> None:
        if media.video is None:
            raise MediaError("The recording has no picture, only sound.")
        self._media, self._plan, self._span, self._log = media, plan, span, log
        self._stream: VideoStream = media.video
        self._context = media.video.codec_context
        self._selector = plan.selector(span)
        # AVI stores when a picture is decoded, not when it is shown: stamps are handed out in order instead
        self._unordered: list[int] | None = [] if media.format_name == "avi" else None
        self._skipping = trust is not Trust.NOTHING and self._unordered is None
        self._only_keys = self._skipping and trust is Trust.KEYS_ALONE
        self._fed = False
        """Whether the decoder holds anything."""
        self._keys_sent: deque[MediaTime | None] = deque()
        """Keyframes that have not come out yet, where they alone are decoded."""
        self._resync: MediaTime | None = None
        """Time of the keyframe at which decoding started again; None once it has come out clean."""
        self._last: MediaTime | None = None
        rate = media.video.average_rate or media.video.guessed_rate
        self._step = 1 / rate if rate and rate > 0 else Fraction(1, 25)
        self._converter: av.video.reformatter.VideoReformatter | None = None
        self._prepare()

    def _prepare(self) -> None:
        context = self._context
        context.thread_type = "AUTO"
        context.thread_count = min(MAX_THREADS, os.cpu_count() or 1)
        context.options = {"max_pixels": str(MAX_PIXELS)}
        if self._only_keys:
            context.skip_frame = "NONKEY"
        self._log.declared_end = self._media.declared_end(self._stream)
        self._jumped = self._skipping and self._media.start_near(self._stream, self._span, Fraction(0))

    def frames(self) -> Iterator[VideoFrame]:
        """The wanted pictures, upright RGB; raises as `decoded`."""
        for found in self.decoded():
            image = self._upright(found.picture)
            if image is not None:
                yield VideoFrame(found.time, image, bool(found.picture.key_frame))

    def decoded(self) -> Iterator[Decoded]:
        """The wanted pictures; raises `_UncleanKeyframeError` when leaving packets out proved unsafe."""
        for picture in self._pictures():
            time = self._time_of(picture)
            if time is None:
                continue
            if (self._span is not None and time >= self._span.end) or time > MAX_DURATION_S:
                if time > MAX_DURATION_S:
                    self._log.notes.append("time stamps go beyond 12 hours: reading stopped there")
                return
            if self._selector.take(time, bool(picture.key_frame)):
                refuse_size(picture.width, picture.height)
                yield Decoded(time, picture)

    # -- what to decode ------------------------------------------------------------------------------------------

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """Decoded pictures in order of presentation, wanted ones all, others as they come along."""
        # without display stamps (AVI) no packet can be known to come after the span
        until = self._span if self._unordered is None else None
        ahead = PacketQueue(read_packets(self._media, self._stream, until, self._log, self._step))
        if self._jumped:
            self._check_landing(ahead.first())
        needed = 0  # packets at the front that are known to be wanted or built upon
        while (packet := ahead.first()) is not None:
            if self._only_keys and not packet.is_keyframe:
                ahead.drop(1)
                continue
            if self._only_keys:
                self._keys_sent.append(self._packet_time(packet))
            if self._skipping and not self._only_keys and needed <= 0:
                spare, needed = self._look_ahead(ahead)
                if spare and (spare >= _MIN_DROP or not self._fed):
                    yield from self._drain()
                    ahead.drop(spare)
                    first = ahead.first()
                    self._resync = None if first is None else self._packet_time(first)
                    continue
                needed += spare
            needed -= 1
            ahead.drop(1)
            self._ease(packet)
            yield from self._decode(packet)
        yield from self._drain()
        no_keys = self._only_keys and not self._log.decoded and self._log.last_end is not None
        if self._resync is not None or self._keys_sent or no_keys:
            raise _UncleanKeyframeError

    def _ease(self, packet: Packet[Stream]) -> None:
        """Spares the decoder a picture that neither is wanted nor carries others."""
        if self._skipping and not self._only_keys and not self._plan.wants_all:
            time = self._packet_time(packet)
            wanted = time is None or self._selector.could_want(time, packet.is_keyframe)
            self._context.skip_frame = "DEFAULT" if wanted else "NONREF"

    def _check_landing(self, packet: Packet[Stream] | None) -> None:
        """A jump through the file's index must end at a keyframe before the span, which must come out clean."""
        time = None if packet is None else self._packet_time(packet)
        if packet is None or time is None or self._span is None or not packet.is_keyframe or time > self._span.start:
            raise _UncleanKeyframeError
        self._resync = time

    def _look_ahead(self, ahead: PacketQueue) -> tuple[int, int]:
        """(packets at the front that may be left out, packets after them that must be decoded).

        What may be left out ends at a keyframe. Pictures that follow a keyframe in the file but are shown before it
        (open groups) build on the group before: a keyframe with a wanted one among these is no place to start.
        """
        spare = size = 0
        key_at, key_time = 0, Fraction(0)
        for index, packet in enumerate(ahead):
            time = self._packet_time(packet)
            size += packet.size
            if time is None:
                return 0, index + 1
            if key_at and (packet.is_keyframe or time > key_time):
                spare, key_at = key_at, 0  # all that is shown before that keyframe has been seen: none is wanted
            if self._selector.could_want(time, packet.is_keyframe):
                if packet.is_keyframe and self._is_closed(ahead, index, time):
                    spare = index
                return spare, index + 1 - spare
            if packet.is_keyframe and index:
                key_at, key_time = index, time
            if index >= _AHEAD_PACKETS or size >= _AHEAD_BYTES:
                return spare, index + 1 - spare
        return len(ahead), 0

    def _is_closed(self, ahead: PacketQueue, index: int, key_time: MediaTime) -> bool:
        """Whether no wanted picture that is shown before the keyframe at `index` follows it in the file."""
        for packet in ahead.after(index):
            time = self._packet_time(packet)
            if time is None or (time < key_time and self._selector.could_want(time, packet.is_keyframe)):
                return False
            if time > key_time:
                return True
        return True

    def _packet_time(self, packet: Packet[Stream]) -> MediaTime | None:
        return None if packet.pts is None else self._media.time_of(packet.pts, packet.time_base)

    # -- decoding ------------------------------------------------------------------------------------------------

    def _decode(self, packet: Packet[Stream] | None) -> Iterator[av.VideoFrame]:
        from av.error import EOFError as EndOfFile
        from av.error import FFmpegError

        self._fed = packet is not None
        if packet is not None and packet.dts is not None and self._unordered is not None:
            heappush(self._unordered, packet.dts)
        try:
            pictures = self._context.decode(packet)
        except EndOfFile:
            return
        except FFmpegError:
            time = None if packet is None else self._packet_time(packet)
            if self._resync is None or time is None or time >= self._resync:
                self._log.undecodable += 1
                if self._unordered and packet is not None and packet.dts in self._unordered:
                    self._unordered.remove(packet.dts)
                    heapify(self._unordered)
            return
        self._log.decoded += len(pictures)
        yield from pictures

    def _drain(self) -> Iterator[av.VideoFrame]:
        """Takes out what the decoder still holds and makes it ready for a keyframe."""
        if self._fed:
            yield from self._decode(None)
            self._context.flush_buffers()

    def _stamp_of(self, picture: av.VideoFrame) -> int | None:
        if self._unordered is None:
            return picture.pts
        return heappop(self._unordered) if self._unordered else None

    def _time_of(self, picture: av.VideoFrame) -> MediaTime | None:
        """When the picture is shown; None for one that is out of order or not meant to be seen."""
        stamp = self._stamp_of(picture)
        if stamp is None or not self._stream.time_base:
            time = Fraction(0) if self._last is None else self._last + self._step
            self._log.derived_times += 1
        else:
            # pictures drained at the end carry no time base of their own: theirs is the stream's
            time = self._media.time_of(stamp, self._stream.time_base)
        if self._resync is not None:
            if time < self._resync:
                return None  # shown before the keyframe, built on what was left out
            if time > self._resync or not picture.key_frame:
                raise _UncleanKeyframeError
            self._resync = None
        if self._only_keys and (not self._keys_sent or self._keys_sent.popleft() != time):
            raise _UncleanKeyframeError  # they leave the decoder in an order that is not theirs
        if self._last is not None and time <= self._last:
            self._log.step_back(self._last)
            return None
        self._last = time
        self._log.damaged += bool(picture.is_corrupt)
        return time

    def _upright(self, picture: av.VideoFrame) -> Image | None:
        """RGB, turned and scaled; None (and counted) when the picture's format cannot be converted."""
        from av.error import FFmpegError
        from av.video.reformatter import VideoReformatter

        turns = round(picture.rotation / 90) % 4
        width, height = picture.width, picture.height
        across = height if turns % 2 else width
        limit = self._plan.max_width
        scale = limit is not None and across > limit
        if scale and limit is not None:
            width, height = max(1, round(width * limit / across)), max(1, round(height * limit / across))
        self._converter = self._converter or VideoReformatter()
        try:
            rgb = self._converter.reformat(picture, width, height, "rgb24", interpolation="AREA" if scale else None)
            image = np.asarray(rgb.to_ndarray(), dtype=np.uint8)
        except (FFmpegError, ValueError):
            self._log.undecodable += 1
            return None
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
