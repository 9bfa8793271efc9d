from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.calibration import FaceCalibration, read_raw
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import KeptCrop
from verifier.observe.templates import FaceTemplate
from verifier.own_calibration import Contradiction, LabelledPair, people_of, refit, save

MODELS = read_raw()["models"]


class Known:
    """A comparator by name and weights alone: fitting reads nothing else of it."""

    def __init__(self, name: str, sha256: str) -> None:
        self.name, self.model_sha256 = name, sha256


def template(vector: np.ndarray, *, photo: bool, name: str = "mobileface") -> FaceTemplate:
    image = np.zeros((256, 256, 3), np.uint8)
    quality = FaceQuality(60.0, 0.0, 0.0, 0.3, 0.5, 0.0, True)
    kept = KeptCrop(Fraction(0), FaceCrop(image, None, 60.0), quality, is_photo=photo)
    return FaceTemplate({name: (vector / np.linalg.norm(vector)).astype(np.float32)}, (kept,))


def labelled(people: int, name: str = "mobileface") -> list[LabelledPair]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(people, 64))
    faces = [[template(c + 0.5 * rng.normal(size=64), photo=True, name=name) for _ in range(2)] for c in centres]
    like = [LabelledPair(f[0], f[1], p, p) for p, f in enumerate(faces)]
    unlike = [LabelledPair(faces[p][0], faces[q][1], p, q) for p in range(people) for q in range(p)]
    return like + unlike


def test_files_that_are_the_same_by_way_of_others_show_one_person() -> None:
    a, b, c, d = (Path(n) for n in "abcd")
    who = people_of([(a, b, True), (c, d, False), (b, c, True)])
    assert who[a] == who[b] == who[c] != who[d]


def test_labels_that_contradict_each_other_are_named() -> None:
    a, b, c = (Path(n) for n in "abc")
    with pytest.raises(Contradiction, match="pair 3: a and c"):
        people_of([(a, b, True), (b, c, True), (a, c, False)])


def test_a_curve_with_enough_people_is_replaced_and_the_others_stay(home: Path) -> None:
    raw, news = refit(labelled(40), [Known("mobileface", MODELS["mobileface"])])
    (one,) = news
    assert (one.kind, one.bin, one.comparators, one.refitted) == ("photo-photo", "clear", ("mobileface",), True)
    assert one.cllr_after is not None
    assert one.cllr_after < 0.3
    assert len(raw["curves"]) == len(read_raw()["curves"])
    path = save(raw)
    assert path.is_relative_to(home)
    pairs = labelled(40)
    found = FaceCalibration.load().compare(pairs[0].a, pairs[0].b, ("mobileface",))
    assert found.lr is not None
    assert found.lr.calibration.startswith("own pairs of ")


def test_too_few_people_change_nothing() -> None:
    raw, news = refit(labelled(12), [Known("mobileface", MODELS["mobileface"])])
    assert [n.refitted for n in news] == [False]
    assert raw["curves"] == read_raw()["curves"]


def test_a_comparator_of_ones_own_becomes_usable() -> None:
    raw, _ = refit(labelled(40, "sface"), [Known("sface", "a" * 64)])
    assert raw["models"]["sface"] == "a" * 64
    assert raw["models"]["dlib"] == MODELS["dlib"]


@pytest.mark.parametrize("people", [25, 60])
def test_more_people_never_narrow_what_may_be_said(people: int) -> None:
    raw, _ = refit(labelled(people), [Known("mobileface", MODELS["mobileface"])])
    entry = next(c for c in raw["curves"] if c.get("title"))
    assert entry["people"] == people
    assert entry["cap_different"] == pytest.approx(np.log10(people / 3), abs=1e-3)
