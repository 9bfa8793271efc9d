"""What was observed -> the report: compared, checked, laid out; nothing is decoded or detected again."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verifier import __version__
from verifier.candidate_voice import speakers
from verifier.checks import catalogue
from verifier.observe.face_detector import detection_in_words
from verifier.report.model import Report
from verifier.report.sections import matrices, participants, timeline
from verifier.snippets import clips_of
from verifier.transcript_desk import evidence_of, with_spoken, with_transcripts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from verifier.case import Round
    from verifier.checks.base import CaseObservations
    from verifier.gather import Gatherer
    from verifier.observing import ObservedCase

CONSENT = (
    "Nothing biometric was kept outside this report: faces, voices and templates were held in memory and are gone. This report shows faces; "
    "keep it as the consent of the people in it allows."
)

CLIPS_CONSENT = (
    " It plays seconds of the recordings, in which everybody who was on the call may be seen and heard, "
    "not the candidate alone."
)


def conclude(
    observed: ObservedCase,
    *,
    candidates: Collection[str] = (),
    name: str | None = None,
    checks: Iterable[str] | None = None,
    consent: str = CONSENT,
    extend: Callable[[CaseObservations], CaseObservations] = lambda case: case,
    playable: Callable[[Round], Round] = lambda case_round: case_round,
) -> Report:
    """Compares and reports what was observed; nothing is decoded or detected again, so it may be asked repeatedly.

    candidates: ids of faces and voices to take as the candidate's, at most one of each per round; elsewhere it is assumed as usual.
    extend: adds what only a case folder knows, before the checks read it. playable: a round with files that can be opened, until
    this returns. Raises catalogue.UnknownCheck.
    """
    started = time.monotonic()
    gatherer = observed.gatherer
    selected = catalogue.select(checks, prompted=any(r.prompts is not None for r in observed.rounds))
    origin = f"interview-verifier {__version__}"
    rounds = with_transcripts(observed.rounds, observed.spoken)  # they may say which voice is the candidate's
    case, basis = gatherer.case(rounds, observed.references, candidates, origin, observed.shown_by, name)
    case = replace(
        with_spoken(case, observed.spoken, name), documents=observed.documents, documents_reason=observed.documents_reason,
        claimed_name=name,
    )  # fmt: skip
    case = extend(case)
    unusable = (*observed.unusable, *gatherer.unusable_detectors())
    if (
        observed.shown_by is not None
        and observed.shown_by.template is not None
        and observed.shown_by.evidence.name not in basis
    ):
        why = "No face in the rounds is supported as the person in it; the candidate was assumed as usual."
        unusable = (*unusable, (observed.shown_by.evidence.name, why))
    findings = catalogue.run_all(selected, case)
    compared = ("comparison", time.monotonic() - started)
    clips = clips_of(findings, [r.round for r in case.rounds], gatherer.clips, playable)
    cut = (("clips", time.monotonic() - started - compared[1]),) if clips else ()
    stages = (*observed.stages, compared, *cut)
    return Report(
        claimed_name=name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=tuple(r.round for r in case.rounds),
        references=tuple(r.evidence for r in case.references),
        participants=tuple(p for r in case.rounds for p in participants(r)),
        candidate_basis=basis,
        findings=tuple(findings),
        checks=tuple(check.spec for check in selected),
        matrices=matrices(case),
        timelines=tuple(timeline(r) for r in case.rounds if r.looked_at or (r.voices and r.voices.voices)),
        pictures=tuple(gatherer.pictures.values()),
        unusable=unusable,
        consent=consent + CLIPS_CONSENT if clips else consent,
        versions=(*_versions(gatherer), *_voice_versions(gatherer)),
        missing_models=(*gatherer.comparators.missing, *gatherer.embedder.failed.items()),
        timing=(*stages, ("total", sum(seconds for _, seconds in stages))),
        transcripts=evidence_of(case),
        clips=clips,
        speakers=tuple(s for r in case.rounds for s in speakers(r)),
    )


def _voice_versions(gatherer: Gatherer) -> tuple[tuple[str, str], ...]:
    if "voices" not in gatherer.needs:
        return ()
    used = ((f"Voice comparator {c.name}", f"sha256 {c.model_sha256[:16]}") for c in gatherer.voice_comparators.loaded)
    return (*used, ("Voice calibration", gatherer.voice_calibration.title))


def _versions(gatherer: Gatherer) -> tuple[tuple[str, str], ...]:
    used = [(f"Comparator {c.name}", f"sha256 {c.model_sha256[:16]}") for c in gatherer.comparators.loaded]
    missing = [(f"Comparator {name}", f"not used: {reason}") for name, reason in gatherer.comparators.missing]
    return (
        ("Tool", f"interview-verifier {__version__}"),
        *((("Face detection", detection_in_words()),) if used else ()),
        *used,
        *missing,
        ("Face calibration", gatherer.calibration.title),
    )
