"""dlib's detector gives the same answer to the same picture, whatever it was asked in between."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.media.still import read_stills
from verifier.observe.hog_faces import hog_faces


@pytest.mark.data
def test_enlarged_pictures_give_one_answer(data: Path) -> None:
    image = read_stills(data / "faces" / "press" / "img25.jpg")[0].image
    small = cv2.resize(image, (120, 120), interpolation=cv2.INTER_AREA)
    noise = [np.random.default_rng(i).integers(0, 255, (500 + i, 300 + 90 * i, 3), np.uint8) for i in range(4)]
    answers = set()
    for number in range(12):
        hog_faces(noise[number % 4], number % 2)
        answers.add(tuple(hog_faces(small, 1)))
    (boxes,) = answers
    assert len(boxes) == 1
    top, right, bottom, left = boxes[0]
    assert 0 <= top < bottom <= 130
    assert 0 <= left < right <= 130


_TWO = """
import threading
import cv2, numpy as np
from verifier.observe.hog_faces import hog_faces
noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
pictures = [cv2.resize(noise, (size, size)) for size in (256, 512)]
def look(_):
    for number in range(60):
        hog_faces(pictures[number % 2], 0)
lookers = [threading.Thread(target=look, args=(n,)) for n in range(2)]
for thread in lookers:
    thread.start()
"""


def test_two_threads_may_look_at_once() -> None:
    # in a process of its own: what goes wrong here ends the whole process
    assert subprocess.run([sys.executable, "-c", _TWO], timeout=120, check=False).returncode == 0
