"""The text of a machine-readable zone -> its fields, its check digits, its names and dates. Pure functions of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from verifier.documents.codes import ISSUERS
from verifier.documents.mrz_formats import ALPHABET, FRANCE, TD1, CheckDigit, Field, Format, check_digit, formats_for

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME_SHAPE = re.compile(r"[A-Z]+(<[A-Z]+)*(<<[A-Z]+(<[A-Z]+)*)?<*")
"""Doc 9303-3, 4.6: words with one filler between, two between surname and given names, then fillers alone."""
OLDEST = 110
"""Years: nobody with a document is older."""
VALID_YEARS = 50
"""A document that expires later than this from now was issued in the century before."""


class NoFormat(Exception):
    """The lines are of no known layout."""


@dataclass(frozen=True)
class CheckResult:
    """One check digit. printed: as read; computed: what it should be."""

    name: str
    printed: str
    computed: str
    holds: bool


@dataclass(frozen=True)
class ParsedZone:
    format: Format
    lines: tuple[str, ...]
    values: dict[str, str]
    """By field, fillers stripped at the ends: number, issuer, nationality, birth, expiry, sex, optional, type."""
    surname: str
    given: str
    """With single spaces; empty where there is none."""
    checks: tuple[CheckResult, ...]
    name_is_regular: bool
    """The name line is built as Doc 9303 wants it, with the two parts of the name apart."""
    name_may_be_cut: bool
    """The name fills its line to the end: what did not fit was left out."""

    @property
    def all_hold(self) -> bool:
        return all(c.holds for c in self.checks)

    def codes_unknown(self) -> tuple[str, ...]:
        """Names of the country fields that hold no code of Doc 9303-3, section 5."""
        named = ((k, self.values.get(k, "")) for k in ("issuer", "nationality"))
        return tuple(k for k, v in named if v and v not in ISSUERS)


def parse(lines: Sequence[str], layout: Format | None = None) -> ParsedZone:
    """Fields of lines that are whole (any may hold wrong characters); raises NoFormat for other numbers or lengths."""
    lines = tuple(lines)
    if any(set(line) - set(ALPHABET) for line in lines):
        raise NoFormat("a character that is not of the zone's alphabet")
    fitting = formats_for(lines) if layout is None else [layout]
    if not fitting or tuple(map(len, lines)) != fitting[0].lengths:
        raise NoFormat(f"{len(lines)} lines of {', '.join(str(len(line)) for line in lines)} characters")
    layout = fitting[0]
    values = {
        f.name: _text(lines, f).strip("<") for f in layout.fields if f.name not in ("names", "surname", "given names")
    }
    long = long_number(lines) if layout is TD1 else None
    if long is not None:
        values["number"], values["optional"] = long[0], long[2].strip("<")
    values["number"] = values.get("number", "").replace("<", "")
    surname, given, regular, cut = _names(lines, layout)
    checks = tuple(check(lines, c) for c in checks_of(lines, layout))
    return ParsedZone(layout, lines, values, surname, given, checks, regular, cut)


def long_number(lines: Sequence[str]) -> tuple[str, str, str] | None:
    """Number, its check digit and what is left of the optional data, where a TD1 number has more than nine characters.

    Doc 9303-5, note j: then a filler stands for the check digit, and the number goes on in the optional data up to a
    filler, its last character being the check digit.
    """
    if lines[0][14] != "<" or lines[0][15] == "<":
        return None
    more, _, rest = lines[0][15:30].partition("<")
    return lines[0][5:14] + more[:-1], more[-1], rest


def checks_of(lines: Sequence[str], layout: Format) -> tuple[CheckDigit, ...]:
    """The check digits of this document: a long number moves its own."""
    long = long_number(lines) if layout is TD1 else None
    if long is None:
        return layout.checks
    at = 15 + len(long[0]) - 9
    moved = CheckDigit("number", (0, at), ((0, 5, 14), (0, 15, at)))
    return (moved, *layout.checks[1:])


def check(lines: Sequence[str], rule: CheckDigit) -> CheckResult:
    line, at = rule.digit
    printed = lines[line][at]
    covered = "".join(lines[n][start:end] for n, start, end in rule.parts)
    computed = str(check_digit(covered))
    empty = rule.may_be_empty and not covered.strip("<") and printed == "<"
    return CheckResult(rule.name, printed, computed, printed == computed or empty)


def birth_date(text: str, today: date) -> date | None:
    """A YYMMDD date of birth: the latest century in which it is not in the future; None where it is no date."""
    found = [d for d in (_date(text, century) for century in (1900, 2000)) if d is not None and d <= today]
    return max(found) if found and found[-1].year >= today.year - OLDEST else None


def expiry_date(text: str, today: date) -> date | None:
    """A YYMMDD expiry: this century, unless that is more than `VALID_YEARS` away."""
    found = _date(text, 2000)
    if found is not None and found.year <= today.year + VALID_YEARS:
        return found
    return _date(text, 1900)


def _date(text: str, century: int) -> date | None:
    if not re.fullmatch(r"\d{6}", text):
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def _text(lines: Sequence[str], field: Field) -> str:
    return lines[field.line][field.start : field.end]


def _names(lines: Sequence[str], layout: Format) -> tuple[str, str, bool, bool]:
    """Surname, given names, whether they are regular and may be cut."""
    if layout is FRANCE:  # the parts have fields of their own; given names are parted by two fillers
        parts = [lines[n][start:end] for n, start, end in layout.name_spans()]
        regular = bool(re.fullmatch(r"[A-Z]+(<[A-Z]+)*<*", parts[0])) and bool(
            re.fullmatch(r"[A-Z]+(<{1,2}[A-Z]+)*<*", parts[1])
        )
        return _spaced(parts[0]), _spaced(parts[1]), regular, any(p[-1] != "<" for p in parts)
    ((n, start, end),) = layout.name_spans()
    text = lines[n][start:end]
    surname, _, given = text.partition("<<")
    # some people have one name: a word with fillers alone behind it; two words without a part of their own miss a filler
    regular = bool(NAME_SHAPE.fullmatch(text)) and bool(given.strip("<") or "<" not in surname.strip("<"))
    return _spaced(surname), _spaced(given), regular, text[-1] != "<"


def _spaced(text: str) -> str:
    return " ".join(text.replace("<", " ").split())
