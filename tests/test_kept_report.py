"""A report that a case keeps says the same when it is shown anew."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.report.sample import JPEG, report, span
from verifier.case import Speaker
from verifier.kept_report import MADE_ANEW, NOT_KEPT, masked, read_back
from verifier.report.html_report import to_html
from verifier.report.json_report import to_json
from verifier.report.model import Clip, Report

SPEAKER = Speaker("round-1/voice-1", "round-1", "the sound of call-1.mp4", (span(1, 9),), span(1, 9).duration, True, "round-1/A", "it goes with the lips")  # fmt: skip


def kept(given: Report, **more: Any) -> str:
    return json.dumps(to_json(given) | more)


def test_it_says_the_same_and_shows_what_is_kept() -> None:
    given = replace(report(), speakers=(SPEAKER,))
    again = read_back(kept(given), (), given.pictures)
    assert again is not None
    said, before = to_json(again), to_json(given)
    assert said.pop("consent") == f"{before.pop('consent')} {MADE_ANEW}"
    assert said == before
    page = to_html(again)
    assert "data:image/jpeg" in page
    assert MADE_ANEW.split(".")[0] in page
    assert {lane.label for lane in again.timelines[0].lanes} == {
        "Candidate", "Face B", "Candidate's voice", "Candidate not visible",
    }  # fmt: skip


def test_frames_of_those_who_are_not_kept_are_not_there() -> None:
    given = report()
    mine = [p for p in given.pictures if p.round_id == "round-1" and "/A" in p.key]
    again = read_back(kept(given), (), mine)
    assert again is not None
    assert {k for f in again.findings for k in f.pictures} <= {p.key for p in mine}
    assert all(not c.pictures for m in again.matrices for c in m.cells)  # a pair needs both
    assert [p.id for p in again.participants if p.thumbnail != NOT_KEPT] == ["round-1/A"]
    none = read_back(kept(given), ())
    assert none is not None
    assert "data:image/jpeg" not in to_html(none)


def test_a_portrait_is_not_shown_as_the_outlined_page_that_is_not_kept() -> None:
    given = report()
    portrait = replace(given.pictures[0], key="reference-1", round_id="reference-1", time=None)
    frame = {"subject": "reference-1", "time_s": None}
    said = to_json(given)
    for check, shown in (("document-editing", ()), ("document-portrait", ("reference-1",))):
        said["checks"][0]["id"] = check
        said["findings"] = [said["findings"][0] | {"check": check, "frames": [frame]}]
        again = read_back(json.dumps(said), (), [portrait])
        assert again is not None
        assert again.findings[0].pictures == shown


def test_kept_seconds_are_played_where_a_finding_points_to() -> None:
    found = next(f for f in report().findings if f.spans)
    clips = [Clip("round-1", s, s, "video/webm", JPEG) for s in (found.spans[0], span(300, 310))]
    again = read_back(kept(report()), (), (), clips)
    assert again is not None
    assert again.clips == tuple(clips[:1])


def test_an_older_report_with_less_in_it_is_shown() -> None:
    whole = to_json(report())
    old = {k: whole[k] for k in ("findings", "checks")}
    again = read_back(json.dumps(old), ())
    assert again is not None
    assert len(again.findings) == len(report().findings)
    assert to_html(again)


@pytest.mark.parametrize(
    "more",
    [
        {"rounds": [{"id": "round-1", "label": "x", "evidence": ["round-9"], "duration_s": 1}]},
        {"rounds": [{"id": "round-1", "label": "x", "evidence": [], "duration_s": 1e18, "candidate_not_visible": []}]},
        {"matrices": [{"title": "Same face?", "ids": ["a"], "labels": [], "cells": []}]},
        {"matrices": [{"title": "Same face?", "ids": ["a"], "labels": ["a"], "cells": [{"first": "b", "second": "a", "log10_lr": None, "reason": ""}]}]},
        {"participants": [{"id": 1}]}, {"timing": []}, {"evidence": {}, "rounds": 3}, {"checks": []},
    ],
)  # fmt: skip
def test_what_no_report_of_ours_says_is_none(more: dict[str, Any]) -> None:
    assert read_back(kept(report(), **more), ()) is None


def test_cases_that_may_not_be_seen_are_not_named() -> None:
    text = masked('near c-0123456789 and c-abcdefabcd, file "c-0123456789.mp4"', {"c-abcdefabcd"})
    assert text.count("(one that you may not see)") == 2
    assert "c-abcdefabcd" in text
