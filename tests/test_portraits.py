"""The face of a document or a photo: found on any side up, nothing else taken for one. The pages are specimens."""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.media.still import read_stills
from verifier.observe.portrait import NO_FACE, PortraitFinder

pytestmark = pytest.mark.data

# Centre of the portrait in pixels of the page, and with how many quarter turns clockwise it stands upright.
CLEAR = {
    "id-rou.jpg": (99, 169),
    "pass-aus.png": (520, 537),
    "pass-bdr.jpg": (334, 655),
    "pass-can.jpg": (97, 141),
    "pass-chn.jpg": (89, 153),
    "pass-cze.jpg": (115, 191),
    "pass-cze2.jpg": (114, 164),
    "pass-fin.png": (114, 170),
    "pass-fra.jpg": (64, 135),
    "pass-hrv.jpg": (102, 225),
    "pass-hun.png": (99, 207),
    "pass-isl.png": (97, 206),
    "pass-ltu.jpg": (98, 201),
    "pass-lux.jpg": (304, 528),
    "pass-lva.jpg": (516, 359),
    "pass-nld.jpg": (85, 136),
    "pass-pol.png": (95, 228),
    "pass-polx.jpg": (105, 202),
    "pass-twn.jpg": (94, 174),
    "visa-polx.jpg": (92, 226),
    "visa-usa.jpg": (120, 242),
}
LYING = {"pass-lva.jpg": 3}
"""Photographed on its side: quarter turns clockwise that make it upright."""
GHOSTS = {
    "pass-cze.jpg": 1,
    "pass-cze2.jpg": 1,
    "pass-fin.png": 1,
    "pass-fra.jpg": 1,
    "pass-lva.jpg": 1,
    "pass-bdr.jpg": 1,
}
"""Smaller or paler copies of the portrait on the page."""
PIXELATED = ["pass-gbr.jpg"]
FACELESS = ["card-cmw.png", "id-che.jpg", "id-d.jpg", "id-esp.png", "id-mac.jpg", "id-si.jpg", "id-usa.jpg"]


@pytest.fixture(scope="module")
def finder() -> PortraitFinder:
    return PortraitFinder()


@pytest.fixture
def documents(data: Path) -> Path:
    return data / "documents"


def _turned(image: np.ndarray, turn: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(image, -turn))


def _is_portrait(page: np.ndarray, crop: np.ndarray, centre: tuple[int, int], inter_eye_px: float) -> bool:
    """Whether the crop shows the upright page around `centre`: the pixels there are the ones that were cut out."""
    x, y = centre
    scale = 48 / inter_eye_px
    scaled = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = crop[80:176, 80:176]
    half = 110
    left, top = max(0, int(x * scale) - half), max(0, int(y * scale) - half)
    region = scaled[top : int(y * scale) + half, left : int(x * scale) + half]
    return bool(cv2.matchTemplate(region, face, cv2.TM_CCOEFF_NORMED).max() > 0.9)


def _upright(name: str, page: np.ndarray, centre: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    turn = LYING.get(name, 0)
    if turn == 3:
        centre = (centre[1], page.shape[1] - 1 - centre[0])
    return _turned(page, turn), centre


def test_every_page_is_known(documents: Path) -> None:
    named = {*CLEAR, *PIXELATED, *FACELESS}
    assert named == {p.name for p in documents.iterdir() if p.suffix in (".jpg", ".png")}
    assert set(GHOSTS) < set(CLEAR)


@pytest.mark.parametrize("turn", [0, 3])
def test_portraits_are_found_on_every_side(documents: Path, finder: PortraitFinder, turn: int) -> None:
    missed = []
    for name, centre in CLEAR.items():
        page = read_stills(documents / name)[0].image
        found = finder.find([_turned(page, turn)]).kept
        upright, where = _upright(name, page, centre)
        if found is None or not _is_portrait(upright, found.crop.image, where, found.crop.inter_eye_px):
            missed.append(name)
    assert len(missed) <= 1, missed


def test_a_small_card_on_a_large_scan(documents: Path, finder: PortraitFinder) -> None:
    missed = []
    for name in list(CLEAR)[::3]:
        card = read_stills(documents / name)[0].image
        scale = 1000 / card.shape[1]
        card = cv2.resize(
            card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        sheet = np.full((3508, 2480, 3), 245, np.uint8)
        sheet[1500 : 1500 + card.shape[0], 900:1900] = card
        missed += [name] * (finder.find([sheet]).kept is None)
    assert not missed


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_no_face_on_pages_without_one(documents: Path, finder: PortraitFinder, turn: int) -> None:
    for name in FACELESS + PIXELATED:
        found = finder.find([_turned(read_stills(documents / name)[0].image, turn)])
        assert (found.kept, found.reason, found.note) == (None, NO_FACE, ""), name


def test_no_face_where_the_portrait_was_painted_over(documents: Path, finder: PortraitFinder) -> None:
    """The rest of a real page: seals, patterns and signatures alone."""
    for name, (x, y) in list(CLEAR.items())[::2]:
        if name in GHOSTS:
            continue
        page = read_stills(documents / name)[0].image.copy()
        radius = max(90, page.shape[1] // 8)
        mask = np.zeros(page.shape[:2], np.uint8)
        cv2.ellipse(mask, (x, y), (radius, int(radius * 1.2)), 0, 0, 360, 255, -1)
        erased = cv2.inpaint(page, mask, 3, cv2.INPAINT_TELEA)
        assert finder.find([erased]).kept is None, name


@pytest.mark.slow
def test_photos_of_people_lose_no_faces(data: Path, finder: PortraitFinder) -> None:
    press = sorted((data / "faces" / "press").glob("*.jpg"))
    people = sorted((data / "faces" / "lfw").rglob("*.jpg"))
    photos = press + random.Random(4).sample(people, 60)
    missed = [(p.name, f.reason) for p in photos if (f := finder.find([read_stills(p)[0].image])).kept is None]
    assert len(missed) <= 1, missed


def test_several_people_are_said(data: Path, finder: PortraitFinder) -> None:
    couple = finder.find([read_stills(data / "faces" / "press" / "couple.jpg")[0].image])
    assert couple.faces == 2
    assert couple.note == "2 faces were seen in it; the largest was taken"


def test_the_largest_over_all_pages(documents: Path, finder: PortraitFinder) -> None:
    names = ["id-d.jpg", "pass-can.jpg", "pass-pol.png"]
    found = finder.find([read_stills(documents / name)[0].image for name in names])
    assert found.page == 3
    assert finder.find([]).reason == NO_FACE
