"""Two files, or a table of them, compared; and the curves fitted again on a labelled table."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.calibration import FaceCalibration
from verifier.checks.base import outcome_of, support_words
from verifier.gather import Gatherer
from verifier.intake import take_in
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import load_comparators

FACES = frozenset({"faces", "templates"})
log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from verifier.observe.templates import FaceTemplate
    from verifier.own_calibration import CurveNews

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class CompareRow:
    """One comparison of two files, as `verifier compare` gives it."""

    a: str
    b: str
    kind: str = "face"
    score: float | None = None
    log10_lr: float | None = None
    lower: float | None = None
    upper: float | None = None
    support: str = ""
    outcome: str = "not_available"
    reason: str = ""
    statement: str = ""
    """What it supports and how strongly, in words."""
    unusable: bool = False
    """One of the files could not be read at all (as against: nothing to compare in it)."""


def compare(a: Path, b: Path) -> CompareRow:
    """Compares the faces of two photos or clips."""
    return compare_pairs([(a, b)])[0]


@dataclass(frozen=True)
class Side:
    """One file of a pair: its template, or why there is none; beside a template, an assumption to state."""

    template: FaceTemplate | None
    reason: str
    unusable: bool


def compare_pairs(
    pairs: Sequence[tuple[Path, Path]], progress: Progress = lambda stage, share: None
) -> list[CompareRow]:
    """Compares pair by pair, each file read and embedded once; one row per pair, in order."""
    gatherer = Gatherer(load_comparators(), FaceCalibration.load(), FACES)
    known: dict[Path, Side] = {}
    rows = []
    try:
        for number, (a, b) in enumerate(pairs):
            rows.append(_row(a, b, _side(a, gatherer, known), _side(b, gatherer, known), gatherer))
            progress("pairs", (number + 1) / len(pairs))
    finally:
        gatherer.close()
    return rows


def calibrate(
    pairs: Sequence[tuple[Path, Path, bool]], progress: Progress = lambda stage, share: None
) -> tuple[Path | None, list[CurveNews], dict[Path, str]]:
    """Refits the curves on labelled pairs (two files, and whether they show one person) and stores them in VERIFIER_HOME.

    Returns the file written (None when no curve had enough people behind it), what became of each curve, and the files that
    could not be used with their reasons. Nothing of the faces is kept. Raises OSError when the file cannot be written.
    """
    from verifier.own_calibration import LabelledPair, people_of, refit, save

    comparators = load_comparators()
    gatherer = Gatherer(comparators, FaceCalibration.load(), FACES)
    who = people_of(pairs)
    known: dict[Path, Side] = {}
    labelled = []
    for number, (a, b, _) in enumerate(pairs):
        first, second = (_side(path, gatherer, known) for path in (a, b))
        if first.template is not None and second.template is not None:
            labelled.append(LabelledPair(first.template, second.template, who[a], who[b]))
        progress("pairs", (number + 1) / len(pairs))
    raw, news = refit(labelled, comparators.loaded)
    left_out = {path: side.reason for path, side in known.items() if side.template is None}
    return save(raw) if any(n.refitted for n in news) else None, news, left_out


def _side(path: Path, gatherer: Gatherer, known: dict[Path, Side]) -> Side:
    if path not in known:
        known[path] = _read(path, gatherer)
        gatherer.pictures.clear()
    return known[path]


def _row(a: Path, b: Path, first: Side, second: Side, gatherer: Gatherer) -> CompareRow:
    reasons = [f"{p.name}: {s.reason}" for p, s in ((a, first), (b, second)) if s.reason]
    reason = "; ".join(dict.fromkeys(reasons))
    if first.template is None or second.template is None:
        return CompareRow(str(a), str(b), reason=reason, unusable=first.unusable or second.unusable)
    comparison = gatherer.compare(first.template, second.template)
    lr = comparison.lr
    if lr is None:
        return CompareRow(str(a), str(b), score=comparison.score, reason=comparison.reason)
    said = (lr.log10, lr.lower, lr.upper, lr.support.value, outcome_of(lr).value, reason, support_words(lr))
    return CompareRow(str(a), str(b), "face", comparison.score, *said)


def _read(path: Path, gatherer: Gatherer) -> Side:
    intake = take_in([], [path])
    if intake.unusable:
        return Side(None, intake.unusable[0][1].rstrip("."), True)
    try:
        reference = gatherer.reference(intake.references[0])
    except MediaError as error:
        return Side(None, str(error).rstrip("."), True)
    except Exception as error:  # one odd file must not lose the whole table
        log.warning("%s could not be read", path.name, exc_info=True)
        return Side(None, f"it could not be read inside the tool ({type(error).__name__})", True)
    gatherer.embedder.forget()
    template = reference.template.without_pictures() if reference.template else None
    return Side(template, reference.reason or reference.note, False)
