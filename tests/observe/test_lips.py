from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.media.recording import Recording
from verifier.media.types import VideoFrame
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_mesh import Mesh
from verifier.observe.faces import FaceObserver
from verifier.observe.lips import BURST, EVERY, OFTEN, LipObserver, mouth_features, plan_for

LEFT, RIGHT, SMALL = FaceBox(0, 0, 90, 100, 0.9), FaceBox(300, 0, 90, 100, 0.9), FaceBox(600, 0, 30, 30, 0.9)


class Asked(LipObserver):
    """Notes where the mesh would be searched, and finds none."""

    def __init__(self, seen: list[FaceBox]) -> None:
        super().__init__(lambda: seen, plan_for(None))
        self.regions: list[FaceBox | None] = []

    def observe(self, frame: VideoFrame) -> None:
        self._mesher.fit = self._note  # type: ignore[method-assign]
        super().observe(frame)

    def _note(self, image: np.ndarray, box: FaceBox) -> Mesh | None:
        self.regions.append(box)
        return None


def frames(*times: Fraction | int) -> list[VideoFrame]:
    return [VideoFrame(Fraction(t), np.zeros((8, 8, 3), np.uint8), False) for t in times]


def test_a_short_recording_is_looked_at_whole_and_a_long_one_in_bursts() -> None:
    whole, bursts, often = (plan_for(Fraction(t)).selector() for t in (40, 600, 200))
    times = [Fraction(n, 2) for n in range(200)]
    assert all(whole.could_want(t, False) for t in times)
    assert [t for t in times if bursts.could_want(t, False)] == [t for t in times if t % EVERY < BURST]
    assert [t for t in times if often.could_want(t, False)] == [t for t in times if t % OFTEN < BURST]
    assert plan_for(None) == plan_for(Fraction(600))


def test_faces_of_one_size_take_turns_by_burst_and_small_ones_never_come() -> None:
    observer = Asked([SMALL, RIGHT, LEFT])
    for frame in frames(0, 1, 30, 60):
        observer.observe(frame)
    assert observer.regions == [LEFT, LEFT, RIGHT, LEFT]


def test_fifteen_pictures_a_second_are_looked_at() -> None:
    observer = Asked([LEFT])
    for frame in frames(*(Fraction(n, 60) for n in range(60))):
        observer.observe(frame)
    assert observer.finish().looked_at == 15


def test_nobody_in_the_picture_is_an_empty_table() -> None:
    observer = Asked([])
    for frame in frames(0, 1):
        observer.observe(frame)
    table = observer.finish()
    assert (table.times, table.looked_at, table.features.shape) == ((), 0, (0, 5))


def test_an_open_mouth_opens_the_features_at_any_size_and_lean() -> None:
    points = np.random.default_rng(0).uniform(100, 200, (478, 3)).astype(np.float32)
    points[10], points[152] = (150, 50, 0), (150, 250, 0)
    points[13], points[14] = (150, 180, 0), (150, 200, 0)
    closed = points.copy()
    closed[14] = (150, 182, 0)
    opened = mouth_features(Mesh(points))
    assert opened[0] == pytest.approx(0.1)
    assert mouth_features(Mesh(closed))[0] == pytest.approx(0.01)
    turned = points[:, [1, 0, 2]] * (3, -3, 3)
    np.testing.assert_allclose(mouth_features(Mesh(turned.astype(np.float32))), opened, rtol=1e-4)


@pytest.mark.data
def test_a_talking_mouth_is_followed_all_through(data: Path) -> None:
    faces = FaceObserver()
    lips = LipObserver(faces.boxes, plan_for(Fraction(8)))
    with Recording(data / "video/genuine/hdtf/WDA_KatieHill.mp4") as recording:
        selector = faces.plan.selector()
        for frame in recording.frames(lips.plan):
            if selector.take(frame.time, frame.is_key):
                faces.observe(frame)
            lips.observe(frame)
    table = lips.finish()
    assert len(table.times) == table.looked_at == 120
    assert 0.02 < table.features[:, 0].std() < 0.1
    assert all(150 < box.height < 512 for box in table.boxes)
