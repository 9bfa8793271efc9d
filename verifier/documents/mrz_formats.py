"""Machine-readable zones as ICAO Doc 9303 (parts 3 to 7) lays them out, with the French identity card of 1988-2021 and the
Swiss driving licence, which have layouts of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (7, 3, 1)


class Kind(StrEnum):
    """What may stand at a position."""

    LETTER = "letter"
    """Letters and fillers."""
    DIGIT = "digit"
    """Digits; fillers where a date is not known."""
    CHECK = "check"
    """One digit, or a filler where an empty field has none."""
    ANY = "any"
    SEX = "sex"


ALLOWED = {
    Kind.LETTER: "<" + ALPHABET[11:],
    Kind.DIGIT: "<" + ALPHABET[1:11],
    Kind.CHECK: "<" + ALPHABET[1:11],
    Kind.SEX: "<MFX",
    Kind.ANY: ALPHABET,
}
"""Characters that a position of each kind may hold."""


@dataclass(frozen=True)
class Field:
    name: str
    line: int
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class CheckDigit:
    """`digit`: (line, position) of the digit that covers `parts` ((line, start, end) ...), in that order."""

    name: str
    digit: tuple[int, int]
    parts: tuple[tuple[int, int, int], ...]
    may_be_empty: bool = False
    """A filler counts as 0 where the field is empty."""


@dataclass(frozen=True)
class Format:
    name: str
    title: str
    lengths: tuple[int, ...]
    starts: tuple[str, ...]
    """What the first line may begin with; empty: anything."""
    fields: tuple[Field, ...]
    checks: tuple[CheckDigit, ...]

    def kind(self, line: int, position: int) -> Kind:
        for field in self.fields:
            if field.line == line and field.start <= position < field.end:
                return field.kind
        return Kind.ANY

    def name_spans(self) -> tuple[tuple[int, int, int], ...]:
        """(line, start, end) of what holds names."""
        return tuple((f.line, f.start, f.end) for f in self.fields if f.name in ("names", "surname", "given names"))


def value(c: str) -> int:
    """What a character counts in a check digit: digits by value, A-Z 10 to 35, fillers 0; ValueError for others."""
    return max(ALPHABET.index(c) - 1, 0)


def check_digit(text: str) -> int:
    """Doc 9303-3, 4.9: digits by value, A-Z 10 to 35, fillers 0, weighed 7 3 1, modulo 10; ValueError for others."""
    return sum(value(c) * WEIGHTS[k % 3] for k, c in enumerate(text)) % 10


def _fields(line: int, *parts: tuple[str, int, int, Kind]) -> tuple[Field, ...]:
    return tuple(Field(name, line, start, end, kind) for name, start, end, kind in parts)


def _second_line(optional_end: int) -> tuple[Field, ...]:
    """The data line of booklets, TD2 cards and visas up to their optional data."""
    return _fields(
        1,
        ("number", 0, 9, Kind.ANY),
        ("number check", 9, 10, Kind.CHECK),
        ("nationality", 10, 13, Kind.LETTER),
        ("birth", 13, 19, Kind.DIGIT),
        ("birth check", 19, 20, Kind.CHECK),
        ("sex", 20, 21, Kind.SEX),
        ("expiry", 21, 27, Kind.DIGIT),
        ("expiry check", 27, 28, Kind.CHECK),
        ("optional", 28, optional_end, Kind.ANY),
    )


def _first_line(end: int) -> tuple[Field, ...]:
    return _fields(0, ("type", 0, 2, Kind.LETTER), ("issuer", 2, 5, Kind.LETTER), ("names", 5, end, Kind.LETTER))


_BASIC = (
    CheckDigit("number", (1, 9), ((1, 0, 9),)),
    CheckDigit("birth", (1, 19), ((1, 13, 19),)),
    CheckDigit("expiry", (1, 27), ((1, 21, 27),)),
)
TD3 = Format(
    "TD3", "passport booklet", (44, 44), ("P",),
    (
        *_first_line(44), *_second_line(42),
        *_fields(1, ("optional check", 42, 43, Kind.CHECK), ("composite", 43, 44, Kind.CHECK)),
    ),
    (
        *_BASIC, CheckDigit("optional data", (1, 42), ((1, 28, 42),), may_be_empty=True),
        CheckDigit("composite", (1, 43), ((1, 0, 10), (1, 13, 20), (1, 21, 43))),
    ),
)  # fmt: skip
TD2 = Format(
    "TD2", "identity card with two lines", (36, 36), ("I", "A", "C", "P"),
    (*_first_line(36), *_second_line(35), *_fields(1, ("composite", 35, 36, Kind.CHECK))),
    (*_BASIC, CheckDigit("composite", (1, 35), ((1, 0, 10), (1, 13, 20), (1, 21, 35)))),
)  # fmt: skip
MRV_A = Format("MRV-A", "visa", (44, 44), ("V",), (*_first_line(44), *_second_line(44)), _BASIC)
MRV_B = Format("MRV-B", "visa, small", (36, 36), ("V",), (*_first_line(36), *_second_line(36)), _BASIC)
TD1 = Format(
    "TD1", "identity card with three lines", (30, 30, 30), ("I", "A", "C"),
    (
        *_fields(
            0, ("type", 0, 2, Kind.LETTER), ("issuer", 2, 5, Kind.LETTER), ("number", 5, 14, Kind.ANY),
            ("number check", 14, 15, Kind.CHECK), ("optional", 15, 30, Kind.ANY),
        ),
        *_fields(
            1, ("birth", 0, 6, Kind.DIGIT), ("birth check", 6, 7, Kind.CHECK), ("sex", 7, 8, Kind.SEX),
            ("expiry", 8, 14, Kind.DIGIT), ("expiry check", 14, 15, Kind.CHECK), ("nationality", 15, 18, Kind.LETTER),
            ("optional 2", 18, 29, Kind.ANY), ("composite", 29, 30, Kind.CHECK),
        ),
        *_fields(2, ("names", 0, 30, Kind.LETTER)),
    ),
    (
        CheckDigit("number", (0, 14), ((0, 5, 14),)),
        CheckDigit("birth", (1, 6), ((1, 0, 6),)),
        CheckDigit("expiry", (1, 14), ((1, 8, 14),)),
        CheckDigit("composite", (1, 29), ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
    ),
)  # fmt: skip
FRANCE = Format(
    "FRA-ID", "French identity card of 1988 to 2021", (36, 36), ("IDFRA",),
    (
        *_fields(
            0, ("type", 0, 2, Kind.LETTER), ("issuer", 2, 5, Kind.LETTER), ("surname", 5, 30, Kind.LETTER),
            ("office", 30, 36, Kind.ANY),
        ),
        *_fields(
            1, ("number", 0, 12, Kind.ANY), ("number check", 12, 13, Kind.CHECK), ("given names", 13, 27, Kind.LETTER),
            ("birth", 27, 33, Kind.DIGIT), ("birth check", 33, 34, Kind.CHECK), ("sex", 34, 35, Kind.SEX),
            ("composite", 35, 36, Kind.CHECK),
        ),
    ),
    (
        CheckDigit("number", (1, 12), ((1, 0, 12),)),
        CheckDigit("birth", (1, 33), ((1, 27, 33),)),
        CheckDigit("composite", (1, 35), ((0, 0, 36), (1, 0, 35))),
    ),
)  # fmt: skip
SWISS_LICENCE = Format(
    "CHE-DL", "Swiss driving licence", (30, 30), ("FACHE",),
    (
        *_fields(
            0, ("type", 0, 2, Kind.LETTER), ("issuer", 2, 5, Kind.LETTER), ("number", 5, 17, Kind.DIGIT),
            ("optional", 17, 19, Kind.LETTER), ("birth", 19, 25, Kind.DIGIT), ("optional 2", 25, 30, Kind.LETTER),
        ),
        *_fields(1, ("names", 0, 30, Kind.LETTER)),
    ),
    (),
)  # fmt: skip
"""Its first printed line (nine characters, the number of the blank) stands apart and is not read; it has no check digit."""
FORMATS = (TD3, TD2, MRV_A, MRV_B, TD1, FRANCE, SWISS_LICENCE)
LINE_LENGTHS = (30, 36, 44)


def formats_for(lines: tuple[str, ...]) -> list[Format]:
    """Formats these lines may be, by number and length of lines and by how the first begins; the likeliest first."""
    lengths = tuple(len(line) for line in lines)
    fitting = [f for f in FORMATS if f.lengths == lengths]
    return sorted(fitting, key=lambda f: max((len(s) if lines[0].startswith(s) else 0 for s in f.starts), default=0))[
        ::-1
    ]
