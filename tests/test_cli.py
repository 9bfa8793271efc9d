"""The command line as a person uses it, in processes of its own."""

from __future__ import annotations

import csv
import subprocess
import sys
import wave
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.media.clips import ClipSpec, write_clip


def verifier(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verifier.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("empty.mp4", b"", "empty"),
        ("notes.mp4", b"just some text, no recording at all\n" * 20, "text"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", ""),
        ("noise.mp4", bytes(range(256)) * 40, ""),
    ],
)
def test_an_unusable_recording_is_one_line_and_code_2(tmp_path: Path, name: str, content: bytes, line: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = verifier("check", path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert line in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--out", "file/out"), "file/out"),
        (("--json", "file/x.json"), "file/x.json"),
        (("--json", "none/x.json"), "none/x.json"),
        (("--candidate", "gone.jpg"), "no such picture"),
    ],
)
def test_what_cannot_be_written_or_found_stops_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    Path("call.mp4").write_bytes(b"")  # would be complained of, were it read
    for command in ("check", "document"):
        if command == "check" or options[0] != "--candidate":
            done = verifier(command, "call.mp4", *options)
            assert done.returncode == 2
            assert line in done.stderr
            assert "call.mp4" not in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = verifier("check", tmp_path / "nothing.mp4", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_check_is_code_3(tmp_path: Path) -> None:
    done = verifier("check", tmp_path / "a.mp4", "--checks", "mind-reading")
    assert done.returncode == 3
    assert "mind-reading" in done.stderr


def test_every_row_of_a_pairs_file_has_its_row_and_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    (tmp_path / "pairs.csv").write_text("a,b\nbad.jpg,missing.jpg\nmissing.jpg,bad.jpg\n")
    done = verifier("compare", "--pairs", tmp_path / "pairs.csv", "--out", tmp_path / "scores.csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "scores.csv").open()))
    assert [(r["a"], r["outcome"]) for r in rows] == [("bad.jpg", "not_available"), ("missing.jpg", "not_available")]
    assert all("bad.jpg" in r["reason"] and "missing.jpg" in r["reason"] for r in rows)


@pytest.mark.parametrize("name", ["photo.png", "talk.wav"])
def test_a_file_beside_itself_is_not_compared(tmp_path: Path, name: str) -> None:
    """The same words as of a check; a copy under another name is the same file too."""
    one, copy = tmp_path / name, tmp_path / f"copy-of-{name}"
    if name.endswith("png"):
        cv2.imwrite(str(one), np.full((64, 64, 3), 90, np.uint8))
    else:
        with wave.open(str(one), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(16000))
    copy.write_bytes(one.read_bytes())
    for other in (one, copy):
        done = verifier("compare", one, other)
        assert (done.returncode, done.stdout) == (0, "Could not compare: the same file was handed in twice\n"), (
            done.stderr
        )


def test_calibrate_refuses_a_table_without_labels_and_one_that_is_too_small(tmp_path: Path, home: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("a,b\nx.jpg,y.jpg\n")
    assert "a,b,same" in verifier("calibrate", table).stderr
    table.write_text("a,b,same\nx.jpg,y.jpg,maybe\n")
    done = verifier("calibrate", table)
    assert (done.returncode, "line 2" in done.stderr) == (2, True)
    table.write_text("a,b,same\nx.jpg,y.jpg,yes\n")
    done = verifier("calibrate", table)
    assert done.returncode == 2
    assert "no curve was changed" in done.stderr
    assert "x.jpg" in done.stderr
    assert not (home / "face_calibration.json").exists()


@pytest.mark.data
def test_calibrate_on_photos_replaces_the_curves_that_have_enough_people(
    data: Path, tmp_path: Path, home: Path
) -> None:
    people = sorted((data / "faces" / "lfw").iterdir())[:24]
    photos = [sorted(p.glob("*.jpg"))[:2] for p in people]
    rows = [(*p, "yes") for p in photos]
    rows += [(photos[i][0], photos[j][1], "no") for i in range(24) for j in range(i) if (i + j) % 2]
    (tmp_path / "pairs.csv").write_text("a,b,same\n" + "".join(f"{a},{b},{same}\n" for a, b, same in rows))
    done = verifier("calibrate", tmp_path / "pairs.csv")
    assert done.returncode == 0, done.stderr
    assert "photo-photo, clear faces, dlib: " in done.stdout
    assert "fitted again" in done.stdout
    assert (home / "face_calibration.json").is_file()
    compared = verifier("compare", *photos[0], "--json", "-")
    assert "same" in compared.stdout


def test_a_check_that_needs_no_faces_loads_no_model(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", ClipSpec(".mp4", count=30))
    script = (
        "import sys\nfrom verifier.cli import app\n"
        f"sys.argv = ['verifier', 'check', {str(clip)!r}, '--checks', 'container', '--out', {str(tmp_path / 'out')!r}]\n"
        "try: app()\nexcept SystemExit as e: print(e.code)\n"
        "print(sorted(m for m in ('mediapipe', 'face_recognition', 'onnxruntime', 'torch') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines()[-2:] == ["0", "[]"], done.stderr
