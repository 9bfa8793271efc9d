"""Speech by espeak-ng, and what a mouth does while it is heard."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import wave
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import resample_poly, stft
from scipy.sparse import bmat, diags, identity, vstack
from scipy.sparse.linalg import spsolve

from verifier.coupling import CouplingModel, sound_rows
from verifier.media.types import AudioBlock
from verifier.observe.sound_features import BINS_PER_S, SAMPLE_RATE, sound_table

Float = NDArray[np.float64]

RATE = 48_000
_ESPEAK_RATE = 22_050
_HOP_S = 0.01
_SEEN = np.array([[0.067, -0.019, 0.086, 0.053, 0.021], [0.009, -0.025, 0.010, 0.003, 0.001]])
"""By how much the five lip features of the mesh change as the drawn mouth opens, and as it rounds, from 0 to 1."""


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
    """How open (0..1) and how rounded (0..1) the mouth is at the times: loud is open, and the rest as in genuine speech.

    Loudness alone moves a mouth as nobody's moves, and the lip-voice check says so. What else lips do is taken from its
    model, so the samples show that check at work and say nothing about how good it is.
    """
    at, opened = _loudness(sound)
    bins, shape = _as_in_speech(sound)
    loud = np.interp(bins, at, opened)
    said = gaussian_filter1d((loud > 0.15).astype(float), 2.0)
    opened = np.clip(0.6 * loud + 0.9 * (0.4 + 1.5 * shape[0]), 0, 1) * said
    rounded = np.clip(0.45 + shape[1], 0, 1) * said
    return np.interp(times, bins, opened), np.interp(times, bins, rounded)


def _loudness(sound: Float) -> tuple[Float, Float]:
    """How open (0..1) loudness and brightness would have the mouth, and when."""
    _, at, bands = stft(sound, RATE, nperseg=1024, noverlap=1024 - round(_HOP_S * RATE), boundary="zeros")
    power = np.abs(bands) ** 2
    frequency = np.fft.rfftfreq(1024, 1 / RATE)
    voiced = power[(frequency > 150) & (frequency < 3500)].sum(axis=0)
    level = 10 * np.log10(voiced / (np.percentile(voiced, 95) + 1e-12) + 1e-6)
    opened = np.clip((level + 26) / 26, 0, 1) ** 1.4
    hiss = power[frequency > 3500].sum(axis=0) / (power.sum(axis=0) + 1e-9)
    opened *= 1 - 0.7 * np.clip(hiss / 0.5, 0, 1)  # s, f and sh are said with the teeth together
    # Lips are a little ahead of the sound that they shape.
    return np.asarray(at - 0.02), gaussian_filter1d(opened, 2.2)


def _as_in_speech(sound: Float) -> tuple[Float, Float]:
    """Seconds [n], and how open and how rounded [2, n] (around 0) the drawn mouth has to be for its features to follow
    the sound as the lip-voice model found lips to do: least squares over all times at once, smoothly.
    """
    model = CouplingModel.load()
    low = resample_poly(sound, 1, RATE // SAMPLE_RATE).astype(np.float32)
    heard = model.sound.project(sound_rows(sound_table([AudioBlock(Fraction(0), low, SAMPLE_RATE)])))
    heard = np.nan_to_num(heard - np.nanmean(heard, axis=0)) * model.strength
    count, half = len(heard), model.mouth.weights.shape[0] // 2
    weights = model.mouth.weights / model.mouth.scale[:, None]
    place, speed = _SEEN @ weights[:half], _SEEN @ weights[half:]  # [2, components]
    same, change = identity(count), diags([-0.5, 0.5], [-1, 1], shape=(count, count))
    rows = [[s * (place[d, k] * same + speed[d, k] * change) for d in (0, 1)] for k, s in enumerate(model.strength)]
    system = vstack([bmat(rows), 0.1 * identity(2 * count)]).tocsc()
    wanted = np.concatenate([(heard * model.strength).T.ravel(), np.zeros(2 * count)])
    found = spsolve((system.T @ system).tocsc(), system.T @ wanted).reshape(2, count)
    return (np.arange(count) + 0.5) / BINS_PER_S, np.asarray(found)


def mixed(parts: list[Float], seconds: float, noise: float, seed: int) -> Float:
    """The parts together, with a soft noise of the room, `seconds` long."""
    length = round(seconds * RATE)
    hum = np.random.default_rng(seed).standard_normal(length)
    whole = noise * gaussian_filter1d(hum, 12.0) * 6
    for part in parts:
        count = min(length, len(part))
        whole[:count] += part[:count]
    return np.asarray(np.clip(whole, -1, 1))
