"""The text of the PDF417 on North American driving licences and identity cards, and whether it holds together.

Source: AAMVA DL/ID Card Design Standard, versions 1 (2000) to 10 (2020), annex D. Barcodes in use break its small print (offsets that are off by
a few, other line ends), so elements are found by their names; a value that cannot be understood is left out, never guessed.
A barcode can be printed by anybody: that it agrees with the print says that both were made by the same hand, not by whom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from verifier.documents.aamva_issuers import COUNTRIES, ISSUERS

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT = 8000
"""Characters: a PDF417 holds 1,850, several in a row (macro PDF417) rarely more than two."""
MAX_VALUE = 120
MAX_ELEMENTS = 200
_HEADER = re.compile(r"@[\n\r\x1c-\x1f ]{0,6}(?:ANSI |AAMVA)(\d{6})(\d{2})")
_FIRST = re.compile(r"(?:DL|ID)(?=D[A-Z]{2})")
_DESIGNATOR = re.compile(r"^(?:(?:DL|ID)(?=D[A-Z]{2})|(Z[A-Z])(?=\1))")
"""Stands before the first element of each part of the barcode."""
_ELEMENT = re.compile(r"([DZ][A-Z]{2})(.*)", re.DOTALL)
_EMPTY = {"", "NONE", "UNAVL", "UNAVAIL", "N/A"}
_SEXES = {"1": "M", "2": "F", "9": "X", "M": "M", "F": "F"}
_YOUNGEST_HOLDER = 10
"""Years: some states issue identity cards to children; younger holders are worth a look."""


class NotAamva(ValueError):
    """The text is not that of a licence; one line that says why."""


@dataclass(frozen=True)
class Licence:
    """What the barcode says. None and "": not said, or not to be understood."""

    issuer: str
    """Six digits."""
    version: int
    """Of the standard, 0 to 99."""
    elements: Mapping[str, str]
    """Every element as written, by its three letters."""
    surname: str
    given_names: str
    cut: bool
    """The barcode itself says that a name is cut off."""
    number: str
    jurisdiction: str
    """Two letters of the address."""
    country: str
    birth: date | None
    issue: date | None
    expiry: date | None
    sex: str
    """M, F, X or ""."""


def parse(text: str) -> Licence:
    """The licence of a barcode's text.

    Raises:
        NotAamva: no header of the standard, or no element of a licence.
    """
    if len(text) > MAX_TEXT:
        raise NotAamva("The barcode holds more text than a licence has.")
    header = _HEADER.match(text)
    if header is None:
        raise NotAamva("The barcode is not that of a North American licence.")
    elements = _elements(text[header.end() :])
    if not elements:
        raise NotAamva("The barcode has the header of a licence and nothing behind it.")
    country = elements.get("DCG", "")
    jurisdiction = elements.get("DAJ", "")
    year_first = country == "CAN" or (not country and COUNTRIES.get(jurisdiction) == "CAN")
    surname, given = _names(elements)
    return Licence(
        issuer=header[1],
        version=int(header[2]),
        elements=elements,
        surname=surname,
        given_names=given,
        cut=any(elements.get(name) == "T" for name in ("DDE", "DDF", "DDG")),
        number=_said(elements, "DAQ"),
        jurisdiction=jurisdiction,
        country=country,
        birth=_date(elements.get("DBB", ""), year_first),
        issue=_date(elements.get("DBD", ""), year_first),
        expiry=_date(elements.get("DBA", ""), year_first),
        sex=_SEXES.get(elements.get("DBC", ""), ""),
    )


def _elements(body: str) -> dict[str, str]:
    """Elements after the header; the first of a name counts, as later ones belong to other parts of the barcode."""
    start = _FIRST.search(body)
    if start is None:
        return {}
    found: dict[str, str] = {}
    for line in re.split(r"[\n\r\x1c-\x1f]+", body[start.end() :]):
        match = _ELEMENT.fullmatch(_DESIGNATOR.sub("", line))
        if match and len(found) < MAX_ELEMENTS:
            found.setdefault(match[1], _printable(match[2])[:MAX_VALUE].strip())
    return found


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _said(elements: Mapping[str, str], name: str) -> str:
    value = elements.get(name, "")
    return "" if value.upper() in _EMPTY else value


def _names(elements: Mapping[str, str]) -> tuple[str, str]:
    """Surname and given names, in the elements of whichever version."""
    surname = _said(elements, "DCS") or _said(elements, "DAB")
    first = _said(elements, "DAC") or _said(elements, "DCT").replace(",", " ")
    given = " ".join(filter(None, (first, _said(elements, "DAD"))))
    if not surname and (whole := _said(elements, "DAA")):  # version 1: SURNAME,FIRST,MIDDLE,SUFFIX
        parts = [part.strip() for part in re.split(r"[,$@]", whole)]
        surname, given = parts[0], " ".join(filter(None, parts[1:3]))
    return surname, given


def _date(text: str, year_first: bool) -> date | None:
    """Month, day, year in the United States, year, month, day in Canada; the other order where only that makes a date."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    american, canadian = (text[4:], text[:2], text[2:4]), (text[:4], text[4:6], text[6:])
    for year, month, day in (canadian, american) if year_first else (american, canadian):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1880 <= found.year <= 2200:
            return found
    return None


