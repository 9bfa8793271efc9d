"""Prompts are drawn so that nobody foresees them; marks are read, or refused in one line."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.checks.cases import evidence
from verifier.case import Round
from verifier.challenges import (
    LONGEST_S,
    PROMPTS,
    BadMarks,
    Mark,
    check_times,
    draw,
    marks_json,
    of_round,
    read_marks,
    script_json,
)
from verifier.cli import app


def a_round(id_: str, name: str = "call.mp4") -> Round:
    return Round(id_, id_, (evidence(id_, name),))


def test_scripts_differ_and_hold_what_stresses_a_face() -> None:
    scripts = [draw() for _ in range(60)]
    assert len({tuple(p.id for p in s) for s in scripts}) > 20
    for script in scripts:
        ids = [p.id for p in script]
        assert len(ids) == len(set(ids)) == 4
        assert {"turn-left", "turn-right", "hand-across"} & set(ids)
    phrases = {p.phrase for s in scripts for p in s if p.id == "say-phrase"}
    assert len(phrases) > 10
    assert {p.id for p in draw(99)} == PROMPTS.keys()


def test_a_script_is_json_with_what_to_say() -> None:
    drawn = draw(7, rng=random.Random(1))
    content = json.loads(script_json(drawn))
    assert [p["prompt"] for p in content["prompts"]] == [p.id for p in drawn]
    (spoken,) = [p for p in content["prompts"] if p["phrase"]]
    assert spoken["say"].endswith(f": {spoken['phrase']}.")


def test_marks_are_read_back_in_order(tmp_path: Path) -> None:
    marks = [
        Mark(prompt="say-phrase", start_s=9, end_s=12, phrase="amber river"),
        Mark(prompt="look-up", start_s=2, end_s=4),
    ]
    path = tmp_path / "marks.json"
    path.write_text(marks_json(marks))
    assert read_marks(path) == (marks[1], marks[0])


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ({"prompt": "stand-up", "start_s": 1, "end_s": 3}, "marks.0.prompt"),
        ({"prompt": "look-up", "start_s": 3, "end_s": 1}, "half a second"),
        ({"prompt": "look-up", "start_s": -3, "end_s": 1}, "start_s"),
        ({"prompt": "look-up", "start_s": 0, "end_s": LONGEST_S + 1}, "half a second"),
        ({"prompt": "look-up", "start_s": "nan", "end_s": 1}, "start_s"),
        ({"prompt": "look-up", "start_s": 0, "end_s": 1, "more": 1}, "more"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(mark: dict[str, object], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    path.write_text(json.dumps({"schema": "challenge-marks-1", "marks": [mark]}))
    with pytest.raises(BadMarks, match=reason) as caught:
        read_marks(path)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=40)
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=100).map(lambda t: json.dumps({"schema": t, "marks": t}).encode())
)
def test_no_content_does_more_than_be_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    with pytest.raises(BadMarks):
        read_marks(path)


def test_times_outside_the_call_are_refused() -> None:
    mark = Mark(prompt="look-up", start_s=50, end_s=58)
    check_times([mark], [(a_round("round-1"), 60.0)])
    check_times([mark], [(a_round("round-1"), None)])
    with pytest.raises(BadMarks, match=r"ends at 58 s, but call\.mp4 is 40 s long"):
        check_times([mark], [(a_round("round-1"), 40.0)])
    with pytest.raises(BadMarks, match="of round 2, which is not there"):
        check_times([Mark(prompt="look-up", start_s=5, end_s=8, round=2)], [(a_round("round-1"), 40.0)])


def test_marks_go_to_the_recording_whose_clock_they_have() -> None:
    plain, named = Mark(prompt="look-up", start_s=1, end_s=3), Mark(prompt="light", start_s=1, end_s=3, file="b.mkv")
    parts = [a_round("round-1", "a.mkv"), a_round("round-1-2", "b.mkv"), a_round("round-2", "b.mkv")]
    assert [of_round([plain, named], r) for r in parts] == [(plain,), (named,), ()]


def test_the_command_prints_what_to_ask_and_writes_it_as_json(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["challenge", "--count", "7", "--json", str(tmp_path / "script.json")])
    assert told.exit_code == 0
    content = json.loads((tmp_path / "script.json").read_text())
    assert [p["say"] in told.output for p in content["prompts"]] == [True] * 7
    printed = CliRunner().invoke(app, ["challenge", "--json", "-"])
    assert len(json.loads(printed.output)["prompts"]) == 4


def test_a_bad_marks_file_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "marks.json").write_text("{}")
    call = Path(__file__).resolve().parents[1] / "samples" / "media" / "round-2.mp4"
    result = CliRunner().invoke(
        app, ["check", str(call), "--challenge", str(tmp_path / "marks.json"), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 2
    assert "verifier: marks.json is no file of challenge marks" in result.output
    assert not (tmp_path / "out").exists()


def test_a_script_comes_with_a_marks_file_to_fill_in(tmp_path: Path) -> None:
    script, marks = tmp_path / "call.json", tmp_path / "call.marks.json"
    ran = CliRunner().invoke(app, ["challenge", "--json", str(script)])
    assert ran.exit_code == 0
    assert "--challenge" in ran.output
    with pytest.raises(BadMarks, match=r"marks\.0\.start_s"):
        read_marks(marks)
    filled = json.loads(marks.read_text())
    for number, mark in enumerate(filled["marks"]):
        mark |= {"start_s": 10.0 * number, "end_s": 10.0 * number + 8}
    marks.write_text(json.dumps(filled))
    asked = [p["prompt"] for p in json.loads(script.read_text())["prompts"]]
    assert [m.prompt for m in read_marks(marks)] == asked
    again = CliRunner().invoke(app, ["challenge", "--json", str(script)])
    assert again.exit_code == 2
    assert json.loads(marks.read_text()) == filled


def test_a_script_given_for_marks_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(script_json(draw()))
    with pytest.raises(
        BadMarks, match=r"call\.json is no file of challenge marks: this is the script; .*start_s and end_s"
    ):
        read_marks(path)
