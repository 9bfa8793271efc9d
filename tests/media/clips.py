"""Tiny recordings made for the tests: each picture carries its number, so that a wrong one is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, BITS = 192, 112, 8
_CELL = WIDTH // BITS


@dataclass(frozen=True)
class ClipSpec:
    suffix: str
    codec: str | None = "libx264"
    options: dict[str, str] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    audio: tuple[str, ...] = ()
    """Codec of each sound track; track i plays 400 + 200 i Hz."""
    count: int = 90
    rate: int = 30
    times: tuple[Fraction, ...] | None = None
    """Of each picture, seconds; None: even steps."""
    rotation: int = 0
    size: tuple[int, int] = (WIDTH, HEIGHT)

    def expected_times(self) -> list[Fraction]:
        times = list(self.times) if self.times else [Fraction(i, self.rate) for i in range(self.count)]
        return [time - times[0] for time in times]


def numbered_picture(number: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> np.ndarray:
    """Upper half: the number's bits as black or white cells; lower half: a moving ramp, red at the left."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for bit in range(BITS):
        image[: HEIGHT // 2, bit * _CELL : (bit + 1) * _CELL] = 235 if number >> bit & 1 else 20
    ramp = (np.arange(WIDTH) * 2 + number * 7) % 160
    image[HEIGHT // 2 :, :, 1] = ramp
    image[HEIGHT // 2 :, : WIDTH // 4, 0] = 220
    if size != (WIDTH, HEIGHT):
        image = np.repeat(np.repeat(image, size[1] // HEIGHT + 1, 0), size[0] // WIDTH + 1, 1)[: size[1], : size[0]]
    return image


def number_in(image: np.ndarray) -> int:
    """The number that a picture from `numbered_picture` carries, at any scale."""
    height, width = image.shape[:2]
    cell = width / BITS
    row = image[height // 8 : height * 3 // 8].mean(axis=(0, 2))
    return sum((row[int((bit + 0.25) * cell) : int((bit + 0.75) * cell)].mean() > 128) << bit for bit in range(BITS))


def write_clip(path: Path, spec: ClipSpec) -> Path:
    with av.open(str(path), "w", options=spec.container) as out:
        video = _add_video(out, spec) if spec.codec else None
        sounds = [_add_audio(out, codec) for codec in spec.audio]
        if video is not None:
            _mux_pictures(out, video, spec)
        seconds = float(spec.expected_times()[-1]) + 1 / spec.rate
        for index, stream in enumerate(sounds):
            _mux_sine(out, stream, 400 + 200 * index, seconds)
    return path


def _add_video(out: av.container.OutputContainer, spec: ClipSpec) -> av.VideoStream:
    options = dict(spec.options)
    if spec.codec == "libx265":
        options["x265-params"] = "log-level=none:" + options.get("x265-params", "")
    stream = out.add_stream(spec.codec, rate=spec.rate, options=options)
    stream.width, stream.height = spec.size
    stream.pix_fmt = "yuvj420p" if spec.codec == "mjpeg" else "yuv420p"
    stream.codec_context.thread_count = 1
    if spec.times is not None:
        stream.codec_context.time_base = Fraction(1, 1000)
    if spec.rotation:
        stream.set_display_rotation(spec.rotation)
    return stream


def _add_audio(out: av.container.OutputContainer, codec: str) -> av.AudioStream:
    stream = out.add_stream(codec, rate=48_000)
    stream.layout = "stereo"
    return stream


def _mux_pictures(out: av.container.OutputContainer, stream: av.VideoStream, spec: ClipSpec) -> None:
    times: Sequence[Fraction] = spec.times or [Fraction(i, spec.rate) for i in range(spec.count)]
    base = Fraction(1, 1000) if spec.times is not None else Fraction(1, spec.rate)
    for number, time in enumerate(times):
        frame = av.VideoFrame.from_ndarray(numbered_picture(number, spec.size), format="rgb24")
        frame.pts, frame.time_base = int(time / base), base
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _mux_sine(out: av.container.OutputContainer, stream: av.AudioStream, hertz: float, seconds: float) -> None:
    rate, at = 48_000, 0
    resampler = av.AudioResampler(format=stream.format, layout="stereo", rate=rate)
    total = int(seconds * rate)
    while at < total:
        count = min(960, total - at)
        tone = (0.4 * np.sin(2 * np.pi * hertz * (at + np.arange(count)) / rate)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        for piece in resampler.resample(frame):
            out.mux(stream.encode(piece))
        at += count
    out.mux(stream.encode(None))


def _uneven(count: int) -> tuple[Fraction, ...]:
    """Whole milliseconds with the wobble, pauses and bursts of a call."""
    steps = np.random.default_rng(7).choice([10, 33, 40, 66, 120, 700], count, p=[0.1, 0.5, 0.2, 0.1, 0.08, 0.02])
    return tuple(Fraction(int(at), 1000) for at in np.cumsum(steps) - steps[0])


_GOP = {"g": "30"}
_X264 = {"preset": "ultrafast", "crf": "18"}
SPECS: dict[str, ClipSpec] = {
    "h264_mp4": ClipSpec(".mp4", options=_X264 | _GOP, audio=("aac",)),
    "h264_b_frames": ClipSpec(
        ".mp4", options={"preset": "veryfast", "crf": "18", "bf": "3", "b-pyramid": "normal"} | _GOP
    ),
    "h264_open_gop": ClipSpec(
        ".mkv", options={"preset": "veryfast", "crf": "18", "bf": "3", "x264-params": "open-gop=1:keyint=24:b-adapt=0"}
    ),
    "h264_long_gop": ClipSpec(".mp4", options=_X264 | {"g": "600", "sc_threshold": "0"}, count=150),
    "h264_intra_refresh": ClipSpec(".mkv", options=_X264 | {"x264-params": "intra-refresh=1:keyint=30"}),
    "h264_fragmented": ClipSpec(
        ".mp4",
        options=_X264 | _GOP,
        container={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
        audio=("aac",),
    ),
    "h264_front_index": ClipSpec(".mp4", options=_X264 | _GOP, container={"movflags": "faststart"}, audio=("aac",)),
    "h264_mov": ClipSpec(".mov", options=_X264 | _GOP, audio=("pcm_s16le",)),
    "h264_ts": ClipSpec(".ts", options=_X264 | _GOP | {"bf": "2"}, audio=("aac",)),
    "h264_avi": ClipSpec(".avi", options={"preset": "veryfast", "crf": "18", "bf": "2"} | _GOP, audio=("mp3",)),
    "h264_flv": ClipSpec(".flv", options=_X264 | _GOP, audio=("aac",)),
    "h264_uneven": ClipSpec(".mkv", options=_X264 | _GOP, times=_uneven(90)),
    "h264_uneven_mp4": ClipSpec(".mp4", options=_X264 | _GOP | {"bf": "2"}, times=_uneven(90)),
    "h264_late_start": ClipSpec(
        ".mkv", options=_X264 | _GOP, times=tuple(Fraction(5) + Fraction(i, 25) for i in range(75))
    ),
    "hevc_mp4": ClipSpec(".mp4", "libx265", {"preset": "ultrafast", "x265-params": "keyint=30:open-gop=0"}),
    "hevc_open_gop": ClipSpec(
        ".mkv", "libx265", {"preset": "veryfast", "x265-params": "keyint=24:min-keyint=24:open-gop=1:bframes=4"}
    ),
    "vp8_webm": ClipSpec(
        ".webm", "libvpx", {"deadline": "realtime", "cpu-used": "8", "b": "600k"} | _GOP, audio=("libopus",)
    ),
    "vp8_alt_ref": ClipSpec(
        ".webm",
        "libvpx",
        {"deadline": "good", "cpu-used": "5", "auto-alt-ref": "1", "lag-in-frames": "16", "b": "600k"} | _GOP,
    ),
    "vp9_webm": ClipSpec(".webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "b": "600k"} | _GOP),
    "vp9_alt_ref": ClipSpec(
        ".webm", "libvpx-vp9", {"deadline": "good", "cpu-used": "5", "auto-alt-ref": "1", "lag-in-frames": "16"} | _GOP
    ),
    "av1_mkv": ClipSpec(".mkv", "libsvtav1", {"preset": "12", "crf": "30"} | _GOP, audio=("libopus",)),
    "mpeg2_ps": ClipSpec(".mpg", "mpeg2video", {"g": "15", "bf": "2", "b": "2M"}, audio=("mp2",)),
    "mpeg4_avi": ClipSpec(".avi", "mpeg4", {"g": "15", "b": "1M"}),
    "mjpeg_mov": ClipSpec(".mov", "mjpeg", {"q": "3"}),
    "two_sounds": ClipSpec(".mkv", options=_X264 | _GOP, audio=("aac", "libopus")),
    "turned_90": ClipSpec(".mp4", options=_X264 | _GOP, rotation=90),
    "turned_180": ClipSpec(".mp4", options=_X264 | _GOP, rotation=180),
    "turned_270": ClipSpec(".mov", options=_X264 | _GOP, rotation=-90),
}
SOUND_SPECS: dict[str, ClipSpec] = {
    "wav": ClipSpec(".wav", None, audio=("pcm_s16le",)),
    "float_wav": ClipSpec(".wav", None, audio=("pcm_f32le",)),
    "mp3": ClipSpec(".mp3", None, audio=("mp3",)),
    "flac": ClipSpec(".flac", None, audio=("flac",)),
    "m4a": ClipSpec(".m4a", None, audio=("aac",)),
    "adts": ClipSpec(".aac", None, audio=("aac",)),
    "ogg": ClipSpec(".ogg", None, audio=("libopus",)),
}
