"""Voices, document numbers and portraits of one case, looked for in the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.checks.cases import a_round, case, evidence, seen
from tests.store.conftest import Place
from tests.voice_cases import CLEAR, heard, source, voice
from verifier.calibration import FaceCalibration
from verifier.checks import cross_case_voice, reference_reuse
from verifier.checks.base import CaseObservations
from verifier.documents.reading import DocumentSeen
from verifier.findings import Outcome
from verifier.gather import Gatherer
from verifier.observe.comparators.registry import Comparators
from verifier.observe.comparators.voice_base import VoiceComparators
from verifier.round_voices import RoundListener
from verifier.store import consent, observations
from verifier.store.marks import MOST_BITS_APART, PORTRAIT, marks_of
from verifier.store.records import Candidate, Consent, Document, NotTheSame, Observation, Purpose, Reading
from verifier.store.repository import Repository
from verifier.store.search import elsewhere
from verifier.voice_calibration import VoiceCalibration, VoiceTemplate

GIVEN = Consent("the candidate", "consent", tuple(Purpose), "May we?", "2020-01-01", "2999-01-01")
CALIBRATED = VoiceCalibration.load()


@dataclass(frozen=True)
class Known:
    """A comparator that the shipped calibration knows, without its network."""

    name: str
    model_sha256: str
    piece_samples: int = 1


def gatherer() -> Gatherer:
    g = Gatherer(Comparators((), ()), FaceCalibration((), {}, "test"), frozenset({"voices"}))
    known = tuple(Known(n, w) for n, w in sorted(CALIBRATED._models.items()))
    g.__dict__["_listener"] = RoundListener(VoiceComparators(known, ()))  # type: ignore[arg-type]
    return g


def spoken(number: int, g: Gatherer) -> VoiceTemplate:
    rng = np.random.default_rng(number)
    vectors = {c.name: rng.standard_normal(192).astype(np.float32) for c in g.voice_comparators.loaded}
    return VoiceTemplate({n: v / np.linalg.norm(v) for n, v in vectors.items()}, 40.0, CLEAR)


def a_case(repository: Repository, name: str, *templates: VoiceTemplate, given: Consent = GIVEN) -> str:
    case_id = repository.new_case(Candidate(name=name))
    consent.give(repository, case_id, given)
    for number, template in enumerate(templates, 1):
        kept = observations.KeptTemplate(f"round-{number}", template, observations.voice_weights_of(gatherer()))
        record = Observation(f"round-{number}", "m", ("voices",), "")
        repository.add(case_id, record, templates={"voice": kept})
    return case_id


def with_voice(template: VoiceTemplate) -> CaseObservations:
    of = source((0, (0, 30)))
    heard_one = replace(voice(1, of, 0, (0, 30)), template=template)
    return case(replace(a_round(1, seen("round-1/A", (0, 30))), voices=heard(heard_one), voice=heard_one))


def test_the_same_voice_under_another_name_is_shown_as_it_or_an_imitation(place: Place) -> None:
    g = gatherer()
    with place.open() as repository:
        theirs = a_case(repository, "Alice Ames", spoken(1, g))
        for n in range(2, 5):
            a_case(repository, f"Person {n}", spoken(n, g))
        mine = a_case(repository, "Alba Azure")
        whole = with_voice(spoken(1, g))
        found = elsewhere(repository, mine, whole, g, frozenset(Purpose))
        assert (found.voices.compared, found.voices.cases) == (4, 4)
        hit = found.voices.hits[0]
        assert hit.case_id == theirs
        assert hit.lr.log10 == pytest.approx(hit.alone.log10 - np.log10(4), abs=1e-6)
        (finding,) = cross_case_voice.run(replace(whole, elsewhere=found))
        assert finding.outcome is Outcome.OBSERVED
        assert "the same voice or an imitation of it" in finding.statement
        assert f"case {theirs}, which stands under another name" in finding.statement
        silent = replace(whole, rounds=(replace(whole.rounds[0], voice=None),))
        none = elsewhere(repository, mine, silent, g, frozenset(Purpose))
        (finding,) = cross_case_voice.run(replace(silent, elsewhere=none))
        assert finding.outcome is Outcome.NOT_AVAILABLE


def test_a_voice_is_searched_only_with_consent_on_both_sides(sqlite: Place) -> None:
    g = gatherer()
    with sqlite.open() as repository:
        a_case(repository, "Alice Ames", spoken(1, g), given=replace(GIVEN, purposes=(Purpose.TEMPLATES,)))
        mine = a_case(repository, "Alba Azure")
        whole = with_voice(spoken(1, g))
        assert elsewhere(repository, mine, whole, g, frozenset(Purpose)).voices.compared == 0
        assert elsewhere(repository, mine, whole, g, frozenset({Purpose.TEMPLATES})).voices.reason


def test_a_case_that_a_reviewer_called_somebody_elses_is_not_searched(sqlite: Place) -> None:
    g = gatherer()
    with sqlite.open() as repository:
        theirs = a_case(repository, "Alice Ames", spoken(1, g))
        mine = a_case(repository, "Alba Azure")
        whole = with_voice(spoken(1, g))
        assert [h.case_id for h in elsewhere(repository, mine, whole, g, frozenset(Purpose)).voices.hits] == [theirs]
        repository.add(theirs, NotTheSame("me", mine, "they are twins"))
        found = elsewhere(repository, mine, whole, g, frozenset(Purpose)).voices
        assert (found.compared, found.hits) == (0, ())


def test_a_case_that_the_user_may_not_see_is_neither_searched_nor_named(sqlite: Place) -> None:
    g = gatherer()
    with sqlite.open() as repository:
        theirs = a_case(repository, "Alice Ames", spoken(1, g))
        mine = repository.new_case(Candidate(name="Alba Azure", emails=("same@example.org",)))
        whole = with_voice(spoken(1, g))
        for seen_by, compared in ((("robin",), 1), (("somebody else",), 0)):
            repository.for_everybody().change(
                theirs, Candidate(name="Alice Ames", emails=("same@example.org",), visible_to=seen_by)
            )
            found = elsewhere(repository, mine, whole, g, frozenset(Purpose))
            assert (found.voices.compared, len(found.voices.hits), len(found.shared)) == (compared,) * 3


def test_a_document_is_found_by_its_number_and_by_its_portrait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.open() as repository:
        numbered, pictured, far, mine = (repository.new_case(Candidate(name=n)) for n in ("A A", "B B", "C C", "D D"))
        repository.add(numbered, Document("passport", "l898 902c3", "uto"))
        repository.add(pictured, Reading("reference-1", "2", "", "", "8f3a55aa00ff1236"))
        repository.add(far, Reading("reference-1", "2", "", "", "8f3a0000ffff4321"))
        read = Reading("reference-1", "2", "L898902C3", "UTO", "8f3a55aa00ff1234")
        at = evidence("reference-1", "passport.jpg", "photo")
        seen_now = DocumentSeen(at, None, 1, None, None, None, None, (), ())
        document = replace(case(a_round(1)), documents=(seen_now,))
        monkeypatch.setattr(observations, "reading_of", lambda subject, seen: read)
        found = elsewhere(repository, mine, document, gatherer(), frozenset())
        assert dict(found.shared) == {"document number": ((numbered, False),), PORTRAIT: ((pictured, False),)}
        statements = [f.statement for f in reference_reuse.run(replace(document, elsewhere=found))]
        assert statements == [
            f"The same document number is also in 1 other case under another name: {numbered}.",
            f"The same document portrait is also in 1 other case under another name: {pictured}.",
        ]


def test_fingerprints_so_far_apart_share_a_part() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        own = int(rng.integers(0, 2**63))
        other = own
        for bit in rng.choice(64, MOST_BITS_APART, replace=False):
            other ^= 1 << int(bit)
        a, b = ({m.value for m in marks_of(Reading("r", "2", portrait=f"{v:016x}"))} for v in (own, other))
        assert a & b
