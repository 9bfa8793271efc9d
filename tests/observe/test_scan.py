"""A scan looks again only where the picture has changed since nothing was found there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from verifier.observe.face_detector import TILE, FaceBox, FaceDetector, _tiles
from verifier.observe.mediapipe_import import solutions

pytestmark = pytest.mark.skipif(solutions() is None, reason="mediapipe cannot be imported here")


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> tuple[FaceDetector, list[Any], list[FaceBox]]:
    """A detector whose models only note that they were asked, and give what the list holds for tiles."""
    detector, asked, found = FaceDetector(), [], []

    def run(model: Any, image: Any) -> list[FaceBox]:
        if model is detector._short:
            asked.append(image.shape)
            return list(found)
        return []

    monkeypatch.setattr(detector, "_run", run)
    return detector, asked, found


def _wall() -> np.ndarray:
    return np.random.default_rng(1).integers(90, 160, (720, 1280, 3), dtype=np.uint8)


def test_an_unchanged_wall_is_searched_once(searched: tuple[FaceDetector, list[Any], list[FaceBox]]) -> None:
    detector, asked, _ = searched
    picture = _wall()
    detector.find(picture, scan=True)
    tiles = len(list(_tiles(picture)))
    assert len(asked) == tiles
    noisy = np.clip(picture + np.random.default_rng(2).normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    detector.find(noisy, scan=True)
    assert len(asked) == tiles


def test_a_small_new_thing_is_searched_where_it_is(searched: tuple[FaceDetector, list[Any], list[FaceBox]]) -> None:
    detector, asked, _ = searched
    picture = _wall()
    detector.find(picture, scan=True)
    tiles = len(asked)
    asked.clear()
    for x, y in ((1230, 5), (607, 333)):  # off the grid of thumbnails, dimmed by 15 %
        changed = picture.copy()
        changed[y : y + 40, x : x + 40] = (changed[y : y + 40, x : x + 40] * 0.85).astype(np.uint8)
        detector.find(changed, scan=True)
        assert 1 <= len(asked) < tiles, (x, y)
        asked.clear()
        detector.find(picture, scan=True)
        asked.clear()


def test_a_tile_with_a_face_is_always_searched(searched: tuple[FaceDetector, list[Any], list[FaceBox]]) -> None:
    detector, asked, found = searched
    found.append(FaceBox(5, 5, 40, 40, 0.9))
    picture = np.random.default_rng(3).integers(0, 256, (TILE, TILE, 3), dtype=np.uint8)
    tiles = len(list(_tiles(picture)))
    for looks in (1, 2, 3):
        detector.find(picture, scan=True)
        assert len(asked) == looks * tiles
