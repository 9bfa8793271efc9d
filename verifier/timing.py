"""Times in media: rational inside, seconds and mm:ss only at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MediaTime = Fraction
"""Seconds since the first presentation timestamp of the recording, exact."""


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of one recording, `start` included, `end` excluded, in seconds; `start <= end`."""

    start: MediaTime
    end: MediaTime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start} > {self.end}")

    @property
    def duration(self) -> MediaTime:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def seconds(self) -> tuple[float, float]:
        return float(self.start), float(self.end)


def merge_spans(spans: list[Span], gap: MediaTime = Fraction(0)) -> list[Span]:
    """Spans in order, those closer than `gap` joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start - merged[-1].end <= gap:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def common_spans(a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    """What lies in spans of both; each in order, its own spans apart."""
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].end, b[j].end)
        if start < end:
            found.append(Span(start, end))
        if a[i].end <= b[j].end:
            i += 1
        else:
            j += 1
    return found


def total(spans: Iterable[Span]) -> float:
    """Seconds of all spans together."""
    return float(sum((s.duration for s in spans), Fraction(0)))


def clock(seconds: float | Fraction) -> str:
    """mm:ss, or h:mm:ss from one hour on."""
    total = int(seconds)
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"
