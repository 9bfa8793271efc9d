from __future__ import annotations

from dataclasses import replace

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, case, ratio, seen
from verifier.checks import contact_reuse, cross_case_face, cross_case_voice, reference_reuse
from verifier.checks.base import CaseObservations
from verifier.elsewhere import Elsewhere, Hit, Search
from verifier.findings import Outcome

ALONE = ratio(4.5, 4.0, 4.8)


def hit(case_id: str, values: tuple[float, float, float], *, same_name: bool = False) -> Hit:
    return Hit(case_id, same_name, "round-1", 0.9, ALONE, ratio(*values))


def searched(*hits: Hit, compared: int = 100, cases: int = 40, reason: str = "", **more: object) -> CaseObservations:
    found = Search(hits, compared, cases, reason)
    return replace(
        case(a_round(1, seen("round-1/A", (0, 30)))),
        elsewhere=Elsewhere(found, found, **more),  # type: ignore[arg-type]
    )


def test_without_a_folder_nothing_is_asked() -> None:
    bare = case(a_round(1, seen("round-1/A", (0, 30))))
    for check in (cross_case_face, cross_case_voice, reference_reuse, contact_reuse):
        assert [f.outcome for f in check.run(bare)] == [Outcome.NOT_APPLICABLE]


def test_without_consent_or_others_it_says_so() -> None:
    (found,) = cross_case_face.run(searched(reason="nobody consented"))
    assert (found.outcome, "nobody consented" in found.statement) == (Outcome.NOT_AVAILABLE, True)
    (found,) = cross_case_face.run(searched(compared=0))
    assert found.outcome is Outcome.NOT_APPLICABLE


def test_a_search_that_came_to_no_ratio_is_no_clean_result() -> None:
    (found,) = cross_case_face.run(searched())
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "no comparison came to a ratio" in found.statement


def test_the_same_face_under_another_name_is_to_be_looked_at() -> None:
    (found,) = cross_case_face.run(searched(hit("c-1", SAME), hit("c-2", OPEN)))
    assert found.outcome is Outcome.OBSERVED
    assert "c-1, which stands under another name: moderately strong support for the same person" in found.statement
    assert "40 other cases" in found.statement
    assert found.lr == ratio(*SAME)
    facts = dict(found.details)
    assert "0.0032 of 100 comparisons" in facts["By chance"]
    assert "c-2" in facts["Nearest 2"]
    (voice,) = cross_case_voice.run(searched(hit("c-1", SAME)))
    assert "imitation" in voice.statement


def test_the_same_face_under_the_same_name_is_calm() -> None:
    (found,) = cross_case_face.run(searched(hit("c-1", SAME, same_name=True)))
    assert found.outcome is Outcome.NOT_OBSERVED


def test_a_namesake_with_another_face_is_to_be_looked_at_and_a_stranger_is_not() -> None:
    (found,) = cross_case_face.run(searched(hit("c-1", DIFFERENT, same_name=True), hit("c-2", DIFFERENT)))
    assert found.outcome is Outcome.OBSERVED
    assert "Two people may share a name" in found.statement
    (found,) = cross_case_face.run(searched(hit("c-1", OPEN, same_name=True), hit("c-2", DIFFERENT)))
    assert found.outcome is Outcome.NOT_OBSERVED


def test_shared_contacts_and_files_by_name_of_the_case() -> None:
    shared = (("e-mail address", (("c-1", False), ("c-2", True))), ("file", (("c-3", True),)))
    asked = frozenset({"e-mail address", "telephone number", "file"})
    both = searched(shared=shared, asked=asked)
    both = replace(both, elsewhere=replace(both.elsewhere, cases=40))  # type: ignore[type-var, arg-type]
    (contact,) = contact_reuse.run(both)
    assert (contact.outcome, "c-1" in contact.statement, "c-2" in contact.statement) == (Outcome.OBSERVED, True, False)
    (file,) = reference_reuse.run(both)
    assert (file.outcome, "c-3" in file.statement) == (Outcome.NOT_OBSERVED, True)
    none = replace(both, elsewhere=replace(both.elsewhere, shared=()))  # type: ignore[type-var, arg-type]
    assert [f.outcome for f in contact_reuse.run(none)] == [Outcome.NOT_OBSERVED]
    unasked = replace(both, elsewhere=replace(both.elsewhere, asked=frozenset()))  # type: ignore[type-var, arg-type]
    assert [f.outcome for f in contact_reuse.run(unasked)] == [Outcome.NOT_APPLICABLE]
    alone = replace(both, elsewhere=replace(both.elsewhere, cases=0))  # type: ignore[type-var, arg-type]
    assert [f.outcome for f in reference_reuse.run(alone)] == [Outcome.NOT_APPLICABLE]
