"""Seeded calls as files: repeatable, with a twin through the same ladder, marked, their truth beside them."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from tests.seeds.conftest import SECONDS
from verifier.media.recording import Recording, probe
from verifier.media.sampling import SamplingPlan
from verifier.media.types import MediaError
from verifier.seeds.__main__ import main
from verifier.seeds.ladder import VP8, Step, through
from verifier.seeds.make import COMMENT, TRUTH, Mark, make
from verifier.seeds.recipes import HELD_S, RECIPES, STILL_SEEDS
from verifier.seeds.shots import Source


def pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with Recording(path) as recording:
        return [(float(f.time), f.image) for f in recording.frames(SamplingPlan())]


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_makes_a_call_that_differs_from_its_twin_as_it_says(
    name: str, clips: tuple[Source, Source], tmp_path: Path
) -> None:
    truth = make(name, clips[0], clips[1:], 3, Step(180, 200_000), tmp_path)
    seeded, twin = pictures(tmp_path / truth.file), pictures(tmp_path / truth.twin)
    assert (tmp_path / truth.file).read_bytes() != (tmp_path / truth.twin).read_bytes()
    assert seeded[0][1].shape == twin[0][1].shape
    start, end = truth.span_s
    assert 0 <= start < end
    if name in ("frozen", "noisy frozen", "looped"):
        assert seeded[-1][0] >= start + HELD_S - 0.2
    for (t, a), (u, b) in zip(seeded, twin, strict=False):
        if t < start - 0.05:  # before the span both are one call; the coder may spend its bits otherwise later
            assert t == u
            assert np.abs(a.astype(int) - b).mean() < 2
    assert truth.sources[0][1] == clips[0].sha256
    assert bool(truth.first_round) == (name == "proxy")


def test_the_same_seed_gives_the_same_files_and_another_one_others(
    clips: tuple[Source, Source], tmp_path: Path
) -> None:
    files = []
    for number, seed in enumerate((1, 1, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        truth = make("noisy frozen", clips[0], (), seed, Step(180, 200_000, VP8, 0.1), folder)
        files.append((folder / truth.file).read_bytes())
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize("name", STILL_SEEDS)
def test_within_the_clip_a_held_call_is_as_long_as_its_twin(
    name: str, clips: tuple[Source, Source], tmp_path: Path
) -> None:
    truth = make(name, clips[0], (), 5, Step(180, 200_000, dropped=0.1), tmp_path, past_end=False)
    seeded, twin = ([t for t, _ in pictures(tmp_path / f)] for f in (truth.file, truth.twin))
    assert seeded == twin
    assert truth.span_s[1] == clips[0].seconds
    assert truth.parameters.get("length_s", 0) * 3 <= truth.span_s[1] - truth.span_s[0]


def test_a_steps_filter_changes_the_pictures_that_are_coded(clips: tuple[Source, Source], tmp_path: Path) -> None:
    light = {}
    for name in ("", "low light"):
        coded = through(clips[0].path, tmp_path / f"{name or 'plain'}.mkv", Step(180, 400_000, filter=name))
        light[name] = np.mean([image.mean() for _, image in pictures(coded)])
    assert light["low light"] < 0.7 * light[""]


def test_what_clips_do_not_give_is_refused_and_nothing_is_left(clips: tuple[Source, Source], tmp_path: Path) -> None:
    step = Step(180, 200_000)
    with pytest.raises(MediaError, match="another person"):
        make("swap", clips[0], clips[:1], 0, step, tmp_path)
    silent = tmp_path / "silent.mkv"
    with av.open(str(clips[0].path)) as source, av.open(str(silent), "w") as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    with pytest.raises(MediaError, match="no sound"):
        make("dubbed", Source.open(silent), clips[1:], 0, step, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["silent.mkv"]


def test_marks_are_in_the_file_and_on_the_picture_of_both(clips: tuple[Source, Source], tmp_path: Path) -> None:
    assert "consent: not recorded" in Mark().comment
    mark = Mark(visible=True, expires="2027-01-31", consent="folder 12")
    truth = make("shifted sound", clips[0], (), 0, Step(180, 400_000), tmp_path, mark)
    for name in (truth.file, truth.twin):
        tags = " ".join(value for _, value in probe(tmp_path / name).metadata)
        assert COMMENT in tags
        assert "expires 2027-01-31; consent: folder 12" in tags
        corner = pictures(tmp_path / name)[3][1][:14, :70]
        assert (corner.min(axis=-1) > 180).sum() > 30


def test_the_ladder_keeps_time_stamps_and_sound_and_is_what_it_says(
    clips: tuple[Source, Source], tmp_path: Path
) -> None:
    before = pictures(clips[0].path)
    for step, codec in ((Step(180, 150_000), "h264"), (Step(240, 150_000, VP8), "vp8")):
        coded = through(clips[0].path, tmp_path / f"coded{step.suffix}", step)
        facts = probe(coded)
        assert facts.video is not None
        assert (facts.video.codec, facts.video.height) == (codec, step.lines)
        assert [t for t, _ in pictures(coded)] == pytest.approx([t for t, _ in before], abs=0.002)
        assert len(facts.audio) == 1
        assert coded.stat().st_size * 8 / SECONDS < 2.5 * 150_000


def test_the_command_writes_truth_and_says_what_it_could_not_make(
    clips: tuple[Source, Source], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    assert (
        main([str(clips[0].path), "--out", str(out), "--recipe", "frozen", "--recipe", "swap", "--lines", "180"]) == 2
    )
    assert "another person" in capsys.readouterr().err
    truth = json.loads((out / TRUTH).read_text())
    (call,) = truth["calls"]
    assert call["manipulation"] == "frozen"
    assert call["mark"]["visible"]  # unless one says --unmarked
    assert (out / call["file"]).is_file()
    assert (out / call["twin"]).is_file()
    (tmp_path / "no.mp4").write_bytes(b"nothing")
    assert main([str(tmp_path / "no.mp4"), "--out", str(out)]) == 2
