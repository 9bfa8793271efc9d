from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.sounds import RATE, vowels, write_sound
from verifier.media.recording import Recording
from verifier.observe.sound import SoundFacts, SoundMeter
from verifier.observe.sound_source import apart, sources_of
from verifier.timing import Span


def _facts(sound: np.ndarray, *speech: tuple[int, int]) -> SoundFacts:
    meter = SoundMeter()
    for at in range(0, len(sound), RATE):
        meter.feed(Fraction(at, RATE), sound[at : at + RATE].astype(np.float32))
    return meter.facts([Span(Fraction(a), Fraction(b)) for a, b in speech])


def _noise(seconds: int, rms: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, rms, seconds * RATE)


def test_levels_of_speech_and_noise_are_measured_apart() -> None:
    sound = _noise(10, 0.001)
    sound[2 * RATE : 6 * RATE] += _noise(4, 0.1)
    facts = _facts(sound, (2, 6))
    assert facts.speech_dbfs == pytest.approx(-20, abs=0.5)
    assert facts.noise_dbfs == pytest.approx(-60, abs=0.5)
    assert facts.flaws == ()


def test_loud_noise_is_a_flaw() -> None:
    sound = _noise(10, 0.03)
    sound[2 * RATE : 6 * RATE] += _noise(4, 0.1)
    assert "noise" in _facts(sound, (2, 6)).flaws[0]


def test_a_muted_track_has_no_noise_level() -> None:
    sound = np.zeros(10 * RATE)
    sound[2 * RATE : 6 * RATE] = _noise(4, 0.1)
    facts = _facts(sound, (2, 6))
    assert facts.noise_dbfs is None
    assert facts.silent == pytest.approx(0.6, abs=0.01)


def test_the_share_of_speech_that_is_overdriven() -> None:
    sound = np.clip(_noise(4, 0.1), -0.3, 0.3)
    sound[RATE : 2 * RATE] = np.clip(sound[RATE : 2 * RATE] * 20, -1, 1)
    facts = _facts(sound, (0, 4))
    assert facts.clipped == pytest.approx(0.25, abs=0.02)
    assert facts.flaws == ("it is overdriven",)


@pytest.mark.parametrize(("codec", "rate", "low", "high"), [("pcm_mulaw", 8000, 3500, 4750), ("pcm_s16le", RATE, 7500, 8000)])  # fmt: skip
def test_a_telephone_is_told_by_its_bandwidth(tmp_path: Path, codec: str, rate: int, low: int, high: int) -> None:
    path = write_sound(tmp_path / "a.wav", _noise(4, 0.1), codec=codec, rate=rate)
    meter = SoundMeter()
    for block in Recording(path).audio():
        meter.feed(block.time, block.samples)
    facts = meter.facts([])
    assert low <= facts.bandwidth_hz <= high
    assert bool(facts.flaws) is (rate == 8000)


def test_no_sound_gives_facts_all_the_same() -> None:
    assert SoundMeter().facts([]) == SoundFacts(0.0, 0.0, 0.0, None, None, 0)


def _turns(seconds: int, first: int) -> np.ndarray:
    """Hum in every second second."""
    sound = vowels(120 + 60 * first, seconds).reshape(-1, RATE)
    sound[1 - first :: 2] *= 0
    return sound.reshape(-1)


def test_a_call_with_a_side_per_channel_is_two_sources(tmp_path: Path) -> None:
    recording = Recording(write_sound(tmp_path / "call.wav", _turns(12, 0), _turns(12, 1)))
    left, right = sources_of(recording)
    assert (left.channel, right.channel, right.name) == (0, 1, "the right channel")
    heard = np.concatenate([b.samples for b in right.blocks(recording)])
    assert np.abs(heard - _turns(12, 1)).max() < 1e-3


def test_stereo_from_one_room_is_one_source(tmp_path: Path) -> None:
    sound = vowels(130, 6)
    later = np.concatenate([np.zeros(12, np.float32), 0.5 * sound[:-12]]) + _noise(6, 0.001).astype(np.float32)
    recording = Recording(write_sound(tmp_path / "room.wav", sound, later))
    assert [s.channel for s in sources_of(recording)] == [None]


def test_a_silent_channel_does_not_make_a_second_speaker(tmp_path: Path) -> None:
    recording = Recording(write_sound(tmp_path / "a.wav", vowels(130, 6), np.zeros(6 * RATE, np.float32)))
    assert [s.channel for s in sources_of(recording)] == [None]


def test_two_silent_channels_are_not_apart() -> None:
    assert not apart(np.zeros((10, 1600), np.float32), np.zeros((10, 1600), np.float32))


@pytest.mark.data
def test_real_recordings(data: Path) -> None:
    voice = data / "voice"
    assert len(sources_of(Recording(voice / "two_channels.wav"))) == 2
    for name in ("interview_three_speakers.mp3", "jfk.flac"):
        assert len(sources_of(Recording(voice / name))) == 1
