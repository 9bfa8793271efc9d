"""Where mediapipe cannot be imported, dlib's detector stands in: comparisons still work, and reports say so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.data
WITHOUT = "import sys; sys.modules['mediapipe'] = None\nfrom verifier.cli import main\nmain()"


def _verifier(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})


def test_photos_of_one_person_and_of_two(data: Path) -> None:
    press = data / "faces" / "press"
    same = _verifier("compare", press / "img2.jpg", press / "img4.jpg", "--json", "-")
    assert "dlib HOG face detection stands in" in same.stderr
    assert json.loads(same.stdout)["support"] == "first"
    other = _verifier("compare", press / "img2.jpg", press / "img20.jpg", "--json", "-")
    assert json.loads(other.stdout)["support"] != "first"


def test_a_check_works_and_its_report_names_the_stand_in(data: Path, tmp_path: Path) -> None:
    clips = data / "video" / "genuine"
    rounds = (clips / "hdtf" / "WDA_KatieHill.mp4", clips / "retalking" / "speaker_3.mp4")
    run = _verifier("check", *rounds, "--out", tmp_path / "out", "--json", "-")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    across = next(f for f in report["findings"] if f["check"] == "face-across-rounds")
    assert across["support"] == "second"
    assert "dlib HOG face detection stands in" in json.dumps(report)
    assert "head pose, occlusion and mouth are not measured" in (tmp_path / "out" / "report.html").read_text()


def test_what_needs_a_mesh_is_unknown_not_made_up(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier.media.still import read_stills
    from verifier.observe import face_detector, face_mesh
    from verifier.observe.portrait import PortraitFinder

    for module in (face_detector, face_mesh):
        monkeypatch.setattr(module, "solutions", lambda: None)
    found = PortraitFinder().find([read_stills(data / "faces" / "press" / "img2.jpg")[0].image]).kept
    assert found is not None
    quality = found.quality
    assert (quality.yaw, quality.pitch, quality.occlusion, quality.mouth_visible) == (None, None, None, None)
    assert quality.usable
