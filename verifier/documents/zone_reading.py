"""What was read of a machine-readable zone: its lines, what is sure in them and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.documents.lattice import Grid
    from verifier.documents.mrz import ParsedZone


class LineStatus(StrEnum):
    CONFIRMED = "confirmed"
    """Both readers, or one of them and a check digit, agree on every character."""
    FLAGGED = "flagged"
    """Read, with characters that may be others."""
    UNREADABLE = "unreadable"
    """Not given: too much of it is doubtful."""


@dataclass(frozen=True)
class Repair:
    """A character that was taken for another one than it looked most like."""

    line: int
    position: int
    seen: str
    taken: str
    why: str


@dataclass(frozen=True)
class MrzLine:
    """text: as read, also where it is unreadable (then nothing is built on it)."""

    text: str
    status: LineStatus
    doubtful: tuple[int, ...]
    """Positions, from 0."""


@dataclass(frozen=True)
class ZoneReading:
    lines: tuple[MrzLine, ...]
    parsed: ParsedZone | None
    """None where a line is unreadable."""
    repairs: tuple[Repair, ...]
    grids: tuple[Grid, ...]
    """Of each line, in pixels of its strip."""
    reason: str = ""
    """Why nothing was read, as half a sentence."""
