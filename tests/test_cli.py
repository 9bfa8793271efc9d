"""The command line as a person uses it, in processes of its own."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest


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
