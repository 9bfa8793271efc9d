"""The files of a case, each read once -> what was seen and heard, before anybody is taken for the candidate."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from verifier.calibration import FaceCalibration
from verifier.challenges import check_times, read_marks
from verifier.checks import catalogue
from verifier.gather import Gatherer
from verifier.intake import look_at, take_in
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import Comparators, load_comparators
from verifier.transcript_desk import SpokenCase, load_transcriber, read_spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from verifier.case import Evidence, Round
    from verifier.challenges import Mark
    from verifier.checks.base import ObservedRound, ReferenceFace
    from verifier.documents.reading import DocumentSeen
    from verifier.intake import Intake
    from verifier.observe.transcribe import Transcriber

    Progress = Callable[[str, float], None]

AUTO = Path("auto")
"""For `challenge`: no marks were made, the prompts are to be found."""


class Reader(Protocol):
    """Looks at one round or reference: an EvidenceReader, or what stands before it. MediaError when it cannot."""

    def round(self, case_round: Round, progress: Callable[[float], None]) -> ObservedRound: ...

    def reference(self, evidence: Evidence) -> ReferenceFace: ...

    def documents(self, references: Sequence[Evidence]) -> tuple[tuple[DocumentSeen, ...], str]: ...


class NothingUsable(Exception):
    """None of the inputs can be used; `reasons` has name and reason of each."""

    def __init__(self, reasons: tuple[tuple[str, str], ...]) -> None:
        super().__init__("no usable input")
        self.reasons = reasons


@dataclass(frozen=True)
class ObservedCase:
    """What was seen in all files of a case, before anybody is taken for the candidate; `conclude` reads it."""

    rounds: tuple[ObservedRound, ...]
    references: tuple[ReferenceFace, ...]
    unusable: tuple[tuple[str, str], ...]
    """Name and reason of the inputs that could not be used."""
    gatherer: Gatherer
    stages: tuple[tuple[str, float], ...]
    """Stage and seconds."""
    shown_by: ReferenceFace | None = None
    """A picture handed in to say who the candidate is."""
    spoken: SpokenCase = field(default_factory=SpokenCase)
    """What was said, as far as there are transcripts."""
    documents: tuple[DocumentSeen, ...] = ()
    documents_reason: str = ""
    """Why documents could not be looked for."""


def observe_case(
    rounds: Sequence[Path],
    references: Sequence[Path] = (),
    *,
    shown_by: Path | None = None,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcribe: bool = False,
    candidates: Collection[str] = (),
    name: str | None = None,
    challenge: Path | None = None,
    progress: Progress = lambda stage, share: None,
) -> ObservedCase:
    """Reads every file once and keeps what was seen; raises NothingUsable, catalogue.UnknownCheck, or challenges.BadMarks.

    transcripts: of the rounds, beside those in their folders. compare_transcripts: of other candidates' calls. transcribe:
    writes down the candidate's words in rounds without a transcript; weights.ModelMissing before anything is read when it
    cannot. candidates, name: as for `conclude`; only this asks for them here.

    challenge: a file of marks (verifier/challenges.py) that says what was asked of the candidate when, or AUTO.
    shown_by: a picture that says who the candidate is. checks: those that will be asked; what none needs is not looked at.
    progress: called often with a stage and its share 0..1. Whatever it raises stops the work and comes out here: that
    is how a caller cancels. Nothing is written anywhere.
    """
    marks = None if challenge is None or challenge == AUTO else read_marks(challenge)
    transcriber = load_transcriber() if transcribe else None
    intake = take_in(rounds, references, shown_by)
    return observe_taken(
        intake, checks=checks, transcripts=transcripts, compare_transcripts=compare_transcripts,
        transcriber=transcriber, candidates=candidates, name=name, prompted=challenge is not None, marks=marks,
        progress=progress,
    )  # fmt: skip


def observe_taken(
    intake: Intake,
    *,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcriber: Transcriber | None = None,
    candidates: Collection[str] = (),
    name: str | None = None,
    prompted: bool = False,
    marks: tuple[Mark, ...] | None = None,
    progress: Progress = lambda stage, share: None,
    through: Callable[[Gatherer], Reader] = lambda gatherer: gatherer.reader,
) -> ObservedCase:
    """As `observe_case`, of files that were identified before.

    prompted: the candidate was asked to move; marks: when, None = to be found. through: who reads in the gatherer's place,
    such as a cache.
    """
    started = time.monotonic()
    needs = frozenset(need for check in catalogue.select(checks, prompted=prompted) for need in check.spec.needs)
    if transcriber is not None:  # whose voice it is has to be known
        needs |= {"faces", "templates", "lips", "voices"}
    if not intake.rounds:
        raise NothingUsable(intake.unusable)
    if marks:
        check_times(marks, [(r, look_at(r.evidence[0].path).seconds) for r in intake.rounds])
    comparators = load_comparators() if "faces" in needs else Comparators((), ())
    gatherer = Gatherer(comparators, FaceCalibration.load(), needs, marks)
    stages = [("set-up", time.monotonic() - started)]
    try:
        observed = _observed(intake, gatherer, through(gatherer), stages, progress)
    finally:
        gatherer.reader.close()
    at = time.monotonic()
    handed_in = (*intake.transcripts, *(("", path) for path in transcripts))
    heard = observed.rounds
    if transcriber is not None:
        heard = gatherer.heard(heard, observed.references, candidates, observed.shown_by, name)
    spoken = read_spoken(handed_in, compare_transcripts, heard, progress, transcriber)
    took = (("transcripts", time.monotonic() - at),) if handed_in or compare_transcripts or transcriber else ()
    unusable = (*observed.unusable, *spoken.unusable)
    return replace(observed, spoken=spoken, unusable=unusable, stages=(*observed.stages, *took))


def _observed(
    intake: Intake, gatherer: Gatherer, reader: Reader, stages: list[tuple[str, float]], progress: Progress
) -> ObservedCase:
    seen, seen_references, unusable = [], [], list(intake.unusable)
    for case_round in intake.rounds:
        at = time.monotonic()
        try:
            seen.append(reader.round(case_round, partial(progress, case_round.label)))
        except MediaError as error:
            unusable.append((case_round.evidence[0].name, str(error)))
        stages.append((case_round.label, time.monotonic() - at))
    if not seen:
        raise NothingUsable(tuple(unusable))
    at = time.monotonic()
    for number, evidence in enumerate(intake.references):
        progress("references", number / len(intake.references))
        try:
            seen_references.append(reader.reference(evidence))
        except MediaError as error:
            unusable.append((evidence.name, str(error)))
    shown = _shown_by(intake, gatherer, unusable)
    documents, why = reader.documents(intake.references)
    if intake.references:
        progress("references", 1.0)
        stages.append(("references", time.monotonic() - at))
    return ObservedCase(
        tuple(seen), tuple(seen_references), tuple(unusable), gatherer, tuple(stages), shown,
        documents=documents, documents_reason=why,
    )  # fmt: skip


def _shown_by(intake: Intake, gatherer: Gatherer, unusable: list[tuple[str, str]]) -> ReferenceFace | None:
    """The picture that says who the candidate is; why it cannot say so goes to `unusable`."""
    if intake.shown_by is None:
        return None
    try:
        shown = gatherer.reader.reference(intake.shown_by)
    except MediaError as error:
        unusable.append((intake.shown_by.name, str(error)))
        return None
    if shown.template is None:
        unusable.append((shown.evidence.name, f"It does not show who the candidate is: {shown.reason}."))
    return shown
