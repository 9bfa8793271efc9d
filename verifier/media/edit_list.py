"""The edit lists of an mp4 or mov file: which stored parts a player shows, and in what order. PyAV does not hand them out.

Boxes are read with every length checked: a damaged or hostile file gives no edit list, never an error.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.timing import MediaTime

MAX_BOXES, MAX_TRACKS, MAX_ENTRIES = 10_000, 64, 1000
MAX_INDEX_BYTES = 256 << 20
"""A moov box larger than this is not looked into."""


@dataclass(frozen=True)
class Edit:
    """One part of a track as it is to be shown."""

    duration: MediaTime
    """Seconds on the movie's clock; 0: to the end (fragmented files)."""
    media_start: MediaTime | None
    """Where it begins in what is stored, seconds; None: nothing is shown for its duration."""


@dataclass(frozen=True)
class TrackEdits:
    kind: str
    """"picture", "sound" or "other"."""
    edits: tuple[Edit, ...]

    @property
    def shown(self) -> tuple[Edit, ...]:
        return tuple(edit for edit in self.edits if edit.media_start is not None)


class _BrokenBoxError(Exception):
    """A length that cannot be, or too many boxes."""


class _Boxes:
    """Reads boxes of one file, counting them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, MAX_BOXES

    def within(self, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        """Kind, start and end of the content of each box between two positions."""
        at = start
        while at + 8 <= end:
            self._left -= 1
            if self._left < 0:
                raise _BrokenBoxError
            length, kind = struct.unpack(">I4s", self.read(at, 8))
            header = 8
            if length == 1:
                header = 16
                (length,) = struct.unpack(">Q", self.read(at + 8, 8))
            if length == 0:
                length = end - at
            if length < header or at + length > end:
                raise _BrokenBoxError
            yield kind, at + header, at + length
            at += length

    def first(self, kind: bytes, start: int, end: int) -> tuple[int, int] | None:
        return next(((a, b) for k, a, b in self.within(start, end) if k == kind), None)

    def read(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        data = self._file.read(size)
        if len(data) != size:
            raise _BrokenBoxError
        return data


def read_edit_lists(path: Path) -> tuple[TrackEdits, ...]:
    """The edit list of each track that has one; empty for other formats, damaged files and files without."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            boxes = _Boxes(file)
            moov = boxes.first(b"moov", 0, size)
            if moov is None or moov[1] - moov[0] > MAX_INDEX_BYTES:
                return ()
            header = boxes.first(b"mvhd", *moov)
            clock = _timescale(boxes, header) if header else 0
            tracks = [span for kind, *span in boxes.within(*moov) if kind == b"trak"][:MAX_TRACKS]
            found = [_track(boxes, start, end, clock) for start, end in tracks]
            return tuple(track for track in found if track is not None)
    except (_BrokenBoxError, OSError, struct.error):
        return ()


def _track(boxes: _Boxes, start: int, end: int, movie_clock: int) -> TrackEdits | None:
    edts, mdia = boxes.first(b"edts", start, end), boxes.first(b"mdia", start, end)
    if edts is None or mdia is None:
        return None
    elst, header, handler = boxes.first(b"elst", *edts), boxes.first(b"mdhd", *mdia), boxes.first(b"hdlr", *mdia)
    media_clock = _timescale(boxes, header) if header else 0
    if elst is None or not media_clock or not movie_clock:
        return None
    kind = boxes.read(handler[0] + 8, 4) if handler and handler[1] - handler[0] >= 12 else b""
    words = {b"vide": "picture", b"soun": "sound"}
    return TrackEdits(words.get(kind, "other"), _entries(boxes, *elst, movie_clock, media_clock))


def _timescale(boxes: _Boxes, span: tuple[int, int]) -> int:
    """Units per second, of an mvhd or mdhd box: behind the two dates, which version 1 stores in eight bytes each."""
    start, end = span
    if end - start < 24:
        raise _BrokenBoxError
    offset = 20 if boxes.read(start, 1) == b"\x01" else 12
    return int.from_bytes(boxes.read(start + offset, 4), "big")


def _entries(boxes: _Boxes, start: int, end: int, movie_clock: int, media_clock: int) -> tuple[Edit, ...]:
    head = boxes.read(start, 8)
    layout = ">QqI" if head[0] == 1 else ">IiI"
    size, count = struct.calcsize(layout), min(int.from_bytes(head[4:8], "big"), MAX_ENTRIES)
    if start + 8 + count * size > end:
        raise _BrokenBoxError
    rows = struct.iter_unpack(layout, boxes.read(start + 8, count * size))
    return tuple(
        Edit(Fraction(length, movie_clock), None if media < 0 else Fraction(media, media_clock))
        for length, media, _ in rows
    )
