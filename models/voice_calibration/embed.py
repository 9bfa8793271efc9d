"""First stage: recordings of known voices through the codecs of calls, and through the product's own ears.

python -m verifier_models.voice_calibration.embed --data ../shared/data --work .work/voices
The vectors stay in the work folder; none is ever committed.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from verifier_models.stage import clip_rows, options

from verifier.media.recording import Recording
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.observe.sound_source import SoundSource
from verifier.observe.voices import RATE, VoiceObserver
from verifier.timing import Span

CONDITIONS: dict[str, tuple[str, int, int | None, str, float | None]] = {
    "as it is": ("flac", RATE, None, "flac", None),
    "Opus 24k": ("libopus", 48_000, 24_000, "ogg", None),
    "Opus 12k": ("libopus", 48_000, 12_000, "ogg", None),
    "AAC 32k": ("aac", RATE, 32_000, "ipod", None),
    "telephone": ("pcm_mulaw", 8_000, None, "wav", None),
    "Opus 12k, noise 10 dB": ("libopus", 48_000, 12_000, "ogg", 10.0),
    "AAC 32k, noise 20 dB": ("aac", RATE, 32_000, "ipod", 20.0),
}
"""Codec, samples per second, bits per second, container, dB of the sound over the noise."""
INTERVIEW = "voice/interview_three_speakers.mp3"
SEGMENTS = (("A", "0", "5.5"), ("B", "6.5", "12"), ("C", "17", "25"))
"""A stretch of it in which each of its voices is alone, seconds."""
FIELDS = ("person", "recording", "cloned", "condition", "rough", "seconds", "vector")
MOST_S = 24
"""Seconds of one recording that are used."""


@dataclass(frozen=True)
class Known:
    """A recording, or a stretch of one, in which one known voice speaks."""

    person: str
    path: Path
    span: Span | None = None
    cloned: bool = False


def known_voices(data: Path) -> Iterator[Known]:
    voice = data / "voice"
    for path in sorted((voice / "librispeech").glob("*/*.flac")):
        yield Known(path.parent.name, path)
    for kind in ("genuine", "cloned"):
        for path in sorted((voice / "cloning" / kind).glob("*.mp3")):
            yield Known("cloned voice", path, Span(Fraction(0), Fraction(MOST_S)), kind == "cloned")
    for letter, start, end in SEGMENTS:
        yield Known(f"interview {letter}", data / INTERVIEW, Span(Fraction(start), Fraction(end)))
    yield Known("jfk", voice / "jfk.flac")
    for path, row in clip_rows(data, "genuine"):
        if row["audio"] == "yes" and path.is_file():
            yield Known(row["identity"], path)


def coloured(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As another microphone might hear it: a tilt of up to 2 dB per octave either way, within 8 dB."""
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 60) / 1000)
    return np.fft.irfft(spectrum * 10 ** (np.clip(rng.uniform(-2, 2) * octaves, -8, 8) / 20), len(sound))


def noisy(sound: np.ndarray, over_db: float, rng: np.random.Generator) -> np.ndarray:
    """With pink noise so many dB below it."""
    noise = np.fft.rfft(rng.normal(size=len(sound)))
    noise = np.fft.irfft(noise / np.sqrt(np.maximum(np.arange(len(noise)), 20)), len(sound))
    return sound + noise * np.sqrt((sound**2).mean() / (noise**2).mean()) * 10 ** (-over_db / 20)


def through_call(sound: np.ndarray, condition: str, target: Path, rng: np.random.Generator) -> None:
    """Writes mono sound at 16 kHz as a file in one of CONDITIONS."""
    codec, rate, bits, container, over_db = CONDITIONS[condition]
    sound = coloured(sound, rng) if condition != "as it is" else sound
    sound = noisy(sound, over_db, rng) if over_db is not None else sound
    sound = sound / max(1.0, float(np.abs(sound).max()))
    with av.open(str(target), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        if bits:
            stream.bit_rate = bits
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate, frame_size=stream.frame_size)
        frame = av.AudioFrame.from_ndarray(np.round(sound * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


def pieces(known: Known, number: int, observer: VoiceObserver, folder: Path) -> dict[str, np.ndarray]:
    """Every piece of speech of a recording in every condition, one row each."""
    rows: dict[str, list] = {field: [] for field in FIELDS}
    sound = np.concatenate([b.samples for b in Recording(known.path).audio(RATE, span=known.span)])
    for condition in CONDITIONS:
        rng = np.random.default_rng(zlib.crc32(f"{number} {condition}".encode()))
        target = folder / "call"
        through_call(sound.astype(np.float64), condition, target, rng)
        track = observer.listen(Recording(target), SoundSource(0, None, ""))
        for piece, vector in zip(track.pieces, track.vectors.get("resemblyzer", ()), strict=True):
            row = (known.person, number, known.cloned, condition, bool(track.facts.flaws), piece.seconds, vector)
            for field, value in zip(FIELDS, row, strict=True):
                rows[field].append(value)
        print(known.person, known.path.name, condition, round(track.speech_s, 1), track.facts, flush=True)
    return {field: np.array(values) for field, values in rows.items()}


def main() -> None:
    args = options(__doc__)
    observer = VoiceObserver(load_voice_comparators().loaded)
    with tempfile.TemporaryDirectory() as folder:
        for number, known in enumerate(known_voices(args.data)):
            target = args.work / f"{number:03d}.npz"
            if not target.exists():  # resumable
                found = pieces(known, number, observer, Path(folder))
                if len(found["person"]):
                    np.savez(target, **found)


if __name__ == "__main__":
    main()
