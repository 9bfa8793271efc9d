from __future__ import annotations

from tests.checks.cases import a_round, case
from verifier.checks import container
from verifier.findings import Outcome


def test_what_is_missing_is_named_with_its_round() -> None:
    finding = container.run(case(a_round(1, problems=("the end is cut off",))))[0]
    assert finding.outcome is Outcome.OBSERVED
    assert "Round 1" in finding.statement
    assert "the end is cut off" in finding.statement


def test_an_editing_program_is_named() -> None:
    finding = container.run(case(a_round(1, facts=(("encoder", "Adobe Premiere Pro"),))))[0]
    assert finding.outcome is Outcome.OBSERVED
    assert "Adobe Premiere Pro" in finding.statement


def test_a_plain_file_shows_nothing_and_keeps_its_facts() -> None:
    facts = (("encoder", "Lavf61"),)
    finding = container.run(case(a_round(1, facts=facts)))[0]
    assert finding.outcome is Outcome.NOT_OBSERVED
    assert set(facts) <= set(finding.details)
    assert finding.lr is None
