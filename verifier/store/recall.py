"""What a case holds already: rounds are read from it where they can be, from the kept recording where they must, and new ones as ever."""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.case import Evidence, Role, Round
from verifier.media.types import MediaError
from verifier.store import codec, consent, observations
from verifier.store.errors import StoreError
from verifier.store.plain import plain_file
from verifier.store.records import KeptFile, Observation, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from verifier.checks.base import ObservedRound, ReferenceFace
    from verifier.documents.reading import DocumentSeen
    from verifier.gather import Gatherer
    from verifier.intake import Intake
    from verifier.report.model import Clip
    from verifier.store.repository import Entry, Repository
    from verifier.timing import Span

NOT_KEPT = (
    "it was looked at before, but neither its recording nor what was seen in it is kept (any longer): hand it in again"
)


@dataclass
class Held:
    """What a case holds already, and what it may keep."""

    case_id: str
    allowed: frozenset[Purpose]
    rounds: list[Entry]
    references: list[Entry]
    observations: dict[str, Entry]
    media: dict[str, Entry]
    """By SHA-256 of the content."""
    readings: dict[str, Entry]
    clips: dict[str, Entry]
    transcripts: tuple[Entry, ...]

    @classmethod
    def of(cls, repository: Repository, case_id: str) -> Held:
        repository.case(case_id)
        entries = repository.entries(case_id)
        allowed = consent.covered(entries)
        of_kind: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.kind not in consent.RESTS_ON or consent.RESTS_ON[entry.kind] in allowed:
                of_kind.setdefault(entry.kind, []).append(entry)

        def by(kind: str, key: str) -> dict[str, Entry]:
            return {getattr(e.record, key): e for e in of_kind.get(kind, ())}

        return cls(
            case_id, allowed, of_kind.get("round", []), of_kind.get("reference", []), by("observation", "subject"),
            by("media", "sha256"), by("reading", "subject"), by("clips", "round_id"), tuple(of_kind.get("transcript", ())),
        )  # fmt: skip

    @property
    def last(self) -> tuple[int, int]:
        """Numbers of the last round and the last reference."""
        rounds = [int(e.record.round_id.split("-")[1]) for e in self.rounds]
        references = [int(e.record.file.evidence_id.split("-")[1]) for e in self.references]
        return max(rounds, default=0), max(references, default=0)

    def with_new(self, new: Intake) -> Intake:
        """All of the case; a file that it holds already is not taken twice, but read again where it has to be."""
        here = {e.sha256: e.path for r in new.rounds for e in r.evidence} | {r.sha256: r.path for r in new.references}

        def evidence(file: KeptFile, role: Role) -> Evidence:
            """Its content may be at hand again."""
            path = here.get(file.sha256, Path())
            return Evidence(file.evidence_id, file.sha256, path, file.name, role, file.kind, file.size_bytes)

        known = {f.sha256 for e in self.rounds for f in e.record.files}
        kept = [(e.record, tuple(evidence(f, Role.PROBE) for f in e.record.files)) for e in self.rounds]
        rounds = [Round(record.round_id, record.label, files) for record, files in kept]
        rounds += [r for r in new.rounds if r.evidence[0].sha256 not in known]
        references = [evidence(e.record.file, Role.REFERENCE) for e in self.references]
        references += [r for r in new.references if r.sha256 not in {k.sha256 for k in references}]
        return replace(new, rounds=tuple(rounds), references=tuple(references))


