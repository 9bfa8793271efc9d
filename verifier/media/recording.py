"""Recordings: facts, pictures and sound of one file, on one clock.

Time zero is the earliest start among the file's picture and sound tracks, so pictures and sound of one moment carry
one time. Pictures keep the pixel grid of the file (no correction for pixels that are not square), turned upright.
Files are hostile input: see `container` for what may be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from verifier.media.audio_pass import AudioPass
from verifier.media.container import ENCRYPTED, OpenMedia, audio_facts, metadata, open_media
from verifier.media.reading_log import ReadingLog
from verifier.media.sniff import ends_inside_a_box
from verifier.media.types import AudioBlock, MediaError, RecordingFacts, VideoFacts, VideoFrame
from verifier.media.video_pass import Decoded, T, VideoPass, read_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    import av
    from av import VideoStream
    from av.stream import Stream

    from verifier.media.sampling import SamplingPlan
    from verifier.timing import Span

_PEEKED_PACKETS = 64
"""How far to read for the first picture, which alone tells how the camera was held."""


def probe(path: Path) -> RecordingFacts:
    """What the container of a recording says; at most its first picture is decoded.

    Raises:
        MediaError: the file cannot be used as a recording; one line that says why and what to do.
    """
    with open_media(path) as media:
        return _facts(media)


class Recording:
    """One recording, opened for reading as often as needed; use as a context manager.

    Each `frames` or `audio` reads the file anew by itself, so they may run at the same time in several threads.

    Raises:
        MediaError: as `probe`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_media(path) as media:
            self.facts: RecordingFacts = _facts(media)
            self._opening_problems = media.problems
            self._is_cut = media.format_name.startswith("mov") and ends_inside_a_box(path)
        self._logs: dict[tuple[str, int, Span | None], ReadingLog] = {}
        self._decoded_before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing stays open between readings: a reading closes its file when it ends or is closed."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is missing or broken, in plain words; about pictures and sound once they have been read."""
        lines = [*self._opening_problems]
        for log in list(self._logs.values()):
            lines += log.lines()
        if self._is_cut and not any("file ends" in line for line in lines):
            lines.append("the file ends early: its last part was cut off")
        return tuple(dict.fromkeys(lines))

    @property
    def frames_decoded(self) -> int:
        """Pictures that the decoder made in all readings so far, wanted or not."""
        return self._decoded_before + sum(log.decoded for log in list(self._logs.values()) if log.what == "picture")

    def frames(self, plan: SamplingPlan, span: Span | None = None) -> Iterator[VideoFrame]:
        """The pictures that `plan` wants within `span`, upright RGB, in order of time.

        Broken pictures are passed over and counted in `problems`.

        Raises:
            MediaError: there is no picture track, or it is encrypted.
        """
        yield from self._read(plan, span, VideoPass.frames)

    def decoded(self, plan: SamplingPlan, span: Span | None = None) -> Iterator[Decoded]:
        """As `frames`, but each picture as the decoder left it, for handing on to an encoder; `max_width` has no effect."""
        yield from self._read(plan, span, VideoPass.decoded)

    def _read(self, plan: SamplingPlan, span: Span | None, form: Callable[[VideoPass], Iterator[T]]) -> Iterator[T]:
        if self.facts.video is None:
            raise MediaError("The recording has no picture, only sound.")
        log = self._new_log("picture", 0, span)
        yield from read_pictures(lambda: open_media(self._path), plan, span, log, form)

    def audio(
        self,
        sample_rate: int = 16_000,
        track: int | None = None,
        span: Span | None = None,
        channel: int | None = None,
    ) -> Iterator[AudioBlock]:
        """Sound track number `track` (None: the first) as mono blocks of at most a second.

        channel: the one channel to hear, from 0; None: the mean of all.

        Where sound is missing, the next block's time says so: no silence is made up.

        Raises:
            MediaError: there is no such track or channel, or it is encrypted.
        """
        number = track or 0
        if not 0 <= number < len(self.facts.audio):
            raise MediaError("The recording has no sound." if not self.facts.audio else "There is no such sound track.")
        if channel is not None and not 0 <= channel < self.facts.audio[number].channels:
            raise MediaError("There is no such sound channel.")
        if not 1000 <= sample_rate <= 192_000:
            raise ValueError("sample_rate must be 1,000 to 192,000 per second")
        log = self._new_log("sound", number, span)
        with open_media(self._path) as media:
            yield from AudioPass(media, media.audio[number], sample_rate, span, log, channel).blocks()

    def _new_log(self, what: str, track: int, span: Span | None) -> ReadingLog:
        """A repeated reading finds the same problems: its log takes the earlier one's place."""
        earlier = self._logs.get((what, track, span))
        if earlier is not None and what == "picture":
            self._decoded_before += earlier.decoded
        log = self._logs[(what, track, span)] = ReadingLog(what)
        return log


def _facts(media: OpenMedia) -> RecordingFacts:
    video = media.video
    return RecordingFacts(
        container=media.format_name.split(",")[0],
        duration=media.duration,
        video=_video_facts(media, video) if video is not None else None,
        audio=audio_facts(media),
        metadata=metadata(media),
    )


def _video_facts(media: OpenMedia, video: VideoStream) -> VideoFacts:
    rotation = _first_rotation(media, video)
    width, height = video.codec_context.width, video.codec_context.height
    if rotation % 180:
        width, height = height, width
    rate = video.average_rate
    return VideoFacts(video.codec_context.name, width, height, rotation, float(rate) if rate else None)


def _first_rotation(media: OpenMedia, video: VideoStream) -> int:
    """Degrees; 0 when no picture near the start can be decoded, which the reading itself will report."""
    from av.error import FFmpegError

    context = video.codec_context
    context.thread_count = 1
    try:
        for index, packet in enumerate(media.packets(video)):
            if packet.has_sidedata("encryption_info"):
                raise MediaError(ENCRYPTED)
            for picture in _try_decode(context, packet):
                return round(picture.rotation / 90) % 4 * 90
            if index >= _PEEKED_PACKETS:
                break
    except FFmpegError:
        pass
    return 0


def _try_decode(context: av.VideoCodecContext, packet: av.Packet[Stream]) -> list[av.VideoFrame]:
    from av.error import FFmpegError

    try:
        return context.decode(packet)
    except FFmpegError:
        return []
