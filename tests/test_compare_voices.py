"""`verifier compare` on sound files, through the product as it is."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.media.clips import ClipSpec, write_clip
from tests.sounds import RATE, vowels, write_sound
from verifier import api
from verifier.cli import app
from verifier.media.recording import Recording
from verifier.media.types import MediaError


def _sound(path: Path) -> np.ndarray:
    return np.concatenate([b.samples for b in Recording(path).audio()])


def _joined(folder: Path, out: Path, *, codec: str = "pcm_s16le", rate: int = RATE) -> Path:
    """The readings of a folder, one after the other, written anew."""
    return write_sound(out, np.concatenate([_sound(p) for p in sorted(folder.glob("*.flac"))]), codec=codec, rate=rate)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sound in which nobody speaks long enough."""
    folder = tmp_path_factory.mktemp("nothing")
    t = np.arange(6 * RATE) / RATE
    music = sum(0.1 * np.sin(2 * np.pi * f * t) for f in (220, 277, 330))
    return {
        "silence": write_sound(folder / "silence.wav", np.zeros(3 * RATE, np.float32)),
        "music": write_sound(folder / "music.wav", music),
        "hum": write_sound(folder / "hum.m4a", vowels(120, 0.5), codec="aac"),
    }


@pytest.mark.parametrize(("name", "reason"), [("silence", "silent"), ("music", "no speech"), ("hum", "speech")])
def test_where_nobody_speaks_nothing_is_compared(nothing: dict[str, Path], name: str, reason: str) -> None:
    row = api.compare(nothing[name], nothing["music" if name == "silence" else "silence"])
    assert (row.kind, row.outcome, row.log10_lr, row.unusable) == ("voice", "not_available", None, False)
    assert f"{nothing[name].name}: " in row.reason
    assert reason in row.reason


def test_a_table_of_all_kinds_of_files_has_a_row_for_each(tmp_path: Path, nothing: dict[str, Path]) -> None:
    clip = write_clip(tmp_path / "silent.mp4", ClipSpec(".mp4", count=10))
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    silence = nothing["silence"]
    table = tmp_path / "pairs.csv"
    listed = [(silence, nothing["music"]), (silence, tmp_path / "broken.wav"), (silence, clip), (silence, tmp_path / "no.wav")]  # fmt: skip
    table.write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in listed))
    done = CliRunner().invoke(app, ["compare", "--pairs", str(table), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [(r["kind"], r["outcome"], r["score"]) for r in rows] == [("voice", "not_available", "")] * 4
    assert "it has no sound" in rows[2]["reason"]


def test_comparing_voices_loads_neither_torch_nor_faces(nothing: dict[str, Path]) -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom pathlib import Path\nfrom verifier import api\n"
        "row = api.compare(*map(Path, sys.argv[1:]))\n"
        "print(row.kind, [m for m in ('torch', 'mediapipe', 'face_recognition', 'dlib', 'librosa') if m in sys.modules])"
    )
    files = [str(nothing["silence"]), str(nothing["music"])]
    done = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "voice []", done.stderr


@pytest.mark.data
def test_one_reader_against_another_and_herself(data: Path, tmp_path: Path) -> None:
    read = data / "voice" / "librispeech"
    one = read / "1688" / "1688-142285-0000.flac"
    again = write_sound(tmp_path / "again.m4a", _sound(read / "1688" / "1688-142285-0001.flac"), codec="aac")
    other = read / "2414" / "2414-128291-0002.flac"
    same, different = api.compare(one, again), api.compare(one, other)
    assert (same.kind, same.support, same.outcome) == ("voice", "first", "not_observed")
    assert "the same voice or an imitation of it" in same.statement
    assert (different.support, different.outcome) == ("second", "observed")


@pytest.mark.data
def test_a_clone_is_never_called_genuine(data: Path) -> None:
    cloning = data / "voice" / "cloning"
    row = api.compare(cloning / "genuine" / "pMgjwBgCZIw.mp3", cloning / "cloned" / "0ghm5Cqpfwk.mp3")
    assert row.support in ("first", "inconclusive")
    assert "the same person" not in row.statement
    assert row.support == "inconclusive" or "or an imitation of it" in row.statement


@pytest.mark.data
def test_two_channels_and_a_conversation_say_what_was_assumed(data: Path) -> None:
    voice = data / "voice"
    row = api.compare(voice / "two_channels.wav", voice / "interview_three_speakers.mp3")
    assert "the left channel, with most speech, was compared" in row.reason
    assert "voices speak; the one that speaks longest" in row.reason


@pytest.mark.data
def test_a_clip_with_a_picture_is_heard_where_the_other_side_is_sound(data: Path) -> None:
    clip = data / "video" / "genuine" / "hdtf" / "WDA_BobMenendez.mp4"
    row = api.compare(clip, data / "voice" / "jfk.flac")
    assert row.kind == "voice"
    assert row.log10_lr is not None


@pytest.mark.slow
@pytest.mark.data
def test_coded_pieces_of_three_seconds_are_told_apart_as_well_as_the_baseline(data: Path, tmp_path: Path) -> None:
    from verifier.metrics import error_rates
    from verifier.observe.sound_source import SoundSource
    from verifier.observe.voices import VoiceObserver
    from verifier.voice_sides import load_voice_comparators

    observer = VoiceObserver(load_voice_comparators().loaded)
    sides: tuple[list, list] = ([], [])
    for person in sorted((data / "voice" / "librispeech").iterdir()):
        for number, path in enumerate(sorted(person.glob("*.flac"))):
            coded = write_sound(tmp_path / "coded.webm", _sound(path), codec="libopus", rate=48_000)
            for side, file in zip(sides, (path, coded), strict=True):
                track = observer.listen(Recording(file), SoundSource(0, None, ""))
                vectors = track.vectors["resemblyzer"]
                for at in range(0, len(vectors) - 2, 3):  # three pieces: 3.2 s of speech
                    mean = vectors[at : at + 3].sum(axis=0)
                    side.append((person.name, number, mean / np.linalg.norm(mean)))
    like, unlike = [], []
    for person, number, vector in sides[0]:
        for other, place, coded_vector in sides[1]:
            if (person, number) != (other, place):
                (like if person == other else unlike).append(float(vector @ coded_vector))
    rates = error_rates(np.array(like), np.array(unlike))
    assert len(like) > 200
    assert rates["EER"] <= 0.053


def test_a_channel_that_is_not_there_is_refused(tmp_path: Path) -> None:
    recording = Recording(write_sound(tmp_path / "a.wav", vowels(120)))
    with pytest.raises(MediaError, match="channel"):
        next(recording.audio(channel=1))
