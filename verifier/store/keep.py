"""What of a case that was checked now is added to it: as its consents allow, and for as long."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import candidate, candidate_voice
from verifier.checks.base import ReferenceFace
from verifier.report.json_report import to_json
from verifier.store import codec, observations, retention
from verifier.store.changes import changes_between
from verifier.store.records import (
    Clips,
    KeptFile,
    Media,
    Observation,
    Purpose,
    ReferenceRecord,
    RoundRecord,
    Run,
    Transcript,
    kind_of,
)
from verifier.transcripts.text_file import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.case import Evidence
    from verifier.checks.base import CaseObservations, ObservedRound, Seen
    from verifier.gather import Gatherer
    from verifier.report.model import Clip, Report
    from verifier.round_voices import HeardVoice
    from verifier.store.observations import KeptTemplate
    from verifier.store.recall import Held
    from verifier.store.repository import Entry, Repository
    from verifier.timing import Span


@dataclass(frozen=True)
class Keeper:
    repository: Repository
    case_id: str
    held: Held
    gatherer: Gatherer
    fresh: set[str]
    read: set[str]
    clips: dict[str, dict[tuple[str, Span], Clip | None]]
    """What was kept before."""
    replaced: list[str] = field(default_factory=list)
    """Entries."""

    def keep(self, case: CaseObservations, report: Report, date: str, present: tuple[str, ...]) -> tuple[str, ...]:
        """Keeps what may be kept of the rounds and references that were looked at now, and the report."""
        if not self.held.allowed & {Purpose.RECORDINGS, Purpose.TEMPLATES}:
            self.repository.log("check without consent: nothing kept", self.case_id, rounds=len(case.rounds))
            return ()
        for r in case.rounds:
            if r.round.id in self.fresh or self._named_now(r):
                self._round(r, case, date, present)
        for reference in case.references:
            if reference.evidence.id in self.fresh:
                self._reference(reference)
        if Purpose.RECORDINGS in self.held.allowed:
            self._beside_recordings(case)
        earlier = self.repository.entries(self.case_id, "run")
        after = to_json(report)
        changes = changes_between(json.loads(earlier[-1].record.report), after) if earlier else ()
        run = Run(json.dumps(after, ensure_ascii=False), report.versions, changes)
        self.repository.add(self.case_id, run, until=self._until("run"))
        if self.replaced:  # the whole database is written anew: once, not for each
            self.repository.scrub()
        return changes

    def _named_now(self, r: ObservedRound) -> bool:
        """Its candidate was kept as an assumption, and somebody has now said who it is."""
        face = r.candidate if r.picked is not None and r.picked.way == candidate.NAMED else None
        voice = r.voice if r.voice_basis == candidate_voice.NAMED else None
        said = [k for k, of in (("face", face), ("voice", voice)) if of is not None and of.template is not None]
        if not said or r.round.id not in self.held.observations:
            return False
        kept = {k: {t.template.subject for t in self.repository.templates(k, cases={self.case_id})} for k in said}
        return any(r.round.id not in subjects for subjects in kept.values())

    def _round(self, r: ObservedRound, case: CaseObservations, date: str, present: tuple[str, ...]) -> None:
        for e in r.round.evidence:
            self._media(e)
        if all(e.record.round_id != r.round.id for e in self.held.rounds):  # first: it says what the id stands for
            files = tuple(map(_kept_file, r.round.evidence))
            self.repository.add(self.case_id, RoundRecord(r.round.id, r.round.label, date, present, files))
        if Purpose.TEMPLATES in self.held.allowed and (r.candidate is not None or not r.seen):
            kept = observations.kept_round(r, case, self.gatherer)
            searchable = candidate.is_sure(r), candidate_voice.is_sure(r)
            self._observation(r.round.id, kept, kept.observed.candidate, kept.observed.voice, searchable)

    def _reference(self, reference: ReferenceFace) -> None:
        self._media(reference.evidence)
        if all(e.record.file.evidence_id != reference.evidence.id for e in self.held.references):
            self.repository.add(self.case_id, ReferenceRecord(_kept_file(reference.evidence)))
        if Purpose.TEMPLATES in self.held.allowed:
            kept = observations.kept_reference(reference, self.gatherer)
            self._observation(reference.evidence.id, kept, kept.observed)

    def _beside_recordings(self, case: CaseObservations) -> None:
        """What was read, said and cut now."""
        documents = {d.evidence.id: observations.kept_document(d) for d in case.documents}
        for reference in case.references:
            subject = reference.evidence.id
            if subject in self.read:
                seen = documents.get(subject)
                record = replace(observations.reading_of(subject, seen), sha256=reference.evidence.sha256)
                self._instead_of(self.held.readings.get(subject), record, codec.pack(seen))
        texts = {e.record.text for e in self.held.transcripts}
        for r in case.rounds:
            said = r.transcript.evidence if r.transcript else None
            if said is not None and said.kind == "transcript" and said.path.is_file():
                text = read_text(said.path)[0]
                if text not in texts:
                    written = Transcript(r.round.id, text, said.name)
                    self.repository.add(self.case_id, written, until=self._until("transcript"))
            cut = {k: c for k, c in self.gatherer.clips.items() if k[0] == r.round.id and c is not None}
            if cut.keys() - self.clips.get(r.round.id, {}).keys():
                packed = codec.pack(tuple(cut.values()))
                self._instead_of(self.held.clips.get(r.round.id), Clips(r.round.id), packed)

    def _instead_of(
        self, before: Entry | None, record: object, packed: bytes, templates: Mapping[str, KeptTemplate] | None = None
    ) -> None:
        until = self._until(kind_of(record))
        self.repository.add(self.case_id, record, until=until, files=[packed], templates=templates)
        # on hold both stay: the later one counts
        if before is not None and not self.repository.case(self.case_id).on_hold:
            self.repository.remove([before], f"replace {before.kind}", scrub=False)
            self.replaced.append(before.id)

    def _media(self, evidence: Evidence) -> None:
        if Purpose.RECORDINGS not in self.held.allowed or evidence.path == Path() or evidence.sha256 in self.held.media:
            return
        media = Media(evidence.sha256, evidence.name)
        self.held.media[evidence.sha256] = self.repository.add(
            self.case_id, media, until=self._until("media"), files=[evidence.path]
        )

    def _observation(
        self, subject: str, kept: object, face: Seen | ReferenceFace | None, voice: HeardVoice | None = None,
        searchable: tuple[bool, bool] = (True, True),
    ) -> None:  # fmt: skip
        """Replaces the earlier observation of the subject, if there is one. searchable: whether other cases may find the face, the voice."""
        g = self.gatherer
        needs = tuple(sorted(g.needs & observations.KEPT_OBSERVERS))
        candidate = "" if face is None or isinstance(face, ReferenceFace) else face.id
        models = observations.models_of(g), needs, candidate
        record = Observation(subject, *models, voice.id if voice else "", observations.voice_models_of(g))
        found = {}
        if face is not None and face.template is not None and searchable[0]:
            weights, template = observations.weights_of(g), observations.for_search(face.template)
            found["face"] = observations.KeptTemplate(subject, template, weights)
        if voice is not None and voice.template is not None and searchable[1]:
            weights = observations.voice_weights_of(g)
            found["voice"] = observations.KeptTemplate(subject, voice.template, weights)
        self._instead_of(self.held.observations.get(subject), record, codec.pack(kept), found)

    def _until(self, kind: str) -> str | None:
        return retention.until(self.repository, self.case_id, kind)


def _kept_file(evidence: Evidence) -> KeptFile:
    return KeptFile(evidence.id, evidence.name, evidence.sha256, evidence.size_bytes, evidence.kind)
