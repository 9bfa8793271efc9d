from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from samples.documents.specimens import make
from tests.documents.pictures import Picture, clean, turned
from verifier.documents.mrz_reader import ZoneReader
from verifier.documents.ocr import Ocr
from verifier.documents.page import straighten
from verifier.documents.zone import find_zones, looks_like_zone
from verifier.documents.zone_reading import LineStatus
from verifier.media.still import read_stills


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr()


@pytest.fixture(scope="module")
def reader(ocr: Ocr) -> ZoneReader:
    return ZoneReader(ocr)


def lines(ocr: Ocr, reader: ZoneReader, image: Picture) -> tuple[list[str], list[LineStatus]]:
    page = straighten(ocr, image)
    zones = find_zones(ocr, page.image, page.boxes)
    assert zones
    read = reader.read(zones[0].strips)
    return [line.text for line in read.lines], [line.status for line in read.lines]


@pytest.mark.parametrize("kind", ["TD3", "TD1", "MRV-B"])
def test_a_clean_page_is_read_and_confirmed(kind: str, ocr: Ocr, reader: ZoneReader) -> None:
    one = clean(kind)
    text, status = lines(ocr, reader, one.image)
    assert text == list(one.lines)
    assert set(status) == {LineStatus.CONFIRMED}


@pytest.mark.parametrize("how", ["on its side", "askew"])  # others: tests/test_document_inputs.py
def test_any_way_up(how: str, ocr: Ocr, reader: ZoneReader) -> None:
    one = clean("TD3")
    image = {
        "on its side": lambda p: np.rot90(p),
        "askew": lambda p: turned(p, 25),
    }[how](one.image)
    image = np.ascontiguousarray(image)
    assert not straighten(ocr, image).mirrored
    assert lines(ocr, reader, image)[0] == list(one.lines)


def test_a_page_with_a_barcode_is_turned_by_its_text_at_the_first_look(ocr: Ocr) -> None:
    image = np.ascontiguousarray(make("licence", "scan", 308).image[::-1, ::-1])
    page = straighten(ocr, image, has_code=True)
    assert abs(abs(page.turned) - 180) < 3
    assert not page.mirrored
    assert find_zones(ocr, page.image, page.boxes, closer=False) == []


def test_a_covered_zone_is_never_read_with_confidence(ocr: Ocr, reader: ZoneReader) -> None:
    one = clean("TD3")
    image = one.image.copy()
    (x, y), _, (right, bottom), _ = one.places["line1"]
    middle = int(x + 0.3 * (right - x))
    image[int(y) - 4 : int(bottom) + 4, middle : middle + int(0.25 * (right - x))] = (205, 160, 130)
    page = straighten(ocr, image)
    for zone in find_zones(ocr, page.image, page.boxes):
        for line, truth in zip(reader.read(zone.strips).lines, one.lines, strict=False):
            assert line.status is not LineStatus.CONFIRMED or line.text == truth


@pytest.mark.parametrize("image", [np.full((40, 60, 3), 255, np.uint8), np.zeros((700, 900, 3), np.uint8)])
def test_pictures_of_nothing_have_no_zone(image: Picture, ocr: Ocr) -> None:
    page = straighten(ocr, image)
    assert find_zones(ocr, page.image, page.boxes) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", True),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", True),
        ("UPON ENDORSEMENT SERVES AS TEMPORARY I-551 EVIDENCING", False),
        ("Date of issue/Date de délivrance", False),
    ],
)
def test_lines_that_look_like_a_zone(text: str, is_one: bool) -> None:
    assert looks_like_zone(text) is is_one


@pytest.mark.data
@pytest.mark.slow
def test_published_specimens_are_read_or_silent(data: Path, ocr: Ocr, reader: ZoneReader) -> None:
    from verifier_models.mrz_cells.figures import Row, read, specimens, told

    zones = [
        Row(group, name, kind, told(read(ocr, reader, read_stills(path)[0].image), truth)).word
        for group, name, kind, path, truth in specimens(data)
    ]
    assert zones.count("exact") >= 28
    assert "wrong with confidence" not in zones


def test_cv2_keeps_the_order_of_corners(ocr: Ocr) -> None:
    page = np.full((200, 900, 3), 255, np.uint8)
    cv2.putText(page, "HELLO WORLD", (100, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    (box,) = ocr.boxes(page)
    (left, top), (right, _), (_, bottom), _ = box.corners
    assert left < right
    assert top < bottom
    assert abs(box.angle) < 2
