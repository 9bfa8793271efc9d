"""Calls whose truth is known: two people in tiles who take turns, a voice beside a still mouth, a second voice mixed in low."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from tests.sounds import RATE
from verifier.media.recording import Recording

PICTURES, SIDE = 25, 320
SOUND_RATE = 48_000


@dataclass(frozen=True)
class Clip:
    """A talking clip at 25 pictures a second; sound at 16 kHz."""

    pictures: list[np.ndarray]
    sound: np.ndarray

    @property
    def seconds(self) -> float:
        return min(len(self.pictures) / PICTURES, len(self.sound) / RATE)


def clip(path: Path, most_s: float = 8.0) -> Clip:
    """The beginning of a clip, its pictures as a square of SIDE."""
    pictures: list[np.ndarray] = []
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        for frame in source.decode(stream):
            at = float(frame.time or 0)
            if at >= most_s:
                break
            while len(pictures) <= at * PICTURES:
                pictures.append(_square(frame.to_ndarray(format="rgb24")))
    with Recording(path) as recording:
        sound = np.concatenate([b.samples for b in recording.audio(RATE)])
    return Clip(pictures, sound[: round(most_s * RATE)])


def _square(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return cv2.resize(image[top : top + side, left : left + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def still(picture: np.ndarray, number: int) -> np.ndarray:
    """The picture as of somebody who listens: the head sways, the mouth does not move, the camera is noisy."""
    t = number / PICTURES
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 2.5 * np.sin(0.9 * t), 1 + 0.02 * np.sin(0.7 * t))
    turn[:, 2] += [5 * np.sin(1.3 * t), 4 * np.sin(1.1 * t)]
    moved = cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT).astype(np.int16)
    noise = np.random.default_rng(number).normal(0, 3, (SIDE, SIDE, 1)).astype(np.int16)
    return np.clip(moved + noise, 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Turn:
    """Somebody speaks for a clip's length; -1: a voice from nowhere, all mouths are still."""

    who: int
    clip: Clip


def tiles(people: Sequence[Clip], turns: Sequence[Turn], path: Path, pause_s: float = 1.0) -> list[tuple[float, float]]:
    """A call of tiles side by side, H.264 at 600 kbit/s and AAC; when each turn is heard."""
    path.parent.mkdir(parents=True, exist_ok=True)
    heard, at = [], 0.5
    for turn in turns:
        heard.append((at, at + turn.clip.seconds))
        at += turn.clip.seconds + pause_s
    sound = np.zeros(round(at * RATE), np.float32)
    for turn, (start, _) in zip(turns, heard, strict=True):
        first = round(start * RATE)
        piece = turn.clip.sound[: len(sound) - first]
        sound[first : first + len(piece)] += piece / max(float(np.sqrt((piece**2).mean())), 1e-6) * 0.06
    sound += np.random.default_rng(0).normal(0, 3e-4, len(sound)).astype(np.float32)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=PICTURES, options={"preset": "veryfast", "b": "600k"})
        video.width, video.height, video.pix_fmt = SIDE * len(people), SIDE, "yuv420p"
        audio = out.add_stream("aac", rate=SOUND_RATE, layout="mono")
        for number, picture in enumerate(_pictures(people, turns, heard, round(at * PICTURES))):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, PICTURES)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SOUND_RATE, frame_size=1024)
        whole = av.AudioFrame.from_ndarray(np.clip(sound, -1, 1)[None], format="fltp", layout="mono")
        whole.sample_rate = RATE
        for piece in (*resampler.resample(whole), *resampler.resample(None)):
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
    return heard


def _pictures(
    people: Sequence[Clip], turns: Sequence[Turn], heard: Sequence[tuple[float, float]], count: int
) -> Iterator[np.ndarray]:
    for number in range(count):
        t = number / PICTURES
        now = next((i for i, (a, b) in enumerate(heard) if a <= t < b), None)
        row = []
        for who, person in enumerate(people):
            if now is not None and turns[now].who == who:
                shown = turns[now].clip.pictures
                row.append(shown[min(len(shown) - 1, round((t - heard[now][0]) * PICTURES))])
            else:
                row.append(still(person.pictures[0], number))
        yield np.hstack(row)


def readings(folder: Path, gap_s: float = 2.2) -> tuple[np.ndarray, list[float]]:
    """A reader's four readings at one level with pauses between them; where each pause begins, in seconds."""
    parts, pauses, at = [], [], 0
    for path in sorted(folder.glob("*.flac"))[:4]:
        with Recording(path) as recording:
            sound = np.concatenate([b.samples for b in recording.audio(RATE)])
        parts += [sound / np.sqrt((sound**2).mean()) * 0.06, np.zeros(round(gap_s * RATE), np.float32)]
        at += len(sound)
        pauses.append(at / RATE)
        at += round(gap_s * RATE)
    return np.concatenate(parts), pauses


def with_whispers(folder: Path, other: Path, below_db: float) -> np.ndarray:
    """The readings of one, and in each pause a second and a half of another, so many dB softer."""
    sound, pauses = readings(folder)
    words, _ = readings(other, 0.0)
    for number, pause in enumerate(pauses):
        first, start = round((pause + 0.35) * RATE), (1 + 2 * number) * RATE
        piece = words[start : start + RATE * 3 // 2] * 10 ** (-below_db / 20)
        sound[first : first + len(piece)] += piece
    return np.asarray(sound + np.random.default_rng(0).normal(0, 3e-4, len(sound)), np.float32)
