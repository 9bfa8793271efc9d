from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.sounds import vowels
from verifier.media.recording import Recording
from verifier.observe.speech import FRAME, RATE, SpeechFinder, SpeechNetwork, spans_of
from verifier.timing import Span


def _runs(*parts: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, value, np.float32) for value, count in parts])


def _seconds(spans: list[Span]) -> list[tuple[float, float]]:
    return [tuple(round(x, 3) for x in s.seconds()) for s in spans]


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        (_runs((0.1, 50)), []),
        (_runs((0.1, 10), (0.9, 20), (0.1, 20)), [(0.32, 0.96)]),
        (_runs((0.9, 20), (0.1, 5), (0.9, 20)), [(0.0, 1.44)]),
        (_runs((0.9, 20), (0.1, 12), (0.9, 20)), [(0.0, 0.64), (1.024, 1.664)]),
        (_runs((0.9, 20), (0.4, 20), (0.1, 20)), [(0.0, 1.28)]),
        (_runs((0.9, 5), (0.1, 20)), []),
    ],
    ids=["nothing", "speech", "short pause", "long pause", "in between goes on", "too short"],
)
def test_spans(probabilities: np.ndarray, expected: list[tuple[float, float]]) -> None:
    assert _seconds(spans_of(probabilities)) == expected


def test_the_network_hears_no_speech_in_silence_noise_and_a_tone() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(5 * RATE) / RATE
    for sound in (np.zeros(5 * RATE), 0.1 * rng.normal(size=5 * RATE), 0.3 * np.sin(2 * np.pi * 440 * t)):
        finder = SpeechFinder(SpeechNetwork())
        finder.feed(Fraction(0), sound.astype(np.float32))
        finder.finish()
        assert finder.spans == []


def test_blocks_of_any_length_give_the_same_probabilities() -> None:
    sound = np.concatenate([vowels(120, 12.0), np.zeros(RATE, np.float32), vowels(200, 9.0)])
    whole = SpeechNetwork().start().probabilities(sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME))
    stream = SpeechNetwork().start()
    parts = [stream.probabilities(sound[a * FRAME : (a + 100) * FRAME].reshape(-1, FRAME)) for a in range(0, 600, 100)]
    assert np.concatenate(parts) == pytest.approx(whole[:600], abs=1e-4)


@pytest.mark.data
def test_probabilities_are_those_of_silero(data: Path) -> None:
    from silero_vad import load_silero_vad

    sound = np.concatenate([b.samples for b in Recording(data / "voice" / "jfk.flac").audio()])
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    theirs = load_silero_vad(sequence=True).audio_forward(frames.reshape(-1))
    assert SpeechNetwork().start().probabilities(frames) == pytest.approx(theirs, abs=1e-5)


@pytest.mark.data
def test_speech_is_found_where_it_is_and_a_gap_moves_it(data: Path) -> None:
    blocks = list(Recording(data / "voice" / "jfk.flac").audio())
    plain, late = SpeechFinder(SpeechNetwork()), SpeechFinder(SpeechNetwork())
    for block in blocks:
        plain.feed(block.time, block.samples)
        late.feed(block.time + 100, block.samples)
    plain.finish()
    late.finish()
    assert 6 < sum(float(s.duration) for s in plain.spans) < 10
    assert late.spans == [Span(s.start + 100, s.end + 100) for s in plain.spans]
