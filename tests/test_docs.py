"""The pages of the checks are what the checks say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verifier import docs
from verifier.checks.catalogue import CHECKS

ROOT = Path(__file__).resolve().parents[1]


def test_the_committed_pages_are_up_to_date_and_their_links_lead_somewhere() -> None:
    folder = ROOT / docs.FOLDER
    assert docs.main(["--check", "--out", str(folder)]) == 0
    for check in CHECKS.values():
        text = (folder / f"{check.spec.id}.md").read_text()
        assert check.spec.limits in text
        for target in [part.split(")")[0] for part in text.split("](")[1:]]:
            assert (folder / target).is_file(), target


def test_check_names_what_is_missing_changed_or_left_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--out", str(tmp_path)]) == 0
    assert docs.main(["--check", "--out", str(tmp_path)]) == 0
    (tmp_path / "container.md").write_text("old")
    (tmp_path / "face-reference.md").unlink()
    (tmp_path / "gone.md").write_text("of a check that there is no more")
    assert docs.main(["--check", "--out", str(tmp_path)]) == 1
    assert "container.md, face-reference.md, gone.md" in capsys.readouterr().err
    assert docs.main(["--out", str(tmp_path)]) == 0
    assert not (tmp_path / "gone.md").exists()
    assert docs.main(["--check", "--out", str(tmp_path)]) == 0


def test_every_check_says_what_it_reads_and_names_figures_of_its_own() -> None:
    text = {name: docs.page(check.spec) for name, check in CHECKS.items()}
    commands = {
        name: page.split("`python -m ")[-1].split("`")[0]
        for name, page in text.items()
        if "`python -m " in page.split("## Figures")[1]
    }
    for command in commands.values():
        assert (ROOT / command.replace(".", "/")).with_suffix(".py").is_file(), command
    assert {"second-voice", "speech-without-lips", "reading-gaze", "typing"} <= commands.keys()
    for name in ("voice-across-rounds", "voice-continuity", "cross-case-voice"):
        assert "models/voice_calibration/" in text[name]
        assert "models/lip_voice/" not in text[name]


def test_a_need_that_nothing_reads_is_one_plain_line() -> None:
    spec = replace(CHECKS["replay"].spec, needs=("faces", "trial"))
    with pytest.raises(ValueError, match=r"check replay needs trial: not among OBSERVERS in verifier/docs\.py"):
        docs.page(spec)
