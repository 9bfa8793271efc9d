from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from verifier_models.voice_calibration.turns import call_in_turns, diarization_error, voices_in

from verifier.media.recording import Recording
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.observe.sound import SoundFacts
from verifier.observe.sound_source import SoundSource, sources_of
from verifier.observe.voices import Piece, VoiceObserver, VoiceTrack
from verifier.timing import Span
from verifier.voice_sides import side_of
from verifier.voices import assigned, grouped, voices_of

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


def test_one_voice_is_one_voice() -> None:
    (voice,) = voices_of(track(*[3] * 12))
    assert len(voice.pieces) == 12
    assert voice.speech_s == pytest.approx(12 * 1.6)


def test_two_voices_are_found_with_their_times_the_longer_first() -> None:
    first, second = voices_of(track(1, 1, 1, 2, 2, 2, 2, 1, 2))
    assert first.pieces.tolist() == [3, 4, 5, 6, 8]
    assert second.pieces.tolist() == [0, 1, 2, 7]
    assert [s.seconds() for s in second.spans] == [(0, 1.6), (2, 3.6), (4, 5.6), (14, 15.6)]


def test_what_lies_between_two_voices_is_no_third_one() -> None:
    turns = [1, 1, 1, 1, 3, 2, 2, 2, 2, 3] * 4
    assert len(voices_of(track(*turns))) == 2


def test_a_moment_of_something_else_is_no_voice_and_belongs_to_none() -> None:
    (voice,) = voices_of(track(*[1] * 20, 2))
    assert voice.pieces.tolist() == list(range(20))


def test_short_turns_of_somebody_else_are_said_though_they_make_no_voice() -> None:
    (voice,) = voices_of(track(*[1, 1, 1, 1, 2] * 4, 1, 1))
    assert voice.untold_s == pytest.approx(4 * 1.6)
    assert {v.untold_s for v in voices_of(track(*[1, 1, 1, 1, 3, 2, 2, 2, 2, 3] * 4))} == {0.0}
    assert [v.untold_s for v in voices_of(track(*[1] * 20, 2))] == [0.0]


def test_groups_of_one_voice_whose_means_agree_are_joined() -> None:
    rng = np.random.default_rng(1)
    near, far = np.eye(32)[0], np.eye(32)[1]
    halves = [near + 0.45 * np.eye(32)[2], near - 0.45 * np.eye(32)[2] * 0.2]
    rows = np.stack([c + 0.12 * rng.normal(size=32) for c in [*halves * 10, *[far] * 10]]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels, _ = assigned(rows, np.full(30, 1.6), 48.0)
    assert len(set(labels[:20])) == 1
    assert labels[20] != labels[0]


def rows_of(*runs: tuple[np.ndarray, int], noise: float) -> np.ndarray:
    """Unit rows [n, 256]: of each run so many about its centre."""
    rows = np.concatenate([np.tile(centre / np.linalg.norm(centre), (count, 1)) for centre, count in runs])
    rows = rows + noise * np.random.default_rng(0).normal(size=rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_two_voices_that_overlapping_speech_chains_to_one_group_are_two_halves() -> None:
    first, second = np.eye(256)[0], 0.8 * np.eye(256)[0] + 0.6 * np.eye(256)[1]
    rows = rows_of((first, 20), (first + second, 4), (second, 20), noise=0.03)
    assert len(np.unique(grouped(rows))) == 1
    labels, _ = assigned(rows, np.full(len(rows), 1.6), 70.0)
    assert len(set(labels[:20])) == len(set(labels[24:])) == 1
    assert labels[0] != labels[-1]


@pytest.mark.parametrize(("third", "voices"), [(np.eye(256)[0] + np.eye(256)[1], 2), (np.eye(256)[2], 3)])
def test_a_short_group_is_a_voice_unless_two_others_blend_to_it(third: np.ndarray, voices: int) -> None:
    rows = rows_of((np.eye(256)[0], 10), (third, 3), (np.eye(256)[1], 10), noise=0.03)
    assert len(np.unique(grouped(rows))) == 3
    labels, _ = assigned(rows, np.full(len(rows), 1.6), 37.0)
    assert len(set(labels)) == voices


def test_in_rough_sound_voices_may_be_more_alike() -> None:
    rng, alike = np.random.default_rng(0), 0.852
    first, second = np.eye(256)[0], alike * np.eye(256)[0] + np.sqrt(1 - alike**2) * np.eye(256)[1]
    rows = np.stack([first] * 100 + [second] * 100) + 0.04 * rng.normal(size=(200, 256))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    for rough, voices in ((False, 1), (True, 2)):
        labels, _ = assigned(rows, np.full(200, 1.6), 160.0, rough=rough)
        assert len(set(labels)) == voices
    assert labels[0] != labels[-1]


def test_speech_in_one_breath_changes_its_voice_between_two_pieces() -> None:
    two = track(*[1] * 6, *[2] * 6)
    whole = Span(Fraction(0), Fraction(24))
    first, second = voices_of(replace(two, speech=(whole,)))
    assert sorted([first.spans, second.spans]) == [(Span(Fraction(0), Fraction(118, 10)),), (Span(Fraction(118, 10), Fraction(24)),)]  # fmt: skip


@pytest.mark.data
def test_the_interview_has_three_voices_and_each_reference_segment_its_own(data: Path) -> None:
    recording = Recording(data / "voice" / "interview_three_speakers.mp3")
    (source,) = sources_of(recording)
    heard = VoiceObserver(load_voice_comparators().loaded).listen(recording, source)
    voices = voices_of(heard)
    assert len(voices) == 3
    owners = []
    for start, end in ((0, 5.5), (6.5, 12), (17, 25)):
        held = [sum(max(0, min(e, end) - max(s, start)) for s, e in (x.seconds() for x in v.spans)) for v in voices]
        assert max(held) > 0.9 * sum(held)
        owners.append(held.index(max(held)))
    assert len(set(owners)) == 3


def test_where_there_are_many_pieces_those_between_join_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.voices.MOST_LINKED", 10)
    labels = grouped(track(*[1, 2] * 20).vectors["resemblyzer"])
    assert len(set(labels[::2])) == len(set(labels[1::2])) == 1
    assert labels[0] != labels[1]


def test_the_voice_compared_is_the_one_that_speaks_longest_and_that_is_said() -> None:
    side = side_of([track(1, 1, 1, 2, 2, 2, 2, 1, 2)])
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


@pytest.mark.data
@pytest.mark.parametrize("overlap", [0.0, 0.1])
@pytest.mark.parametrize("readers", [("1688", "1998"), ("2033", "3331"), ("3005", "3080")])
def test_two_readers_in_turns_coded_and_noisy_are_two_voices(
    data: Path, readers: tuple[str, str], overlap: float
) -> None:
    sound, truth = call_in_turns([data / "voice" / "librispeech" / r for r in readers], overlap)
    voices = voices_in(sound, "Opus 12k, noise 10 dB", VoiceObserver(load_voice_comparators().loaded))
    assert len(voices) == 2
    assert diarization_error(truth, voices) < 0.12
