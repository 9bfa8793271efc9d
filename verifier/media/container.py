"""Opening a recording: only listed formats and codecs, nothing but this one file, within stated bounds.

All that is known about a file before it is read as a whole comes from here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from verifier.media.formats import FORMATS, VIDEO_CODECS, audio_codecs
from verifier.media.sniff import Content, content_of, read_head
from verifier.media.types import AudioFacts, MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from av import AudioStream, Packet, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

    from verifier.timing import MediaTime, Span

MAX_SIDE = 8192
MAX_PIXELS = 50_000_000
MAX_DURATION_S = 12 * 3600
MAX_STREAMS = 64
MAX_CHANNELS = 64
MAX_AUDIO_RATE = 768_000
_MICROSECONDS = 1_000_000
_TIMEOUT_S = 60.0
_SEEKABLE = ("matroska", "mov")
"""Formats whose index is exact; the others are read from the start, which costs microseconds per packet."""


@dataclass
class OpenMedia:
    """An opened file and the streams that are read. For one thread at a time; close it where it was used."""

    container: InputContainer
    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    origin: MediaTime
    """The earliest start among the streams that are read: time zero of the recording, on the file's own clock."""
    problems: tuple[str, ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.container.close()

    @property
    def format_name(self) -> str:
        """The demuxer's name, in fact a list: "mov,mp4,m4a,3gp,3g2,mj2"."""
        return self.container.format.name

    def packets(self, stream: Stream) -> Iterator[Packet[Stream]]:
        """The compressed pieces of one stream; those of others are passed over where the format allows it."""
        from av.stream import Discard

        for other in self.container.streams:
            other.discard = Discard.default if other.index == stream.index else Discard.all
        yield from self.container.demux(stream)

    def time_of(self, stamp: int, time_base: Fraction) -> MediaTime:
        """A time stamp of the file as time of the recording."""
        return stamp * time_base - self.origin

    def declared_end(self, stream: Stream) -> MediaTime | None:
        """When the file says that this stream ends; None when it does not say."""
        if stream.duration and stream.duration > 0 and stream.time_base:
            return self.time_of((stream.start_time or 0) + stream.duration, stream.time_base)
        tagged = _tagged_duration(stream.metadata.get("DURATION", ""))
        return self.duration if tagged is None else tagged - self.origin

    @property
    def duration(self) -> MediaTime | None:
        """What the container says, in seconds; an estimate for formats without an index (mp3, aac, MPEG)."""
        streams = [stream for stream in (self.video, *self.audio) if stream is not None]
        ends = [
            self.time_of((stream.start_time or 0) + stream.duration, stream.time_base)
            for stream in streams
            if stream.duration and stream.duration > 0 and stream.time_base
        ]
        if len(ends) == len(streams):
            return max(ends)
        length = self.container.duration
        if not length or length <= 0:
            return None
        # Matroska counts from its clock's zero, the others from their first time stamp
        late = max(self.origin, Fraction(0)) if self.format_name.startswith("matroska") else Fraction(0)
        seconds = Fraction(length, _MICROSECONDS)
        return seconds - late if seconds > late else seconds

    def start_near(self, stream: Stream, span: Span | None, lead_s: Fraction) -> bool:
        """Jumps to a keyframe at or before `lead_s` ahead of the span, where the index can be trusted; True if so."""
        from av.error import FFmpegError

        if span is None or not self.format_name.startswith(_SEEKABLE) or not stream.time_base:
            return False
        target = span.start - lead_s
        if target <= 0:
            return False
        try:
            self.container.seek(int((target + self.origin) / stream.time_base), stream=stream, backward=True)
        except FFmpegError:
            self.container.seek(0)
            return False
        return True


def open_media(path: Path) -> OpenMedia:
    """Opens a recording for reading.

    Raises:
        MediaError: it cannot be used; one line that says why and what to do.
    """
    content = content_of(read_head(path))
    if content is not Content.UNKNOWN:
        raise MediaError(f"This is a {content}, not a recording, whatever its name says.")
    container = _open_container(path)
    try:
        return _checked(container)
    except BaseException:
        container.close()
        raise


def _open_container(path: Path) -> InputContainer:
    import av

    options = {
        "format_whitelist": FORMATS,
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | audio_codecs())),
        "protocol_whitelist": "file",
        "enable_drefs": "0",  # an mp4 may point to other files for its media: never follow
        "max_streams": str(2 * MAX_STREAMS),
    }
    try:
        return av.open(
            os.path.abspath(path),  # absolute, so that no name is taken for a protocol ("concat:a|b")
            mode="r",
            options={"max_pixels": str(MAX_PIXELS)},
            container_options=options,
            metadata_errors="replace",
            timeout=_TIMEOUT_S,
        )
    except PermissionError:
        raise MediaError("The file may not be read: ask its owner for permission to read it.") from None
    except (av.FFmpegError, OSError, ValueError, RuntimeError, MemoryError):
        raise MediaError(_why_not_opened(path)) from None


