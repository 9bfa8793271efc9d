"""Print read by its labels: "Surname / Nom", "DOB", "4b.", and the value behind or below. For documents without a zone.

Labels are small and often misread, so a label counts that is spelled nearly right, and a value only where it has the shape
of one. What is not found is not there for us; nothing is concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from verifier.documents.names import words
from verifier.documents.printed_dates import dates_in, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from verifier.documents.ocr import Points, PrintedLine

LABELS = {
    "surname": ("SURNAME", "LAST NAME", "FAMILY NAME", "NACHNAME", "FAMILIENNAME", "NOM DE FAMILLE", "APELLIDOS", "COGNOME", "LN", "NOM", "NAME"),
    "given": ("GIVEN NAMES", "GIVEN NAME", "FIRST NAME", "FORENAMES", "VORNAMEN", "VORNAME", "PRENOMS", "PRENOM", "NOMBRES", "NOMBRE", "FN"),
    "number": ("DOCUMENT NUMBER", "DOCUMENT NO", "LICENCE NUMBER", "LICENSE NUMBER", "LICENCE NO", "LICENSE NO", "CARD NUMBER", "CARD NO", "DLN", "DL", "LIC"),
    "birth": ("DATE OF BIRTH", "BIRTH DATE", "DATE DE NAISSANCE", "GEBURTSDATUM", "GEBURTSTAG", "FECHA DE NACIMIENTO", "DOB"),
    "issue": ("DATE OF ISSUE", "ISSUE DATE", "ISSUED", "DATE DE DELIVRANCE", "AUSSTELLUNGSDATUM", "FECHA DE EXPEDICION", "ISS"),
    "expiry": ("DATE OF EXPIRY", "EXPIRY DATE", "EXPIRES", "DATE D'EXPIRATION", "GULTIG BIS", "VALID UNTIL", "FECHA DE CADUCIDAD", "EXP"),
}  # fmt: skip
NUMERALS = {"1": "surname", "2": "given", "3": "birth", "4A": "issue", "4B": "expiry", "5": "number"}
"""Of European driving licences (Directive 2006/126/EC, annex I)."""
NEARLY = 0.75
"""Likeness (difflib) of a label of six letters and more to what was read."""
LEAST_SURE = 0.8
"""Mean probability of the characters of a line whose value is taken."""
DATES = ("birth", "issue", "expiry")
_PREFIX = re.compile(r"^\d{1,2}[A-D]?[.):]?\s*(?=[A-Z])")
_NUMERAL = re.compile(r"(?<![\w./-])([1235]|4[AB])[.)]\s?(?=[\w])")
_REACH = 3.5
"""Heights of a label within which its value starts below it."""


@dataclass(frozen=True)
class Labelled:
    """A field and its value as printed; days: every day that a date may be; sure: mean probability of its characters."""

    name: str
    value: str
    days: tuple[date, ...]
    sure: float
    corners: Points


def labelled(lines: Sequence[PrintedLine]) -> tuple[Labelled, ...]:
    """The fields whose labels were found, each once, the surest."""
    found = [*_numbered(lines), *_by_label(lines)]
    best: dict[str, Labelled] = {}
    for field in sorted(found, key=lambda f: -f.sure):
        best.setdefault(field.name, field)
    return tuple(best.values())


def _numbered(lines: Sequence[PrintedLine]) -> list[Labelled]:
    """By the numerals of a driving licence, where at least three of them are there."""
    found = []
    for line in lines:
        text = plain(line.text)
        marks = list(_NUMERAL.finditer(text))
        for mark, after in zip(marks, [*marks[1:], None], strict=False):
            value = text[mark.end() : after.start() if after else len(text)]
            found.append(_field(NUMERALS[mark[1]], value, line))
    fields = [f for f in found if f is not None]
    return fields if len({f.name for f in fields}) >= 3 else []


def _by_label(lines: Sequence[PrintedLine]) -> Iterable[Labelled]:
    labels = {k: found for k, line in enumerate(lines) if (found := label_of(line.text))}
    for k, (name, rest) in labels.items():
        beside = _field(name, rest, lines[k])
        if beside is not None:
            yield beside
            continue
        below = _below(lines[k], [line for j, line in enumerate(lines) if j not in labels])
        field = _field(name, below.text, below) if below is not None else None
        if field is not None:
            yield field


def label_of(text: str) -> tuple[str, str] | None:
    """Which label a line begins with, and what stands behind it; None: it is no label."""
    line = _PREFIX.sub("", plain(text).strip())
    for name, label in _ALL:
        if re.match(rf"{label}\b", line):
            rest = re.sub(r"^(\s*[/|(]\s*[A-Z.' ]+\)?)+", "", line[len(label) :])
            return name, rest.strip(" .:-/")
    head = re.split(r"[/|]", line)[0].replace(" ", "")
    near = [(_alike(label.replace(" ", ""), head), name) for name, label in _ALL if len(label) >= 6]
    likeness, name = max(near)
    return (name, "") if likeness >= NEARLY else None


def _alike(label: str, head: str) -> float:
    return SequenceMatcher(None, label, head[: len(label) + 1], autojunk=False).ratio()


def _below(label: PrintedLine, others: Sequence[PrintedLine]) -> PrintedLine | None:
    """The nearest line under a label that begins where it begins."""
    height = float(label.corners[3][1] - label.corners[0][1])
    near = []
    for line in others:
        down = float(line.corners[0][1] - label.corners[0][1])
        if (
            0.3 * height < down < _REACH * height
            and abs(float(line.corners[0][0] - label.corners[0][0])) < 2.5 * height
        ):
            near.append((down, line))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _field(name: str, text: str, line: PrintedLine) -> Labelled | None:
    """The value, where it has the shape of the field's."""
    text = text.strip(" .,:;-/")
    if line.sure < LEAST_SURE or not text:
        return None
    if name in DATES:
        days = tuple(dates_in(text))
        return Labelled(name, text, days, line.sure, line.corners) if days else None
    if name == "number":
        whole = re.sub(r"[^A-Z0-9]", "", text.upper())
        fits = 5 <= len(whole) <= 20 and sum(c.isdigit() for c in whole) >= 2
    else:
        fits = bool(words(text)) and len(text) >= 2 and not any(c.isdigit() for c in text)
    return Labelled(name, text, (), line.sure, line.corners) if fits else None


_ALL = sorted(
    ((name, label) for name, labels in LABELS.items() for label in labels), key=lambda pair: len(pair[1]), reverse=True
)
