"""Real talking clips through the whole check: as they are, all of the sound late, another voice, no sound, not asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from verifier.api import check_case, observe_case
from verifier.findings import Outcome
from verifier.media.recording import Recording

RATE = 16_000
pytestmark = pytest.mark.data


def heard(path: Path) -> np.ndarray:
    with Recording(path) as recording:
        return np.concatenate([block.samples for block in recording.audio(RATE)])


def with_sound(picture: Path, sound: np.ndarray, out: Path) -> Path:
    """The pictures of one clip as they are, with other sound."""
    with av.open(str(picture)) as source, av.open(str(out), "w") as sink:
        video = sink.add_stream_from_template(source.streams.video[0])
        voice = sink.add_stream("libopus", rate=48_000)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = video
                sink.mux(packet)
        for at in range(0, len(sound), RATE):
            piece = av.AudioFrame.from_ndarray(sound[None, at : at + RATE], format="flt", layout="mono")
            piece.sample_rate, piece.pts, piece.time_base = RATE, at, Fraction(1, RATE)
            for part in resampler.resample(piece):
                sink.mux(voice.encode(part))
        sink.mux(voice.encode(None))
    return out


def test_late_sound_is_innocent_and_another_voice_is_not(data: Path, tmp_path: Path) -> None:
    clip, other = (data / "video/genuine/hdtf" / name for name in ("RD_Radio34.mp4", "WDA_KatieHill.mp4"))
    late = np.concatenate([np.zeros(RATE // 2, np.float32), heard(clip)])
    files = [
        with_sound(clip, late, tmp_path / "late.mkv"),
        with_sound(clip, heard(other), tmp_path / "dubbed.mkv"),
        data / "video/genuine/asl/asl_C_book.mkv",
    ]
    late_one, dubbed, silent = check_case(files, checks=["lip-voice"]).findings
    assert late_one.outcome is Outcome.NOT_OBSERVED
    (offset,) = [value for label, value in late_one.details if label == "Constant offset"]
    assert "later than the lips (innocent)" in offset
    assert dubbed.outcome is Outcome.OBSERVED
    assert dubbed.spans
    assert silent.outcome is Outcome.NOT_AVAILABLE
    assert "no sound" in silent.statement


def test_no_mouth_is_watched_unless_it_is_asked_for(data: Path) -> None:
    clip = data / "video/genuine/grid/bbaf2n.mpg"
    assert observe_case([clip], checks=["face-continuity"]).rounds[0].mouths is None
    mouths = observe_case([clip], checks=["lip-voice"]).rounds[0].mouths
    assert mouths is not None
    assert mouths.lips is not None
    assert len(mouths.lips.times) == 45
