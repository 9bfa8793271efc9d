"""The mark on a card never says of lips and voice what is said of two faces."""

from __future__ import annotations

import pytest

from tests.checks.cases import OPEN, SAME, ratio
from verifier.findings import Finding, Group, Outcome


@pytest.mark.parametrize("outcome", [Outcome.OBSERVED, Outcome.NOT_OBSERVED, Outcome.INCONCLUSIVE])
def test_only_findings_about_identity_speak_of_the_same_person(outcome: Outcome) -> None:
    from verifier_ui.result_views import chip

    lr = ratio(*(OPEN if outcome is Outcome.INCONCLUSIVE else SAME))
    of_lips = Finding("lip-voice", Group.MANIPULATION, outcome, "words", lr=lr)
    assert "person" not in chip(of_lips)[1]
    assert (chip(of_lips)[0] == "look") == (outcome is Outcome.OBSERVED)
    of_faces = Finding("face-reference", Group.IDENTITY, Outcome.NOT_OBSERVED, "words", lr=ratio(*SAME))
    assert chip(of_faces) == ("same", "supports the same person")
