"""What a recording's file says about its making, beyond what is needed to play it. Facts; a check gives them meaning."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.media.container import OpenMedia, metadata, open_media
from verifier.media.credentials import Credentials, read_credentials
from verifier.media.edit_list import TrackEdits, read_edit_lists
from verifier.media.types import MediaError
from verifier.timing import Span

if TYPE_CHECKING:
    from pathlib import Path

    from av.stream import Stream

GAP_S = {"picture": Fraction(2), "sound": Fraction(1)}
"""A track that pauses for longer has a gap. Screen sharing and silence make shorter ones in honest recordings."""
MAX_GAPS = 50
_MAX_PACKETS = 3_000_000


@dataclass(frozen=True)
class TrackTimes:
    """The time stamps of one track, read without decoding."""

    kind: str
    """"picture" or "sound"."""
    span: Span
    """From its first to the end of its last piece."""
    gaps: tuple[Span, ...]


@dataclass(frozen=True)
class FileFacts:
    tracks: tuple[TrackTimes, ...]
    edits: tuple[TrackEdits, ...]
    tags: tuple[tuple[str, str], ...]
    """As `container.metadata` gives them."""
    credentials: Credentials


def read_file_facts(path: Path) -> FileFacts:
    """Reads the whole file once without decoding it, some thousand times faster than it plays.

    Raises:
        MediaError: the file cannot be used as a recording.
    """
    with open_media(path) as media:
        tags = metadata(media)
        tracks = _track_times(media)
    return FileFacts(tracks, read_edit_lists(path), tags, read_credentials(path))


def _track_times(media: OpenMedia) -> tuple[TrackTimes, ...]:
    from av.error import FFmpegError

    streams: list[tuple[str, Stream]] = [("sound", stream) for stream in media.audio]
    if media.video is not None:
        streams.insert(0, ("picture", media.video))
    stamps = {stream.index: (array("q"), array("q")) for _, stream in streams}
    try:
        for number, packet in enumerate(media.container.demux([stream for _, stream in streams])):
            if packet.pts is not None and packet.size:
                starts, lengths = stamps[packet.stream.index]
                starts.append(packet.pts)
                lengths.append(packet.duration or 0)
            if number >= _MAX_PACKETS:
                break
    except FFmpegError:
        pass  # the end is damaged: the reading of pictures and sound reports it
    found = [_times(media, kind, stream, *stamps[stream.index]) for kind, stream in streams]
    return tuple(times for times in found if times is not None)


def _times(media: OpenMedia, kind: str, stream: Stream, starts: array[int], lengths: array[int]) -> TrackTimes | None:
    base = stream.time_base
    if not starts or not base:
        return None
    ordered = sorted(zip(starts, lengths, strict=True))  # pieces lie in order of decoding, not of showing
    least = GAP_S[kind] / base
    gaps: list[Span] = []
    end = ordered[0][0]
    for start, length in ordered:
        if start - end > least and len(gaps) < MAX_GAPS:
            gaps.append(Span(media.time_of(end, base), media.time_of(start, base)))
        end = max(end, start + max(0, length))
    return TrackTimes(kind, Span(media.time_of(ordered[0][0], base), media.time_of(end, base)), tuple(gaps))


def facts_or_none(path: Path) -> FileFacts | None:
    """As `read_file_facts`; None for a file that cannot be used, which whoever reads its pictures reports."""
    try:
        return read_file_facts(path)
    except MediaError:
        return None
