"""The case as a whole: who is compared with whom, and how a picked face weighs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.checks.cases import a_round, reference, seen
from tests.test_replay import moving, trail
from verifier.calibration import Curve, FaceCalibration
from verifier.checks import catalogue
from verifier.checks.base import ObservedRound, ReferenceFace, Seen
from verifier.findings import Outcome
from verifier.gather import Gatherer
from verifier.observe.comparators.registry import Comparators
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import KeptCrop
from verifier.observe.templates import FaceTemplate

QUALITY = FaceQuality(48.0, 0.0, 0.0, 0.3, 0.5, 0.0, mouth_visible=True)


class BySide:
    """Reads a crop's vector off its first pixel: 0 = one direction, 255 = the other."""

    name, model_sha256 = "dlib", "0" * 64

    def embed(self, crop: FaceCrop) -> np.ndarray:
        share = float(crop.image[0, 0, 0]) / 255
        return np.array([np.cos(share * np.pi / 2), np.sin(share * np.pi / 2)], np.float32)


def kept(shade: int, second: int = 0) -> KeptCrop:
    return KeptCrop(Fraction(second), FaceCrop(np.full((4, 4, 3), shade, np.uint8), None, 48.0), QUALITY)


@pytest.fixture
def gatherer() -> Gatherer:
    curves = [
        Curve(("dlib",), kind, "clear", np.array([[4.0, -2.0, 1e-4]] * 3), 3.0, 3.0, 100, "test")
        for kind in ("round-round", "photo-round", "photo-photo")
    ]
    return Gatherer(Comparators((BySide(),), ()), FaceCalibration(curves, {"dlib": "0" * 64}, "test"))


def face(gatherer: Gatherer, id_: str, shade: int, seconds: int) -> Seen:
    bare = seen(id_, (0, seconds))
    return replace(bare, template=gatherer.embedder.template([kept(shade)]))


def a_photo(gatherer: Gatherer, number: int, shade: int) -> ReferenceFace:
    template = gatherer.embedder.template([replace_photo(kept(shade))])
    bare = reference(number)
    return replace(bare, template=template, evidence=replace(bare.evidence, sha256=str(number)))


def replace_photo(crop: KeptCrop) -> KeptCrop:
    crop.is_photo = True
    return crop


def rounds(gatherer: Gatherer) -> list[ObservedRound]:
    first = a_round(1, face(gatherer, "round-1/A", 200, 60), face(gatherer, "round-1/B", 0, 30))
    second = a_round(2, face(gatherer, "round-2/A", 0, 60))
    return [
        replace(r, round=replace(r.round, evidence=(replace(r.round.evidence[0], sha256=f"r{n}"),)))
        for n, r in enumerate((first, second))
    ]


def test_a_face_picked_for_being_nearest_of_two_weighs_half_in_every_comparison(gatherer: Gatherer) -> None:
    case, _ = gatherer.case(rounds(gatherer), [a_photo(gatherer, 1, 0), a_photo(gatherer, 2, 0)], (), "test")
    assert case.rounds[0].candidate is not None
    assert case.rounds[0].candidate.id == "round-1/B"
    alone = case.compared["round-2", "reference-1"].lr
    assert alone is not None
    for other in ("reference-1", "reference-2", "round-2"):
        pair = ("round-1", other)
        picked = case.compared[pair].lr
        assert picked is not None
        assert 10 ** (alone.log10 - picked.log10) == pytest.approx(2), pair


def test_the_same_file_handed_in_twice_is_no_evidence(gatherer: Gatherer) -> None:
    first, second = rounds(gatherer)
    again = replace(second, round=replace(second.round, evidence=first.round.evidence))
    case, _ = gatherer.case([first, again], [], ("round-1/B",), "test")
    found = case.compared["round-1", "round-2"]
    assert found.lr is None
    assert "same file" in found.reason


def test_the_halves_of_a_round_are_its_first_and_its_last_pictures(gatherer: Gatherer) -> None:
    crops = tuple(kept(shade, second) for second, shade in enumerate((0, 0, 0, 255, 255, 255)))
    bare = seen("round-1/A", (0, 6))
    changing = replace(bare, person=replace(bare.person, kept=crops), template=gatherer.embedder.template(crops))
    case, _ = gatherer.case([a_round(1, changing)], [], (), "test")
    halves = case.compared["round-1#first", "round-1#last"]
    assert halves.score == pytest.approx(0.0, abs=1e-6)
    few = replace(changing, person=replace(bare.person, kept=crops[2:4]))
    case, _ = gatherer.case([a_round(1, few)], [], (), "test")
    assert ("round-1#first", "round-1#last") not in case.compared  # one picture against one says nothing


def test_a_comparator_that_fails_is_named_and_takes_nothing_down(gatherer: Gatherer) -> None:
    class Failing(BySide):
        name = "broken"

        def embed(self, crop: FaceCrop) -> np.ndarray:
            raise ValueError("no")

    both = Gatherer(Comparators((BySide(), Failing()), ()), gatherer.calibration)
    template: FaceTemplate | None = both.embedder.template([kept(0)])
    assert template is not None
    assert set(template.vectors) == {"dlib"}
    assert "broken failed" in both.embedder.failed["broken"]


def test_a_measurement_that_fails_is_an_error_of_its_checks_and_round_alone(
    gatherer: Gatherer, caplog: pytest.LogCaptureFixture
) -> None:
    """A trail whose cells do not fit its times breaks what is read off it, in one round of two."""
    whole = trail(moving, 12)
    bare = [a_round(n, face(gatherer, f"round-{n}/A", 0, 12)) for n in (1, 2)]
    torn = replace(bare[0], trail=replace(whole, cells=whole.cells[:10]))
    made, _ = gatherer.case([torn, replace(bare[1], trail=whole)], [], (), "test")
    (kind,) = made.rounds[0].broken
    assert kind[0] == "trail"
    assert made.rounds[1].broken == ()
    found = catalogue.run_all(catalogue.select(["replay", "face-continuity", "container"]), made)
    replayed = {f.rounds: f for f in found if f.check == "replay"}
    assert replayed["round-1",].outcome is Outcome.ERROR
    assert (
        f"Round 1 (call-1.mp4): the measurement of this check stopped inside the tool ({kind[1]})"
        in replayed["round-1",].statement
    )
    assert replayed["round-2",].outcome is Outcome.OBSERVED  # this face lies where nothing moves
    assert len(replayed) == 2
    assert Outcome.ERROR not in {f.outcome for f in found if f.check != "replay"}
    assert "measuring for trail failed" in caplog.text


def test_two_with_the_same_id_are_refused(gatherer: Gatherer) -> None:
    twice = [a_photo(gatherer, 1, 10), a_photo(gatherer, 1, 200)]
    with pytest.raises(ValueError, match="the same id: reference-1, reference-1"):
        gatherer.case([], twice, (), "test")


def test_a_brought_detector_that_cannot_be_used_is_an_unusable_input_where_it_was_asked_for(
    gatherer: Gatherer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_HOME", str(tmp_path))
    (tmp_path / "detectors").mkdir()
    (tmp_path / "detectors" / "odd.onnx").write_bytes(b"")
    assert gatherer.unusable_detectors() == ()
    gatherer = replace(gatherer, needs=frozenset({"rendering"}))
    assert gatherer.unusable_detectors() == (("Detector odd", "odd.onnx: needs a description odd.json beside it"),)
