"""A sample clip as Chromium's fake camera (y4m) and microphone (wav)."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np


def device_flags(clip: Path, folder: Path, seconds: float, size: tuple[int, int]) -> list[str]:
    """Chromium's arguments for a camera and a microphone that play `clip`; their files are written into `folder`."""
    video = write_y4m(clip, folder / "face.y4m", seconds, size)
    sound = write_wav(clip, folder / "voice.wav", seconds)
    return [
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}", f"--use-file-for-fake-audio-capture={sound}",
    ]  # fmt: skip


def write_y4m(clip: Path, target: Path, seconds: float, size: tuple[int, int], rate: int = 25) -> Path:
    """Pictures of `clip` one after the other, over and over, as 4:2:0; size: width and height."""
    pictures: list[bytes] = []
    with av.open(str(clip)) as media:
        for frame in media.decode(video=0):
            scaled = frame.reformat(*size, format="yuv420p").to_ndarray()
            pictures.append(scaled.tobytes())
            if len(pictures) >= seconds * rate:
                break
    with target.open("wb") as out:
        out.write(f"YUV4MPEG2 W{size[0]} H{size[1]} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            out.write(b"FRAME\n" + picture)
    return target


def write_wav(clip: Path, target: Path, seconds: float) -> Path:
    resampler = av.AudioResampler("s16", "mono", 48_000)
    blocks: list[np.ndarray] = []
    with av.open(str(clip)) as media:
        for frame in media.decode(audio=0):
            blocks += [b.to_ndarray().ravel() for b in resampler.resample(frame)]
    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(np.concatenate(blocks)[: int(seconds * 48_000)].astype("<i2").tobytes())
    return target
