"""Observations of a case -> the parts of a report that show them: who was seen, matrices, time lines."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from verifier.candidate_voice import talking_time
from verifier.case import Participant
from verifier.report.model import Lane, Matrix, MatrixCell, Timeline
from verifier.timing import Span, common_spans, merge_spans

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations, ObservedRound


def participants(r: ObservedRound) -> list[Participant]:
    """The faces of a round, with their talking time where it is known."""
    return [
        Participant(
            s.id, r.round.id, s.person.spans, s.person.visible, s.pictures[0] if s.pictures else "", s is r.candidate,
            *talking_time(r, s.id),
        )
        for s in r.seen
    ]  # fmt: skip


def matrices(case: CaseObservations) -> tuple[Matrix, ...]:
    """Faces of all rounds and references; voices where rounds were listened to."""
    faces = (_face_matrix(case),) if len(case.rounds) + len(case.references) > 1 else ()
    if len(case.rounds) < 2 or not any(r.voices for r in case.rounds):
        return faces
    cells = []
    for a, b in combinations(case.rounds, 2):
        found = case.voices_compared.get((a.round.id, b.round.id))
        reason = found.reason if found else a.voice_reason or b.voice_reason
        cells.append(MatrixCell(a.round.id, b.round.id, found.lr if found else None, reason))
    ids, labels = tuple(r.round.id for r in case.rounds), tuple(r.round.label for r in case.rounds)
    return (*faces, Matrix("Same voice?", ids, labels, tuple(cells), voices=True))


def _face_matrix(case: CaseObservations) -> Matrix:
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


def timeline(r: ObservedRound) -> Timeline:
    """Who is seen and heard when."""
    lanes = [
        Lane("Candidate" if s is r.candidate else f"Face {s.id.partition('/')[2]}",
             "candidate" if s is r.candidate else "other", s.person.spans)
        for s in r.seen
    ]  # fmt: skip
    lanes += [*_voice_lanes(r), *_watched_lanes(r)]
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
    known = merge_spans([s for v in r.voices.voices for s in v.spans])
    speech = merge_spans([s for source in r.voices.sources for s in source.track.speech])
    if unknown := common_spans(speech, _gaps(tuple(known), Fraction(r.end))):
        lanes.append(Lane("Speech of no known voice", "other-voice", tuple(unknown)))
    return lanes


def _watched_lanes(r: ObservedRound) -> list[Lane]:
    """When mouth and eyes were followed: of a long recording only seconds, and the rest says nothing of them."""
    spans = [*(r.coupling.judged if r.coupling else ()), *(r.gaze.watched if r.gaze else ())]
    return [Lane("Lips and eyes followed", "watched", tuple(merge_spans(spans)))] if spans else []


def _gaps(spans: tuple[Span, ...], end: Fraction) -> tuple[Span, ...]:
    gaps, at = [], Fraction(0)
    for span in spans:
        if span.start - at > 1:
            gaps.append(Span(at, span.start))
        at = max(at, span.end)
    if end - at > 1:
        gaps.append(Span(at, end))
    return tuple(gaps)
