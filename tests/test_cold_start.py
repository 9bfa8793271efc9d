"""What a first command imports: libraries that take seconds stay out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

SLOW = ("torch", "whisper", "gradio", "matplotlib.pyplot", "sklearn", "aiortc", "jax", "tensorflow")


def _modules_after(code: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint('\\n'.join(sys.modules))", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GLOG_minloglevel": "3"},
    )
    return set(done.stdout.split())


def test_comparing_two_photos_loads_no_slow_library(tmp_path: Path) -> None:
    photos = [tmp_path / "a.png", tmp_path / "b.png"]
    for grey, photo in enumerate(photos, 120):  # the same file twice would not be compared
        cv2.imwrite(str(photo), np.full((200, 200, 3), grey, np.uint8))
    code = "from pathlib import Path\nfrom verifier import api\napi.compare(Path(sys.argv[1]), Path(sys.argv[2]))"
    modules = _modules_after(code, *map(str, photos))
    assert "face_recognition" in modules  # it did load what it compares with
    assert not modules & set(SLOW)


def test_the_command_line_imports_nothing_heavy_before_a_command_runs() -> None:
    modules = _modules_after("import verifier.cli")
    assert not modules & {*SLOW, "numpy", "cv2", "av", "mediapipe", "onnxruntime", "dlib", "scipy", "pydantic", "PIL"}
