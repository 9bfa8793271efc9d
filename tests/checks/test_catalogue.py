from __future__ import annotations

import pytest

from tests.checks.cases import a_round, case
from verifier import docs
from verifier.checks import catalogue
from verifier.checks.base import CaseObservations, Check
from verifier.findings import Finding, Outcome


@pytest.mark.parametrize("check", catalogue.CHECKS.values(), ids=catalogue.CHECKS.keys())
def test_every_check_says_what_it_asks_how_and_how_far_it_goes(check: Check) -> None:
    spec = check.spec
    assert catalogue.CHECKS[spec.id] is check
    assert spec.question.endswith("?")
    for text in (spec.method, spec.limits, spec.follow_up):
        assert len(text) > 40
        assert text.endswith(".")
    assert spec.needs
    assert set(spec.needs) <= docs.OBSERVERS.keys()
    assert spec.propositions is None or len(set(spec.propositions)) == 2


@pytest.mark.parametrize("check", catalogue.CHECKS.values(), ids=catalogue.CHECKS.keys())
def test_no_check_uses_the_words_of_a_verdict(check: Check) -> None:
    spec = check.spec
    said = " ".join((spec.question, spec.method, spec.limits, spec.follow_up)).lower()
    assert not {"fake", "fraud", "liar", "passed", "failed", "match", "%"} & set(said.replace(".", " ").split())


def test_select_keeps_the_order_of_reports_and_names_what_there_is_not() -> None:
    assert [c.spec.id for c in catalogue.select(["container", "face-reference"])] == ["face-reference", "container"]
    assert {
        c.spec.id for c in catalogue.select(None)
    } == catalogue.CHECKS.keys() - catalogue.ON_REQUEST - catalogue.ACROSS_CASES
    with pytest.raises(catalogue.UnknownCheck) as unknown:
        catalogue.select(["mind-reading"])
    assert unknown.value.name == "mind-reading"


def test_a_check_that_breaks_is_one_error_finding_and_names_no_path(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        spec = catalogue.CHECKS["container"].spec

        def run(self, case: CaseObservations) -> list[Finding]:
            raise FileNotFoundError("/home/somebody/secret.mp4")

    (finding,) = catalogue.run(Broken(), case(a_round(1, reason="none")))
    assert finding.outcome is Outcome.ERROR
    assert "FileNotFoundError" in finding.statement
    assert "secret" not in finding.statement
    assert "check container failed" in caplog.text
