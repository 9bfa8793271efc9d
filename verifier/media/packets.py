"""The compressed packets of one stream, read past damage, and a queue that lets one look ahead in them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from verifier.media.container import ENCRYPTED, OpenMedia
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av import Packet
    from av.stream import Stream

    from verifier.media.reading_log import ReadingLog
    from verifier.timing import Span

_MAX_READ_ERRORS = 4
"""In a row: a demuxer that fails this often will not get past the place."""


class PacketQueue:
    """Packets that can be looked at before they are taken."""

    def __init__(self, packets: Iterator[Packet[Stream]]) -> None:
        self._source = packets
        self._seen: deque[Packet[Stream]] = deque()

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Packet[Stream]]:
        return self.after(-1)

    def after(self, index: int) -> Iterator[Packet[Stream]]:
        """The packets behind the one at `index`, read from the file as far as they are asked for."""
        index += 1
        while self._has(index):
            yield self._seen[index]
            index += 1

    def first(self) -> Packet[Stream] | None:
        """The front packet, left in place; None at the end."""
        return self._seen[0] if self._has(0) else None

    def drop(self, count: int) -> None:
        """Takes away the first `count` packets, which must have been looked at."""
        for _ in range(count):
            self._seen.popleft()

    def _has(self, index: int) -> bool:
        while len(self._seen) <= index:
            packet = next(self._source, None)
            if packet is None:
                return False
            self._seen.append(packet)
        return True


def read_packets(
    media: OpenMedia, stream: Stream, span: Span | None, log: ReadingLog, step: Fraction
) -> Iterator[Packet[Stream]]:
    """The packets of one stream up to the span's end, past damaged places.

    `step` (seconds) is the length taken for packets that do not say theirs. Sets `log.complete` at the end of the file.

    Raises:
        MediaError: the packets are encrypted.
    """
    from av.error import EOFError as EndOfFile
    from av.error import FFmpegError

    errors = 0
    while True:
        try:
            for packet in media.packets(stream):
                if not packet.size:
                    continue  # the demuxer's closing mark
                if packet.has_sidedata("encryption_info"):
                    raise MediaError(ENCRYPTED)
                errors = 0
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None:
                    length = packet.duration * packet.time_base if packet.duration else step
                    log.note_packet(media.time_of(stamp, packet.time_base) + length, packet.is_corrupt)
                decode_stamp = packet.dts if packet.dts is not None else packet.pts
                if (
                    span is not None
                    and decode_stamp is not None
                    and media.time_of(decode_stamp, packet.time_base) >= span.end
                ):
                    return  # nothing from here on is shown before the span's end
                yield packet
            log.complete = True
            return
        except EndOfFile:
            log.complete = True
            return
        except FFmpegError:
            errors += 1
            log.read_errors += errors == 1
            if errors >= _MAX_READ_ERRORS:
                log.complete = True
                return
