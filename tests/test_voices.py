from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.observe.sound import SoundFacts
from verifier.observe.sound_source import SoundSource
from verifier.observe.voices import Piece, VoiceTrack
from verifier.timing import Span
from verifier.voice_sides import side_of
from verifier.voices import group_pieces, grouped

CLEAR = SoundFacts(60.0, 0.0, 0.0, -20.0, -50.0, 8000)


def track(*voices: int, noise: float = 0.3, facts: SoundFacts = CLEAR, name: str = "the sound") -> VoiceTrack:
    """A piece of 1.6 s for each number: the voice that speaks."""
    rng = np.random.default_rng(0)
    centres = np.eye(32)
    rows = np.stack([centres[v] + noise / np.sqrt(32) * rng.normal(size=32) for v in voices])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    spans = [Span(Fraction(2 * i), Fraction(2 * i) + Fraction(8, 5)) for i in range(len(voices))]
    pieces = tuple(Piece((s,)) for s in spans)
    return VoiceTrack(SoundSource(0, None, name), facts, tuple(spans), pieces, {"resemblyzer": rows.astype(np.float32)})


def test_one_voice_is_one_group() -> None:
    assert [len(g) for g in group_pieces(track(*[3] * 12))] == [12]


def test_two_voices_are_two_groups_the_longer_first() -> None:
    first, second = group_pieces(track(1, 1, 2, 2, 2, 2, 1, 2))
    assert first.tolist() == [2, 3, 4, 5, 7]
    assert second.tolist() == [0, 1, 6]


def test_a_moment_of_something_else_is_no_voice() -> None:
    assert len(group_pieces(track(*[1] * 20, 2))) == 1


def test_where_there_are_many_pieces_those_between_join_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.voices.MOST_LINKED", 10)
    labels = grouped(track(*[1, 2] * 20).vectors["resemblyzer"])
    assert len(set(labels[::2])) == len(set(labels[1::2])) == 1
    assert labels[0] != labels[1]


def test_the_voice_compared_is_the_one_that_speaks_longest_and_that_is_said() -> None:
    side = side_of([track(1, 1, 2, 2, 2, 2, 1, 2)])
    assert side.template is not None
    assert np.argmax(side.template.vectors["resemblyzer"]) == 2
    assert side.template.speech_s == pytest.approx(8.0)
    assert "about 2 voices speak; the one that speaks longest (8 s) was compared" in side.reason


def test_of_several_sources_the_one_with_most_speech_is_compared_and_that_is_said() -> None:
    side = side_of([track(1, 1, name="the left channel"), track(2, 2, 2, name="the right channel")])
    assert side.template is not None
    assert np.argmax(side.template.vectors["resemblyzer"]) == 2
    assert side.reason == "the right channel, with most speech, was compared"


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        ([], "it has no sound"),
        ([VoiceTrack(SoundSource(0, None, ""), SoundFacts(0, 0, 0, None, None, 0), (), (), {})], "could not be read"),
        ([VoiceTrack(SoundSource(0, None, ""), SoundFacts(9, 1.0, 0, None, None, 0), (), (), {})], "silent"),
        ([VoiceTrack(SoundSource(0, None, ""), SoundFacts(9, 0.1, 0, None, -30.0, 8000), (), (), {})], "no speech"),
        (
            [VoiceTrack(SoundSource(0, None, ""), CLEAR, (Span(Fraction(0), Fraction(1, 2)),), (), {})],
            "only 0.5 s of speech",
        ),
    ],
)
def test_what_cannot_be_heard_is_never_a_result(tracks: list[VoiceTrack], reason: str) -> None:
    side = side_of(tracks)
    assert side.template is None
    assert reason in side.reason
    assert not side.unusable
