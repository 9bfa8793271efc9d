"""What goes wrong while a recording is read, counted, and said in plain words afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from verifier.timing import MediaTime, clock

MISSING_TAIL_S = Fraction(1)
"""Ends that differ by less are how containers round, not a cut file."""


@dataclass
class ReadingLog:
    """Counters of one reading of one stream."""

    what: str
    """"picture" or "sound"."""
    decoded: int = 0
    undecodable: int = 0
    damaged: int = 0
    derived_times: int = 0
    stepped_back: int = 0
    first_step_back: MediaTime | None = None
    gaps: list[tuple[MediaTime, MediaTime]] = field(default_factory=list)
    read_errors: int = 0
    cut_packet: bool = False
    """The last piece that was read is incomplete."""
    last_end: MediaTime | None = None
    """End of the latest piece in the file, decoded or not."""
    declared_end: MediaTime | None = None
    complete: bool = False
    """The reading went to the end of the file, so what is missing there can be told."""
    notes: list[str] = field(default_factory=list)

    def restart(self) -> None:
        """Forgets everything: the reading begins anew."""
        vars(self).update(vars(ReadingLog(self.what)))

    def step_back(self, time: MediaTime) -> None:
        """Counts a piece whose time stamp lies before its predecessor's (`time`, the latest so far)."""
        self.stepped_back += 1
        if self.first_step_back is None:
            self.first_step_back = time

    def note_packet(self, end: MediaTime, is_cut: bool) -> None:
        """Remembers how far the file reaches."""
        self.last_end = end if self.last_end is None else max(self.last_end, end)
        self.cut_packet = is_cut

    def lines(self) -> list[str]:
        """The problems in plain words, most important first; empty when there are none."""
        return [*self._end_lines(), *self._content_lines(), *self._time_lines(), *self.notes]

    def _end_lines(self) -> list[str]:
        if not self.complete:
            return []
        if self.last_end is None:
            return [f"the {self.what} track is empty"]
        missing = (self.declared_end or self.last_end) - self.last_end
        if missing > MISSING_TAIL_S:
            return [
                f"the last {_seconds(missing)} are missing: the file ends early "
                f"({self.what} until {clock(self.last_end)}, announced until {clock(self.declared_end or 0)})"
            ]
        if self.cut_packet:
            return [f"the file ends in the middle of a {self.what}: it was cut off at {clock(self.last_end)}"]
        return []

    def _content_lines(self) -> list[str]:
        found = []
        pieces = ("picture", "pictures") if self.what == "picture" else ("piece of sound", "pieces of sound")
        if self.undecodable:
            found.append(f"{_count(self.undecodable, *pieces)} could not be decoded")
        if self.damaged:
            found.append(f"{_count(self.damaged, *pieces)} decoded with visible or audible damage")
        if self.read_errors:
            found.append(f"the file is damaged in {_count(self.read_errors, 'place', 'places')} and was read past it")
        return found

    def _time_lines(self) -> list[str]:
        found = []
        if self.first_step_back is not None:
            found.append(
                f"time stamps of the {self.what} step back at {clock(self.first_step_back)}: "
                f"{self.stepped_back} out of order left out"
            )
        if self.derived_times:
            found.append(f"{self.derived_times} time stamps of the {self.what} are missing and were counted on")
        if self.gaps:
            total = sum((end - start for start, end in self.gaps), Fraction(0))
            where = ", ".join(clock(start) for start, _ in self.gaps[:3]) + (" ..." if len(self.gaps) > 3 else "")
            found.append(f"{self.what} is missing for {_seconds(total)} in all (at {where})")
        return found


def _seconds(length: Fraction) -> str:
    whole = round(length)
    return "1 second" if whole == 1 else f"{whole} seconds" if whole else f"{float(length):.1f} seconds"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
