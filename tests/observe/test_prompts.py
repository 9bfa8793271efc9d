"""A drawn face that turns and a drawn hand before it, watched as a recording; from the marks file to the finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.turning import film, hand, turn
from verifier import api
from verifier.challenges import BadMarks, Mark, marks_json
from verifier.evidence_reader import PROMPTING
from verifier.findings import Outcome
from verifier.observe.face_crop import FaceCrop
from verifier.observe.prompts import PromptWatcher, around
from verifier.observing import AUTO
from verifier.prompt_watch import SCANNING, watched


@pytest.fixture(scope="module")
def turning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("turning") / "turning.mkv", turn(3, 6, 55), 8)


@pytest.fixture(scope="module")
def marks(turning: Path) -> Path:
    path = turning.with_name("marks.json")
    path.write_text(marks_json([Mark(prompt=p, start_s=2.8, end_s=6.2) for p in ("turn-left", "turn-right")]))
    return path


def test_a_turn_is_followed_and_only_its_span_is_looked_at(turning: Path) -> None:
    with PromptWatcher(turning) as watcher:
        rows = list(watcher.watch(around(3.4, 6), None, hands=False))
    assert 0.4 <= rows[0].time < 0.7
    assert len(rows) == pytest.approx(7.6 * 6, abs=2)
    yaws = {float(r.time): r.yaw for r in rows if r.yaw is not None}
    assert max(yaws, key=lambda t: yaws[t]) == pytest.approx(4.5, abs=0.4)
    assert max(yaws.values()) > 28
    assert abs(min(yaws.values())) < 8


def test_a_hand_across_the_face_is_seen(tmp_path: Path) -> None:
    path = film(tmp_path / "hand.mkv", hand(2.5, 6), 7)
    with PromptWatcher(path) as watcher:
        rows = list(watcher.watch(around(2.5, 6), None, hands=True))
    assert max(r.covered for r in rows) > 0.2
    assert max(r.covered for r in rows if r.time < 2.4) == 0
    assert any(r.edge is not None for r in rows)


def test_from_a_marks_file_to_findings_with_frames(turning: Path, marks: Path) -> None:
    report = api.check_case([turning], checks=["challenge"], challenge=marks)
    left, right = (f for f in report.findings if f.check == "challenge")
    assert left.outcome is Outcome.NOT_OBSERVED
    assert right.outcome is Outcome.INCONCLUSIVE
    assert len(left.pictures) == 3
    assert set(left.pictures) <= {p.key for p in report.pictures}


def test_turns_are_found_without_marks(turning: Path) -> None:
    (found,) = watched(turning, None, None)
    assert found.mark.prompt == "turn-left"
    assert found.mark.start_s < 4.5 < found.mark.end_s


def test_looking_for_prompts_reports_how_far_it_is_and_can_be_stopped(turning: Path) -> None:
    shares: list[float] = []
    api.check_case([turning], checks=["challenge"], progress=lambda stage, share: shares.append(share), challenge=AUTO)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sum(1 - PROMPTING < s < 1 - PROMPTING * (1 - SCANNING) for s in shares) >= 5

    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        raise Stop

    for marks in (None, [Mark(prompt="turn-left", start_s=2.8, end_s=6.2)]):
        with pytest.raises(Stop):
            watched(turning, marks, None, stop)


def test_without_marks_in_a_round_no_model_is_loaded(tmp_path: Path) -> None:
    assert watched(tmp_path / "there is no such file.mkv", (), None) == ()


def test_a_comparator_that_fails_is_logged_and_named_as_the_reason(
    turning: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        name, model_sha256 = "broken", "0" * 64

        def embed(self, crop: FaceCrop) -> None:
            raise ValueError("no")

    marks = [Mark(prompt="turn-left", start_s=2.8, end_s=6.2)]
    (broken,), (missing,) = watched(turning, marks, Failing()), watched(turning, marks, None)
    assert "stopped inside the tool (ValueError)" in broken.reason
    assert "comparator broken failed" in caplog.text
    assert "not installed" in missing.reason


def test_marks_outside_the_call_stop_before_anything_is_read(turning: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.json"
    path.write_text(marks_json([Mark(prompt="look-up", start_s=20, end_s=25)]))
    with pytest.raises(BadMarks, match="ends at 25 s"):
        api.check_case([turning], checks=["challenge"], challenge=path)
