"""One case against all others that its user may see and whose people consented to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier import candidate, candidate_voice
from verifier.documents.portraits import bits_apart
from verifier.elsewhere import Elsewhere, Search
from verifier.store import observations
from verifier.store.consent import covered
from verifier.store.gallery import Gallery, Member
from verifier.store.marks import MOST_BITS_APART, PORTRAIT, Mark, marks_of
from verifier.store.records import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.calibration import Comparison
    from verifier.checks.base import CaseObservations
    from verifier.gather import Gatherer
    from verifier.store.records import Reading
    from verifier.store.repository import Entry, Repository

NO_CONSENT = "the case holds no consent to a comparison with other cases"
NOT_SURE = "several faces or voices are in its rounds, and nobody has said which is the candidate's: name it"
NONE_HERE = "there is none in this case that can be compared"


def elsewhere(
    repository: Repository, case_id: str, case: CaseObservations, gatherer: Gatherer, allowed: frozenset[Purpose]
) -> Elsewhere:
    """Faces and voices are searched where the case's own people consented; contacts, documents and files always."""
    others = {line.id: line for line in repository.cases() if line.id != case_id}
    own = repository.case(case_id).candidate
    mine = {m.value for m in marks_of(own) if m.kind == "name"}
    alike = {c for c, o in others.items() if mine & {m.value for m in marks_of(o.candidate) if m.kind == "name"}}
    faces = voices = Search(reason=NO_CONSENT)
    if Purpose.SEARCH in allowed:
        searchable = others.keys() & _consented(repository) - repository.kept_apart(case_id)

        unsure = any(not candidate.is_sure(r) or (r.voice and not candidate_voice.is_sure(r)) for r in case.rounds)
        none_here = NOT_SURE if unsure else NONE_HERE

        def search(kind: str, wanted: list[Member], compare: Callable[[Any, Any], Comparison]) -> Search:
            found = gallery(repository, kind, searchable) if wanted else None
            return found.search(wanted, compare, frozenset(alike)) if found else Search(reason=none_here)

        faces = search("face", _faces(case, case_id, gatherer), gatherer.compare)
        voices = search("voice", _voices(case, case_id, gatherer), gatherer.compare_voices)
    marks = {m for m in marks_of(own) if m.kind != "name"} | _files(case)
    marks |= {m for e in repository.entries(case_id, "document") for m in marks_of(e.record)}
    read = [observations.reading_of(d.evidence.id, d) for d in case.documents]
    marks |= {m for r in read for m in marks_of(r)}
    sharing = repository.sharing(case_id, marks)
    if PORTRAIT in sharing:
        sharing[PORTRAIT] = {c for c in sharing[PORTRAIT] & others.keys() if _same_portrait(repository, c, read)}
    shared = tuple(
        (kind, tuple((c, c in alike) for c in sorted(cases & others.keys())))
        for kind, cases in sorted(sharing.items())
        if cases & others.keys()
    )
    return Elsewhere(faces, voices, shared, frozenset(m.kind for m in marks), len(others))


def gallery(repository: Repository, kind: str, searchable: set[str]) -> Gallery:
    """The templates of these cases, in memory."""
    return Gallery(
        Member(t.case_id, t.template.subject, t.template.template, t.template.models)
        for t in repository.templates(kind, cases=searchable)
    )


def _faces(case: CaseObservations, case_id: str, gatherer: Gatherer) -> list[Member]:
    found = [
        (r.round.id, r.candidate.template) for r in case.rounds if r.candidate is not None and candidate.is_sure(r)
    ]
    found += [(ref.evidence.id, ref.template) for ref in case.references]
    models = observations.weights_of(gatherer)
    return [Member(case_id, subject, template, models) for subject, template in found if template is not None]


def _voices(case: CaseObservations, case_id: str, gatherer: Gatherer) -> list[Member]:
    heard = [
        (r.round.id, r.voice.template) for r in case.rounds
        if r.voice is not None and r.voice.template is not None and candidate_voice.is_sure(r)
    ]  # fmt: skip
    models = observations.voice_weights_of(gatherer) if heard else {}
    return [Member(case_id, subject, template, models) for subject, template in heard]


def _same_portrait(repository: Repository, case_id: str, read: list[Reading]) -> bool:
    """A part of a fingerprint is shared by chance: the whole of it decides."""
    theirs = [e.record.portrait for e in repository.entries(case_id, "reading") if e.record.portrait]
    return any(bits_apart(r.portrait, t) <= MOST_BITS_APART for r in read if r.portrait for t in theirs)


def _files(case: CaseObservations) -> set[Mark]:
    """The files at hand, kept or not."""
    found = [e for r in case.rounds for e in r.round.evidence] + [r.evidence for r in case.references]
    return {Mark("file", e.sha256) for e in found}


def _consented(repository: Repository) -> set[str]:
    """Cases whose consents cover a search now."""
    by_case: dict[str, list[Entry]] = {}
    for entry in repository.entries(None, "consent"):
        by_case.setdefault(entry.case_id, []).append(entry)
    return {case_id for case_id, entries in by_case.items() if covered(entries) >= {Purpose.SEARCH, Purpose.TEMPLATES}}
