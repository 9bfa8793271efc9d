"""Who speaks when: calls of two readers in turns, made so that the truth is known, and the interview of three voices."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from verifier_models.voice_calibration.embed import INTERVIEW, RATE, SEGMENTS, through_call

from verifier.media.recording import Recording
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.observe.sound_source import SoundSource
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.observe.voices import VoiceObserver
from verifier.timing import Span
from verifier.voices import voices_of

STEPS = 100
"""Per second of truth."""
CODINGS = ("as it is", "Opus 12k", "telephone", "AAC 32k, noise 20 dB", "Opus 12k, noise 10 dB")
OVERLAPS = (0.0, 0.1)
STEPS_APART = (3, 1)
"""Each reader is paired with the ones so far on."""
Marks = np.ndarray
"""[people, steps], whether each speaks."""


def call_in_turns(readers: Sequence[Path], overlap: float) -> tuple[np.ndarray, Marks]:
    """Four readings of each in turns, at one loudness: the sound at 16 kHz, and when each speaks.

    overlap: the share of a reading that falls on the end of the one before; 0: half a second of pause.
    """
    network, turns, end = SpeechNetwork(), [], 0
    for number in range(4):
        for who, folder in enumerate(readers):
            sound = _sound(sorted(folder.glob("*.flac"))[number])
            finder = SpeechFinder(network)
            finder.feed(Fraction(0), sound)
            finder.finish()
            spoken = np.repeat(_marked(finder.spans, len(sound) * STEPS // RATE + 1), RATE // STEPS)[: len(sound)]
            sound = sound / np.sqrt((sound[spoken] ** 2).mean()) * 0.06
            at = max(0, end - round(overlap * len(sound))) if overlap else end + RATE // 2
            turns.append((at, sound, spoken, who))
            end = at + len(sound)
    call, truth = np.zeros(end + RATE), np.zeros((len(readers), end + RATE), bool)
    for at, sound, spoken, who in turns:
        call[at : at + len(sound)] += sound
        truth[who, at : at + len(sound)] |= spoken
    return call, truth[:, :: RATE // STEPS]


def diarization_error(truth: Marks, voices: Sequence[Sequence[Span]]) -> float:
    """Missed, false and confused speech over all speech, by the best assignment; no collar, overlap counts."""
    found = np.stack([_marked(spans, truth.shape[1]) for spans in voices])
    right = max(
        sum(int((truth[who] & found[voice]).sum()) for who, voice in enumerate(chosen))
        for chosen in permutations(range(len(found)), min(len(found), len(truth)))
    )
    return float((np.maximum(truth.sum(axis=0), found.sum(axis=0)).sum() - right) / truth.sum())


def voices_in(sound: np.ndarray, coding: str, observer: VoiceObserver) -> list[tuple[Span, ...]]:
    """When each voice speaks that is heard in the sound once it is coded, the longest first."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "call"
        through_call(sound, coding, target, np.random.default_rng(zlib.crc32(coding.encode())))
        with Recording(target) as recording:
            return [v.spans for v in voices_of(observer.listen(recording, SoundSource(0, None, "")))]


def rows(data: Path) -> Iterator[str]:
    """The lines of three tables of figures.md."""
    observer = VoiceObserver(load_voice_comparators().loaded)
    readers = sorted((data / "voice" / "librispeech").iterdir())
    yield CALLS
    for overlap in OVERLAPS:
        calls = [
            call_in_turns((a, readers[(n + step) % len(readers)]), overlap)
            for step in STEPS_APART
            for n, a in enumerate(readers)
        ]
        for coding in CODINGS:
            found = [(truth, voices_in(sound, coding, observer)) for sound, truth in calls]
            errors = [100 * diarization_error(truth, voices) for truth, voices in found]
            two, minutes = sum(len(v) == 2 for _, v in found), sum(len(s) for s, _ in calls) / RATE / 60
            yield (
                f"| {overlap:.0%} | {coding} | {len(calls)}, {minutes:.0f} min | {two} | {np.mean(errors):.1f} | "
                f"{np.median(errors):.1f} | {max(errors):.1f} |"
            )
    yield from _one_and_three(readers, observer)
    yield THREE
    sound = _sound(data / INTERVIEW).astype(np.float64)
    for coding in CODINGS:
        yield _interview(voices_in(sound, coding, observer), coding)


def _one_and_three(readers: Sequence[Path], observer: VoiceObserver) -> Iterator[str]:
    """How often one reader is one voice, and three readers, of whom two overlap, are three."""
    yield ONE_AND_THREE
    alone, threes = [], []
    for n, reader in enumerate(readers):
        second, third = readers[(n + 3) % len(readers)], readers[(n + 4) % len(readers)]
        alone.append(call_in_turns((reader,), 0.0)[0])
        later = call_in_turns((second, third), 0.0)[0]
        threes.append(np.concatenate([call_in_turns((reader, second), 0.1)[0], later[: len(later) // 2]]))
    for coding in CODINGS:
        one = sum(len(voices_in(sound, coding, observer)) == 1 for sound in alone)
        three = sum(len(voices_in(sound, coding, observer)) == 3 for sound in threes)
        yield f"| {coding} | {one} of {len(alone)} | {three} of {len(threes)} |"


def _interview(voices: list[tuple[Span, ...]], coding: str) -> str:
    """How much of each reference segment's speech is one voice's, and whether no two segments share theirs."""
    owners, shares = [], []
    for _, start, end in SEGMENTS:
        held = [
            sum(max(0.0, min(b, float(end)) - max(a, float(start))) for a, b in (s.seconds() for s in v))
            for v in voices
        ]
        owners.append(int(np.argmax(held)))
        shares.append(f"{100 * max(held) / max(sum(held), 1e-9):.0f}")
    return f"| {coding} | {len(voices)} | {', '.join(shares)} | {'yes' if len(set(owners)) == len(owners) else 'no'} |"


def _sound(path: Path) -> np.ndarray:
    with Recording(path) as recording:
        return np.concatenate([b.samples for b in recording.audio(RATE)])


def _marked(spans: Sequence[Span], steps: int) -> np.ndarray:
    marks = np.zeros(steps, bool)
    for span in spans:
        marks[int(span.start * STEPS) : int(span.end * STEPS)] = True
    return marks


CALLS = """## Who speaks when: calls of two readers in turns, four readings each
Every reader with the third next, and with the next. Diarization error: missed, false and confused speech over all speech, per cent; no collar, and overlap counts twice.
What joins pieces to voices was chosen on calls of the same readers, so new people will be a little worse.

| overlap | coding | calls | two voices found | error, mean | median | worst |
|---|---|---|---|---|---|---|"""
ONE_AND_THREE = """
## One reader alone, and three
Four readings of one reader; and a call of two with a tenth overlapping, in which a third reader takes the place of the first.

| coding | one reader: one voice found | three readers: three found |
|---|---|---|"""
THREE = """
## The interview of three voices, whole
Of each of its three reference segments: per cent of the speech that is one voice's.

| coding | voices found | segments | each segment its own voice |
|---|---|---|---|"""
