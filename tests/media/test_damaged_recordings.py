"""Cut, bent and patched recordings: what is there is used, what is missing is said."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import av
import numpy as np
import pytest

from tests.media.clips import SPECS, ClipSpec, number_in, write_clip
from verifier.media.recording import Recording, probe
from verifier.media.sampling import SamplingPlan
from verifier.media.types import MediaError

SECOND = SamplingPlan(every=Fraction(1))


def _cut(path, share, tmp_path):
    data = path.read_bytes()
    out = tmp_path / path.name
    out.write_bytes(data[: int(len(data) * share)])
    return out


@pytest.mark.parametrize(
    "name",
    [
        "av1_mkv",
        "h264_b_frames_mkv",
        "vp8_webm",
        "h264_ts",
        "h264_fragmented",
        "h264_front_index",
        "mpeg4_avi",
        "h264_flv",
    ],
)
def test_a_cut_file_gives_what_it_holds(name, clip, tmp_path):
    if name == "h264_b_frames_mkv":
        whole = write_clip(tmp_path / "whole.mkv", ClipSpec(".mkv", options=SPECS["h264_b_frames"].options))
    else:
        whole = clip(name)
    path = _cut(whole, 0.6, tmp_path)
    with Recording(path) as recording:
        frames = list(recording.frames(SamplingPlan()))
        sampled = list(recording.frames(SECOND))
        problems = recording.problems
    assert 20 < len(frames) < 80
    assert [number_in(frame.image) for frame in frames[:-2]] == list(range(len(frames) - 2))
    assert {frame.time for frame in sampled} <= {frame.time for frame in frames}
    if name not in ("h264_ts", "h264_flv"):  # a stream of packets does not say how long it should be
        assert any("missing" in line or "cut off" in line for line in problems), problems
    assert all(len(line) < 200 and "\n" not in line and str(tmp_path) not in line for line in problems)


def test_the_missing_seconds_are_counted(tmp_path):
    spec = ClipSpec(".mkv", options=SPECS["h264_mp4"].options, count=200, rate=10)
    path = _cut(write_clip(tmp_path / "a.mkv", spec), 0.5, tmp_path)
    with Recording(path) as recording:
        last = list(recording.frames(SECOND))[-1]
        (problem,) = recording.problems
    missing = int(problem.split("the last ")[1].split(" ")[0])
    assert missing == pytest.approx(20 - float(last.time), abs=1.5)
    assert "announced until 00:20" in problem


def test_mp4_without_its_index_says_so(clip, tmp_path):
    with pytest.raises(MediaError, match=r"index .* is missing"):
        probe(_cut(clip("h264_mp4"), 0.7, tmp_path))


def test_bent_bytes_cost_only_what_they_touch(clip, tmp_path):
    data = bytearray(clip("h264_ts").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path = tmp_path / "bent.ts"
    path.write_bytes(data)
    with Recording(path) as recording:
        frames = list(recording.frames(SamplingPlan()))
    assert len(frames) > 60
    assert number_in(frames[0].image) == 0
    assert number_in(frames[-1].image) == 89


def test_time_stamps_that_step_back_are_left_out_and_told(clip, tmp_path):
    path = tmp_path / "twice.ts"
    path.write_bytes(clip("h264_ts").read_bytes() * 2)
    with Recording(path) as recording:
        times = [frame.time for frame in recording.frames(SamplingPlan())]
        problems = recording.problems
    assert times == sorted(set(times))
    assert len(times) == 90
    assert any("step back at 00:0" in line and "90 out of order" in line for line in problems), problems


def test_encrypted_mp4_is_refused(tmp_path):
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb"}
    for spec in (
        ClipSpec(".mp4", container=key | {"encryption_kid": "a7e61c373e219033c21091fa607bf3b8"}),
        ClipSpec(".mp4", None, container=key | {"encryption_kid": "a7e61c373e219033c21091fa607bf3b8"}, audio=("aac",)),
    ):
        path = write_clip(tmp_path / f"locked{bool(spec.codec)}.mp4", spec)
        with pytest.raises(MediaError, match="encrypted"), Recording(path) as recording:
            list(recording.audio() if spec.codec is None else recording.frames(SECOND))


def test_cover_art_is_no_video(tmp_path):
    path = tmp_path / "song.mp3"
    write_clip(path, ClipSpec(".mp3", None, audio=("mp3",)))
    cover = tmp_path / "cover.png"
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(cover)
    art = cover.read_bytes()
    body = b"\x00image/png\x00\x03\x00" + art
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = len(frame)
    tag = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + frame
    path.write_bytes(tag + path.read_bytes())
    facts = probe(path)
    assert facts.video is None
    assert len(facts.audio) == 1


def test_missing_sound_moves_the_clock_and_is_told(tmp_path):
    path = tmp_path / "gap.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16_000)
        stream.layout = "mono"
        for start in (0, 16_000, 80_000):
            frame = av.AudioFrame.from_ndarray(np.full((1, 16_000), 8000, np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 16_000, start, Fraction(1, 16_000)
            out.mux(stream.encode(frame))
    with Recording(path) as recording:
        blocks = list(recording.audio())
        problems = recording.problems
    assert [block.time for block in blocks] == [0, 1, 5]
    assert any("sound is missing for 3 seconds" in line and "00:02" in line for line in problems), problems


def test_a_file_without_picture_or_sound_is_refused(tmp_path):
    path = tmp_path / "subtitles.mkv"
    data = write_clip(tmp_path / "a.mkv", ClipSpec(".mkv", count=5)).read_bytes()
    path.write_bytes(data.replace(b"V_MPEG4/ISO/AVC", b"V_XXXXX/ISO/AVC"))
    with pytest.raises(MediaError, match=r"coded as|neither picture nor sound"):
        probe(path)


def test_pictures_beyond_the_size_limit_are_refused(tmp_path):
    path = write_clip(tmp_path / "wide.mp4", ClipSpec(".mp4", "mjpeg", count=1, size=(8208, 64)))
    with pytest.raises(MediaError, match="8208 x 64 pixels"):
        probe(path)


def test_a_declared_length_beyond_the_limit_is_refused(tmp_path):
    spec = ClipSpec(".mkv", "mjpeg", times=(Fraction(0), Fraction(13 * 3600)))
    with pytest.raises(MediaError, match="12 hours"):
        probe(write_clip(tmp_path / "long.mkv", spec))


def test_no_other_file_is_opened_through_an_mp4(clip, tmp_path):
    """A data reference that names another file must lead nowhere."""
    data = clip("h264_mov").read_bytes()
    at = data.index(b"dref")
    assert data[at + 12 : at + 24].count(b"url ") == 1
    patched = bytearray(data)
    flags = data.index(b"url ", at) + 4
    patched[flags : flags + 4] = b"\0\0\0\0"  # "the media are elsewhere"
    path = tmp_path / "elsewhere.mov"
    path.write_bytes(patched)
    with Recording(path) as recording:
        assert recording.facts.video is not None


def test_memory_does_not_grow_with_length(tmp_path):
    """Python's own share; pictures in flight belong to the decoder and are bounded by its threads."""
    peaks = []
    for count in (60, 360):
        path = write_clip(
            tmp_path / f"{count}.mp4", ClipSpec(".mp4", options={"preset": "ultrafast", "g": "30"}, count=count)
        )
        tracemalloc.start()
        with Recording(path) as recording:
            for _ in recording.frames(SamplingPlan(every=Fraction(1, 5))):
                pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 200_000


def test_sampling_decodes_less(clip):
    with Recording(clip("h264_mp4")) as recording:
        list(recording.frames(SamplingPlan(keyframes=True)))
        assert recording.frames_decoded == 3
        list(recording.frames(SamplingPlan(every=Fraction(2))))
        assert recording.frames_decoded < 3 + 20
