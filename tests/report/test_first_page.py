"""The first page where nothing was observed: it says what was judged, what was not, and which prompts to ask for again."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.report.pages import Page
from tests.report.sample import SAME, pair, report, span, spec
from verifier.checks.base import MADE, PROMPT, YOURS
from verifier.findings import Finding, Group, Outcome
from verifier.report.html_report import to_html
from verifier.report.model import Report

NOT_JUDGED = "Whether the face itself is swapped or generated: not judged."


def of(*findings: Finding) -> Report:
    checks = tuple(spec(c, Group.MANIPULATION) for c in dict.fromkeys(f.check for f in findings))
    return replace(report(), findings=findings, checks=checks, unusable=())


def about(check: str, outcome: Outcome, seconds: tuple[int, int] = (5, 9), answer: str = "") -> Finding:
    details = ((PROMPT, answer),) if answer else ()
    return Finding(
        check, Group.MANIPULATION, outcome, f"{check} at {seconds[0]}: said.", rounds=("round-1",), spans=(span(*seconds),),
        details=details,
    )  # fmt: skip


def top(shown: Report) -> str:
    return re.sub(r"\s+", " ", Page(to_html(shown)).texts["top"])


def test_a_check_without_a_conclusion_makes_no_clean_page() -> None:
    measured = top(of(about("face-rendering", Outcome.INCONCLUSIVE)))
    assert "Measured, no conclusion: What does face-rendering ask?" in measured
    assert "Nothing to look at was seen" not in measured
    assert "Looked for" not in measured
    both = top(of(about("face-rendering", Outcome.INCONCLUSIVE), about("replay", Outcome.NOT_OBSERVED)))
    assert "Nothing to look at was seen. Looked for: What does replay ask?" in both
    assert both.index("Looked for") < both.index("Measured, no conclusion: What does face-rendering ask?")


def test_a_calm_page_says_that_swapped_and_generated_faces_are_not_judged() -> None:
    calm = of(pair("round-1", "round-2", SAME))
    assert NOT_JUDGED in top(calm)
    assert NOT_JUDGED in top(of(about("face-rendering", Outcome.INCONCLUSIVE)))
    assert NOT_JUDGED not in top(of(about("face-rendering", Outcome.NOT_OBSERVED)))
    assert NOT_JUDGED not in top(replace(calm, participants=()))


def test_the_time_line_draws_as_worth_a_look_only_what_is() -> None:
    source = to_html(
        of(
            about("challenge", Outcome.OBSERVED, (1, 3)),
            about("challenge", Outcome.NOT_OBSERVED, (10, 13)),
            about("challenge", Outcome.INCONCLUSIVE, (20, 23)),
        )
    )
    pins = re.findall(r'class="pin manipulation (\w+)"[^>]*><span aria-hidden="true">(.)</span>', source)
    assert pins == [("look", "▲"), ("clear", "–"), ("open", "○")]
    assert re.findall(r'class="time manipulation"[^>]*>(.) ', source) == ["▲", "–", "○"]


def test_prompts_are_counted_on_the_first_page() -> None:
    answers = (
        about("challenge", Outcome.NOT_OBSERVED, (1, 3), YOURS),
        about("challenge", Outcome.INCONCLUSIVE, (10, 13), "not seen"),
        about("challenge", Outcome.NOT_AVAILABLE, (20, 23)),
        about("challenge", Outcome.INCONCLUSIVE, (30, 33), "not seen"),
    )
    said = top(of(*answers))
    assert (
        "Prompts: 1 of 4 for you to judge; 2 of 4 not seen, 1 of 4 could not be looked at: ask for these again." in said
    )
    made = top(of(about("challenge", Outcome.NOT_OBSERVED, (1, 3), MADE)))
    assert "Prompts: 1 of 1 made." in made
    assert "Prompts:" not in top(of(about("replay", Outcome.NOT_OBSERVED)))
