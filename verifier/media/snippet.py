"""A few seconds of a recording as a small file that browsers play in place: WebM with VP8 and Opus.

Chromium without licensed codecs, Firefox and Safari from 17 on play these; H.264 would leave the first out.
"""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import MediaError
from verifier.media.video_pass import Decoded

if TYPE_CHECKING:
    from pathlib import Path

    import av

    from verifier.timing import Span

HEIGHT, RATE = 360, 15
"""Pixels and pictures a second, at most."""
PICTURE_BPS, SOUND_BPS = 200_000, 32_000
SOUND_RATE = 48_000
LONGEST = Fraction(30)
"""Seconds."""
_MS = Fraction(1, 1000)
# a negative cpu-used is a fixed speed: a positive one lets the encoder spend up to half of real time
_QUICK = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0", "auto-alt-ref": "0"}


def cut_snippet(pictures: Path | None, sound: Path | None, span: Span) -> bytes:
    """The seconds of `span` with the picture of one file and the first sound track of one, often the same, mono.

    Raises:
        ValueError: the span is longer than LONGEST. MediaError: there is nothing to see or hear in it.
    """
    import av

    if span.duration > LONGEST:
        raise ValueError(f"a snippet lasts at most {LONGEST} seconds")
    made = BytesIO()
    with av.open(made, "w", format="webm") as out:
        heard = _add_sound(out) if sound else None  # both tracks must be there before the first packet
        shown = _add_pictures(out, pictures) if pictures else None
        count = _mux_pictures(out, shown, pictures, span) if shown and pictures else 0
        count += _mux_sound(out, heard, sound, span) if heard and sound else 0
    if not count:
        raise MediaError("There is nothing to see or hear in those seconds.")
    return made.getvalue()


def _add_sound(out: av.container.OutputContainer) -> av.AudioStream:
    stream = out.add_stream("libopus", rate=SOUND_RATE, layout="mono")
    stream.bit_rate = SOUND_BPS
    return stream


def _add_pictures(out: av.container.OutputContainer, path: Path) -> av.VideoStream:
    with Recording(path) as recording:
        facts = recording.facts.video
    if facts is None:
        raise MediaError("The recording has no picture, only sound.")
    scale = min(1.0, HEIGHT / facts.height)
    stream = out.add_stream("libvpx", rate=RATE, options=_QUICK)
    stream.width, stream.height = (max(16, round(side * scale / 2) * 2) for side in (facts.width, facts.height))
    stream.pix_fmt, stream.bit_rate, stream.time_base = "yuv420p", PICTURE_BPS, _MS
    stream.codec_context.thread_count, stream.codec_context.time_base = 1, _MS
    return stream


def _mux_pictures(out: av.container.OutputContainer, stream: av.VideoStream, path: Path, span: Span) -> int:
    import av
    from av.video.reformatter import VideoReformatter

    count, plan, converter = 0, SamplingPlan(every=Fraction(1, RATE), max_width=stream.width), VideoReformatter()
    with Recording(path) as recording:
        upright = recording.facts.video is not None and not recording.facts.video.rotation
        for frame in recording.decoded(plan, span) if upright else recording.frames(plan, span):
            # what need not be turned goes from the decoder to the encoder without the way over RGB
            whole = frame.picture if isinstance(frame, Decoded) else av.VideoFrame.from_ndarray(frame.image, "rgb24")
            picture = converter.reformat(whole, stream.width, stream.height, "yuv420p", interpolation="AREA")
            picture.pts, picture.time_base, picture.pict_type = round((frame.time - span.start) / _MS), _MS, 0
            out.mux(stream.encode(picture))
            count += 1
    out.mux(stream.encode(None))
    return count


def _mux_sound(out: av.container.OutputContainer, stream: av.AudioStream, path: Path, span: Span) -> int:
    import av

    count, end = 0, span.start
    with Recording(path) as recording:
        for block in recording.audio(SOUND_RATE, span=span):
            gap = round((block.time - end) * SOUND_RATE)
            samples = np.pad(block.samples, (max(0, gap), 0)) if gap > SOUND_RATE // 20 else block.samples
            piece = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
            piece.sample_rate, piece.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
            piece.pts = count
            out.mux(stream.encode(piece))
            count, end = count + len(samples), block.time + Fraction(len(block.samples), SOUND_RATE)
    out.mux(stream.encode(None))
    return count
