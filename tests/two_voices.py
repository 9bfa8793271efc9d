"""Calls of two readers in turns, with what is true of them, and how far a result is from it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np

from tests.sounds import RATE, write_sound
from verifier.media.recording import Recording
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.timing import Span

STEPS = 100
"""Per second of truth."""


def _marked(spans: Sequence[Span], steps: int) -> np.ndarray:
    marks = np.zeros(steps, bool)
    for span in spans:
        marks[int(span.start * STEPS) : int(span.end * STEPS)] = True
    return marks


def two_voice_call(readers: Sequence[Path], overlap: float, target: Path) -> tuple[Path, np.ndarray]:
    """Four readings of each in turns, at one loudness, noise 20 dB below, as Opus; and when each speaks: [2, steps].

    overlap: the share of a reading that falls on the end of the one before; 0: half a second of pause.
    """
    network, turns, end = SpeechNetwork(), [], 0
    for number in range(4):
        for who, folder in enumerate(readers):
            sound = np.concatenate([b.samples for b in Recording(sorted(folder.glob("*.flac"))[number]).audio()])
            finder = SpeechFinder(network)
            finder.feed(Fraction(0), sound)
            finder.finish()
            spoken = np.repeat(_marked(finder.spans, len(sound) * STEPS // RATE + 1), RATE // STEPS)[: len(sound)]
            sound = sound / np.sqrt((sound[spoken] ** 2).mean()) * 0.06
            at = max(0, end - round(overlap * len(sound))) if overlap else end + RATE // 2
            turns.append((at, sound, spoken, who))
            end = at + len(sound)
    call, truth = np.zeros(end + RATE), np.zeros((2, end + RATE), bool)
    for at, sound, spoken, who in turns:
        call[at : at + len(sound)] += sound
        truth[who, at : at + len(sound)] |= spoken
    call += np.random.default_rng(0).normal(0, np.sqrt((call**2).mean()) / 10, len(call))
    write_sound(target, call / max(1.0, np.abs(call).max()), codec="libopus", rate=48_000)
    return target, truth[:, :: RATE // STEPS]


def diarization_error(truth: np.ndarray, voices: Sequence[Sequence[Span]]) -> float:
    """Missed, false and confused speech over all speech, by the best assignment; no collar, overlap counts."""
    found = np.stack([_marked(spans, truth.shape[1]) for spans in voices])
    right = max(
        sum(int((truth[who] & found[voice]).sum()) for who, voice in enumerate(chosen))
        for chosen in permutations(range(len(found)), min(len(found), len(truth)))
    )
    return float((np.maximum(truth.sum(axis=0), found.sum(axis=0)).sum() - right) / truth.sum())
