"""The main job on real recordings: who is the same, who is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verifier import api
from verifier.report.json_report import dumps, validate
from verifier.report.write import write_report

pytestmark = pytest.mark.data


@pytest.fixture
def genuine(data: Path, with_mobileface: Path) -> Path:
    return data / "video" / "genuine"


def test_two_events_of_one_person_are_never_called_different_and_others_are(genuine: Path) -> None:
    hdtf, retalking = genuine / "hdtf", genuine / "retalking"
    person = hdtf / "WDA_AlexandriaOcasioCortez.mp4"
    others = [hdtf / "WDA_KatieHill.mp4", hdtf / "WDA_BobMenendez.mp4", retalking / "speaker_4.mp4"]
    rows = api.compare_pairs([(person, other) for other in (retalking / "speaker_3.mp4", *others)])
    assert rows[0].support in ("first", "inconclusive")
    assert [row.support for row in rows[1:]] == ["second"] * len(others)


def test_small_faces_group_by_person(genuine: Path) -> None:
    clips = {p: p.stem.split("_")[1] for p in sorted((genuine / "asl").glob("*.mkv"))}
    pairs = [(a, b) for i, a in enumerate(clips) for b in list(clips)[:i]]
    rows = api.compare_pairs(pairs)
    for (a, b), row in zip(pairs, rows, strict=True):
        wrong = "second" if clips[a] == clips[b] else "first"
        assert row.support != wrong, (a.name, b.name, row)


def test_a_report_is_valid_and_names_its_evidence(genuine: Path, tmp_path: Path) -> None:
    rounds = [genuine / "hdtf" / "WDA_KatieHill.mp4", genuine / "retalking" / "speaker_3.mp4"]
    report = api.check_case(rounds, name="Jordan <b>Reyes</b>")
    html_path, json_path = write_report(report, tmp_path / "out")
    document = json.loads(json_path.read_text())
    validate(document)
    across = next(f for f in document["findings"] if f["check"] == "face-across-rounds")
    assert (across["outcome"], across["support"]) == ("observed", "second")
    html = html_path.read_text()
    assert "<b>Reyes" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert str(genuine) not in html + dumps(report)
