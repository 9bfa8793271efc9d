"""Time lines as figures to draw: everything in percent of one axis, so that lanes, marks and frames line up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.report.words import SHAPES, WORDS, finding_tone
from verifier.timing import MediaTime, Span, clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.findings import Finding
    from verifier.report.model import Lane, Picture, Timeline
    from verifier.report.snippet_view import Clips

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_MOST_TICKS = 8
ZOOMS = (1, 2, 4, 8, 16)
"""How many times as wide as the page a time line can be drawn."""
MOST_OTHER_LANES = 6
MOST_MARKS = 60
_LEAST_MARK = 1.5
"""Percent of the axis: a mark must be wide enough to be clicked."""
_FINEST = 500
"""Bars closer than this part of the axis are drawn as one: nobody could tell them apart."""


@dataclass(frozen=True)
class Bar:
    """A stretch of the axis, in percent of its length."""

    left: float
    width: float
    title: str


@dataclass(frozen=True)
class Mark:
    """Where a finding points to on the axis; `id` is what times in the text link to."""

    id: str
    finding: int
    left: float
    width: float
    row: int
    title: str
    group: str
    tone: str
    """Of its finding: only what is to be looked at is drawn so."""
    clip: str
    """Anchor of what it plays; "" where nothing was cut out."""

    @property
    def shape(self) -> str:
        return SHAPES[self.tone]

    @property
    def said(self) -> str:
        return WORDS[self.tone]


@dataclass(frozen=True)
class DrawnLane:
    label: str
    kind: str
    bars: tuple[Bar, ...]

    @property
    def outline(self) -> str:
        """All bars as one SVG path: what is drawn when there are too many for each to be pointed at."""
        return "".join(f"M{b.left:g} 0h{b.width:g}v10h-{b.width:g}z" for b in self.bars)


@dataclass(frozen=True)
class DrawnTimeline:
    id: str
    label: str
    length: str
    lanes: tuple[DrawnLane, ...]
    marks: tuple[Mark, ...]
    mark_rows: int
    left_out: str
    """What is not drawn, in words; empty when everything is."""
    frames: tuple[tuple[str, float], ...]
    """Keys of the candidate's frames and where they are, in percent."""
    ticks: tuple[tuple[float, str, int], ...]
    """Where, what, and from which of ZOOMS on."""
    groups: tuple[str, ...]
    """Groups of the findings that are marked, in the order of their first mark."""


def drawn(
    timeline: Timeline,
    findings: Sequence[Finding],
    pictures: Mapping[str, Picture],
    frames: Sequence[str],
    clips: Clips,
) -> DrawnTimeline:
    """The time line of one round. frames: keys of its candidate's pictures, in any order."""
    length = max(Fraction(timeline.duration), Fraction(1, 1000))
    marks, beyond = _marks(timeline.round_id, findings, length, clips)
    others = [lane for lane in timeline.lanes if lane.kind == "other"]
    said = []
    if len(others) > MOST_OTHER_LANES:
        said.append(f"{len(others) - MOST_OTHER_LANES} more faces share the last lane of faces")
    if beyond:
        said.append(f"{beyond} more marks are not drawn; their times are in the findings and in report.json")
    timed = [(key, t) for key in frames if key in pictures and (t := pictures[key].time) is not None]
    timed.sort(key=lambda pair: pair[1])
    return DrawnTimeline(
        timeline.round_id,
        timeline.label,
        clock(timeline.duration),
        tuple(_lane(lane, length) for lane in _folded(timeline.lanes)),
        marks,
        max((m.row for m in marks), default=-1) + 1,
        "; ".join(said),
        tuple((key, _percent(time, length)) for key, time in timed),
        _ticks(length),
        tuple(dict.fromkeys(m.group for m in marks)),
    )


def _folded(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes with the least seen faces in one, when there are too many."""
    from verifier.report.model import Lane

    others = [lane for lane in lanes if lane.kind == "other"]
    if len(others) <= MOST_OTHER_LANES:
        return list(lanes)
    rest = others[MOST_OTHER_LANES - 1 :]
    spans = tuple(s for lane in rest for s in lane.spans)
    kept = [lane for lane in lanes if all(lane is not r for r in rest)]
    at = max((i for i, lane in enumerate(kept) if lane.kind in ("candidate", "other")), default=-1) + 1
    return [*kept[:at], Lane(f"{len(rest)} other faces", "other", spans), *kept[at:]]


def _lane(lane: Lane, length: MediaTime) -> DrawnLane:
    """Its stretches in percent, those that lie closer than anybody could see drawn as one."""
    total = float(length)
    merged: list[list[float]] = []
    for start, end in sorted(span.seconds() for span in lane.spans):
        if merged and start - merged[-1][1] <= total / _FINEST:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    bars = []
    for start, end in merged:
        left, right = (round(min(100.0, max(0.0, t / total * 100)), 3) for t in (start, end))
        bars.append(Bar(left, max(0.25, round(right - left, 3)), f"{lane.label} {clock(start)}–{clock(end)}"))
    return DrawnLane(lane.label, lane.kind, tuple(bars))


def _marks(round_id: str, findings: Sequence[Finding], length: MediaTime, clips: Clips) -> tuple[tuple[Mark, ...], int]:
    """Marks in rows so that none hides another, and how many were left out."""
    spans = [
        (span, number, part)
        for number, finding in enumerate(findings, 1)
        if finding.rounds[:1] == (round_id,)
        for part, span in enumerate(finding.spans, 1)
    ]
    spans.sort(key=lambda item: item[0])
    ends: list[float] = []
    marks = []
    for span, number, part in spans[:MOST_MARKS]:
        width = _width(span, length)
        left = min(_percent(span.start, length), 100 - width)
        row = next((i for i, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + width]
        clip = clips.get((round_id, span))
        finding, mark = findings[number - 1], f"time-{number}-{part}"
        drawn_as = finding.group.value, finding_tone(finding)
        marks.append(Mark(mark, number, left, width, row, _when(span), *drawn_as, clip.id if clip else ""))
    return tuple(marks), max(0, len(spans) - MOST_MARKS)


def _ticks(length: MediaTime) -> tuple[tuple[float, str, int], ...]:
    """Those of each of ZOOMS, every one among those of the next."""
    step, known = int(length / _MOST_TICKS) + 1, dict[int, int]()
    for zoom in ZOOMS:
        fits = (s for s in _STEPS if length / s <= _MOST_TICKS * zoom and (zoom == 1 or step % s == 0))
        step = next(fits, step)
        for k in range(int(length / step) + 1):
            known.setdefault(k * step, zoom)
    return tuple((_percent(Fraction(at), length), clock(at), zoom) for at, zoom in sorted(known.items()))


def _percent(time: MediaTime, length: MediaTime) -> float:
    return round(min(100.0, max(0.0, float(time / length) * 100)), 3)


def _width(span: Span, length: MediaTime) -> float:
    left, right = _percent(span.start, length), _percent(span.end, length)
    return round(max(_LEAST_MARK, right - left), 3)


def _when(span: Span) -> str:
    return f"{clock(span.start)}–{clock(span.end)}"
