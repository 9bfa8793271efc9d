"""A recording written anew with its pictures changed: H.264, every picture at its own time, the sound copied as it is.

Written from its beginning to its end, so that it may go into an archive and never lie on a disk.
"""

from __future__ import annotations

from fractions import Fraction
from typing import IO, TYPE_CHECKING

import numpy as np

from verifier.media.container import audio_facts, open_media
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import av
    from av.stream import Stream

    from verifier.media.container import OpenMedia
    from verifier.media.types import Image, VideoFrame

    Sound = Iterator[tuple[Fraction, av.Packet[Stream]]]
    """Times and compressed pieces."""

CLOCK = Fraction(1, 90_000)
_OF_MP4 = frozenset({"aac", "mp3", "mp3float", "opus", "libopus", "flac", "alac", "ac3", "eac3"})
_CODED = {"preset": "veryfast", "crf": "23", "bf": "0"}  # without B pictures, whose order would need an index
_IN_PARTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def suffix_for(path: Path) -> str:
    """Of the file that `rewrite` makes of a recording: MP4 where all its sound may be in one."""
    with open_media(path) as media:
        return ".mp4" if {a.codec for a in audio_facts(media)} <= _OF_MP4 else ".mkv"


def rewrite(path: Path, out: IO[bytes], change: Callable[[VideoFrame], Image]) -> None:
    """Writes the recording to `out`, which needs nothing but `write`. Pictures have the size of the first, both sides even.

    Other tracks than the picture that is read and the sound are left out, tags as well.

    Raises:
        MediaError: it has no picture, or its sound cannot be copied.
    """
    import av

    form = {".mp4": "mp4", ".mkv": "matroska"}[suffix_for(path)]
    try:
        with (
            Recording(path) as recording,
            open_media(path) as beside,
            av.open(_Forward(out), "w", format=form, options=_IN_PARTS if form == "mp4" else {}) as sink,
        ):
            _write(recording, beside, sink, change)
    except av.FFmpegError as error:
        raise MediaError(f"It could not be written anew ({type(error).__name__}).") from None


def _write(
    recording: Recording, beside: OpenMedia, sink: av.container.OutputContainer, change: Callable[[VideoFrame], Image]
) -> None:
    import av

    stream, size = None, (0, 0)
    sound: Sound = iter(())
    ahead = next(sound, None)
    for frame in recording.frames(SamplingPlan()):
        image = change(frame)
        if stream is None:
            size = image.shape[1] // 2 * 2, image.shape[0] // 2 * 2
            stream = _pictures(sink, size, recording)
            sound = _sound(beside, sink)
            ahead = next(sound, None)
        while ahead is not None and ahead[0] <= frame.time:
            sink.mux(ahead[1])
            ahead = next(sound, None)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(_fitted(image, size)), format="rgb24")
        picture.pts, picture.time_base = round(frame.time / CLOCK), CLOCK
        sink.mux(stream.encode(picture))
    if stream is None:
        raise MediaError("None of its pictures can be read.")
    sink.mux(stream.encode(None))
    while ahead is not None:
        sink.mux(ahead[1])
        ahead = next(sound, None)


def _pictures(sink: av.container.OutputContainer, size: tuple[int, int], recording: Recording) -> av.VideoStream:
    facts = recording.facts.video
    rate = Fraction(facts.mean_rate if facts and facts.mean_rate else 25.0).limit_denominator(1001)
    stream = sink.add_stream("libx264", rate=rate, options=_CODED)
    stream.width, stream.height = size
    stream.pix_fmt, stream.codec_context.time_base = "yuv420p", CLOCK
    return stream


def _sound(media: OpenMedia, sink: av.container.OutputContainer) -> Sound:
    """The compressed pieces of every sound track with their times, on the recording's clock."""
    copies = {track.index: sink.add_stream_from_template(track) for track in media.audio}
    for packet in media.container.demux(*media.audio) if copies else ():
        if packet.pts is None or packet.dts is None:
            continue
        base = packet.time_base
        shift = round(media.origin / base)
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        if packet.dts < 0:
            continue  # it only warms the decoder up; written, it would move everything else
        packet.stream = copies[packet.stream.index]
        yield packet.dts * base, packet


def _fitted(image: Image, size: tuple[int, int]) -> Image:
    if image.shape[1] // 2 * 2 == size[0] and image.shape[0] // 2 * 2 == size[1]:
        return image[: size[1], : size[0]]
    import cv2

    return np.asarray(cv2.resize(image, size), np.uint8)


class _Forward:
    """A file that can only be written: what has a `seek` is taken for one that can."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write(data)
