"""The specimen documents: zones as ICAO prints them, truth that fits the picture, made the same way every time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samples.documents import mrz
from samples.documents.__main__ import SHIPPED
from samples.documents.camera import QUALITIES
from samples.documents.people import Holder, make_holder
from samples.documents.print import KINDS, faces
from samples.documents.specimens import make, specimens

MEDIA = Path(__file__).resolve().parents[1] / "samples" / "documents" / "media"
ANNA = Holder(
    "ERIKSSON", "ANNA MARIA", "F", date(1974, 8, 12), date(2002, 4, 16), date(2012, 4, 15), "L898902C3", "", "Z"
)


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        (mrz.td3(replace(ANNA, optional="ZE184226B")), "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        (mrz.td2(replace(ANNA, number="D23145890")), "D231458907UTO7408122F1204159<<<<<<<6"),
        (mrz.td1(replace(ANNA, number="D23145890")), "7408122F1204159UTO<<<<<<<<<<<6"),
        (mrz.td1(replace(ANNA, number="D23145890734")), "I<UTOD23145890<7349<<<<<<<<<<<"),
        (mrz.mrv_a(ANNA), "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
        (mrz.mrv_b(ANNA), "L898902C36UTO7408122F1204159<<<<<<<<"),
    ],
)
def test_icao_s_own_specimens_come_out(lines: list[str], printed: str) -> None:
    """Doc 9303 parts 4 to 7 print these lines."""
    assert printed in lines


def test_the_french_card_follows_its_known_specimen() -> None:
    """The specimen has no office in its first line, so its last digit is checked by the rule and the rest by the print."""
    berthier = Holder(
        "BERTHIER", "CORINNE", "F", date(1965, 12, 6), date(1988, 6, 1), date(1998, 6, 1), "880692310285", "", "Z"
    )
    second = mrz.french_id(berthier)[1]
    assert second[:35] == "8806923102858CORINNE<<<<<<<6512068F"
    assert mrz.check_digit("IDFRABERTHIER".ljust(36, "<") + second[:35]) == "6"


@pytest.mark.parametrize("kind", mrz.FORMATS)
def test_every_zone_has_its_width_and_its_characters(kind: str) -> None:
    widths = {"TD3": {44}, "MRV-A": {44}, "TD2": {36}, "MRV-B": {36}, "FRA-ID": {36}}.get(kind, {30})
    for seed in range(100):
        lines = mrz.FORMATS[kind](make_holder(np.random.default_rng(seed), kind))
        assert {len(line) for line in lines} == widths
        assert set("".join(lines)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_truth_lies_where_the_picture_has_it(quality: str) -> None:
    """Along the middle of a line of the zone there is ink, just above the line there is none."""
    specimen = make("TD3", quality, 9)
    grey = np.asarray(Image.fromarray(specimen.image).convert("L"), float)
    upper_left, upper_right, lower_right, lower_left = np.array(specimen.places["line1"])

    def along(down: float) -> np.ndarray:
        start, end = (a + down * (b - a) for a, b in ((upper_left, lower_left), (upper_right, lower_right)))
        x, y = (start + np.linspace(0.02, 0.98, 2000)[:, None] * (end - start)).astype(int).T
        return grey[y, x]

    assert along(0.5).std() > 25
    assert along(-0.25).std() < 15


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (list(specimens(1, seed=3, kinds=("TD1",))) for _ in range(2))
    assert [s.data for s in first] == [s.data for s in second]
    assert [s.quality for s in first] == list(QUALITIES)
    assert len({s.data for s in first}) == 3
    assert len({s.lines for s in first}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed_and_what_is_coded_agree(kind: str) -> None:
    specimen = make(kind, "small", 12)
    coded = "".join(specimen.lines) + (specimen.barcode or "")
    assert specimen.barcode is None or kind == "licence"
    if specimen.fields:
        surname = mrz.written(specimen.fields["surname"])
        assert surname[:20] in coded.replace(" ", "<")
        assert specimen.fields["number"][:9] in coded
        assert set(specimen.fields) <= set(specimen.places)
        assert specimen.face in faces()


def test_the_shipped_specimens_are_of_every_format() -> None:
    truth = json.loads((MEDIA / "truth.json").read_text())
    assert {(t["kind"], t["quality"], t["seed"]) for t in truth.values()} == set(SHIPPED)
    assert {t["kind"].split("-short")[0] for t in truth.values()} >= {
        "TD1",
        "TD2",
        "TD3",
        "MRV-A",
        "MRV-B",
        "FRA-ID",
        "licence",
    }
    for name, said in truth.items():
        with Image.open(MEDIA / name) as picture:
            assert np.array(said["corners"]).max() <= max(picture.size)
        assert said["lines"] == list(make(said["kind"], said["quality"], said["seed"]).lines)