def inconsistencies(licence: Licence, on: date) -> list[str]:
    """What in the barcode does not go with the rest of it on the day `on`, one sentence each; none: it holds together."""
    return [*_dates(licence, on), *_places(licence), *_missing(licence)]


def _dates(licence: Licence, on: date) -> list[str]:
    birth, issue, expiry = licence.birth, licence.issue, licence.expiry
    said = [
        f"The barcode's {name} ({licence.elements[key]}) is not a date."
        for name, key, value in (("date of birth", "DBB", birth), ("date of issue", "DBD", issue), ("date of expiry", "DBA", expiry))
        if value is None and re.search(r"\d", licence.elements.get(key, ""))
    ]  # fmt: skip
    if issue and expiry and expiry <= issue:
        said.append(f"By its barcode it expired ({expiry:%Y-%m-%d}) before it was issued ({issue:%Y-%m-%d}).")
    if issue and issue > on:
        said.append(f"By its barcode it was issued on {issue:%Y-%m-%d}, after {on:%Y-%m-%d}.")
    if birth and issue and issue.year - birth.year < _YOUNGEST_HOLDER:
        said.append(f"By its barcode it was issued ({issue:%Y-%m-%d}) to a child (born {birth:%Y-%m-%d}).")
    if birth and birth > on:
        said.append(f"The barcode's date of birth ({birth:%Y-%m-%d}) lies after {on:%Y-%m-%d}.")
    return said


def _places(licence: Licence) -> list[str]:
    """The issuer against country; an address may lie in another state than the issuer."""
    said = []
    issuer = ISSUERS.get(licence.issuer)
    if issuer is None:
        said.append(f"The issuer number {licence.issuer} is not in the list of issuers.")
    elif licence.country and COUNTRIES[issuer] != licence.country:
        said.append(f"The issuer is {issuer} ({COUNTRIES[issuer]}), the barcode's country {licence.country}.")
    home = COUNTRIES.get(licence.jurisdiction)
    if licence.jurisdiction and home is None:
        said.append(f"{licence.jurisdiction} is not a state or province of the United States or Canada.")
    return said


_MANDATORY = {"DAQ": "number", "DBB": "date of birth", "DBA": "date of expiry", "DBD": "date of issue"}


def _missing(licence: Licence) -> list[str]:
    lacking = [name for key, name in _MANDATORY.items() if not licence.elements.get(key)]
    lacking += [] if licence.surname else ["surname"]
    return [f"The barcode does not say the {', '.join(lacking)}."] if lacking else []
