"""The facade: what the command line, the pages and other programs call, and nothing deeper."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from verifier import __version__
from verifier.calibration import FaceCalibration
from verifier.candidate_voice import speakers, talking_time
from verifier.case import Participant
from verifier.checks import catalogue
from verifier.document_desk import check_documents
from verifier.gather import Gatherer
from verifier.intake import FileLook, look_at, take_in
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import Comparators, load_comparators
from verifier.observe.face_detector import detection_in_words
from verifier.pairs import CompareRow, calibrate, compare, compare_pairs
from verifier.report.model import Lane, Matrix, MatrixCell, Report, Timeline
from verifier.snippets import clips_of
from verifier.timing import Span, merge_spans
from verifier.transcript_desk import SpokenCase, evidence_of, load_transcriber, read_spoken, with_spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from verifier.case import Evidence, Round
    from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace
    from verifier.documents.reading import DocumentSeen
    from verifier.intake import Intake
    from verifier.observe.transcribe import Transcriber

    Progress = Callable[[str, float], None]

__all__ = ["CONSENT", "CompareRow", "FileLook", "NothingUsable", "ObservedCase", "calibrate", "check_case",
           "check_documents", "compare", "compare_pairs", "conclude", "look_at", "observe_case", "observe_taken"]  # fmt: skip

CONSENT = (
    "Nothing biometric was kept: faces, voices and templates were held in memory and are gone. This report shows faces; "
    "keep it as the consent of the people in it allows."
)

CLIPS_CONSENT = (
    " It plays seconds of the recordings, in which everybody who was on the call may be seen and heard, "
    "not the candidate alone."
)


class Reader(Protocol):
    """Looks at one round or reference; MediaError when it cannot."""

    def round(self, case_round: Round, progress: Callable[[float], None]) -> ObservedRound: ...

    def reference(self, evidence: Evidence) -> ReferenceFace: ...


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


def check_case(
    rounds: Sequence[Path],
    references: Sequence[Path] = (),
    *,
    candidate: str | Path | None = None,
    name: str | None = None,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcribe: bool = False,
    progress: Progress = lambda stage, share: None,
) -> Report:
    """Checks the rounds of one candidate against each other and against references.

    candidate: id of a face ("round-1/B") or a voice ("round-1/voice-2") when the assumption about who it is was wrong, or a
    picture that shows who it is.
    checks: ids, None = all. transcripts, compare_transcripts, transcribe: as for observe_case. Raises NothingUsable,
    catalogue.UnknownCheck or weights.ModelMissing. Inputs that cannot be used are named in the report.
    """
    shown_by = candidate if isinstance(candidate, Path) else None
    observed = observe_case(
        rounds, references, shown_by=shown_by, checks=checks, transcripts=transcripts,
        compare_transcripts=compare_transcripts, transcribe=transcribe, progress=progress,
    )  # fmt: skip
    return conclude(observed, candidates=(candidate,) if isinstance(candidate, str) else (), name=name, checks=checks)


def observe_case(
    rounds: Sequence[Path],
    references: Sequence[Path] = (),
    *,
    shown_by: Path | None = None,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcribe: bool = False,
    progress: Progress = lambda stage, share: None,
) -> ObservedCase:
    """Reads every file once and keeps what was seen; raises NothingUsable, or catalogue.UnknownCheck.

    transcripts: of the rounds, beside those in their folders. compare_transcripts: of other candidates' calls. transcribe:
    writes down the words of rounds without a transcript; weights.ModelMissing before anything is read when it cannot.

    shown_by: a picture that says who the candidate is. checks: those that will be asked; what none needs is not looked at.
    progress: called often with a stage and its share 0..1. Whatever it raises stops the work and comes out here: that
    is how a caller cancels. Nothing is written anywhere.
    """
    transcriber = load_transcriber() if transcribe else None
    intake = take_in(rounds, references, shown_by)
    return observe_taken(
        intake, checks=checks, transcripts=transcripts, compare_transcripts=compare_transcripts,
        transcriber=transcriber, progress=progress,
    )  # fmt: skip


def observe_taken(
    intake: Intake,
    *,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcriber: Transcriber | None = None,
    progress: Progress = lambda stage, share: None,
    through: Callable[[Gatherer], Reader] = lambda gatherer: gatherer,
) -> ObservedCase:
    """As `observe_case`, of files that were identified before. through: who reads in the gatherer's place, such as a cache."""
    started = time.monotonic()
    needs = frozenset(name for check in catalogue.select(checks) for name in check.spec.needs)
    if not intake.rounds:
        raise NothingUsable(intake.unusable)
    comparators = load_comparators() if "faces" in needs else Comparators((), ())
    gatherer = Gatherer(comparators, FaceCalibration.load(), needs)
    stages = [("set-up", time.monotonic() - started)]
    try:
        observed = _observed(intake, gatherer, through(gatherer), stages, progress)
    finally:
        gatherer.close()
    at = time.monotonic()
    handed_in = (*intake.transcripts, *(("", path) for path in transcripts))
    spoken = read_spoken(handed_in, compare_transcripts, observed.rounds, progress, transcriber)
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
    # those that a case folder holds were read when they were handed in; their path is empty now
    documents = gatherer.documents([e for e in intake.references if e.path != Path()])
    if intake.references:
        progress("references", 1.0)
        stages.append(("references", time.monotonic() - at))
    return ObservedCase(
        tuple(seen), tuple(seen_references), tuple(unusable), gatherer, tuple(stages), shown, documents=documents
    )


