"""The facade for cases that last: `api` with a case folder behind it. A round is looked at once; without consent nothing stays."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import api
from verifier.case import Evidence, Role, Round
from verifier.checks import catalogue
from verifier.intake import take_in
from verifier.media.types import MediaError
from verifier.report.json_report import to_json
from verifier.store import codec, consent, observations, retention
from verifier.store.changes import changes_between
from verifier.store.records import (
    PURPOSE_WORDS,
    KeptFile,
    Media,
    Observation,
    Purpose,
    ReferenceRecord,
    RoundRecord,
    Run,
)
from verifier.store.search import elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from verifier.api import Progress
    from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace
    from verifier.gather import Gatherer
    from verifier.intake import Intake
    from verifier.observe.templates import FaceTemplate
    from verifier.report.model import Report
    from verifier.store.repository import Entry, Repository

NOT_KEPT = (
    "it was looked at before, but neither its recording nor what was seen in it is kept (any longer): hand it in again"
)


@dataclass(frozen=True)
class CaseReport:
    report: Report
    changes: tuple[str, ...]
    """What is otherwise than in the report before."""


def check(
    repository: Repository,
    case_id: str,
    rounds: Sequence[Path] = (),
    references: Sequence[Path] = (),
    *,
    candidate: str | Path | None = None,
    checks: Iterable[str] | None = None,
    date: str = "",
    present: Sequence[str] = (),
    progress: Progress = lambda stage, share: None,
) -> CaseReport:
    """Reports on a case with new rounds and references, which are added to it as its consents allow.

    date, present: when the new rounds were and who was there. Raises StoreError, api.NothingUsable, catalogue.UnknownCheck.
    """
    selected = tuple(checks) if checks is not None else _all_checks()
    catalogue.select(selected)
    held = _Held.of(repository, case_id)
    shown_by = candidate if isinstance(candidate, Path) else None
    named = candidate if isinstance(candidate, str) else None
    intake = held.with_new(take_in(rounds, references, shown_by, held.last))
    recall = _Recall(repository, held, named)
    observed = api.observe_taken(intake, checks=selected, progress=progress, through=recall.through)
    seen: list[CaseObservations] = []

    def extend(case: CaseObservations) -> CaseObservations:
        found = elsewhere(repository, case_id, case, observed.gatherer, held.allowed)
        seen.append(replace(case, elsewhere=found))
        return seen[0]

    report = api.conclude(
        observed,
        candidates=(named,) if named else (),
        name=repository.case(case_id).candidate.name or None,
        checks=selected,
        consent=_kept_words(held.allowed),
        extend=extend,
    )
    return _Keeper(repository, case_id, held, observed.gatherer, recall.fresh).keep(
        seen[0], report, date, tuple(present)
    )


def _all_checks() -> tuple[str, ...]:
    return tuple(name for name in catalogue.CHECKS if name not in catalogue.ON_REQUEST)


def _kept_words(allowed: frozenset[Purpose]) -> str:
    kept = [PURPOSE_WORDS[p] for p in (Purpose.RECORDINGS, Purpose.TEMPLATES) if p in allowed]
    if not kept:
        return f"{api.CONSENT} No consent to keep anything is written down in the case."
    return (
        f"Kept in the case, as its consents allow and for as long: {' and '.join(kept)}. Templates of other people in the "
        "recordings are never kept. This report shows faces; keep it as the consent of the people in it allows."
    )


@dataclass
class _Held:
    """What a case holds already, and what it may keep."""

    case_id: str
    allowed: frozenset[Purpose]
    rounds: list[Entry]
    references: list[Entry]
    observations: dict[str, Entry]
    media: dict[str, Entry]
    """By SHA-256 of the content."""

    @classmethod
    def of(cls, repository: Repository, case_id: str) -> _Held:
        repository.case(case_id)
        entries = repository.entries(case_id)
        of_kind: dict[str, list[Entry]] = {}
        for entry in entries:
            of_kind.setdefault(entry.kind, []).append(entry)
        allowed = consent.covered(of_kind.get("consent", ()))
        seen = {e.record.subject: e for e in of_kind.get("observation", ())} if Purpose.TEMPLATES in allowed else {}
        media = {e.record.sha256: e for e in of_kind.get("media", ())} if Purpose.RECORDINGS in allowed else {}
        return cls(case_id, allowed, of_kind.get("round", []), of_kind.get("reference", []), seen, media)

    @property
    def last(self) -> tuple[int, int]:
        """Numbers of the last round and the last reference."""
        rounds = [int(e.record.round_id.split("-")[1]) for e in self.rounds]
        references = [int(e.record.file.evidence_id.split("-")[1]) for e in self.references]
        return max(rounds, default=0), max(references, default=0)

    def with_new(self, new: Intake) -> Intake:
        """All of the case; a file that it holds already is not taken twice."""
        known = {f.sha256 for e in self.rounds for f in e.record.files}
        rounds = [Round(e.record.round_id, e.record.label, tuple(map(_probe, e.record.files))) for e in self.rounds]
        rounds += [r for r in new.rounds if r.evidence[0].sha256 not in known]
        known_references = {e.record.file.sha256 for e in self.references}
        references = [_evidence(e.record.file, Role.REFERENCE) for e in self.references]
        references += [r for r in new.references if r.sha256 not in known_references]
        return replace(new, rounds=tuple(rounds), references=tuple(references))


def _probe(file: KeptFile) -> Evidence:
    return _evidence(file, Role.PROBE)


def _evidence(file: KeptFile, role: Role) -> Evidence:
    return Evidence(file.evidence_id, file.sha256, Path(), file.name, role, file.kind, file.size_bytes)


@dataclass
class _Recall:
    """Reads rounds from the case where it can, from the kept recording where it must, and new ones as ever."""

    repository: Repository
    held: _Held
    named: str | None
    fresh: set[str] = field(default_factory=set)
    """Ids of the rounds and references that were looked at now."""

    def through(self, gatherer: Gatherer) -> _Recall:
        self.gatherer, self.models = gatherer, observations.models_of(gatherer)
        return self

    def round(self, case_round: Round, progress: Callable[[float], None]) -> ObservedRound:
        kept = self._kept(case_round.id, case_round.evidence, self.gatherer.needs - {"other cases"})
        if isinstance(kept, observations.KeptRound):
            progress(1.0)
            return observations.restored(kept, self.gatherer)
        with self._at_hand(case_round.evidence) as evidence:
            seen = self.gatherer.round(replace(case_round, evidence=evidence), progress)
        self.fresh.add(case_round.id)
        # the unsealed recording is gone again: nobody may read its path, which may name another file by now
        back = tuple(replace(e, path=own.path) for e, own in zip(seen.round.evidence, case_round.evidence, strict=True))
        return replace(seen, round=replace(seen.round, evidence=back))

    def reference(self, evidence: Evidence) -> ReferenceFace:
        kept = self._kept(evidence.id, (evidence,), self.gatherer.needs & {"faces", "templates"})
        if isinstance(kept, observations.KeptReference):
            self.gatherer.pictures.update({p.key: p for p in kept.pictures})
            return kept.observed
        with self._at_hand((evidence,)) as at_hand:
            seen = self.gatherer.reference(*at_hand)
        self.fresh.add(evidence.id)
        return replace(seen, evidence=replace(seen.evidence, path=evidence.path))

    def _kept(self, subject: str, files: Sequence[Evidence], needs: frozenset[str]) -> object:
        """The observation of a subject, if these very models made it and the user takes nobody else for the candidate.

        Where a check needs more than was kept, the recording is looked at again if it is there.
        """
        entry = self.held.observations.get(subject)
        if entry is None:
            return None
        record: Observation = entry.record
        other = self.named is not None and self.named.startswith(f"{subject}/") and self.named != record.candidate
        lacks = bool(needs - set(record.needs))
        if other or record.models != self.models or (lacks and all(f.sha256 in self.held.media for f in files)):
            return None
        return codec.unpack(b"".join(self.repository.read(entry)))

    @contextmanager
    def _at_hand(self, evidence: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        """The same evidence with paths that can be read: kept recordings are unsealed into memory, never onto the disk."""
        from contextlib import ExitStack

        from verifier.store.plain import plain_file

        with ExitStack() as stack:
            found = []
            for e in evidence:
                if e.path != Path():
                    found.append(e)
                elif e.sha256 in self.held.media:
                    pieces = self.repository.read(self.held.media[e.sha256])
                    found.append(replace(e, path=stack.enter_context(plain_file(pieces, e.size_bytes))))
                else:
                    raise MediaError(f"{NOT_KEPT[:1].upper()}{NOT_KEPT[1:]}.")
            yield tuple(found)


@dataclass(frozen=True)
class _Keeper:
    repository: Repository
    case_id: str
    held: _Held
    gatherer: Gatherer
    fresh: set[str]

    def keep(self, case: CaseObservations, report: Report, date: str, present: tuple[str, ...]) -> CaseReport:
        """Keeps what may be kept of the rounds and references that were looked at now, and the report."""
        if not self.held.allowed & {Purpose.RECORDINGS, Purpose.TEMPLATES}:
            self.repository.log("check without consent: nothing kept", self.case_id, rounds=len(case.rounds))
            return CaseReport(report, ())
        for r in case.rounds:
            if r.round.id in self.fresh:
                self._round(r, case, date, present)
        for reference in case.references:
            if reference.evidence.id in self.fresh:
                self._reference(reference)
        earlier = self.repository.entries(self.case_id, "run")
        after = to_json(report)
        changes = changes_between(json.loads(earlier[-1].record.report), after) if earlier else ()
        run = Run(json.dumps(after, ensure_ascii=False), report.versions, changes)
        self.repository.add(self.case_id, run, until=self._until("run"))
        return CaseReport(report, changes)

    def _round(self, r: ObservedRound, case: CaseObservations, date: str, present: tuple[str, ...]) -> None:
        for e in r.round.evidence:
            self._media(e)
        kept = None
        if Purpose.TEMPLATES in self.held.allowed and (r.candidate is not None or not r.seen):
            kept = observations.kept_round(r, case, self.gatherer)
            template = kept.observed.candidate.template if kept.observed.candidate else None
            self._observation(r.round.id, kept, template, r.candidate.id if r.candidate else "")
        if all(e.record.round_id != r.round.id for e in self.held.rounds):
            files = tuple(map(_kept_file, r.round.evidence))
            self.repository.add(self.case_id, RoundRecord(r.round.id, r.round.label, date, present, files))

    def _reference(self, reference: ReferenceFace) -> None:
        self._media(reference.evidence)
        if Purpose.TEMPLATES in self.held.allowed:
            kept = observations.kept_reference(reference, self.gatherer)
            self._observation(reference.evidence.id, kept, kept.observed.template, "")
        if all(e.record.file.evidence_id != reference.evidence.id for e in self.held.references):
            self.repository.add(self.case_id, ReferenceRecord(_kept_file(reference.evidence)))

    def _media(self, evidence: Evidence) -> None:
        if Purpose.RECORDINGS not in self.held.allowed or evidence.path == Path() or evidence.sha256 in self.held.media:
            return
        media = Media(evidence.sha256, evidence.name)
        self.held.media[evidence.sha256] = self.repository.add(
            self.case_id, media, until=self._until("media"), files=[evidence.path]
        )

    def _observation(self, subject: str, kept: object, template: FaceTemplate | None, candidate: str) -> None:
        """Replaces the earlier observation of the subject, if there is one."""
        before = self.held.observations.get(subject)
        needs = tuple(sorted(self.gatherer.needs & observations.KEPT_OBSERVERS))
        record = Observation(subject, observations.models_of(self.gatherer), needs, candidate)
        found = {}
        if template is not None:
            weights = observations.weights_of(self.gatherer)
            found["face"] = observations.KeptTemplate(subject, observations.for_search(template), weights)
        until = self._until("observation")
        self.repository.add(self.case_id, record, until=until, files=[codec.pack(kept)], templates=found)
        if before is not None:
            self.repository.remove([before], "replace observation")

    def _until(self, kind: str) -> str | None:
        return retention.until(self.repository, self.case_id, kind)


def _kept_file(evidence: Evidence) -> KeptFile:
    return KeptFile(evidence.id, evidence.name, evidence.sha256, evidence.size_bytes, evidence.kind)
