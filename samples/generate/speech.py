"""Speech by espeak-ng, and what a mouth does while it is heard."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import wave
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import resample_poly, stft

Float = NDArray[np.float64]

RATE = 48_000
_ESPEAK_RATE = 22_050
_HOP_S = 0.01


@dataclass(frozen=True)
class Voice:
    """An espeak-ng voice: its name, pitch (0..99) and words per minute."""

    name: str
    pitch: int
    speed: int


@dataclass(frozen=True)
class Sentence:
    """When it is said, in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Speech:
    """`sound` is mono in -1..1 at `RATE`."""

    sound: Float
    sentences: tuple[Sentence, ...]

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


def say(text: str, voice: Voice, seed: int, start: float = 0.0) -> Speech:
    """The text, sentence by sentence, with pauses of unequal length; silent until `start`."""
    rng = np.random.default_rng(seed)
    pieces = [np.zeros(round(start * RATE))]
    said = []
    for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
        sound = _spoken(sentence, voice)
        at = sum(map(len, pieces)) / RATE
        said.append(Sentence(at, at + len(sound) / RATE, sentence))
        pieces += [sound, np.zeros(round(rng.uniform(0.35, 0.95) * RATE))]
    return Speech(np.concatenate(pieces), tuple(said))


def _spoken(sentence: str, voice: Voice) -> Float:
    """One sentence at `RATE`, without the silence around it."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise FileNotFoundError("espeak-ng is needed to make the speech: apt-get install espeak-ng")
    command = [program, "-v", voice.name, "-p", str(voice.pitch), "-s", str(voice.speed), "--stdout", sentence]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(made)) as file:
        raw = file.readframes(-1)  # the header of a streamed file says nothing true about its length
    sound = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2") / 32768.0
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    sound = sound[max(0, loud[0] - 400) : loud[-1] + 400]
    return np.asarray(resample_poly(0.8 * sound, RATE // 150, _ESPEAK_RATE // 150))


def mouth(sound: Float, times: Float) -> tuple[Float, Float]:
    """How open (0..1) and how rounded (0..1) the mouth is at the times, from loudness and brightness of the sound."""
    _, at, bands = stft(sound, RATE, nperseg=1024, noverlap=1024 - round(_HOP_S * RATE), boundary="zeros")
    power = np.abs(bands) ** 2
    frequency = np.fft.rfftfreq(1024, 1 / RATE)
    voiced = power[(frequency > 150) & (frequency < 3500)].sum(axis=0)
    level = 10 * np.log10(voiced / (np.percentile(voiced, 95) + 1e-12) + 1e-6)
    opened = np.clip((level + 26) / 26, 0, 1) ** 1.4
    hiss = power[frequency > 3500].sum(axis=0) / (power.sum(axis=0) + 1e-9)
    opened *= 1 - 0.7 * np.clip(hiss / 0.5, 0, 1)  # s, f and sh are said with the teeth together
    low = (frequency > 150) & (frequency < 3500)
    centre = (frequency[low, None] * power[low]).sum(axis=0) / (voiced + 1e-9)
    rounded = np.clip((900 - centre) / 500, 0, 1) * (level > -20)
    opened, rounded = gaussian_filter1d(opened, 2.2), gaussian_filter1d(rounded, 4.0)
    # Lips are a little ahead of the sound that they shape.
    return np.interp(times + 0.02, at, opened), np.interp(times + 0.02, at, rounded)


def mixed(parts: list[Float], seconds: float, noise: float, seed: int) -> Float:
    """The parts together, with a soft noise of the room, `seconds` long."""
    length = round(seconds * RATE)
    hum = np.random.default_rng(seed).standard_normal(length)
    whole = noise * gaussian_filter1d(hum, 12.0) * 6
    for part in parts:
        count = min(length, len(part))
        whole[:count] += part[:count]
    return np.asarray(np.clip(whole, -1, 1))
