"""Joining tracklets into people: never two that are visible at once, and a change of face in one place is found."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from verifier.observe.comparators.base import Vector, unit
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import FaceSample, FaceTable, KeptCrop, Tracklet
from verifier.observe.templates import Embedder
from verifier.tracks import join_tracklets

GOOD = FaceQuality(40.0, 0.0, 0.0, 0.3, 0.5, 0.0, True)
BOX = FaceBox(10, 10, 50, 50, 0.9)


class ByColour:
    """A comparator for crops of one colour: its value names the person, its vector wobbles a little."""

    name, model_sha256 = "by-colour", "0" * 64
    thread_safe = True

    def __init__(self) -> None:
        self.calls = 0

    def embed(self, crop: FaceCrop) -> Vector | None:
        self.calls += 1
        person, wobble = int(crop.image[0, 0, 0]), int(crop.image[0, 0, 1])
        return unit(np.eye(8)[person] + np.random.default_rng(wobble).normal(0, 0.08, 8))


def _tracklet(number: int, start: int, people: Sequence[int]) -> Tracklet:
    """One crop a second, of the people named second by second."""
    tracklet = Tracklet(number)
    for second, person in enumerate(people, start):
        crop = FaceCrop(np.full((2, 2, 3), (person, second % 251, 0), np.uint8), None, 40.0)
        tracklet.samples.append(FaceSample(Fraction(second), BOX, GOOD))
        tracklet.kept.append(KeptCrop(Fraction(second), crop, GOOD))
    return tracklet


def _join(*tracklets: Tracklet) -> tuple[list[tuple[int, ...]], ByColour]:
    comparator = ByColour()
    times = sorted({s.time for t in tracklets for s in t.samples})
    people = join_tracklets(FaceTable(tracklets, tuple(times), (), "none", 0), Embedder([comparator]))
    for person in people:
        assert [k.time for k in person.kept] == sorted(k.time for k in person.kept)
    return [tuple(sorted({int(k.crop.image[0, 0, 0]) for k in p.kept})) for p in people], comparator


def test_tracklets_of_one_person_are_joined_over_cuts() -> None:
    people, comparator = _join(*(_tracklet(i, 20 * i, [i % 3] * 12) for i in range(9)))
    assert sorted(people) == [(0,), (1,), (2,)]
    assert comparator.calls <= 9 * 7


def test_two_faces_at_once_are_two_people_however_alike() -> None:
    people, _ = _join(_tracklet(0, 0, [1] * 12), _tracklet(1, 6, [1] * 12), _tracklet(2, 40, [1] * 12))
    assert len(people) == 2


def test_another_face_in_the_same_place_is_another_person_wherever_it_begins() -> None:
    for at in (2, 5, 7, 10):
        people, _ = _join(_tracklet(0, 0, [1] * at + [2] * (12 - at)))
        assert sorted(people) == [(1,), (2,)], at


def test_a_face_that_leaves_the_place_and_comes_back_is_kept_apart_from_the_one_between() -> None:
    for stay, guest in ((4, 4), (3, 6), (5, 2), (2, 8)):
        people, _ = _join(_tracklet(0, 0, [1] * stay + [2] * guest + [1] * stay))
        assert sorted(people) == [(1,), (2,)], (stay, guest)
    assert sorted(_join(_tracklet(0, 0, [1] * 4 + [2] * 4 + [3] * 4))[0]) == [(1,), (2,), (3,)]


def test_one_odd_frame_is_no_change() -> None:
    people, _ = _join(_tracklet(0, 0, [1] * 6 + [2] + [1] * 5))
    assert len(people) == 1


def test_faces_without_a_template_stay_apart() -> None:
    bare = [Tracklet(i, [FaceSample(Fraction(9 * i), BOX, None)]) for i in range(3)]
    assert len(_join(*bare)[0]) == 3
