from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.checks.cases import a_round, case, seen, template
from verifier.checks import catalogue, face_rendering
from verifier.face_rendering import LEAST_INTER_EYE, MOST_CROPS, Rendering, rendering_of
from verifier.findings import Finding, Outcome
from verifier.observe.face_crop import FaceCrop
from verifier.observe.faces import KeptCrop


def finding(found: Rendering | None, reason: str = "") -> Finding:
    faces = () if reason else (seen("round-1/A", (0, 60)),)
    (one,) = face_rendering.run(case(replace(a_round(1, *faces, reason=reason), rendering=found)))
    return one


class Counting:
    """Answers with what is in the picture's corner, and counts what it is shown."""

    def __init__(self, name: str = "counting") -> None:
        self.name, self.shown = name, []

    def traces(self, crop: FaceCrop) -> float:
        self.shown.append(int(crop.image[0, 0, 0]))
        return float("nan") if self.name == "silent" else float(crop.image[0, 0, 0])


def kept(count: int, inter_eye: float = LEAST_INTER_EYE) -> list[KeptCrop]:
    (like,) = template(1).frames
    return [
        replace(like, time=Fraction(n), crop=FaceCrop(np.full((256, 256, 3), n, np.uint8), None, inter_eye))
        for n in range(count)
    ]


def test_whatever_the_numbers_it_draws_no_conclusion_and_gives_no_ratio() -> None:
    for mean in (-9.0, 0.0, 9.0):
        found = finding(Rendering({"face-rendering": mean, "theirs": 0.5}, 7))
        assert found.outcome is Outcome.INCONCLUSIVE
        assert found.lr is None
        assert ("Detector face-rendering", f"{mean:+.2f} (uncalibrated)") in found.details
        assert ("Detector theirs", "+0.50 (uncalibrated)") in found.details
        assert "7 pictures" in found.statement


def test_it_is_silent_unless_it_is_named() -> None:
    assert face_rendering not in catalogue.select(None)
    assert catalogue.select(["face-rendering"]) == [face_rendering]


def test_a_detector_that_does_not_fit_is_named_with_its_reason_beside_the_others() -> None:
    found = finding(Rendering({"face-rendering": 0.1}, 3, unusable=(("odd", "model 'odd' takes 1 channels, not 3"),)))
    assert ("Detector odd", "not used: model 'odd' takes 1 channels, not 3") in found.details


def test_no_face_and_small_faces_are_not_available_with_the_reason() -> None:
    assert finding(None, "no face was seen").outcome is Outcome.NOT_AVAILABLE
    few = rendering_of(kept(9, LEAST_INTER_EYE - 1), [Counting()])
    found = finding(few)
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "too few pictures of the face" in found.statement


def test_three_pictures_of_a_face_whose_eyes_are_36_pixels_apart_are_the_least_that_is_looked_at() -> None:
    """Enlarged faces look rendered to every detector: models/face_rendering/figures.md is of faces at least this large."""
    for count, inter_eye, looked_at in ((3, 36.0, 3), (2, 36.0, 0), (3, 35.9, 0)):
        assert rendering_of(kept(count, inter_eye), [Counting()]).pictures == looked_at
    small, large = kept(4, 20.0), kept(2, 40.0)
    assert rendering_of([*small, *large], [Counting()]).pictures == 0


def test_well_spread_pictures_are_looked_at_and_averaged() -> None:
    detector = Counting()
    found = rendering_of(kept(101), [detector])
    assert len(detector.shown) == found.pictures == MOST_CROPS
    assert (detector.shown[0], detector.shown[-1]) == (0, 100)
    assert found.means == {"counting": float(np.mean(detector.shown))}


def test_a_detector_without_a_number_is_left_out_and_said() -> None:
    found = rendering_of(kept(3), [Counting(), Counting("silent")])
    assert list(found.means) == ["counting"]
    assert found.unusable == (("silent", "it gave no number for these pictures"),)
    assert rendering_of(kept(3), [Counting("silent")]).reason == "no detector could be used"