def _why_not_opened(path: Path) -> str:
    head = read_head(path)
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"free", b"wide"):
        return (
            "The recording is cut off or damaged: its index (moov) is missing. Copy it again or ask for the original."
        )
    if head.startswith((b"\x1a\x45\xdf\xa3", b"OggS", b"RIFF", b"fLaC", b"ID3")):
        return "The recording is damaged at its beginning and cannot be opened: copy it again or ask for the original."
    return "This is neither a recording nor a photo that can be read: save it as MP4, WebM, MKV, WAV or MP3."


def _checked(container: InputContainer) -> OpenMedia:
    if len(container.streams) > MAX_STREAMS:
        raise MediaError(f"The file holds {len(container.streams)} tracks, more than the {MAX_STREAMS} that are read.")
    problems: list[str] = []
    video = _choose_video(container, problems)
    audio = tuple(stream for stream in container.streams.audio if _is_sound(stream, problems))
    if video is None and not audio:
        raise MediaError(problems[0] if problems else "The file holds neither picture nor sound.")
    starts = [
        stream.start_time * stream.time_base
        for stream in (video, *audio)
        if stream is not None and stream.start_time is not None and stream.time_base
    ]
    media = OpenMedia(container, video, audio, min(starts, default=Fraction(0)), tuple(problems))
    if (media.duration or 0) > MAX_DURATION_S:
        raise MediaError("The recording says it is longer than 12 hours: cut it into parts, or save it again.")
    return media


def _choose_video(container: InputContainer, problems: list[str]) -> VideoStream | None:
    from av.stream import Disposition

    not_video = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    tracks = [stream for stream in container.streams.video if not stream.disposition & not_video]
    readable = []
    for stream in tracks:
        _refuse_encrypted(stream)
        context = stream.codec_context
        if context is None or context.name not in VIDEO_CODECS:
            name = context.name if context is not None else "an unknown way"
            problems.append(f"The picture is coded as {name}, which is not read: save the recording as MP4 (H.264).")
        else:
            readable.append(stream)
    if not readable:
        return None
    if len(readable) > 1:
        problems.append(f"the file holds {len(readable)} picture tracks; only one is read")
    chosen = next((stream for stream in readable if stream.disposition & Disposition.default), readable[0])
    refuse_size(chosen.codec_context.width, chosen.codec_context.height)
    return chosen


def refuse_size(width: int, height: int) -> None:
    """MediaError for pictures of more than `MAX_SIDE` or `MAX_PIXELS`."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaError(f"The picture is {width} x {height} pixels: save the recording at 4K (3840 x 2160) or less.")


def _is_sound(stream: AudioStream, problems: list[str]) -> bool:
    _refuse_encrypted(stream)
    context = stream.codec_context
    if context is None or context.name not in audio_codecs():
        name = context.name if context is not None else "an unknown way"
        problems.append(f"The sound is coded as {name}, which is not read: save the recording with AAC sound.")
        return False
    if not 0 < context.sample_rate <= MAX_AUDIO_RATE or not 0 < len(context.layout.channels) <= MAX_CHANNELS:
        problems.append("A sound track has an impossible sample rate or number of channels and is not read.")
        return False
    return True


def _refuse_encrypted(stream: Stream) -> None:
    try:
        tag = stream.codec_context.codec_tag if stream.codec_context is not None else ""
    except UnicodeDecodeError:  # four arbitrary bytes in a bent file: none of the known marks
        tag = ""
    if tag in ("encv", "enca", "drms", "drmi") or "enc_key_id" in stream.metadata:
        raise MediaError(ENCRYPTED)


ENCRYPTED = "The recording is encrypted (copy protection): ask for an unprotected copy."


def audio_facts(media: OpenMedia) -> tuple[AudioFacts, ...]:
    """What the container says about each sound track."""
    return tuple(
        AudioFacts(
            index=index,
            codec=stream.codec_context.name,
            sample_rate=stream.codec_context.sample_rate,
            channels=len(stream.codec_context.layout.channels),
            language=_clean(stream.language, 16) if stream.language not in (None, "und") else None,
        )
        for index, stream in enumerate(media.audio)
    )


def metadata(media: OpenMedia) -> tuple[tuple[str, str], ...]:
    """Container tags, then those of the streams ("video: handler_name"), at most 64."""
    tags = list(media.container.metadata.items())
    for stream in media.container.streams:
        tags += [(f"{stream.type}: {key}", value) for key, value in stream.metadata.items()]
    return tuple((_clean(key, 64), _clean(value, 256)) for key, value in tags[:64])


def _clean(text: str | None, length: int) -> str:
    """Tags are written by strangers: nothing that steers a terminal or a page's direction passes."""
    return "".join(char if char.isprintable() else " " for char in (text or "")[:length]).strip()


def _tagged_duration(text: str) -> MediaTime | None:
    """Matroska writes "00:03:12.345000000" per stream."""
    parts = text.strip("\0 ").split(":")
    if len(parts) != 3:
        return None
    try:
        hours, minutes, seconds = (Fraction(part) for part in parts)
    except (ValueError, ZeroDivisionError):
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if 0 < total <= MAX_DURATION_S else None