@dataclass
class Recall:
    """Reads rounds from the case where it can, from the kept recording where it must, and new ones as ever."""

    repository: Repository
    held: Held
    named: Collection[str]
    """Ids of faces and voices."""
    fresh: set[str] = field(default_factory=set)
    """Ids of the rounds and references that were looked at now."""
    read: set[str] = field(default_factory=set)
    """Ids of the references that were read as documents now, whatever they show."""

    def through(self, gatherer: Gatherer) -> Recall:
        self.gatherer, self.models = gatherer, observations.models_of(gatherer)
        self.voice_models = observations.voice_models_of(gatherer)
        return self

    def round(self, case_round: Round, progress: Callable[[float], None]) -> ObservedRound:
        needs = self.gatherer.needs - observations.NOT_OF_RECORDINGS
        kept = self._kept(case_round.id, case_round.evidence, needs)
        if isinstance(kept, observations.KeptRound):
            progress(1.0)
            same_ears = self.held.observations[case_round.id].record.voice_models == self.voice_models
            return observations.restored(kept, self.gatherer, same_ears=same_ears)
        with self._at_hand(case_round.evidence) as evidence:
            seen = self.gatherer.reader.round(replace(case_round, evidence=evidence), progress)
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
            seen = self.gatherer.reader.reference(*at_hand)
        self.fresh.add(evidence.id)
        return replace(seen, evidence=replace(seen.evidence, path=evidence.path))

    def documents(self, references: Sequence[Evidence]) -> tuple[tuple[DocumentSeen, ...], str]:
        """Those that were read before as they were then, the others read now where their files are there, or why they cannot."""
        found: dict[str, DocumentSeen] = {}
        lost = ""
        with ExitStack() as stack:
            new: list[Evidence] = []
            for e in references:
                entry = self.held.readings.get(e.id)
                made_by = entry and (entry.record.version, entry.record.sha256)
                if entry is not None and made_by == (observations.READ_BY, e.sha256):
                    with suppress(StoreError):  # damaged: it is read again
                        seen = self._unpacked(entry)
                        found |= {e.id: seen} if seen is not None else {}
                        continue
                if self._is_here(e):
                    try:
                        new += stack.enter_context(self._at_hand((e,)))
                    except MediaError as error:
                        lost = str(error)
            own = {e.id: e for e in references}
            read, why = self.gatherer.reader.documents(new)
            if "document" in self.gatherer.needs and not why:
                self.read |= {e.id for e in new}
            for seen in read:
                found[seen.evidence.id] = replace(
                    seen, evidence=replace(seen.evidence, path=own[seen.evidence.id].path)
                )
        return tuple(found[e.id] for e in references if e.id in found), why or ("" if found else lost)

    def transcripts(self, stack: ExitStack) -> list[tuple[str, Path]]:
        """Id of the round and a file of each kept transcript: a link to memory, under the name it was handed in by."""
        listed = []
        for number, entry in enumerate(self.held.transcripts, 1):
            data = entry.record.text.encode(errors="replace")
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="verifier-")))
            # an import may have named it anything
            name = re.sub(r"[^\w.\- ]", "_", entry.record.name)[-60:].lstrip(". ")
            link = folder / (name or f"transcript-{number}.txt")
            link.symlink_to(stack.enter_context(plain_file([data], len(data))))
            listed.append((entry.record.round_id, link))
        return listed

    def clips(self) -> dict[str, dict[tuple[str, Span], Clip | None]]:
        """Round -> what was cut of it before, handed to the gatherer."""
        found: dict[str, dict[tuple[str, Span], Clip | None]] = {}
        for round_id, entry in self.held.clips.items():
            kept: tuple[Clip, ...] = ()
            with suppress(StoreError):  # damaged: they are cut again
                kept = self._unpacked(entry)
            found[round_id] = {(round_id, clip.span): clip for clip in kept}
            self.gatherer.clips.update(found[round_id])
        return found

    def playable(self, case_round: Round, stack: ExitStack) -> Round:
        """The same round with files that can be opened until the stack is closed; without those that are not kept."""
        found: list[Evidence] = []
        for e in case_round.evidence:
            with suppress(MediaError):
                found += stack.enter_context(self._at_hand((e,)))
        return replace(case_round, evidence=tuple(found))

    def _kept(self, subject: str, files: Sequence[Evidence], needs: frozenset[str]) -> object:
        """The observation of a subject, if these models made it of these files and nobody else is taken for the candidate.

        Where a check needs more than was kept, the recording is looked at again if it is there; so it is where the
        observation is damaged, or where the recording is handed in again and may be kept this time.
        """
        entry = self.held.observations.get(subject)
        if entry is None:
            return None
        record: Observation = entry.record
        known = (record.candidate, record.voice)
        other = any(n not in known and n.startswith(f"{subject}/") for n in self.named)
        lacks = bool(needs - set(record.needs)) or ("voices" in needs and record.voice_models != self.voice_models)
        lost = Purpose.RECORDINGS in self.held.allowed and any(
            f.path != Path() and f.sha256 not in self.held.media for f in files
        )
        if other or record.models != self.models or (lacks and all(map(self._is_here, files))) or lost:
            return None
        with suppress(StoreError):
            kept = self._unpacked(entry)
            of = kept.observed.round.evidence if isinstance(kept, observations.KeptRound) else (kept.observed.evidence,)
            return kept if [e.sha256 for e in of] == [f.sha256 for f in files] else None
        return None

    def _is_here(self, evidence: Evidence) -> bool:
        return evidence.path != Path() or evidence.sha256 in self.held.media

    def _unpacked(self, entry: Entry) -> Any:
        return codec.unpack(b"".join(self.repository.read(entry)))

    @contextmanager
    def _at_hand(self, evidence: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        """The same evidence with paths that can be read: kept recordings are unsealed into memory, never onto the disk."""
        with ExitStack() as stack:
            found = []
            for e in evidence:
                if e.path != Path():
                    found.append(e)
                elif e.sha256 in self.held.media:
                    pieces = self.repository.read(self.held.media[e.sha256])
                    try:
                        found.append(replace(e, path=stack.enter_context(plain_file(pieces, e.size_bytes))))
                    except StoreError as error:
                        raise MediaError(f"The kept recording cannot be read ({error}): hand it in again.") from None
                else:
                    raise MediaError(f"{NOT_KEPT[:1].upper()}{NOT_KEPT[1:]}.")
            yield tuple(found)
