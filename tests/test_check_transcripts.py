"""Transcripts through the whole check: command line, report and API, on calls that are made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checks.calls import JORDAN, written
from tests.spoken_calls import sound_of, turns
from tests.test_cli import verifier
from verifier import api
from verifier.report import json_report
from verifier.report.html_report import to_html

ONLY = "answer-timing,spoken-style,answer-reuse,prompted-answer"


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sound of a call of four minutes and its transcript, whose clock begins 20 s earlier."""
    folder, said = tmp_path_factory.mktemp("calls") / "monday", turns(40, 1)
    folder.mkdir()
    sound_of(folder / "call.wav", said)
    written(folder / "transcript.vtt", said, offset=20)
    return folder


def test_a_transcript_in_the_folder_of_a_round_is_read_laid_on_its_sound_and_reported(
    call: Path, tmp_path: Path
) -> None:
    other = written(tmp_path / "other.vtt", turns(40, 3))
    done = verifier("check", call, "--checks", ONLY, "--name", JORDAN, "--compare-transcripts", other,
                    "--out", tmp_path / "out")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    json_report.validate(report)
    kinds = {e["kind"]: e for e in report["evidence"]}
    own = kinds["transcript"]
    assert own["round"] == "round-1"
    assert report["rounds"][0]["evidence"] == ["round-1", own["id"]]
    facts = {f["label"]: f["value"] for f in own["facts"]}
    assert facts["In step"].startswith("in step with the recording once it is moved 19.9 s earlier")
    assert "bears the candidate's name" in facts["The candidate in it"]
    assert kinds["transcript of another candidate"]["round"] is None
    outcomes = {f["check"]: f["outcome"] for f in report["findings"]}
    assert outcomes["answer-timing"] == "not_observed"
    assert outcomes["prompted-answer"] == "not_observed"
    assert outcomes["spoken-style"] == "not_available"
    html = (tmp_path / "out" / "report.html").read_text()
    assert "transcript.vtt" in html
    assert "other.vtt" in html


def test_a_transcript_of_another_call_is_found_and_not_used(call: Path, tmp_path: Path) -> None:
    wrong = written(tmp_path / "call.vtt", turns(40, 2))
    report = api.check_case([call / "call.wav"], transcripts=[wrong], checks=ONLY.split(","))
    ((name, why),) = report.unusable
    assert name == "call.vtt"
    assert "another call" in why
    assert report.transcripts == ()
    assert {f.outcome.value for f in report.findings} == {"not_available"}


@pytest.mark.parametrize(
    ("content", "line"), [(b"notes of mine\n", "not a transcript"), (b"", "empty"), (None, "no such file")]
)
def test_an_unusable_transcript_is_one_line_and_code_2_and_the_rest_is_reported(
    call: Path, tmp_path: Path, content: bytes | None, line: str
) -> None:
    path = tmp_path / "t.vtt"
    if content is not None:
        path.write_bytes(content)
    done = verifier("check", call / "call.wav", "--transcript", path, "--checks", ONLY, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert line in done.stderr
    assert (tmp_path / "out" / "report.html").is_file()


def test_transcribing_without_the_model_is_code_3_with_the_command(call: Path, tmp_path: Path) -> None:
    done = verifier("check", call / "call.wav", "--transcribe", "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "verifier models get whisper-base" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_candidate_in_it_may_be_named_later_without_reading_again(call: Path) -> None:
    observed = api.observe_case([call], checks=["answer-timing"])
    for name, how in ((JORDAN, "bears the candidate's name"), ("Ana Petrova", "“Ana Petrova” bears")):
        ((evidence, round_id),) = api.conclude(observed, name=name, checks=["answer-timing"]).transcripts
        assert round_id == "round-1"
        assert how in dict(evidence.facts)["The candidate in it"]


def test_words_made_here_are_evidence_of_the_recording(call: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier import transcript_desk
    from verifier.transcript import Clock, Transcript

    class Deaf:
        """Stands in for whisper, whose plumbing tests/observe/test_transcribe.py has."""

        def write(self, blocks: object, speech: object, progress: object) -> Transcript:
            return Transcript((), "whisper-base", Clock.WORDS, ("nothing was clear",))

    monkeypatch.setattr(api, "load_transcriber", Deaf)
    report = api.check_case([call / "call.wav"], transcribe=True, checks=["answer-timing"])
    ((evidence, round_id),) = report.transcripts
    assert (evidence.kind, round_id) == (transcript_desk.MADE, "round-1")
    assert evidence.sha256 == report.rounds[0].evidence[0].sha256
    assert "names no speakers" in report.findings[0].statement
    json_report.validate(json_report.to_json(report))
    assert "words of call.wav" in to_html(report)
