"""A licence's barcode against what is printed on its front."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from verifier.documents.names import NameMatch, compare_names

if TYPE_CHECKING:
    from verifier.documents.aamva import Licence

MOST_OFF = 2
"""Letters by which a name may be misread in print: Maria, Marta."""
_SPELLED = {ord("Ä"): "AE", ord("Ö"): "OE", ord("Ü"): "UE", ord("Å"): "AA"}
_PLAIN = {
    ord("Ø"): "OE", ord("Æ"): "AE", ord("Œ"): "OE", ord("ß"): "SS", ord("Ł"): "L", ord("Þ"): "TH", ord("Ð"): "D", ord("Đ"): "D",
}  # fmt: skip
"""Letters that are no base letter with an accent."""


class Agreement(StrEnum):
    AGREES = "agrees"
    IN_PART = "agrees in part"
    """A name with a part left out, or within `MOST_OFF` letters: a middle name, a suffix, a slip of reading."""
    DIFFERS = "differs"
    NOT_COMPARED = "not compared"
    """One of the two was not said or not read."""


@dataclass(frozen=True)
class Printed:
    """What was read on the front; None: not read, never "not there"."""

    surname: str | None = None
    given_names: str | None = None
    number: str | None = None
    birth: date | None = None
    issue: date | None = None
    expiry: date | None = None
    sex: str | None = None


@dataclass(frozen=True)
class FieldAgreement:
    field: str
    """A field of `Printed`."""
    coded: str
    """As the barcode has it; "" where it says nothing."""
    printed: str
    outcome: Agreement


def against_print(licence: Licence, printed: Printed) -> tuple[FieldAgreement, ...]:
    """Field by field. Accents, case, hyphens and order of given names do not count; a name that is cut off agrees by its beginning."""
    return (
        _names("surname", licence.surname, printed.surname, licence.cut),
        _names("given_names", licence.given_names, printed.given_names, licence.cut),
        _field("number", _plain(licence.number), _plain(printed.number)),
        *(
            _field(name, _day(getattr(licence, name)), _day(getattr(printed, name)))
            for name in ("birth", "issue", "expiry")
        ),
        _field("sex", licence.sex, (printed.sex or "").upper().replace("<", "X")),
    )


def said_by_barcode(licence: Licence) -> tuple[dict[str, str], dict[str, date]]:
    """What print is searched for, as `visual.visual_zone` takes it: names and number, days."""
    days = {name: getattr(licence, name) for name in ("birth", "issue", "expiry")}
    wanted = {"surname": licence.surname, "given": licence.given_names, "number": licence.number}
    return wanted, {name: day for name, day in days.items() if day is not None}


def _field(name: str, coded: str, printed: str) -> FieldAgreement:
    if not coded or not printed:
        return FieldAgreement(name, coded, printed, Agreement.NOT_COMPARED)
    return FieldAgreement(name, coded, printed, Agreement.AGREES if coded == printed else Agreement.DIFFERS)


def _names(name: str, coded: str, printed: str | None, cut: bool) -> FieldAgreement:
    if not _forms(coded) or not _forms(printed or ""):
        return FieldAgreement(name, coded, printed or "", Agreement.NOT_COMPARED)
    pairs = list(product(_forms(coded), _forms(printed or "")))
    if any(_same(a, b, cut) for a, b in pairs):
        return FieldAgreement(name, coded, printed or "", Agreement.AGREES)
    other = compare_names(printed or "", coded, may_be_cut=cut).match is NameMatch.DIFFERENT
    near = any(_off("".join(a), "".join(b)) <= MOST_OFF for a, b in pairs)
    return FieldAgreement(name, coded, printed or "", Agreement.DIFFERS if other and not near else Agreement.IN_PART)


def _off(a: str, b: str) -> int:
    """Letters put in, left out or changed to come from one to the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        left, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(left[j] + 1, row[j - 1] + 1, left[j - 1] + (x != y)))
    return row[-1]


def _same(a: tuple[str, ...], b: tuple[str, ...], cut: bool) -> bool:
    if sorted(a) == sorted(b) or "".join(a) == "".join(b):
        return True
    shorter, longer = sorted(("".join(a), "".join(b)), key=len)
    return cut and len(shorter) >= 3 and longer.startswith(shorter)


def _forms(name: str) -> set[tuple[str, ...]]:
    """The words of a name without accents, and with Ä as AE, Ö as OE, Ü as UE, Å as AA: barcodes and print may differ in which."""
    spelled = name.upper().translate(_SPELLED)
    return {words for form in (name.upper(), spelled) if (words := _words(form))}


def _words(name: str) -> tuple[str, ...]:
    name = name.translate(_PLAIN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return tuple(re.findall(r"[A-Z]+", re.sub(r"['’`]", "", plain)))


def _plain(number: str | None) -> str:
    return re.sub(r"[^A-Z0-9]", "", (number or "").upper())


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
