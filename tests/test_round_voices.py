"""Voices of a round: every file heard, each voice once, every failure a reason. The speech is the samples' (espeak-ng)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.clips import ClipSpec, write_clip
from tests.sounds import RATE, vowels, write_sound
from tests.voice_cases import heard, source, voice
from verifier import api
from verifier.case import Evidence, Role, Round
from verifier.findings import Outcome
from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.report.json_report import to_json, validate
from verifier.round_voices import RoundListener, RoundVoices

MEDIA = Path(__file__).resolve().parents[1] / "samples" / "media"


def evidence(path: Path, number: int = 1) -> Evidence:
    kind = "recording" if path.suffix == ".mp4" else "sound"
    return Evidence(f"round-1-{number}", "0" * 64, path, path.name, Role.PROBE, kind, 1)


def hear(listener: RoundListener, *paths: Path) -> RoundVoices:
    return listener.hear(Round("round-1", "Round 1", tuple(evidence(p, n) for n, p in enumerate(paths))))


@pytest.fixture(scope="module")
def listener() -> RoundListener:
    return RoundListener()


@pytest.fixture(scope="module")
def speech() -> tuple[np.ndarray, np.ndarray]:
    """Ten seconds of each of two made-up voices."""
    found = []
    for name, start in (("round-2.mp4", 2), ("round-3.mp4", 2)):
        with Recording(MEDIA / name) as recording:
            sound = np.concatenate([b.samples for b in recording.audio(RATE)])
        found.append(sound[start * RATE : (start + 10) * RATE])
    return found[0], found[1]


def test_separate_files_are_voices_of_their_own_and_their_overlap_is_seen(
    listener: RoundListener, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    rest = np.zeros(8 * RATE, np.float32)
    one = write_sound(tmp_path / "one.m4a", np.concatenate([speech[0], rest]), codec="aac")
    two = write_sound(tmp_path / "two.m4a", np.concatenate([rest, speech[1]]), codec="aac")
    found = hear(listener, one, two)
    assert sorted(v.source.where for v in found.voices) == ["one.m4a", "two.m4a"]
    assert [v.id for v in found.voices] == ["round-1/voice-1", "round-1/voice-2"]
    assert found.overlap
    assert all(s.start >= 7.5 and s.end <= 10.5 for s in found.overlap)


def test_two_channels_are_two_voices_and_one_channel_says_nothing_of_overlap(
    listener: RoundListener, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    rest = np.zeros(10 * RATE, np.float32)
    left, right = np.concatenate([speech[0], rest]), np.concatenate([rest, speech[1]])
    found = hear(listener, write_sound(tmp_path / "both.wav", left, right))
    assert sorted(v.source.where for v in found.voices) == [
        "the left channel of both.wav",
        "the right channel of both.wav",
    ]
    assert found.overlap == ()
    (alone,) = hear(listener, write_sound(tmp_path / "mono.wav", left)).voices
    assert not alone.source.is_own
    assert hear(listener, tmp_path / "mono.wav").overlap is None


def test_the_common_file_beside_a_participants_own_is_not_heard_twice(
    listener: RoundListener, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    rest = np.zeros(10 * RATE, np.float32)
    left, right = np.concatenate([speech[0], rest]), np.concatenate([rest, speech[1]])
    files = [write_sound(tmp_path / f"{name}.wav", s) for name, s in
             (("audio_only", left + right), ("one", left), ("two", right))]  # fmt: skip
    assert sorted(v.source.where for v in hear(listener, *files).voices) == ["one.wav", "two.wav"]


def test_a_file_that_cannot_be_heard_is_named_and_the_others_go_on(
    listener: RoundListener, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    good = write_sound(tmp_path / "good.wav", speech[0])
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    found = hear(listener, good, tmp_path / "broken.wav")
    assert len(found.voices) == 1
    assert found.notes[0].startswith("broken.wav could not be heard: ")
    with pytest.raises(MediaError):
        hear(listener, tmp_path / "broken.wav")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("silence", "silent"), ("music", "no speech"), ("hum", "speech"), ("moment", "speech"), ("mute", "no sound")],
)
def test_a_round_in_which_nobody_can_be_heard_is_a_reason_never_a_result(
    name: str, reason: str, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    t = np.arange(6 * RATE) / RATE
    sounds = {
        "silence": np.zeros(3 * RATE, np.float32),
        "music": sum(0.1 * np.sin(2 * np.pi * f * t) for f in (220, 277, 330)),
        "hum": vowels(120, 0.5),
        "moment": np.concatenate([np.zeros(RATE), speech[0][2 * RATE : 5 * RATE // 2], np.zeros(RATE)]),
    }
    path = tmp_path / f"{name}.wav"
    if name in sounds:
        write_sound(path, sounds[name])
    else:
        path = write_clip(tmp_path / "mute.mp4", ClipSpec(".mp4", count=10))
    report = api.check_case([path], checks=["voice-continuity", "second-voice"])
    assert [f.outcome for f in report.findings] == [Outcome.NOT_AVAILABLE] * 2
    assert all(reason in f.statement for f in report.findings)
    assert report.speakers == ()
    validate(to_json(report))


@pytest.mark.parametrize("rough", ["8 kHz", "overdriven"])
def test_rough_sound_is_said(rough: str, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    files = []
    for number, sound in enumerate(speech):
        loud = np.clip(sound * 60, -1, 1) if rough == "overdriven" else sound
        rate = 8000 if rough == "8 kHz" else RATE
        files.append(write_sound(tmp_path / f"{number}.wav", loud, rate=rate))
    (found,) = api.check_case(files, checks=["voice-across-rounds"]).findings
    assert "telephone" in found.statement if rough == "8 kHz" else "overdriven" in found.statement
    assert found.lr is not None
    assert "rough sound" in found.lr.calibration


def test_a_round_with_sound_only_has_voices_lanes_and_no_face(
    speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    files = [write_sound(tmp_path / f"{n}.wav", s) for n, s in enumerate((speech[0], speech[1], speech[0][RATE:]))]
    shares: list[float] = []
    report = api.check_case(files, progress=lambda stage, share: shares.append(share))
    assert all(0 <= s <= 1 for s in shares)
    assert {f.outcome for f in report.findings if f.check.startswith("face")} == {Outcome.NOT_AVAILABLE, Outcome.NOT_APPLICABLE}  # fmt: skip
    assert [m.title for m in report.matrices] == ["Same face?", "Same voice?"]
    assert [c.lr is not None for c in report.matrices[1].cells] == [True] * 3
    assert [lane.kind for lane in report.timelines[0].lanes] == ["candidate-voice"]
    assert report.timelines[0].duration > 5
    assert all("person" not in f.statement for f in report.findings if f.check.startswith("voice"))


def test_stopping_while_listening_comes_out_as_it_is(
    listener: RoundListener, speech: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "one.wav", speech[0])

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listener.hear(Round("round-1", "Round 1", (evidence(path),)), stop)


def test_overlap_of_hand_built_voices() -> None:
    one, two = source((1, (0, 10)), own="one.m4a"), source((2, (8, 20)), own="two.m4a")
    both = heard(voice(1, one, 1, (0, 10)), voice(2, two, 2, (8, 20)))
    assert [s.seconds() for s in both.overlap or ()] == [(8, 10)]
    assert both.end == Fraction(20)


def test_speech_of_a_file_is_that_of_all_its_channels_and_of_no_other_file() -> None:
    left, right = source((0, (0, 10)), (0, (20, 30))), source((1, (8, 15)))
    own = source((2, (40, 50)), own="maria.m4a")
    found = heard(voice(1, left, 0, (0, 10)), voice(2, right, 1, (8, 15)), voice(3, own, 2, (40, 50)))
    speech = found.speech_in("call.mp4")
    assert speech is not None
    assert [s.seconds() for s in speech] == [(0, 15), (20, 30)]
    assert found.speech_in("another.mp4") is None
