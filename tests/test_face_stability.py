from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.checks.cases import HERE, a_round, case, seen
from verifier.checks import face_stability
from verifier.checks.catalogue import ON_REQUEST
from verifier.face_stability import Stability, drift_of, jitter_of
from verifier.findings import Finding, Outcome
from verifier.observe.comparators.base import FaceComparator
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import KeptCrop
from verifier.observe.lips import ANCHORS, LipTable
from verifier.observe.templates import Embedder

ROOT = Path(__file__).resolve().parents[1]


def table(noise: float, count: int = 60, step: Fraction = Fraction(1, 15)) -> LipTable:
    """A head that turns, nears and crosses the picture evenly; noise: pixels of each landmark."""
    rng = np.random.default_rng(0)
    shape = rng.uniform(-50, 50, (len(ANCHORS), 2))
    shape[7], shape[10] = (-50, 0), (50, 0)
    angles = np.linspace(-0.2, 0.3, count)
    points = [
        (1 + 0.003 * n) * shape @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + (200 + 2 * n, 150)
        for n, a in enumerate(angles)
    ]
    anchors = np.array(points) + rng.normal(0, noise, (count, len(ANCHORS), 2))
    boxes = (FaceBox(*HERE, 120, 120, 1.0),) * count
    times = tuple(step * n for n in range(count))
    return LipTable(times, boxes, np.zeros((count, 5), np.float32), count, anchors=anchors.astype(np.float32))


def test_an_even_movement_is_no_jitter_and_noise_is_in_proportion() -> None:
    rows = np.ones(60, bool)
    found = [jitter_of(table(noise), rows) for noise in (0.0, 0.5, 1.0)]
    assert all(f is not None for f in found)
    still, half, one = (f[0] for f in found if f is not None)
    assert still < 1
    # each coordinate strays by the noise of the picture and by half that of its two neighbours
    assert one == pytest.approx(1000 / 100 * np.sqrt(2 * 1.5), rel=0.25)
    assert one == pytest.approx(2 * half, rel=0.1)


def test_pictures_apart_and_too_few_of_them_give_nothing() -> None:
    assert jitter_of(table(1.0, step=Fraction(1)), np.ones(60, bool)) is None
    assert jitter_of(table(1.0), np.arange(60) < 20) is None


class Shade:
    name, model_sha256 = "shade", "0" * 64

    def embed(self, crop: FaceCrop) -> np.ndarray:
        angle = float(crop.image[0, 0, 0]) / 100
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


def crop(second: int, shade: int, yaw: float = 0.0) -> KeptCrop:
    quality = FaceQuality(48.0, yaw, 0.0, 0.3, 0.5, 0.0, mouth_visible=True)
    return KeptCrop(Fraction(second), FaceCrop(np.full((4, 4, 3), shade, np.uint8), None, 48.0), quality)


def test_drift_is_between_crops_that_are_turned_alike() -> None:
    shade: FaceComparator = Shade()
    embedder = Embedder((shade,))
    assert drift_of([crop(n, 10) for n in range(5)], embedder) == pytest.approx(0, abs=1e-6)
    drifting = drift_of([crop(n, 30 * n) for n in range(5)], embedder)
    assert drifting == pytest.approx(1 - np.cos(0.3), abs=1e-4)
    assert drift_of([crop(n, 30 * n, yaw=40.0 * (n % 2)) for n in range(5)], embedder) is None
    assert drift_of([crop(n, 10) for n in range(3)], embedder) is None


def finding(found: Stability | None) -> Finding:
    (one,) = face_stability.run(case(replace(a_round(1, seen("round-1/A", (0, 9))), stability=found)))
    return one


def test_the_check_gives_numbers_and_no_conclusion_and_runs_on_request() -> None:
    found = finding(Stability(4.25, 2.0, 0.031, 88, 6))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "uncalibrated and draws no conclusion" in found.statement
    assert ("Landmark jitter", "4.2 thousandths of the distance of the eyes") in found.details
    assert found.lr is None
    assert finding(None).outcome is finding(Stability(None, None, None, 2, 1)).outcome is Outcome.NOT_AVAILABLE
    assert face_stability.spec.id in ON_REQUEST


def test_it_claims_no_figures_that_were_not_measured() -> None:
    rows = (ROOT / "models" / "face_stability" / "figures.md").read_text().splitlines()
    drift = [row for row in rows if "| drift |" in row]
    measured = any(cell.strip() != "none" for row in drift for cell in row.split("|")[3:-1])
    assert drift
    assert measured is ("drift does was never measured" not in face_stability.spec.limits)
