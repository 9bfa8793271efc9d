"""Rates, their intervals, and the report's words, on answers made by hand."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scipy.stats import binomtest

from tests.audit.conftest import TODAY
from verifier.audit import desk
from verifier.audit.desk import Answer
from verifier.audit.draw import Wanted, draw_set
from verifier.audit.figures import PEOPLE, TOOL, Judged, Share, figures, judged_in, rates
from verifier.audit.people import AuditError, Company
from verifier.audit.report import page, write_report
from verifier.audit.sets import ItemTruth, read_set, read_truth, truth_path, write_file
from verifier.audit.tool import Answered, Run, Said
from verifier.findings import Outcome
from verifier.metrics import share_interval

MADE = "2026-11-27T00:16:53+00:00"


def answer(judge: str, said: Answer, done: str, *, drawn_for: str = "swap", group: str = "", when: str = "2026-11-26",
           looked: frozenset[str] = frozenset()) -> Judged:  # fmt: skip
    step = {"step": {"bit_rate": 300_000, "filter": ""}}
    truth = ItemTruth(manipulation=done, drawn_for=done or drawn_for, person="a", group=group, quality="360p", span_s=(0, 1), parameters=step)  # fmt: skip
    return Judged(
        judge,
        when,
        "set",
        "2026-11-26",
        said,
        truth,
        looked,
        frozenset(),
        looked | {"replay", "typing"} if looked else frozenset(),
    )


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (0, 10), (10, 10), (3, 12), (1, 2)])
def test_intervals_are_those_of_clopper_and_pearson(hits: int, trials: int) -> None:
    if not trials:
        assert share_interval(hits, trials) == (0.0, 1.0)
        return
    expected = binomtest(hits, trials).proportion_ci(method="exact")
    assert share_interval(hits, trials) == pytest.approx((expected.low, expected.high))


def test_open_answers_count_as_not_noticed_and_as_no_alarm() -> None:
    found = rates("x", [answer("a", said, done) for done in ("swap", "") for said in Answer])
    assert (found.detected.hits, found.detected.trials) == (1, 3)
    assert (found.false_alarms.hits, found.false_alarms.trials) == (1, 3)
    assert (found.cannot_tell.hits, found.cannot_tell.trials) == (2, 6)


def test_people_and_tool_are_shown_apart_by_what_was_done_and_over_time() -> None:
    looked = frozenset({"replay"})
    rows = [
        answer(TOOL, Answer.AS_RECORDED, "frozen", when="2026-01-01 10:00:00"),
        answer(TOOL, Answer.CHANGED, "frozen", when="2026-02-01 10:00:00", looked=looked),
        answer(TOOL, Answer.AS_RECORDED, "", drawn_for="frozen", when="2026-02-01 10:00:00"),
        answer("anna", Answer.CHANGED, "swap", group="remote"),
        answer("ben", Answer.CHANGED, "", group="office"),
    ]
    found = figures(rows)
    assert [r.label for r in found.overall] == [TOOL, PEOPLE, "anna", "ben"]
    assert found.overall[0].detected.hits == found.overall[0].detected.trials == 1  # the last run alone
    assert [(when, r.detected.hits) for _, _, when, r in found.over_time if r.label == TOOL] == [
        ("2026-01-01 10:00:00", 0), ("2026-02-01 10:00:00", 1)]  # fmt: skip
    (replay,) = found.checks
    assert found.silent_checks == ("typing",)
    assert (replay.label, replay.detected.hits, replay.detected.trials, replay.false_alarms.trials) == (
        "replay",
        1,
        1,
        0,
    )
    assert (replay.cannot_tell.hits, replay.cannot_tell.trials) == (0, 1)
    by = {(title, judge): [r.label for r in parts] for title, judge, parts in found.tables}
    assert by["what was done (and its genuine twins)", TOOL] == ["frozen"]
    assert by["group", PEOPLE] == ["office", "remote"]
    assert ("group", TOOL) not in by


def test_the_report_says_rates_with_intervals_as_page_and_data(blind: Path, tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="no answers yet"):
        write_report([blind], tmp_path / "out")
    audit = desk.open_set(blind, today=TODAY)
    for item_id, truth in read_truth(audit).items():
        desk.vote(audit, "anna", item_id, Answer.CHANGED if truth.manipulation else Answer.AS_RECORDED)
    html, data = write_report([blind], tmp_path / "out")
    overall = json.loads(data.read_text())["overall"]
    assert [(r["label"], r["detected"]["hits"], r["false_alarms"]["hits"]) for r in overall] == [(PEOPLE, 2, 0)]
    text = html.read_text()
    assert "2 of 2 (16 to 100 %)" in text
    assert "noticed 2 of 2 changed calls, and took 0 of 2 genuine calls for changed" in text
    assert not any(word in text.lower() for word in ("fake", "fraud", "score", "passed", "failed", "http"))


def test_two_sets_of_one_folder_name_stay_two_and_one_named_twice_counts_once(
    blind: Path, company: Company, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    second = draw_set(company, tmp_path / "other" / blind.name, Wanted(2, 4.0, ("second voice",), seed=9), TODAY)
    for audit in (desk.open_set(blind, today=TODAY), second):
        for item in audit.items:
            desk.vote(audit, "anna", item, Answer.CHANGED)
    copied = tmp_path / "copied"
    shutil.copytree(blind, copied)
    shutil.copy(truth_path(blind), truth_path(copied))
    desk.vote(read_set(copied), "ben", next(iter(read_set(blind).items)), Answer.CHANGED)
    found = figures(judged_in([blind, second.folder, copied, blind]))
    assert found.overall[0].cannot_tell.trials == 4 + 2 + 1
    assert len(found.sets) == len({name for name, *_ in found.over_time}) == 2


def test_a_report_says_that_calls_were_judged_several_times(blind: Path, tmp_path: Path) -> None:
    audit = desk.open_set(blind, today=TODAY)
    for count, name in enumerate(("anna", "ben"), 1):
        for item in audit.items:
            desk.vote(audit, name, item, Answer.CHANGED)
        html, data = write_report([blind], tmp_path / "out")
        assert ("less certain than its range" in html.read_text()) is (count == 2)
        assert json.loads(data.read_text())["people_calls"] == 4
    assert "Reviewers gave 8 answers to 4 calls" in html.read_text()


def test_a_check_is_credited_for_the_calls_alone_that_it_judged() -> None:
    asked = answer(TOOL, Answer.AS_RECORDED, "")
    unseen = replace(asked, asked=frozenset({"replay", "typing"}))
    rows = [
        unseen,
        unseen,
        replace(unseen, clear=frozenset({"replay"})),
        replace(unseen, looked_at=frozenset({"replay"})),
    ]
    found = figures(rows)
    assert [(r.label, r.false_alarms, r.cannot_tell) for r in found.checks] == [("replay", Share(1, 2), Share(2, 4))]
    assert found.silent_checks == ("typing",)
    text = page(found, MADE)
    assert "judged no call, and have no rates: typing" in text
    assert "2 of 4" in text


def test_rates_of_tool_and_people_stand_side_by_side_only_on_calls_that_both_judged() -> None:
    def said(judge: str, item: str, what: Answer, done: str) -> Judged:
        return replace(answer(judge, what, done), item=item)

    tool = [said(TOOL, "a", Answer.CHANGED, "swap"), said(TOOL, "b", Answer.CHANGED, "")]
    anna = [said("anna", "b", Answer.AS_RECORDED, ""), said("anna", "c", Answer.CHANGED, "swap")]
    found = figures([*tool, *anna, said("anna", "d", Answer.CHANGED, "swap")])
    assert found.answered == ((TOOL, (("set", 2),)), (PEOPLE, (("set", 3),)))
    assert found.shared is not None
    assert [(r.detected.trials, r.false_alarms) for r in found.shared] == [(0, Share(1, 1)), (0, Share(0, 1))]
    text = page(found, MADE)
    assert "Judged: 2 calls of set." in text
    assert (
        "on the calls that both judged: <b>the tool</b> noticed 0 of 0 changed calls, and took 1 of 1 genuine" in text
    )
    assert "No call was judged by the tool and by people" in page(figures([*tool[:1], *anna]), MADE)
    same = figures([*tool, *(replace(j, judge="anna") for j in tool)])
    assert same.shared is None
    assert "side by side" not in page(same, MADE)


def test_the_report_says_in_words_when_it_was_written_and_what_was_not_there() -> None:
    found = figures([answer("anna", Answer.CHANGED, "swap from")])
    text = page(found, MADE)
    assert "Written 2026-11-27, 00:16 UTC by" in text
    assert "<td>no such call</td>" in text
    assert [rows[0].label for title, _, rows in found.tables if title.startswith("what was done")] == [
        "swap from a moment on"
    ]
    assert "<dt>swap from a moment on</dt>" in text
    assert "every two calls" not in text


@pytest.mark.parametrize(
    ("said", "noticed"),
    [({"rounds": ["round-1"], "spans_s": [(6.0, 8.0)]}, False), ({"rounds": ["round-1"], "spans_s": [(0.0, 8.0)]}, True),
     ({}, True), ({"rounds": ["round-2"], "spans_s": [(1.0, 2.0)]}, False), ({"rounds": ["round-2", "round-1"], "spans_s": [(6.0, 8.0)]}, True)],
)  # fmt: skip
def test_the_tool_notices_a_change_where_it_points_at_it(said: dict[str, object], noticed: bool, blind: Path) -> None:
    audit = read_set(blind)
    answers = [
        Answered(item=i, answer=Answer.CHANGED, findings=[Said.model_validate({"check": "replay", "outcome": Outcome.OBSERVED, "statement": "x", **said})])
        for i in audit.items
    ]  # fmt: skip
    run = Run(
        schema="audit-run-1", set=audit.file.id, at=datetime(2026, 1, 1, tzinfo=UTC), version="1", answers=answers
    )
    write_file(blind / "runs" / "a.json", run, "no")
    one = [j for j in judged_in([blind]) if len(audit.items[j.item].files) == 1]
    changed = [j for j in one if j.truth.manipulation]  # calls of 4 s at most
    assert changed
    assert {rates("", [j]).detected.hits for j in changed} == {int(noticed)}
    assert {rates("", [j]).false_alarms.hits for j in one if not j.truth.manipulation} <= {1}
    assert {("replay" in j.looked_at, "replay" in j.clear) for j in changed} == {(noticed, not noticed)}


def test_a_run_of_an_earlier_version_is_read_and_a_cut_short_one_counts_only_alone(blind: Path) -> None:
    audit = read_set(blind)
    items = list(audit.items)
    old = {"set": audit.file.id, "version": "1", "schema": "audit-run-1"}
    said = [{"item": i, "answer": "changed", "findings": [{"check": "replay", "outcome": "observed", "statement": "x"}]} for i in items]  # fmt: skip
    (blind / "runs").mkdir(exist_ok=True)
    (blind / "runs" / "2.json").write_text(json.dumps({**old, "at": "2026-02-01T10:00:00Z", "answers": said[:1]}))
    assert len(judged_in([blind])) == 1
    (blind / "runs" / "1.json").write_text(json.dumps({**old, "at": "2026-01-01T10:00:00Z", "answers": said}))
    assert {j.when for j in judged_in([blind])} == {"2026-01-01 10:00:00"}
    assert all(j.looked_at for j in judged_in([blind]))