def _shown_by(intake: Intake, gatherer: Gatherer, unusable: list[tuple[str, str]]) -> ReferenceFace | None:
    """The picture that says who the candidate is; why it cannot say so goes to `unusable`."""
    if intake.shown_by is None:
        return None
    try:
        shown = gatherer.reference(intake.shown_by)
    except MediaError as error:
        unusable.append((intake.shown_by.name, str(error)))
        return None
    if shown.template is None:
        unusable.append((shown.evidence.name, f"It does not show who the candidate is: {shown.reason}."))
    return shown


def conclude(
    observed: ObservedCase,
    *,
    candidates: Collection[str] = (),
    name: str | None = None,
    checks: Iterable[str] | None = None,
    consent: str = CONSENT,
    extend: Callable[[CaseObservations], CaseObservations] = lambda case: case,
) -> Report:
    """Compares and reports what was observed; nothing is decoded or detected again, so it may be asked repeatedly.

    candidates: ids of faces and voices to take as the candidate's, at most one of each per round; elsewhere it is assumed as usual.
    extend: adds what only a case folder knows, before the checks read it. Raises catalogue.UnknownCheck.
    """
    started = time.monotonic()
    gatherer = observed.gatherer
    selected = catalogue.select(checks)
    origin = f"interview-verifier {__version__}"
    case, basis = gatherer.case(observed.rounds, observed.references, candidates, origin, observed.shown_by, name)
    case = replace(with_spoken(case, observed.spoken, name), documents=observed.documents, claimed_name=name)
    case = extend(case)
    unusable = observed.unusable
    if (
        observed.shown_by is not None
        and observed.shown_by.template is not None
        and observed.shown_by.evidence.name not in basis
    ):
        why = "No face in the rounds is supported as the person in it; the candidate was assumed as usual."
        unusable = (*unusable, (observed.shown_by.evidence.name, why))
    findings = [finding for check in selected for finding in catalogue.run(check, case)]
    compared = ("comparison", time.monotonic() - started)
    clips = clips_of(findings, [r.round for r in case.rounds], gatherer.clips)
    cut = (("clips", time.monotonic() - started - compared[1]),) if clips else ()
    stages = (*observed.stages, compared, *cut)
    return Report(
        claimed_name=name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=tuple(r.round for r in case.rounds),
        references=tuple(r.evidence for r in case.references),
        participants=tuple(p for r in case.rounds for p in _participants(r)),
        candidate_basis=basis,
        findings=tuple(findings),
        checks=tuple(check.spec for check in selected),
        matrices=_matrices(case),
        timelines=tuple(_timeline(r) for r in case.rounds if r.looked_at or (r.voices and r.voices.voices)),
        pictures=tuple(gatherer.pictures.values()),
        unusable=unusable,
        consent=consent + CLIPS_CONSENT if clips else consent,
        versions=(*_versions(gatherer.comparators, gatherer.calibration), *_voice_versions(gatherer)),
        missing_models=(*gatherer.comparators.missing, *gatherer.embedder.failed.items()),
        timing=(*stages, ("total", sum(seconds for _, seconds in stages))),
        transcripts=evidence_of(case),
        clips=clips,
        speakers=tuple(s for r in case.rounds for s in speakers(r)),
    )


def _participants(r: ObservedRound) -> list[Participant]:
    return [
        Participant(
            s.id, r.round.id, s.person.spans, s.person.visible, s.pictures[0] if s.pictures else "", s is r.candidate,
            *talking_time(r, s.id),
        )
        for s in r.seen
    ]  # fmt: skip


