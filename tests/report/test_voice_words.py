"""Voices have words of their own: nothing said of one speaks of a person, and no sentence speaks of faces and voices."""

from __future__ import annotations

from dataclasses import replace

import pytest
from verifier_ui.result_views import chip

from tests.checks.cases import DIFFERENT, SAME, ratio
from tests.report.sample import report as sample_report
from verifier.findings import Finding, Group, Outcome
from verifier.report.html_report import to_html
from verifier.report.leads import leads
from verifier.report.model import Matrix, MatrixCell
from verifier.report.words import emphasised, mark, ratio_words


def finding(check: str, a: str, b: str, values: tuple[float, float, float]) -> Finding:
    outcome = Outcome.OBSERVED if values is DIFFERENT else Outcome.NOT_OBSERVED
    return Finding(check, Group.IDENTITY, outcome, f"{check} {a} {b}", rounds=(a, b), lr=ratio(*values))


def test_marks_and_cells_speak_of_voices() -> None:
    same, other = (finding("voice-across-rounds", "round-1", "round-2", v) for v in (SAME, DIFFERENT))
    assert mark(same) == "Supports the same voice or an imitation of it"
    assert mark(other) == "Look at this: supports different voices"
    assert mark(replace(other, outcome=Outcome.INCONCLUSIVE)) == "Open: supports different voices"
    assert mark(finding("face-across-rounds", "round-1", "round-2", SAME)) == "Supports the same person"
    assert ratio_words(ratio(*DIFFERENT), voices=True) == "different voices: moderate"


@pytest.mark.parametrize("what", ["face", "voice"])
def test_the_same_one_under_another_name_is_looked_at(what: str) -> None:
    sample = sample_report()
    statement = f"The candidate's {what} and the {what} in case c-1: strong support for it"
    hit = Finding(
        f"cross-case-{what}", Group.IDENTITY, Outcome.OBSERVED, statement, rounds=("round-1",), lr=ratio(*SAME)
    )
    (lead,) = leads(replace(sample, findings=(hit,)))
    assert (lead.tone, mark(hit)) == ("look", f"Look at this: same {what}, other name")
    assert chip(hit) == ("look", f"look at this: same {what}, other name")
    page = to_html(replace(sample, findings=(hit,), matrices=()))
    assert "Supports the same" not in page
    calm = replace(hit, outcome=Outcome.NOT_OBSERVED)
    assert mark(calm).startswith("Supports the same")


def test_what_is_supported_is_emphasised_whole() -> None:
    bold = str(emphasised("The voices: moderate support for the same voice or an imitation of it (about 10 times)."))
    assert "<b>moderate support for the same voice or an imitation of it</b>" in bold
    assert "<b>weak support for different voices</b>" in str(emphasised("weak support for different voices."))


def test_leads_never_mix_faces_and_voices() -> None:
    report = sample_report()
    ids = [r.id for r in report.rounds][:3]
    pairs = [(ids[0], ids[1]), (ids[0], ids[2])]
    found = tuple(finding(c, a, b, DIFFERENT) for c in ("face-across-rounds", "voice-across-rounds") for a, b in pairs)
    told = leads(replace(report, findings=found))
    assert sorted(lead.text.split(" in ")[0] for lead in told) == ["The face", "The voice"]
    voices = next(lead for lead in told if lead.text.startswith("The voice"))
    assert "support for different voices" in voices.text
    assert {f.check for f in voices.findings} == {"voice-across-rounds"}


def test_the_matrix_of_voices_is_a_second_table() -> None:
    report = sample_report()
    a, b = report.rounds[0], report.rounds[1]
    cells = (MatrixCell(a.id, b.id, ratio(*SAME), ""),)
    matrix = Matrix("Same voice?", (a.id, b.id), (a.label, b.label), cells, voices=True)
    page = to_html(replace(report, matrices=(*report.matrices, matrix)))
    assert "<h2>Same person?</h2>" in page
    assert "<h2>Same voice?</h2>" in page
    assert "the same voice or an imitation of it: moderately strong" in page
    assert "never added to them" in page
