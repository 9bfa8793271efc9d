"""Sound of made-up calls: babble that is heard as speech, at known times, with the lines that belong to them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.checks.calls import ANA, JORDAN, line
from tests.sounds import RATE, babble, write_sound
from verifier.timing import Span
from verifier.transcript import Utterance

ANSWER = "we moved the whole thing over step by step and kept both running"


def turns(count: int, seed: int) -> list[Utterance]:
    """Questions and answers of uneven length with uneven pauses between them."""
    rng, at, said = np.random.default_rng(seed), 1.0, []
    for n in range(count):
        length = float(rng.uniform(1.5, 7))
        said.append(line(at, at + length, JORDAN if n % 2 else ANA, ANSWER))
        at += length + float(rng.uniform(0.6, 4))
    return said


def spans(said: list[Utterance]) -> tuple[Span, ...]:
    return tuple(u.span for u in said)


def sound_of(path: Path, said: list[Utterance]) -> Path:
    """A WAV file in which somebody babbles while a line lasts."""
    sound = np.zeros(round(float(said[-1].span.end + 1) * RATE), np.float32)
    for n, u in enumerate(said):
        start = round(u.span.start * RATE)
        heard = babble(120 if u.speaker == ANA else 200, float(u.span.duration), n)
        sound[start : start + len(heard)] = heard
    sound += 1e-3 * np.random.default_rng(0).normal(size=len(sound)).astype(np.float32)
    return write_sound(path, sound)


def shifted(said: list[Utterance], by: float) -> list[Utterance]:
    moved = Fraction(str(by))
    return [Utterance(Span(u.span.start + moved, u.span.end + moved), u.speaker, u.text) for u in said]
