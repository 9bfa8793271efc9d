"""Two files, or a table of them, compared; and the curves fitted again on a labelled table."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.calibration import FaceCalibration
from verifier.checks.base import FACES, SAME_FILE, VOICES, outcome_of, support_words
from verifier.gather import Gatherer
from verifier.intake import take_in
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import load_comparators
from verifier.voice_sides import VoiceReader

NEEDS = frozenset({"faces", "templates"})
log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from verifier.calibration import Comparison
    from verifier.case import Evidence
    from verifier.observe.templates import FaceTemplate
    from verifier.own_calibration import CurveNews

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class CompareRow:
    """One comparison of two files, as `verifier compare` gives it."""

    a: str
    b: str
    kind: str = "face"
    """"face" or "voice": voices where one of the two is a sound file and the other one can be heard too."""
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
    """Compares the faces of two photos or clips, or the voices of two sound files."""
    return compare_pairs([(a, b)])[0]


@dataclass(frozen=True)
class Side:
    """One file of a pair: its template, or why there is none; beside a template, an assumption to state."""

    template: FaceTemplate | None
    reason: str
    unusable: bool


@dataclass
class _Desk:
    """Reads each file once, and loads faces' or voices' models when the first pair needs them."""

    _taken: dict[Path, Evidence | str] = field(default_factory=dict)
    _faces: dict[Path, Side] = field(default_factory=dict)

    @cached_property
    def gatherer(self) -> Gatherer:
        return Gatherer(load_comparators(), FaceCalibration.load(), NEEDS)

    @cached_property
    def voices(self) -> VoiceReader:
        return VoiceReader()

    def taken(self, path: Path) -> Evidence | str:
        """The file as evidence, or why it cannot be used."""
        if path not in self._taken:
            intake = take_in([], [path])
            self._taken[path] = intake.unusable[0][1].rstrip(".") if intake.unusable else intake.references[0]
        return self._taken[path]

    def face(self, path: Path) -> Side:
        if path not in self._faces:
            self._faces[path] = self._read_face(path)
            self.gatherer.pictures.clear()
        return self._faces[path]

    def _read_face(self, path: Path) -> Side:
        evidence = self.taken(path)
        if isinstance(evidence, str):
            return Side(None, evidence, True)
        try:
            reference = self.gatherer.reader.reference(evidence)
        except MediaError as error:
            return Side(None, str(error).rstrip("."), True)
        except Exception as error:  # one odd file must not lose the whole table
            log.warning("%s could not be read", path.name, exc_info=True)
            return Side(None, f"it could not be read inside the tool ({type(error).__name__})", True)
        self.gatherer.embedder.forget()
        template = reference.template.without_pictures() if reference.template else None
        return Side(template, reference.reason or reference.note, False)

    def close(self) -> None:
        """Gives back what only reading needs."""
        if "gatherer" in self.__dict__:
            self.gatherer.reader.close()

    def row(self, a: Path, b: Path) -> CompareRow:
        both = [self.taken(path) for path in (a, b)]
        kinds = [taken if isinstance(taken, str) else taken.kind for taken in both]
        first, second = (None if isinstance(taken, str) else taken for taken in both)
        if first and second and first.sha256 and first.sha256 == second.sha256:
            return CompareRow(str(a), str(b), "voice" if first.kind == "sound" else "face", reason=SAME_FILE)
        if "sound" in kinds and all(kind in ("sound", "recording") for kind in kinds):
            return self._voice_row(a, b)
        unread = {path: taken for path in (a, b) if isinstance(taken := self.taken(path), str)}
        if "sound" in kinds and unread:
            return CompareRow(str(a), str(b), "voice", reason=_reason(unread), unusable=True)
        return self._face_row(a, b)

    def _face_row(self, a: Path, b: Path) -> CompareRow:
        first, second = self.face(a), self.face(b)
        reason = _reason({a: first.reason, b: second.reason})
        if first.template is None or second.template is None:
            return CompareRow(str(a), str(b), reason=reason, unusable=first.unusable or second.unusable)
        return _compared(a, b, "face", self.gatherer.compare(first.template, second.template), reason)

    def _voice_row(self, a: Path, b: Path) -> CompareRow:
        first, second = self.voices.side(a), self.voices.side(b)
        reason = _reason({a: first.reason, b: second.reason})
        if first.template is None or second.template is None:
            return CompareRow(str(a), str(b), "voice", reason=reason, unusable=first.unusable or second.unusable)
        return _compared(a, b, "voice", self.voices.compare(first.template, second.template), reason)


def compare_pairs(
    pairs: Sequence[tuple[Path, Path]], progress: Progress = lambda stage, share: None
) -> list[CompareRow]:
    """Compares pair by pair, each file read and embedded once; one row per pair, in order."""
    desk = _Desk()
    rows = []
    try:
        for number, (a, b) in enumerate(pairs):
            rows.append(desk.row(a, b))
            progress("pairs", (number + 1) / len(pairs))
    finally:
        desk.close()
    return rows


def calibrate(
    pairs: Sequence[tuple[Path, Path, bool]], progress: Progress = lambda stage, share: None
) -> tuple[Path | None, list[CurveNews], dict[Path, str]]:
    """Refits the curves on labelled pairs (two files, and whether they show one person) and stores them in VERIFIER_HOME.

    Returns the file written (None when no curve had enough people behind it), what became of each curve, and the files that
    could not be used with their reasons. Nothing of the faces is kept. Raises OSError when the file cannot be written.
    """
    from verifier.own_calibration import LabelledPair, people_of, refit, save

    desk = _Desk()
    who = people_of(pairs)
    labelled = []
    for number, (a, b, _) in enumerate(pairs):
        first, second = desk.face(a), desk.face(b)
        if first.template is not None and second.template is not None:
            labelled.append(LabelledPair(first.template, second.template, who[a], who[b]))
        progress("pairs", (number + 1) / len(pairs))
    raw, news = refit(labelled, desk.gatherer.comparators.loaded)
    left_out = {path: side.reason for path in who if (side := desk.face(path)).template is None}
    return save(raw) if any(n.refitted for n in news) else None, news, left_out


def _reason(reasons: Mapping[Path, str]) -> str:
    return "; ".join(dict.fromkeys(f"{path.name}: {reason}" for path, reason in reasons.items() if reason))


def _compared(a: Path, b: Path, kind: str, comparison: Comparison, reason: str) -> CompareRow:
    lr = comparison.lr
    if lr is None:
        return CompareRow(str(a), str(b), kind, score=comparison.score, reason=comparison.reason)
    words = support_words(lr, VOICES if kind == "voice" else FACES)
    said = (lr.log10, lr.lower, lr.upper, lr.support.value, outcome_of(lr).value, reason, words)
    return CompareRow(str(a), str(b), kind, comparison.score, *said)
