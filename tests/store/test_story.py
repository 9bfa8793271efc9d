"""Three candidates, two of them the same generated person, from the first call to the purge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.checks.cases import template
from tests.checks.test_documents import document
from tests.store.conftest import Place
from tests.store.test_deletion import everything
from verifier import casework, reviews
from verifier.case import Evidence
from verifier.documents.portraits import PortraitFacts
from verifier.documents.reading import DocumentSeen
from verifier.evidence_reader import EvidenceReader
from verifier.findings import Finding, Outcome
from verifier.report.json_report import to_json, validate
from verifier.store import archive, codec, consent, retention, schema
from verifier.store.check import check
from verifier.store.records import Candidate, Consent, Decision, NotTheSame, Purpose, now
from verifier.store.repository import Repository
from verifier.store.taken import taken

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"
ALICE, ALICE_AGAIN, BORIS, PASSPORT = (
    SAMPLES / name for name in ("round-1.mp4", "round-2.mp4", "round-3.mp4", "passport-photo.jpg")
)
PORTRAIT = PortraitFacts(template(1, photo=True).frames[0], "", 1, "8f3a55aa00ff1236")
GIVEN = Consent("the candidate", "consent", tuple(Purpose), "May we keep this?", "2020-01-01", "2999-01-01")


def found(done: casework.CaseReport, check_id: str) -> list[Finding]:
    return [f for f in done.report.findings if f.check == check_id]


def a_case(repository: Repository, name: str, *, given: Consent | None = GIVEN) -> str:
    case = repository.new_case(Candidate(name=name, emails=(f"{name.split()[0].lower()}@example.org",)))
    if given is not None:
        consent.give(repository, case, given)
    return case


def test_the_story(place: Place, looked_at: list[str], tmp_path: Path) -> None:
    with place.open() as repository:
        alice = a_case(repository, "Alice Ames")
        first = casework.check(repository, alice, [ALICE], [PASSPORT], date="2026-11-02", present=("Kim", "Lee"))
        assert [f.outcome for f in found(first, "face-reference")] == [Outcome.NOT_OBSERVED]
        assert [f.outcome for f in found(first, "cross-case-face")] == [Outcome.NOT_APPLICABLE]
        assert "Kept in the case" in first.report.consent

    # without a consent the report is given, and nothing stays
    with place.open() as repository:
        boris = a_case(repository, "Boris Berg", given=None)
        before = everything(place.folder / "blobs")
        alone = casework.check(repository, boris, [BORIS])
        assert [f.outcome for f in found(alone, "face-continuity")] == [Outcome.NOT_OBSERVED]
        assert [f.outcome for f in found(alone, "cross-case-face")] == [Outcome.NOT_AVAILABLE]
        assert "Nothing biometric was kept" in alone.report.consent
        assert repository.entries(boris) == []
        assert len(list(repository.templates("face"))) == 2
        assert everything(place.folder / "blobs") == before
        consent.give(repository, boris, GIVEN)
        stranger = casework.check(repository, boris, [BORIS])
        assert [f.outcome for f in found(stranger, "cross-case-face")] == [Outcome.NOT_OBSERVED]

    # the same person under another name
    with place.open() as repository:
        alba = a_case(repository, "Alba Azure")
        again = casework.check(repository, alba, [ALICE_AGAIN])
        (hit,) = found(again, "cross-case-face")
        assert hit.outcome is Outcome.OBSERVED
        assert f"case {alice}, which stands under another name" in hit.statement
        assert hit.lr is not None
        assert hit.lr.log10 > 0
        validate(to_json(again.report))

        # a reviewer knows better, and it is remembered
        repository.add(alba, NotTheSame("Robin", alice, "twins: both came to the office"))
        calm = casework.check(repository, alba)
        assert [f.outcome for f in found(calm, "cross-case-face")] == [Outcome.NOT_OBSERVED]
        assert any("cross-case-face" in line for line in calm.changes)

    # an added round is the only one that is looked at; somebody else sits in it
    with place.open() as repository:
        looked_at.clear()
        added = casework.check(repository, alice, [BORIS], label="Technical interview")
        assert looked_at == ["round-3.mp4"]
        assert [e.record.label for e in repository.entries(alice, "round")] == ["Round 1", "Technical interview"]
        assert [r.label for r in added.report.rounds] == ["Round 1", "Technical interview"]
        assert [f.outcome for f in found(added, "face-across-rounds")] == [Outcome.OBSERVED]
        assert f"case {boris}" in found(added, "cross-case-face")[0].statement
        assert boris in found(added, "reference-reuse")[0].statement
        looked_at.clear()
        same = casework.check(repository, alice)
        assert (looked_at, same.changes) == ([], ())
        assert [f.statement for f in same.report.findings] == [f.statement for f in added.report.findings]

        # a decision, and a second reviewer
        entry = repository.add(alice, Decision("Robin", "another call", "two faces"))
        repository.replace(entry, replace(entry.record, second_reviewer="Kim", confirmed=now()))
        copy = tmp_path / "copy.zip"
        archive.write(repository, alice, copy, for_candidate=True)
        assert boris.encode() not in copy.read_bytes()

    # templates are taken back: the recording is looked at again, from what is kept of it, and nothing stays
    with place.open() as repository:
        looked_at.clear()
        consent.withdraw(repository, boris, [Purpose.TEMPLATES, Purpose.SEARCH])
        assert [t for t in repository.templates("face") if t.case_id == boris] == []
        bare = casework.check(repository, boris)
        assert looked_at == ["round-3.mp4"]
        assert [f.outcome for f in found(bare, "face-continuity")] == [Outcome.NOT_OBSERVED]
        assert repository.entries(boris, "observation") == []
        after = casework.check(repository, alice)
        assert all(boris not in f.statement for f in found(after, "cross-case-face"))

    # one case is purged, byte by byte; the others are whole, and so is the log
    with place.open() as repository:
        keys = [repository.keys.get(k) for k, owner in repository.keys.ids().items() if owner == alice]
        names = [n for e in repository.entries(alice) for n in repository.files(e)]
        pieces = [repository.blobs.path(n).read_bytes()[20:60] for n in names]
        assert len(pieces) >= 6
        repository.delete_case(alice)
        raw = everything(place.folder)
        assert [b for b in (*keys, *pieces) if b in raw] == []
        gone, _ = retention.purge(repository, dry_run=True)
        assert gone == []
        health = check(repository)
        assert (health.problems, health.unfinished) == ((), ())
        assert [line.action for line in repository.history(alice)][-1] == "delete case"
        assert "Alice" not in "".join(map(str, repository.history()))
        last = casework.check(repository, alba)
        assert [f.outcome for f in found(last, "cross-case-face")] == [Outcome.NOT_APPLICABLE]


def test_a_round_whose_traces_are_gone_is_named_and_the_others_are_compared(
    sqlite: Place, looked_at: list[str]
) -> None:
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames", given=replace(GIVEN, purposes=(Purpose.TEMPLATES,)))
        casework.check(repository, case, [ALICE])
        assert repository.entries(case, "media") == []
        casework.check(repository, case, [ALICE_AGAIN])
        repository.remove(repository.entries(case, "observation")[:1], "purge")
        done = casework.check(repository, case)
        assert [name for name, _ in done.report.unusable] == ["round-1.mp4"]
        assert "hand it in again" in done.report.unusable[0][1]
        assert [r.id for r in done.report.rounds] == ["round-2"]


def test_naming_another_face_looks_again_instead_of_trusting_what_is_kept(sqlite: Place, looked_at: list[str]) -> None:
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE])
        looked_at.clear()
        casework.check(repository, case, candidate="round-1/A")
        assert looked_at == []
        casework.check(repository, case, candidate="round-1/B")
        assert looked_at == ["round-1.mp4"]


def test_other_models_look_again_and_the_report_says_what_changed(
    sqlite: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from verifier.store import observations

    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE])
        looked_at.clear()
        monkeypatch.setattr(observations, "OBSERVED_BY", "another version")
        done = casework.check(repository, case)
        assert (looked_at, done.changes) == (["round-1.mp4"], ())
        assert len(repository.entries(case, "observation")) == 1
        assert len(repository.entries(case, "round")) == 1


def test_what_was_not_kept_is_looked_at_again_where_the_recording_is(
    sqlite: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from verifier.store import observations

    monkeypatch.setattr(observations, "KEPT_OBSERVERS", frozenset({"faces", "templates"}))
    bare = replace(GIVEN, purposes=(Purpose.TEMPLATES,))
    scrubbed: list[object] = []
    scrub = schema.scrub
    monkeypatch.setattr(schema, "scrub", lambda engine: scrubbed.append(engine) or scrub(engine))
    both = [ALICE, ALICE_AGAIN]
    for given, again in ((GIVEN, [p.name for p in both]), (bare, [])):
        with sqlite.open() as repository:
            case = a_case(repository, "Ann A", given=given)
            casework.check(repository, case, both)
            looked_at.clear()
            scrubbed.clear()
            done = casework.check(repository, case)
            assert (looked_at, len(scrubbed)) == (again, 1 if again else 0)  # two observations replaced
            assert {f.outcome for f in found(done, "face-continuity")} == {Outcome.NOT_OBSERVED}


def test_a_face_is_searched_only_where_both_sides_consented_to_that(sqlite: Place, looked_at: list[str]) -> None:
    kept = replace(GIVEN, purposes=(Purpose.RECORDINGS, Purpose.TEMPLATES))
    with sqlite.open() as repository:
        unsearched, searched = a_case(repository, "Ann A", given=kept), a_case(repository, "Ben B")
        asked = casework.check(repository, unsearched, [ALICE], candidates=["round-1/A"])
        assert [f.outcome for f in found(asked, "cross-case-face")] == [Outcome.NOT_AVAILABLE]
        done = casework.check(repository, searched, [ALICE_AGAIN])
        assert [f.outcome for f in found(done, "cross-case-face")] == [Outcome.NOT_APPLICABLE]
        consent.give(repository, unsearched, replace(GIVEN, purposes=(Purpose.SEARCH,), until="2021-01-01"))
        done = casework.check(repository, searched)
        assert [f.outcome for f in found(done, "cross-case-face")] == [Outcome.NOT_APPLICABLE]
        consent.give(repository, unsearched, replace(GIVEN, purposes=(Purpose.SEARCH,)))
        done = casework.check(repository, searched)
        assert [f.outcome for f in found(done, "cross-case-face")] == [Outcome.OBSERVED]


def test_a_kept_round_is_small_and_holds_one_face(sqlite: Place, looked_at: list[str]) -> None:
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames")
        casework.check(repository, case, [ALICE])
        (entry,) = repository.entries(case, "observation")
        packed = b"".join(repository.read(entry))
        assert len(packed) < 200_000
        kept = codec.unpack(packed)
        assert [s.id for s in kept.observed.seen if s.template and s.template.vectors] == ["round-1/A"]


def test_those_who_are_due_are_compared_with_what_was_enrolled(
    sqlite: Place, looked_at: list[str], tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    with sqlite.open() as repository:
        same, other, absent, bare = (a_case(repository, name) for name in ("Ann A", "Ben B", "Cy C", "Dee D"))
        for case in (same, other):
            casework.check(repository, case, [ALICE])
        consent.withdraw(repository, bare)
        for case in (same, other, absent, bare):
            reviews.plan(repository, case, 30)
        assert reviews.due(repository) == []
        long_ago = "2020-01-01T00:00:00+00:00"
        for entry in repository.entries(None, "review"):
            repository.replace(entry, replace(entry.record, last=long_ago))
        assert {d.case.id for d in reviews.due(repository)} == {same, other, absent, bare}
        for case, file in ((same, ALICE_AGAIN), (other, BORIS), (bare, BORIS)):
            (calls / f"{case}.mp4").write_bytes(file.read_bytes())
        reports: list[str] = []
        done = {r.case_id: r for r in reviews.run(repository, calls, lambda case, report: reports.append(case))}
        assert done[same].outcome == "the same person is supported"
        assert done[other].outcome.startswith("look at this")
        assert "no recording" in done[absent].outcome
        assert "nobody is enrolled" in done[bare].outcome
        assert sorted(reports) == sorted([same, other])
        assert {d.case.id for d in reviews.due(repository)} == {absent, bare, other}  # a difference confirms nobody
        assert "Ann A" not in "".join(map(str, repository.history()))


def test_documents_and_transcripts_are_read_once_and_go_with_the_recordings(
    sqlite: Place, looked_at: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = tmp_path / "round-1.vtt"
    call.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nAlice Ames: I write tests first.\n")
    checks = ("mrz", "document-dates", "answer-reuse", "reference-reuse", "face-continuity")
    with sqlite.open() as repository:
        read: list[str] = []

        def documents(_: EvidenceReader, references: Sequence[Evidence]) -> tuple[tuple[DocumentSeen, ...], str]:
            read.extend(e.name for e in references)
            return tuple(replace(document(), evidence=e, portrait=PORTRAIT) for e in references), ""

        monkeypatch.setattr(EvidenceReader, "documents", documents)
        case = a_case(repository, "Alice Ames")
        first = casework.check(repository, case, [ALICE], [PASSPORT], transcripts=[call], checks=checks)
        kinds = [e.kind for e in repository.entries(case)]
        assert (kinds.count("reading"), kinds.count("transcript")) == (1, 1)
        assert [e.name for e, _ in first.report.transcripts] == ["round-1.vtt"]
        again = casework.check(repository, case, checks=checks)
        assert (read, again.changes) == (["passport-photo.jpg"], ())
        assert [f.statement for f in again.report.findings] == [f.statement for f in first.report.findings]
        assert [e.name for e, _ in again.report.transcripts] == ["round-1.vtt"]
        assert [e.kind for e in repository.entries(case)].count("transcript") == 1

        other = a_case(repository, "Alba Azure")
        shared = found(casework.check(repository, other, [BORIS], [PASSPORT], checks=checks), "reference-reuse")
        assert any("document portrait" in f.statement and case in f.statement for f in shared)
        assert any("document number" in f.statement and case in f.statement for f in shared)

        consent.withdraw(repository, case, [Purpose.RECORDINGS])
        assert {e.kind for e in repository.entries(case)} & {"reading", "transcript", "clips", "media"} == set()
        alone = found(casework.check(repository, other, checks=checks), "reference-reuse")
        assert all("document" not in f.statement for f in alone if f.outcome is Outcome.OBSERVED)


@pytest.mark.slow
def test_a_kept_recording_is_read_again_without_a_trace_on_disk(sqlite: Place, tmp_path: Path) -> None:
    """The real observer reads the recording out of memory."""
    with sqlite.open() as repository:
        case = a_case(repository, "Alice Ames", given=replace(GIVEN, purposes=(Purpose.RECORDINGS,)))
        casework.check(repository, case, [ALICE])
        done = casework.check(repository, case)
        assert [f.outcome for f in found(done, "face-continuity")] == [Outcome.NOT_OBSERVED]
        assert ALICE.read_bytes()[1000:1100] not in everything(sqlite.folder)
        assert done.report.rounds[0].evidence[0].path == Path()


def test_an_interviewer_in_two_cases_is_no_candidate_until_somebody_says_so(
    sqlite: Place, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is in the picture of both calls: whom the tool took for the candidate is found nowhere."""
    alone = EvidenceReader.round

    def with_another(self: EvidenceReader, subject: Any, *rest: Any, **more: Any) -> Any:
        r = alone(self, subject, *rest, **more)
        small = replace(r.seen[0], id=f"{subject.id}/Z", template=None, pictures=())
        return replace(r, seen=(*r.seen, small))

    monkeypatch.setattr(EvidenceReader, "round", with_another)
    with sqlite.open() as repository:
        first, second = a_case(repository, "Ann A"), a_case(repository, "Ben B")
        casework.check(repository, first, [ALICE])
        assert list(repository.templates("face")) == []
        face = taken(repository, first)["round-1"]
        assert (face.letter, face.sure, face.jpeg[:2]) == ("A", False, b"\xff\xd8")
        done = casework.check(repository, second, [ALICE_AGAIN])
        assert [f.outcome for f in found(done, "cross-case-face")] == [Outcome.NOT_AVAILABLE]
        assert "nobody has said which is the candidate's" in found(done, "cross-case-face")[0].statement
        looked_at.clear()
        casework.check(repository, first, candidates=["round-1/A"])
        casework.check(repository, second, candidates=["round-1/A"])
        assert looked_at == []
        assert {t.case_id for t in repository.templates("face")} == {first, second}
        assert taken(repository, first)["round-1"].sure
        again = casework.check(repository, second)  # it is remembered
        assert [f.outcome for f in found(again, "cross-case-face")] == [Outcome.OBSERVED]