def _matrices(case: CaseObservations) -> tuple[Matrix, ...]:
    faces = (_matrix(case),) if len(case.rounds) + len(case.references) > 1 else ()
    if len(case.rounds) < 2 or not any(r.voices for r in case.rounds):
        return faces
    cells = []
    for a, b in combinations(case.rounds, 2):
        found = case.voices_compared.get((a.round.id, b.round.id))
        reason = found.reason if found else a.voice_reason or b.voice_reason
        cells.append(MatrixCell(a.round.id, b.round.id, found.lr if found else None, reason))
    ids, labels = tuple(r.round.id for r in case.rounds), tuple(r.round.label for r in case.rounds)
    return (*faces, Matrix("Same voice?", ids, labels, tuple(cells), voices=True))


def _matrix(case: CaseObservations) -> Matrix:
    subjects = [(r.round.id, r.round.label, r.candidate.pictures if r.candidate else (), r.reason) for r in case.rounds]
    subjects += [(ref.evidence.id, ref.evidence.name, ref.pictures, ref.reason) for ref in case.references]
    cells = []
    for i, (a, _, pictures_a, reason_a) in enumerate(subjects):
        for b, _, pictures_b, reason_b in subjects[i + 1 :]:
            comparison = case.compared.get((a, b))
            reason = comparison.reason if comparison else reason_a or reason_b
            pairs = tuple(zip(pictures_a, pictures_b, strict=False))
            cells.append(MatrixCell(a, b, comparison.lr if comparison else None, reason, pairs))
    ids, labels = tuple(s[0] for s in subjects), tuple(s[1] for s in subjects)
    return Matrix("Same face?", ids, labels, tuple(cells))


def _timeline(r: ObservedRound) -> Timeline:
    lanes = [
        Lane("Candidate" if s is r.candidate else f"Face {s.id.partition('/')[2]}",
             "candidate" if s is r.candidate else "other", s.person.spans)
        for s in r.seen
    ]  # fmt: skip
    lanes += _voice_lanes(r)
    if r.candidate is None and (r.seen or not r.looked_at):
        return Timeline(r.round.id, r.round.label, Fraction(r.end), tuple(lanes))
    shown = r.candidate.person.spans if r.candidate else ()
    lanes.append(Lane("Candidate not visible", "unobservable", _gaps(shown, Fraction(r.end))))
    return Timeline(r.round.id, r.round.label, Fraction(r.end), tuple(lanes))


def _voice_lanes(r: ObservedRound) -> list[Lane]:
    """The candidate's voice, all others together, and where voices overlap if that can be seen."""
    if r.voices is None or not r.voices.voices:
        return []
    others = [s for v in r.voices.voices if v is not r.voice for s in v.spans]
    lanes = [Lane("Candidate's voice", "candidate-voice", r.voice.spans)] if r.voice else []
    if others:
        lanes.append(Lane("Other voices" if r.voice else "Voices", "other-voice", tuple(merge_spans(others))))
    if r.voices.overlap is not None:
        lanes.append(Lane("At the same time", "overlap", r.voices.overlap))
    return lanes


def _gaps(spans: tuple[Span, ...], end: Fraction) -> tuple[Span, ...]:
    gaps, at = [], Fraction(0)
    for span in spans:
        if span.start - at > 1:
            gaps.append(Span(at, span.start))
        at = max(at, span.end)
    if end - at > 1:
        gaps.append(Span(at, end))
    return tuple(gaps)


def _voice_versions(gatherer: Gatherer) -> tuple[tuple[str, str], ...]:
    if "voices" not in gatherer.needs:
        return ()
    used = ((f"Voice comparator {c.name}", f"sha256 {c.model_sha256[:16]}") for c in gatherer.voice_comparators.loaded)
    return (*used, ("Voice calibration", gatherer.voice_calibration.title))


def _versions(comparators: Comparators, calibration: FaceCalibration) -> tuple[tuple[str, str], ...]:
    used = [(f"Comparator {c.name}", f"sha256 {c.model_sha256[:16]}") for c in comparators.loaded]
    missing = [(f"Comparator {name}", f"not used: {reason}") for name, reason in comparators.missing]
    return (
        ("Tool", f"interview-verifier {__version__}"),
        *((("Face detection", detection_in_words()),) if used else ()),
        *used,
        *missing,
        ("Face calibration", calibration.title),
    )
