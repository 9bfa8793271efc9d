"""Which pictures the page carries, and where they are laid side by side.

Every picture is embedded once and drawn wherever it is needed, and the page has a budget of bytes: pictures that weigh
most for the reader come first, and the page says how many had to stay out.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.report.leads import questions
from verifier.report.ranking import look_first, strength
from verifier.report.words import ratio_tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.report.model import MatrixCell, Picture, Report

MAX_PICTURE_BYTES = 5_000_000
"""Of JPEG in one page; base64 adds a third."""
MOST_COMPARISONS = 24
"""Comparisons whose frames are laid out; the others are in the matrix and among the findings."""
MOST_PAIRS = 5
_TONE_ORDER = ("different", "open", "same")


@dataclass(frozen=True)
class DrawnPicture:
    """A picture of the page; `id` is its anchor, `src` its data URI."""

    id: str
    src: str
    caption: str
    width: int
    height: int
    round_id: str
    timed: bool


@dataclass(frozen=True)
class Comparison:
    """One cell of a matrix with its pictures: `id` is its anchor."""

    id: str
    cell: MatrixCell
    tone: str
    pairs: tuple[tuple[str, str], ...]


def comparisons(report: Report) -> tuple[Comparison, ...]:
    """The comparisons to lay out, those worth a look first; at most `MOST_COMPARISONS`."""
    cells = [c for m in report.matrices for c in m.cells if c.pictures and c.lr is not None]
    cells.sort(key=lambda c: (_TONE_ORDER.index(ratio_tone(c.lr)), -abs(c.lr.log10) if c.lr else 0.0))
    return tuple(
        Comparison(f"frames-{number}", cell, ratio_tone(cell.lr), cell.pictures[:MOST_PAIRS])
        for number, cell in enumerate(cells[:MOST_COMPARISONS], 1)
    )


def candidate_frames(report: Report) -> dict[str, tuple[str, ...]]:
    """Keys of the pictures that stand for the candidate, by round: those of the matrix, or else the thumbnail."""
    found: dict[str, dict[str, None]] = {}
    for cell in (c for m in report.matrices for c in m.cells):
        for first, second in cell.pictures:
            found.setdefault(cell.first, {})[first] = None
            found.setdefault(cell.second, {})[second] = None
    for person in report.participants:
        if person.is_candidate and person.thumbnail:
            found.setdefault(person.round_id, {})[person.thumbnail] = None
    return {subject: tuple(keys) for subject, keys in found.items()}


def drawn_pictures(report: Report, laid_out: Iterable[Comparison]) -> tuple[dict[str, DrawnPicture], int]:
    """The pictures that fit, by key, and how many that the page would show were left out."""
    known = {p.key: p for p in report.pictures}
    wanted = [key for key in dict.fromkeys(_by_weight(report, tuple(laid_out))) if key in known]
    chosen: dict[str, DrawnPicture] = {}
    spent = 0
    for key in wanted:
        picture = known[key]
        if spent + len(picture.jpeg) <= MAX_PICTURE_BYTES:
            spent += len(picture.jpeg)
            chosen[key] = _drawn(picture, f"picture-{len(chosen) + 1}")
    return chosen, len(wanted) - len(chosen)


def _by_weight(report: Report, laid_out: tuple[Comparison, ...]) -> Iterable[str]:
    candidates = candidate_frames(report)
    for keys in candidates.values():  # one face of everybody who is compared
        yield from keys[:1]
    for question in questions(report):
        yield from (p.thumbnail for p in question.faces)
    for finding in look_first(report.findings):
        yield from finding.pictures
    for compared in laid_out:
        yield from (key for pair in compared.pairs[:1] for key in pair)
    yield from (p.thumbnail for p in report.participants)
    for compared in laid_out:
        yield from (key for pair in compared.pairs for key in pair)
    for finding in sorted(report.findings, key=lambda f: -strength(f)):
        yield from finding.pictures
    for keys in candidates.values():
        yield from keys


def _drawn(picture: Picture, anchor: str) -> DrawnPicture:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    timed = picture.time is not None
    return DrawnPicture(
        anchor,
        f"data:image/jpeg;base64,{data}",
        picture.caption,
        picture.width,
        picture.height,
        picture.round_id,
        timed,
    )
