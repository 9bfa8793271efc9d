"""What the face observer keeps stays bounded, and measuring less often loses neither faces nor the best crops."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from verifier.media.types import VideoFrame
from verifier.observe import faces
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import FaceObserver

GOOD = FaceQuality(40.0, 0.0, 0.0, 0.3, 0.5, 0.0, True)


def _look(
    monkeypatch: pytest.MonkeyPatch, pictures: list[tuple[int, list[FaceBox]]]
) -> tuple[FaceObserver, list[Fraction]]:
    """An observer shown pictures a second apart: (grey level, faces that a detector would find)."""
    observer, measured = FaceObserver(), []
    boxes: list[FaceBox] = []
    crop = FaceCrop(np.zeros((4, 4, 3), np.uint8), None, 40.0)

    def measure(frame: VideoFrame, box: FaceBox) -> tuple[FaceCrop, FaceQuality]:
        measured.append(frame.time)
        return crop, GOOD

    monkeypatch.setattr(observer._detector, "find", lambda image, near, *, scan: boxes)
    monkeypatch.setattr(observer, "_measure", measure)
    for second, (grey, found) in enumerate(pictures):
        boxes[:] = found
        observer.observe(VideoFrame(Fraction(second), np.full((72, 128, 3), grey, np.uint8), False))
    return observer, measured


def _row(count: int) -> list[FaceBox]:
    return [FaceBox(100.0 * i, 10, 40, 40, 0.9) for i in range(count)]


def test_a_long_steady_face_is_seen_every_second_and_measured_ever_less(monkeypatch: pytest.MonkeyPatch) -> None:
    observer, measured = _look(monkeypatch, [(90, _row(1))] * 1200)
    (tracklet,) = observer.finish().tracklets
    assert len(tracklet.samples) == 1200
    assert 4 <= len(tracklet.kept) <= faces.CROPS_PER_TRACKLET
    assert len(measured) < 400
    late = [t for t in measured if t >= 900]
    assert max(b - a for a, b in pairwise(late)) <= tracklet.stretch / faces.PER_STRETCH + 1


def test_faces_of_a_gallery_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    observer, measured = _look(monkeypatch, [(90, _row(12))] * 60)
    table = observer.finish()
    assert [len(t.samples) for t in table.tracklets] == [60] * 12
    assert min(len(t.kept) for t in table.tracklets) >= faces.FIRST_MEASURED
    assert sum(t >= 30 for t in measured) <= 30 * faces.MAX_MEASURED


def test_many_cuts_keep_a_bounded_number_of_crops(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    start = FaceObserver._start

    def counting(observer: FaceObserver, frame: VideoFrame, box: FaceBox) -> None:
        start(observer, frame, box)
        held.append(sum(len(t.kept) for t in observer._all))

    monkeypatch.setattr(FaceObserver, "_start", counting)
    pictures = [(40 + 120 * (second // 10 % 2), _row(3)) for second in range(1500)]
    observer, _ = _look(monkeypatch, pictures)
    table = observer.finish()
    assert len(table.tracklets) == faces.MAX_TRACKLETS
    assert table.not_followed > 0
    assert max(held) <= faces.KEEP_CROPS_TOTAL * 3 // 2
    assert sum(len(t.kept) for t in table.tracklets) <= faces.KEEP_CROPS_TOTAL
    assert all(t.kept for t in table.tracklets)


def test_samples_are_bounded_and_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "MAX_SAMPLES", 100)
    observer, _ = _look(monkeypatch, [(90, _row(4))] * 40)
    table = observer.finish()
    assert sum(len(t.samples) for t in table.tracklets) == 100
    assert table.not_followed == 60
