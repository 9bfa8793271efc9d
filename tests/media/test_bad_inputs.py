"""Whatever is handed in, the answer is the medium or one plain line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from tests.media.clips import ClipSpec, numbered_picture, write_clip
from verifier.media.identify import identify, sha256_of
from verifier.media.recording import Recording, probe
from verifier.media.sampling import SamplingPlan
from verifier.media.still import read_stills
from verifier.media.types import MediaError

BAD = {
    "empty.mp4": (b"", "empty"),
    "text.mp4": (b"Dear candidate,\nplease find attached ...\n", "text file"),
    "latin1.txt": ("Grüße aus Köln. " * 30).encode("latin-1"),
    "utf16.txt": ("Gr\u00fc\u00dfe aus K\u00f6ln. " * 30).encode("utf-16"),
    "list.m3u8": (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n", "playlist"),
    "list.mp4": (b"\xef\xbb\xbf#EXTM3U\n/etc/passwd\n", "playlist"),
    "concat.mp4": (b"ffconcat version 1.0\nfile /etc/passwd\n", "playlist"),
    "concat.txt": (b"file '/etc/passwd'\n", "playlist"),
    "stream.mpd": (b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>', "playlist"),
    "call.sdp": (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n", "playlist"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "SVG"),
    "page.mp4": (b"<!DOCTYPE html><html><body>Sign in to download</body></html>", "web page"),
    "zip.mp4": (b"PK\x03\x04" + bytes(100), "ZIP archive"),
    "program.mp4": (b"MZ\x90\0" + bytes(100), "program"),
    "zeros.mp4": (bytes(10_000), "zeros"),
    "noise.mp4": (bytes(range(256)) * 40, "neither a recording nor a photo"),
    "scan.jpg": (b"II*\0" + bytes(100), "TIFF"),
    "photo.avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(40), "AVIF"),
}


def _one_plain_line(error, folder):
    text = str(error.value)
    assert text
    assert "\n" not in text
    assert len(text) < 200
    assert str(folder) not in text
    assert text[0].isupper()
    assert text.endswith(".")


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("reader", [identify, probe, read_stills, Recording])
def test_bad_content(tmp_path, name, reader):
    content, reason = BAD[name] if isinstance(BAD[name], tuple) else (BAD[name], "text file")
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MediaError) as error:
        reader(path)
    _one_plain_line(error, tmp_path)
    assert reason in str(error.value) or (reader is read_stills and "not a photo or a PDF" in str(error.value))


@pytest.mark.parametrize("reader", [identify, probe, read_stills, Recording, sha256_of])
def test_bad_paths(tmp_path, reader):
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path, reason in (
        (tmp_path / "missing.mp4", "no such file"),
        (tmp_path, "folder"),
        (pipe, "device or a pipe"),
        (loop, "could not be opened"),
        (Path("concat:a.ts|b.ts"), "no such file"),
        (Path("http://127.0.0.1/a.mp4"), "no such file"),
        (Path("a\0b"), "could not be opened"),
    ):
        with pytest.raises(MediaError, match=reason) as error:
            reader(path)
        _one_plain_line(error, tmp_path)


def test_a_renamed_photo_is_no_recording(tmp_path):
    path = tmp_path / "call.mp4"
    Pillow.fromarray(numbered_picture(1)).save(path, format="PNG")
    assert identify(path) == "photo"
    with pytest.raises(MediaError, match="PNG photo, not a recording"):
        probe(path)


def test_a_name_that_looks_like_a_protocol_is_a_file(clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("concat:x|y.mp4", "-", "file:a.mp4", "data:video", "%03d.mp4"):
        Path(name).write_bytes(clip("h264_mp4").read_bytes())
        assert identify(Path(name)) == "recording"


def test_a_file_that_may_not_be_read():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)
        path = Path(folder) / "secret.mp4"
        path.write_bytes(b"\0\0\0\x18ftypmp42")
        path.chmod(0)
        if os.geteuid() != 0:
            with pytest.raises(MediaError, match="may not be read"):
                probe(path)
            return
        script = (  # root may read everything: ask as somebody else
            "import sys, os; from pathlib import Path\n"
            "import verifier.media.recording as recording\n"
            "os.setgid(65534); os.setuid(65534)\n"
            "try: recording.probe(Path(sys.argv[1]))\n"
            "except recording.MediaError as error: print(error)\n"
        )
        command = [sys.executable, "-c", script, str(path)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "may not be read" in run.stdout, run.stderr


def test_sha256(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_nothing_is_printed(clip, tmp_path, capfd):
    data = bytearray(clip("h264_mp4").read_bytes())
    data[2000:6000] = bytes(4000)
    path = tmp_path / "bent.mp4"
    path.write_bytes(data)
    _read_all(path)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_a_codec_mark_that_is_no_text(clip, tmp_path):
    path = tmp_path / "bent.mp4"
    path.write_bytes(clip("h264_mp4").read_bytes().replace(b"mp4a", b"\x80p4a"))
    with Recording(path) as recording:
        assert len(list(recording.frames(SamplingPlan()))) == 90


def _read_all(path):
    """Everything that may be done with a file; MediaError is the only error that may come of it."""
    for read in (identify, read_stills):
        try:
            read(path)
        except MediaError as error:
            assert "\n" not in str(error)
    try:
        with Recording(path) as recording:
            for plan in (SamplingPlan(keyframes=True), SamplingPlan()):
                if recording.facts.video:
                    for frame in recording.frames(plan):
                        assert frame.image.ndim == 3
            for fact in recording.facts.audio:
                for block in recording.audio(track=fact.index):
                    assert abs(block.samples).max() <= 1
            assert all("\n" not in line for line in recording.problems)
    except MediaError as error:
        assert "\n" not in str(error)


@pytest.fixture(scope="module")
def small_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    specs = {
        "a.mp4": ClipSpec(".mp4", options={"preset": "ultrafast"}, audio=("aac",), count=6),
        "a.webm": ClipSpec(".webm", "libvpx", {"b": "200k"}, audio=("libopus",), count=6),
        "a.ts": ClipSpec(".ts", options={"preset": "ultrafast", "bf": "2"}, audio=("mp2",), count=6),
        "a.avi": ClipSpec(".avi", "mpeg4", audio=("mp3",), count=6),
        "f.mp4": ClipSpec(".mp4", "libx265", container={"movflags": "frag_keyframe+empty_moov"}, count=6),
        "a.mkv": ClipSpec(".mkv", "libsvtav1", {"preset": "12"}, audio=("flac",), count=6),
    }
    files = [write_clip(folder / name, spec).read_bytes() for name, spec in specs.items()]
    picture = Pillow.fromarray(numbered_picture(9))
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "PDF"):
        picture.save(folder / f"b.{kind}", format=kind)
        files.append((folder / f"b.{kind}").read_bytes())
    return files


@given(st.binary(min_size=1, max_size=3000))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes(tmp_path, content):
    path = tmp_path / "random"
    path.write_bytes(content)
    _read_all(path)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bent_and_cut_files(tmp_path, small_files, data):
    content = bytearray(data.draw(st.sampled_from(small_files)))
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "bent"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content)
    _read_all(path)
