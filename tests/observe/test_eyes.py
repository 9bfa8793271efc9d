"""Drawn irises that sweep, on a sample picture of nobody: the mesh follows them, and lines are found."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from samples.generate.features import paint_eyes
from tests.eyes import reading
from verifier.gaze import Gaze, gaze_of
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import VideoFrame
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.face_mesh import FaceMesher
from verifier.observe.lips import LipObserver, LipTable
from verifier.timing import Span

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "media" / "round-2.mp4"
SPAN = Span(Fraction(1), Fraction(13))
REACH = 0.06


@pytest.fixture(scope="module")
def drawn() -> tuple[list[VideoFrame], list[VideoFrame], np.ndarray, FaceBox]:
    """The pictures as they are, and with irises that read; where they point."""
    with Recording(SAMPLE) as recording:
        frames = list(recording.frames(SamplingPlan(every=Fraction(1, 15)), SPAN))
    box = max(FaceDetector().find(frames[0].image), key=lambda found: found.width)
    mesher, painted = FaceMesher(tracking=True), []
    across = reading(np.array([float(f.time) for f in frames]), REACH, 2.0)
    for frame, gaze in zip(frames, across, strict=True):
        mesh = mesher.fit(frame.image, box)
        picture = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR).astype(np.float32)
        if mesh is not None:
            paint_eyes(picture, mesh.points.astype(float), (52.0, 70.0, 92.0), (float(gaze), 0.01))
        image = cv2.cvtColor(np.clip(picture, 0, 255).astype(np.uint8), cv2.COLOR_BGR2RGB)
        painted.append(VideoFrame(frame.time, image, frame.is_key))
    mesher.close()
    return frames, painted, across, box


def observed(frames: list[VideoFrame], box: FaceBox) -> LipTable:
    observer = LipObserver(lambda: [box], SamplingPlan())
    for frame in frames:
        observer.observe(frame)
    observer.close()
    return observer.finish()


def gaze(table: LipTable) -> Gaze:
    return gaze_of(table, np.ones(len(table.times), bool))


def test_the_mesh_follows_drawn_irises(drawn: tuple[list[VideoFrame], list[VideoFrame], np.ndarray, FaceBox]) -> None:
    frames, painted, across, box = drawn
    table = observed(painted, box)
    at = np.array([f.time in table.times for f in frames])
    opened = table.eyes[:, 3] > 0.2
    slope, _ = np.polyfit(across[at][opened], table.eyes[opened, :2].mean(axis=1), 1)
    assert 0.8 < slope < 1.2
    assert gaze(table).reads
    assert not gaze(observed(frames, box)).reads


def test_glasses_that_mirror_a_window_are_not_judged(
    drawn: tuple[list[VideoFrame], list[VideoFrame], np.ndarray, FaceBox],
) -> None:
    _, painted, _, box = drawn
    mesher, mirrored = FaceMesher(tracking=True), []
    for frame in painted[:90]:
        mesh, image = mesher.fit(frame.image, box), frame.image.copy()
        for iris in (468, 473) if mesh is not None else ():
            x, y = mesh.points[iris, :2].round().astype(int)
            half = round(0.06 * mesh.inter_eye)
            image[y - 2 * half : y + 2 * half, x - half : x + 3 * half] = 235
        mirrored.append(VideoFrame(frame.time, image, frame.is_key))
    mesher.close()
    assert np.quantile(observed(painted[:90], box).eyes[:, 6], 0.9) < 0.1
    assert "mirror a light" in gaze(observed(mirrored, box)).reason
