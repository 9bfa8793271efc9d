from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from samples.documents.print import face, faces
from samples.documents.specimens import make
from tests.documents.pictures import Picture
from verifier.checks.document_ghost import UNLIKE
from verifier.documents.ghost import ALIKE, likeness
from verifier.documents.portraits import portrait_facts
from verifier.media.still import read_stills
from verifier.observe.face_crop import FaceCrop
from verifier.observe.portrait import PortraitFinder


@pytest.fixture(scope="module")
def finder() -> Iterator[PortraitFinder]:
    finder = PortraitFinder()
    yield finder
    finder.close()


def crop(finder: PortraitFinder, name: str) -> FaceCrop:
    kept = finder.find([np.asarray(face(name))]).kept
    assert kept is not None
    return kept.crop


def pale(one: FaceCrop, eyes: float) -> FaceCrop:
    """Printed small and in one pale colour."""
    small = cv2.resize(one.image, None, fx=eyes / 48, fy=eyes / 48, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cv2.resize(small, (256, 256), interpolation=cv2.INTER_CUBIC), cv2.COLOR_RGB2GRAY)
    tinted: Picture = np.stack([170 + 0.25 * grey, 160 + 0.3 * grey, 180 + 0.2 * grey], axis=2).astype(np.uint8)
    return replace(one, image=tinted, inter_eye_px=eyes)


def test_two_prints_of_one_photo_are_alike_and_of_two_people_less(finder: PortraitFinder) -> None:
    first, second = (crop(finder, name) for name in faces()[:2])
    for eyes in (30.0, 15.0):
        own, other = likeness(first, pale(first, eyes)), likeness(first, pale(second, eyes))
        assert own is not None
        assert other is not None
        assert own >= ALIKE
        assert other < own
    assert likeness(first, pale(first, 5.0)) is None


def test_the_second_portrait_of_a_card_is_found_where_it_is(finder: PortraitFinder) -> None:
    one = make("TD3", "phone", 700)
    ghost = portrait_facts(finder, one.image).ghost
    assert ghost is not None
    assert (
        cv2.pointPolygonTest(np.array(one.places["ghost"], np.float32), ghost.corners.mean(axis=0).tolist(), False) > 0
    )
    blank = np.full((400, 600, 3), 240, np.uint8)
    assert portrait_facts(finder, blank).ghost is None


@pytest.mark.data
@pytest.mark.slow
def test_no_published_specimen_is_said_to_have_another_second_portrait(finder: PortraitFinder, data: Path) -> None:
    pictures = [p for p in sorted((data / "documents").iterdir()) if p.suffix in (".jpg", ".png")]
    found = {p.name: portrait_facts(finder, read_stills(p)[0].image).ghost for p in pictures}
    seen = {name: ghost.likeness for name, ghost in found.items() if ghost is not None}
    assert seen
    assert [name for name, alike in seen.items() if alike is not None and alike <= UNLIKE] == []
