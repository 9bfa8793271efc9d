"""Keys among other sounds: made-up keys in made-up rooms, clocks, hums; real speech where it is at hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.keys import RATE, room_noise, ticks, typing
from tests.sounds import vowels, write_sound
from verifier.media.recording import Recording
from verifier.media.types import AudioBlock
from verifier.observe.clicks import ClickTable, click_table
from verifier.timing import Span
from verifier.typing_sound import Typing, listen_for_keys, typing_of


def blocks(sound: np.ndarray, size: int = RATE, start: int = 0) -> list[AudioBlock]:
    return [AudioBlock(start + Fraction(i, RATE), sound[i : i + size], RATE) for i in range(0, len(sound), size)]


def heard(sound: np.ndarray, size: int = RATE) -> Typing:
    return typing_of(click_table(blocks(np.asarray(sound, np.float32), size)))


def keys_in(noise: np.ndarray, db: float, timbre: int = 1) -> np.ndarray:
    """Eight seconds of keys from the second second on, their peak `db` above the noise."""
    sound = noise.copy()
    sound[2 * RATE : 10 * RATE] += typing(8, timbre=timbre) * noise.std() * 10 ** (db / 20)
    return sound


@pytest.mark.parametrize("timbre", range(4))
def test_keys_over_the_noise_of_a_room_are_heard_where_they_are(timbre: int) -> None:
    found = heard(keys_in(room_noise(12), 32, timbre))
    assert found.is_heard
    assert all(s.start > 1.9 and s.end < 10.1 for s in found.runs)


def test_noise_in_which_no_key_would_be_heard_is_no_clean_result() -> None:
    found = heard(0.2 * np.random.default_rng(0).normal(size=20 * RATE))
    assert "so loud" in found.reason
    assert not found.listened_s


def test_keys_under_the_noise_are_not() -> None:
    assert not heard(keys_in(room_noise(12), 6)).is_heard


@pytest.mark.parametrize("size", [RATE // 3, 4096])
def test_how_the_sound_is_cut_into_blocks_changes_nothing(size: int) -> None:
    sound = keys_in(room_noise(12), 34)
    assert abs(heard(sound, size).clicks - heard(sound).clicks) <= 2


@pytest.mark.parametrize("kind", ["noise", "silence", "clock", "hum", "bursts"])
def test_other_sounds_are_no_keys(kind: str) -> None:
    at = np.arange(20 * RATE) / RATE
    noise = room_noise(20)
    sound = {
        "noise": noise,
        "silence": np.zeros(20 * RATE),
        "clock": noise + 0.1 * ticks(20),
        "hum": noise + 0.2 * np.sin(2 * np.pi * 440 * at),
        "bursts": noise * (1 + 8 * (np.sin(2 * np.pi * 1.5 * at) > 0)),
    }[kind]
    assert heard(sound).runs == ()


def test_clicks_within_speech_do_not_count() -> None:
    times = np.cumsum(np.random.default_rng(0).gamma(6, 1 / 30, 60))
    quiet = ClickTable(times, (), 20.0)
    assert typing_of(quiet).is_heard
    spoken = ClickTable(times, (Span(Fraction(0), Fraction(15)),), 30.0)
    assert (typing_of(spoken).clicks, typing_of(spoken).reason) == (0, "")


def test_under_ten_seconds_without_speech_nothing_is_said() -> None:
    found = typing_of(ClickTable(np.arange(0), (Span(Fraction(0), Fraction(15)),), 23.0))
    assert "only 8 s of its sound are neither speech nor silence" in found.reason


def test_a_muted_track_is_no_sound_without_keys() -> None:
    found = heard(np.concatenate([room_noise(4), np.zeros(40 * RATE)]))
    assert "only 4 s of its sound are neither speech nor silence" in found.reason


def test_a_gap_in_the_sound_starts_afresh() -> None:
    sound = keys_in(room_noise(12), 34)
    table = click_table([*blocks(sound), *blocks(sound, start=100)])
    assert not len(table.times[(table.times > 12) & (table.times < 100)])
    assert len(table.times[table.times > 100]) > 20


def test_files_with_and_without_sound(tmp_path: Path) -> None:
    made = write_sound(tmp_path / "keys.wav", keys_in(room_noise(12), 34))
    assert listen_for_keys([(made, None)]).is_heard
    (tmp_path / "text.wav").write_text("no sound")
    assert listen_for_keys([(tmp_path / "text.wav", None)]).reason
    assert listen_for_keys([]).reason == "the recording has no sound"
    assert not listen_for_keys([(write_sound(tmp_path / "hum.wav", vowels(120, 4.0)), None)]).is_heard


@pytest.mark.data
def test_no_keys_in_a_conversation(data: Path) -> None:
    with Recording(data / "voice" / "interview_three_speakers.mp3") as recording:
        table = click_table(recording.audio(RATE))
    assert table.heard_s > 120
    assert typing_of(table).runs == ()
