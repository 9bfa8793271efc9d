"""The call that is timed: speaker view, gallery and a shared page, cut together from short clips of talking people.

Built once into a scratch folder that git ignores, from media that are not in the repository.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".work" / "benchmarks"
WIDTH, HEIGHT, RATE, SOUND_RATE = 1280, 720, 30, 48_000
SECTION_S = 150
"""A section is drawn and encoded once and then repeated by copying packets."""
MAX_CLIP_FRAMES, MAX_CLIP_SIDE, SPEAKERS = 100, 512, 6
CODING = {
    "service": {"preset": "veryfast", "b": "1000k", "maxrate": "1500k", "bufsize": "2000k"},  # x264's own B pictures
    "live": {"preset": "veryfast", "tune": "zerolatency", "b": "1000k", "maxrate": "1500k", "bufsize": "2000k"},
}
"""Two ways in which recordings of calls are coded: re-encoded by a service, or as the live encoder wrote it (no B
pictures, so the decoder can leave out nothing between keyframes)."""


@dataclass(frozen=True)
class Clip:
    pictures: list[np.ndarray]
    """RGB, at most `MAX_CLIP_SIDE` high; played forwards and backwards, so that a loop has no jump."""
    rate: float
    sound: np.ndarray
    """Mono float32 at `SOUND_RATE`; empty for silent clips."""

    def at(self, seconds: float) -> np.ndarray:
        number, count = int(seconds * self.rate), len(self.pictures)
        number %= max(1, 2 * count - 2)
        return self.pictures[min(number, 2 * count - 2 - number)]


def data() -> Path:
    """Where the media of real people are, if they are."""
    return Path(os.environ.get("VERIFIER_DATA") or ROOT.parent / "shared" / "data")


def source_clips() -> list[Path]:
    """Clips of people talking, one person each; empty where no media are."""
    genuine = data() / "video" / "genuine"
    found = [*sorted((genuine / "hdtf").glob("WDA_*.mp4")), *sorted((genuine / "retalking").glob("speaker_[24].mp4"))]
    if not found:
        found = sorted(p for p in (ROOT / "samples" / "media").rglob("*") if p.suffix in (".mp4", ".mkv", ".webm"))
    return found[:SPEAKERS]


def call(sections: int, coding: str = "service") -> Path:
    """A 720p call of `sections` times 2.5 minutes."""
    return _repeated(_section(coding), sections, SCRATCH / f"call-{coding}-{sections * SECTION_S}s.mp4")


def sound(sections: int) -> Path:
    """The sound of such a call alone, its packets copied; 0 sections: a second of it, to see what starting costs."""
    if sections > 1:
        return _repeated(sound(1), sections, SCRATCH / f"sound-{sections * SECTION_S}s.mp4")
    path = SCRATCH / f"sound-{sections}.mp4"
    if path.exists():
        return path
    partial = path.with_suffix(".part.mp4")
    with av.open(str(_section("service"))) as source, av.open(str(partial), "w") as out:
        stream = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None and (sections or packet.pts * packet.time_base < 1):
                packet.stream = stream
                out.mux(packet)
    partial.replace(path)
    return path


def photo() -> Path:
    """A still of the first speaker, for a cold comparison of two photos."""
    return _still(0)


def other_photo() -> Path:
    return _still(1)


def _still(number: int) -> Path:
    path = SCRATCH / f"photo-{number}.png"
    if not path.exists():
        SCRATCH.mkdir(parents=True, exist_ok=True)
        clips = source_clips()
        picture = _load(clips[number % len(clips)]).pictures[number]
        cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def _section(coding: str) -> Path:
    path = SCRATCH / f"section-{coding}.mp4"
    if path.exists():
        return path
    SCRATCH.mkdir(parents=True, exist_ok=True)
    clips = [_load(p) for p in source_clips()]
    partial = path.with_suffix(".part.mp4")
    with av.open(str(partial), "w") as out:
        video = out.add_stream("libx264", rate=RATE, options=CODING[coding])
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = out.add_stream("aac", rate=SOUND_RATE)
        sound.layout = "mono"
        for number, picture in enumerate(_pictures(clips)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(video.encode(frame))
            if number % RATE == 0:
                out.mux(sound.encode(_sound(clips, number // RATE)))
        out.mux(video.encode(None))
        out.mux(sound.encode(None))
    partial.replace(path)
    return path


def _pictures(clips: list[Clip]) -> Iterator[np.ndarray]:
    scenes = _scenes(clips)
    for number in range(SECTION_S * RATE):
        seconds = number / RATE
        until = 0.0
        for length, draw in scenes:
            until += length
            if seconds < until:
                yield draw(seconds)
                break


def _scenes(clips: list[Clip]) -> list[tuple[float, Callable[[float], np.ndarray]]]:
    """Seconds and painter of each scene: 85 s of speakers, 40 s of gallery, 25 s of a shared page."""
    speaker = [lambda t, c=clip: _speaker(c, t) for clip in clips]
    pick = [speaker[i % len(speaker)] for i in range(7)]
    return [
        (20, pick[0]),
        (8, pick[1]),
        (12, pick[2]),
        (40, lambda t: _gallery(clips, t)),
        (15, pick[0]),
        (25, lambda t: _shared_page(clips, t)),
        (10, pick[3]),
        (20, pick[0]),
    ]


def _speaker(clip: Clip, seconds: float) -> np.ndarray:
    canvas = np.full((HEIGHT, WIDTH, 3), 24, np.uint8)
    _paste(canvas, clip.at(seconds), 280, 0, 720, 720)
    return canvas


def _gallery(clips: list[Clip], seconds: float) -> np.ndarray:
    canvas = np.full((HEIGHT, WIDTH, 3), 24, np.uint8)
    for i in range(6):
        _paste(canvas, clips[i % len(clips)].at(seconds + i), 40 + i % 3 * 410, 15 + i // 3 * 350, 340, 340)
    return canvas


def _shared_page(clips: list[Clip], seconds: float) -> np.ndarray:
    canvas = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    for line in range(22):
        length = 300 + 97 * (line * 7 % 8)
        cv2.rectangle(canvas, (40, 30 + line * 30), (min(1020, 40 + length), 42 + line * 30), (60, 60, 70), -1)
    for i in range(2):
        _paste(canvas, clips[i % len(clips)].at(seconds), 1060, 20 + i * 220, 200, 200)
    return canvas


def _paste(canvas: np.ndarray, picture: np.ndarray, x: int, y: int, width: int, height: int) -> None:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    top, left = y + (height - small.shape[0]) // 2, x + (width - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small


def _sound(clips: list[Clip], second: int) -> av.AudioFrame:
    heard = [clip.sound for clip in clips if len(clip.sound) > SOUND_RATE]
    samples = np.zeros(SOUND_RATE, np.float32)
    if heard:
        whole = heard[second // 15 % len(heard)]
        at = second * SOUND_RATE % (len(whole) - SOUND_RATE)
        samples = whole[at : at + SOUND_RATE]
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, second * SOUND_RATE, Fraction(1, SOUND_RATE)
    return frame


def _load(path: Path) -> Clip:
    pictures: list[np.ndarray] = []
    with av.open(str(path)) as source:
        rate = float(source.streams.video[0].average_rate or 25)
        for frame in source.decode(video=0):
            scale = min(1.0, MAX_CLIP_SIDE / max(frame.width, frame.height))
            width, height = round(frame.width * scale), round(frame.height * scale)
            pictures.append(frame.to_ndarray(format="rgb24", width=width, height=height))
            if len(pictures) == MAX_CLIP_FRAMES:
                break
    sound = []
    with av.open(str(path)) as source:
        if source.streams.audio:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=SOUND_RATE)
            for block in source.decode(audio=0):
                sound += [piece.to_ndarray()[0] for piece in resampler.resample(block)]
    return Clip(pictures, rate, np.concatenate(sound) if sound else np.zeros(0, np.float32))


def _repeated(section: Path, times: int, path: Path) -> Path:
    """The section `times` times in a row, its packets copied."""
    if path.exists():
        return path
    partial = path.with_suffix(".part.mp4")
    with av.open(str(partial), "w") as out:
        streams, latest = None, {}
        for number in range(times):
            with av.open(str(section)) as source:
                if streams is None:
                    streams = [out.add_stream_from_template(stream) for stream in source.streams]
                for packet in source.demux():
                    if packet.dts is None:
                        continue
                    shift = round(number * SECTION_S / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    if packet.dts <= latest.get(packet.stream_index, packet.dts - 1):
                        continue  # the coder's run-out of the sound before
                    latest[packet.stream_index] = packet.dts
                    packet.stream = streams[packet.stream_index]
                    out.mux(packet)
    partial.replace(path)
    return path


if (
    __name__ == "__main__"
):  # in a process of its own: what it holds must not count as the peak of what is measured later
    for coding in CODING:
        call(4, coding)
    photo()
    other_photo()
