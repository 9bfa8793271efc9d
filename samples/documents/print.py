"""What is printed where on passports, visas, cards and driving licences of Utopia."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from samples.documents import licence
from samples.documents.mrz import FORMATS
from samples.documents.people import PLACES, Holder
from samples.documents.sheet import PER_MM, Sheet

FACES = Path(__file__).parent / "faces"
KINDS = (*FORMATS, "licence")
_SHEETS = {"TD3": (125, 88), "MRV-A": (120, 80), "MRV-B": (105, 74), "TD2": (105, 74), "FRA-ID": (105, 74)}
_CARD = (85.6, 54.0)
_TITLES = {"TD3": "PASSPORT", "MRV-A": "VISA", "MRV-B": "VISA", "licence": "DRIVING LICENCE"}
_BETWEEN = 5.0  # millimetres between the two sides of a card on one picture


def faces() -> list[str]:
    """Names of the made-up portraits that there are."""
    return sorted(path.stem for path in FACES.glob("*.jpg"))


def face(name: str) -> Image.Image:
    """name: one of `faces`, or the path of another portrait without its ending."""
    return Image.open(FACES / f"{name}.jpg").convert("RGB")


def printed(day: date) -> str:
    """ "12 AUG 1974", whatever the locale."""
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    return f"{day.day:02d} {months[day.month - 1]} {day.year}"


def fields(holder: Holder, kind: str) -> dict[str, str]:
    """What a reader should find printed: field -> words."""
    found = {
        "surname": holder.surname, "given_names": holder.given_names, "sex": "X" if holder.sex == "<" else holder.sex,
        "nationality": holder.nationality, "birth": printed(holder.birth), "place": holder.place,
        "issue": printed(holder.issue), "expiry": printed(holder.expiry), "number": holder.number,
    }  # fmt: skip
    if kind == "FRA-ID":
        del found["expiry"]
    return found


_LABELS = {
    "surname": "Surname / Nom", "given_names": "Given names / Prénoms", "sex": "Sex / Sexe", "nationality": "Nationality / Nationalité",
    "birth": "Date of birth / Naissance", "place": "Place of birth / Lieu", "issue": "Date of issue / Délivrance",
    "expiry": "Date of expiry / Expiration", "number": "Document No. / No. du document",
}  # fmt: skip


def document(holder: Holder, kind: str, portrait: str, seed: int, back_only: bool = False) -> Sheet:
    """The printed document, before any camera. `back_only`: of a TD1 card, the side with the zone."""
    if kind == "licence":
        return _both(_front(holder, kind, portrait, seed), licence.back(holder, seed + 1, PLACES))
    lines = FORMATS[kind](holder)
    if kind.startswith("TD1"):
        back = Sheet(*_CARD, seed + 1)
        back.text(4, 5, "IDENTITY CARD · UTOPIA · SPECIMEN", 2.4)
        back.labelled(4, 11, "Address / Adresse", f"{7 + seed % 90} MILL LANE, {holder.place}", "address", 2.4)
        back.zone(34.5, lines)
        return back if back_only else _both(_front(holder, kind, portrait, seed), back)
    sheet = Sheet(*_SHEETS[kind], seed)
    height = sheet.height_mm
    _page(sheet, holder, kind, portrait, height)
    sheet.zone(height - 15.5 if kind == "TD3" else height - 14.5, lines)
    return sheet


def _page(sheet: Sheet, holder: Holder, kind: str, portrait: str, height: float) -> None:
    """Portrait to the left, fields to the right in rows, the ghost at the right edge."""
    _title(sheet, kind)
    photo = face(portrait)
    wide = 35.0 if kind == "TD3" else 27.0
    sheet.portrait(5, 16, wide, photo)
    ghost = 15.0
    sheet.ghost(sheet.width_mm - ghost - 5, height - 19 - ghost * 9 / 7, ghost, photo)
    _rows(sheet, fields(holder, kind), wide + 10, 14.5, 7.0 if kind == "TD3" else 5.6, 2.7 if kind == "TD3" else 2.4)


def _front(holder: Holder, kind: str, portrait: str, seed: int) -> Sheet:
    sheet = Sheet(*_CARD, seed)
    _title(sheet, kind)
    photo = face(portrait)
    sheet.portrait(3.5, 13, 23, photo)
    sheet.ghost(71, 11, 12, photo)
    _rows(sheet, fields(holder, kind), 30, 10.5, 5.7, 2.3)
    return sheet


def _rows(sheet: Sheet, found: dict[str, str], x: float, y: float, step: float, height: float) -> None:
    """Long fields have a row to themselves, short ones share one."""
    rows = [
        ("number",),
        ("surname",),
        ("given_names",),
        ("nationality", "sex"),
        ("birth", "place"),
        ("issue", "expiry"),
    ]
    for number, row in enumerate(rows):
        for column, name in enumerate(n for n in row if n in found):
            sheet.labelled(x + 26 * column, y + number * step, _LABELS[name], found[name], name, height)


def _title(sheet: Sheet, kind: str) -> None:
    sheet.text(5, 3.2, "REPUBLIC OF UTOPIA", 3.0, face="DejaVuSans-Bold", fill=(60, 64, 110))
    sheet.text(45, 3.4, _TITLES.get(kind, "IDENTITY CARD"), 2.8, fill=(60, 64, 110))
    sheet.text(5, 7.6, "SPECIMEN · NOT A DOCUMENT", 1.9, fill=(150, 60, 70))


def _both(front: Sheet, back: Sheet) -> Sheet:
    """Two sides of a card below each other on white paper, as people copy them."""
    gap = round(_BETWEEN * PER_MM)
    whole = Sheet(front.width_mm, front.height_mm + back.height_mm + _BETWEEN, 0)
    below = front.image.height + gap
    picture = np.full((below + back.image.height, front.image.width, 3), 250, np.uint8)
    picture[: front.image.height], picture[below:] = front.pixels(), back.pixels()
    whole.image = Image.fromarray(picture)
    moved = {name: (a, b + below, c, d + below) for name, (a, b, c, d) in back.places.items()}
    whole.places, whole.barcode = {**front.places, **moved}, back.barcode
    return whole
