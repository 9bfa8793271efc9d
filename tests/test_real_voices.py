"""Voices and lips on calls built of real clips: whose voice is whose, and a voice beside a still mouth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sounds import write_sound
from tests.voice_calls import Turn, clip, tiles, with_whispers
from verifier import api
from verifier.findings import Outcome

pytestmark = pytest.mark.data


def test_two_people_in_tiles_get_the_voices_that_their_lips_speak(data: Path, tmp_path: Path) -> None:
    folder = data / "video" / "genuine" / "hdtf"
    left, right = clip(folder / "WDA_AlexandriaOcasioCortez.mp4"), clip(folder / "WDA_BobMenendez.mp4")
    turns = [Turn(0, left), Turn(1, right), Turn(0, left), Turn(1, right)]
    heard = tiles([left, right], turns, tmp_path / "call.mp4")
    report = api.check_case([tmp_path / "call.mp4"], checks=["voice-continuity"])
    assert len(report.speakers) == 2
    faces = [v.face for v in report.speakers if v.face]
    assert faces
    assert len(set(faces)) == len(faces)
    for person in report.participants:
        if person.id in faces:
            assert person.speaking == pytest.approx(heard[0][1] - heard[0][0] + heard[2][1] - heard[2][0], abs=4)
        elif not person.is_candidate:
            assert person.speaking is None
            assert person.speaking_reason


def test_the_candidates_voice_beside_a_still_mouth_is_shown_with_its_seconds(data: Path, tmp_path: Path) -> None:
    person = clip(data / "video" / "genuine" / "hdtf" / "WDA_EdMarkey0.mp4")
    heard = tiles([person], [Turn(0, person), Turn(-1, person), Turn(0, person)], tmp_path / "call.mp4")
    (found,) = api.check_case([tmp_path / "call.mp4"], checks=["speech-without-lips"]).findings
    assert found.outcome in (Outcome.OBSERVED, Outcome.INCONCLUSIVE)
    assert found.spans
    assert all(heard[1][0] - 1 <= s.start and s.end <= heard[1][1] + 1 for s in found.spans)


def test_a_soft_second_voice_in_pauses_is_heard_and_the_reader_alone_is_not(data: Path, tmp_path: Path) -> None:
    readers = [data / "voice" / "librispeech" / r for r in ("2609", "3331")]
    for name, below, seen in (("two", 15, True), ("one", 200, False)):
        path = write_sound(tmp_path / f"{name}.webm", with_whispers(*readers, below), codec="libopus", rate=48_000)
        (found,) = api.check_case([path], checks=["second-voice"]).findings
        assert (found.outcome is Outcome.OBSERVED) is seen, found.statement
