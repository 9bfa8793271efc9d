"""Hand-built looks: who is blurred where and when. The recording itself is blurred in test_blurred_copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.cases import a_round, seen
from verifier.bystanders import Blurring, of_candidate
from verifier.media.types import VideoFrame
from verifier.observe.everybody import EVERY, Look
from verifier.observe.face_detector import FaceBox
from verifier.observe.faces import FaceSample, Tracklet
from verifier.timing import Span
from verifier.tracks import Person

LEFT, RIGHT = (60.0, 80.0), (360.0, 80.0)
SIDE = 80.0
Place = tuple[float, float]
PICTURE = np.random.default_rng(3).integers(0, 255, (240, 500, 3), np.uint8)
END = 30


def person(place: Place, *spans: tuple[float, float], lost: tuple[float, float] = (0, 0)) -> Person:
    """Followed at every look of its spans but those of `lost`."""
    box = FaceBox(*place, SIDE, SIDE, 0.9)
    times = [t * EVERY for t in range(END * 8) if any(a <= t * EVERY < b for a, b in spans)]
    samples = [FaceSample(t, box, None) for t in times if not lost[0] <= t < lost[1]]
    return Person((Tracklet(1, samples),), tuple(Span(Fraction(a), Fraction(b)) for a, b in spans), ())


def looks(*people: Person, also: dict[float, Place] | None = None) -> list[Look]:
    found = {t * EVERY: [] for t in range(END * 8)}  # type: ignore[var-annotated]
    for sample in (s for p in people for t in p.tracklets for s in t.samples):
        found[sample.time].append((sample.box.x, sample.box.y, SIDE, SIDE))
    for time, place in (also or {}).items():
        found[Fraction(time)].append((*place, SIDE, SIDE))
    return [Look(t, np.array(boxes, np.float32).reshape(-1, 4)) for t, boxes in found.items()]


def is_blurred(blurring: Blurring, time: float, place: Place) -> bool:
    """Whether nothing of the pattern at a face's place is left; otherwise all of it must be there."""
    x, y = map(int, place)
    before, after = (p[y : y + 80, x : x + 80].astype(int) for p in (PICTURE, blurring.applied(frame(time))))
    differs = np.abs(before - after).mean(axis=2) > 0
    assert differs.mean() > 0.95 or not differs.any()
    return bool(differs.any())


def frame(time: float) -> VideoFrame:
    return VideoFrame(Fraction(time), PICTURE, False)


def over(blurring: Blurring, place: Place, times: Sequence[float]) -> list[bool]:
    return [is_blurred(blurring, t, place) for t in times]


def test_everybody_but_the_candidate_is_blurred_and_nobody_flashes_up() -> None:
    me, other = person(LEFT, (0, 30)), person(RIGHT, (12, 15))
    blurring = Blurring.of(looks(me, other), [], [me, other], [me])
    assert over(blurring, LEFT, (0, 11, 13.3, 29.9)) == [False] * 4
    assert over(blurring, RIGHT, (1, 2.2, 11.99, 13, 14.99, 24.8, 25.2)) == [False, True, True, True, True, True, False]


def test_a_new_layout_ends_what_is_held_but_not_a_moment_early() -> None:
    me, other = person(RIGHT, (0, 10), (15, 30)), person(RIGHT, (10, 15))
    blurring = Blurring.of(looks(me, other), [Fraction(10), Fraction(15)], [me, other], [me])
    assert over(blurring, RIGHT, (0, 9.8, 10, 12, 14.9, 14.99, 15.2, 20)) == [False, False, *[True] * 4, False, False]
    assert is_blurred(blurring, 9.95, RIGHT)  # between two looks, at one of which the layout was new


def test_what_is_found_at_the_candidates_place_is_the_candidate() -> None:
    me = person(LEFT, (0, 30), lost=(10, 12.5))
    assert over(Blurring.of(looks(me, also={11.0: LEFT}), [], [me], [me]), LEFT, (10, 11, 12)) == [False] * 3
    stranger = Blurring.of(looks(me, also={11.0: RIGHT}), [], [me], [me])
    assert is_blurred(stranger, 11, RIGHT)  # though nobody followed it


def test_somebody_else_in_the_candidates_chair_is_blurred() -> None:
    me, other = person(LEFT, (0, 10), (20, 30)), person(LEFT, (10, 20))
    shared = Tracklet(1, [*me.tracklets[0].samples, *other.tracklets[0].samples])
    me, other = (Person((shared,), p.spans, ()) for p in (me, other))
    blurring = Blurring.of(looks(person(LEFT, (0, 30))), [], [me, other], [me])
    assert over(blurring, LEFT, (11, 15, 19)) == [True] * 3
    assert over(blurring, LEFT, (5, 25)) == [False] * 2


def test_without_a_candidate_everybody_is_blurred() -> None:
    people = [person(LEFT, (0, 30)), person(RIGHT, (0, 30))]
    blurring = Blurring.of(looks(*people), [], people, [])
    assert over(blurring, LEFT, (0, 15, 29.9)) + over(blurring, RIGHT, (0, 15, 29.9)) == [True] * 6


def test_nothing_is_left_to_recognise_anybody_by() -> None:
    other = person(RIGHT, (0, 30))
    done = Blurring.of(looks(other), [], [other], []).applied(frame(3))
    x, y = map(int, RIGHT)
    assert np.abs(np.diff(done[y : y + 80, x : x + 80].astype(int), axis=1)).max() < 20  # of a pattern of 0 to 255


def test_a_picture_without_others_is_the_same_array() -> None:
    assert Blurring.of(looks(), [], [], []).applied(frame(3)) is PICTURE
    assert Blurring.of([], [], [], []).applied(frame(3)) is PICTURE


@pytest.mark.parametrize("named", [0, 1, None])
def test_the_candidate_of_a_round_is_found_again_by_place_and_time(named: int | None) -> None:
    both = seen("round-1/A", (0, 30), at=LEFT), seen("round-1/B", (12, 15), at=RIGHT)
    r = a_round(1, *both)
    r = replace(r, candidate=None if named is None else both[named])
    closer = [Person(s.person.tracklets, s.person.spans, ()) for s in both] + [person((200.0, 10.0), (3, 4))]
    assert of_candidate(closer, r) == ([] if named is None else [closer[named]])
    elsewhere = replace(r, seen=(both[1],), candidate=both[1])
    assert of_candidate(closer[:1], elsewhere) == []


Boxes = st.lists(st.tuples(*[st.floats(-900, 900, width=32)] * 2, *[st.floats(1, 2000, width=32)] * 2), max_size=4)


@given(Boxes, st.floats(0, 3))
def test_boxes_of_any_kind_leave_a_picture_of_the_same_shape(boxes: list[tuple[float, ...]], time: float) -> None:
    looks = [Look(Fraction(n), np.array(boxes[n:], np.float32).reshape(-1, 4)) for n in range(3)]
    done = Blurring.of(looks, [Fraction(1)], [], []).applied(frame(time))
    assert (done.shape, done.dtype) == (PICTURE.shape, np.uint8)
