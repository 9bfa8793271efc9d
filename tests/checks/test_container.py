"""What the container check says of recordings made here, and what it leaves unsaid."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.media.clips import ClipSpec, write_clip
from tests.media.test_edit_list import movie
from verifier.case import Evidence, Role, Round
from verifier.checks import container
from verifier.checks.base import CaseObservations, ObservedRound
from verifier.findings import Finding, Outcome
from verifier.media.credentials import Credentials
from verifier.media.edit_list import read_edit_lists
from verifier.media.file_facts import FileFacts, TrackTimes, facts_or_none
from verifier.timing import Span

FAST = {"preset": "ultrafast"}
NONE = Credentials("none in the file")


def _findings(*files: FileFacts | None) -> list[Finding]:
    rounds = []
    for number, facts in enumerate(files, 1):
        evidence = Evidence(f"round-{number}", "0" * 64, Path("a"), "a.mp4", Role.PROBE, "recording", 1)
        case_round = Round(f"round-{number}", f"Round {number}", (evidence,))
        known = () if facts is None else (facts,)
        rounds.append(ObservedRound(case_round, (), None, Fraction(10), 1, "", known))
    return container.run(CaseObservations(tuple(rounds), (), {}, ""))


def _tagged(**tags: str) -> FileFacts:
    return FileFacts((), (), tuple((key.replace("__", ": "), value) for key, value in tags.items()), NONE)


def test_a_plain_recording_gives_facts_and_nothing_to_look_at(tmp_path):
    facts = facts_or_none(write_clip(tmp_path / "a.mp4", ClipSpec(".mp4", options=FAST, audio=("aac",), count=60)))
    (finding,) = _findings(facts)
    assert finding.outcome is Outcome.NOT_OBSERVED
    assert "proves nothing" in finding.statement
    assert ("Content credentials", "none in the file") in finding.details


def test_a_gap_has_its_seconds(tmp_path):
    times = tuple(Fraction(i, 10) for i in (*range(20), *range(80, 100)))
    clip = write_clip(tmp_path / "a.mkv", ClipSpec(".mkv", options=FAST, count=40, rate=10, times=times))
    (finding,) = _findings(facts_or_none(clip))
    assert finding.outcome is Outcome.OBSERVED
    assert "no picture at 00:02-00:08" in finding.statement
    assert [s.seconds() for s in finding.spans] == [pytest.approx((2, 8), abs=0.2)]


def test_files_that_cannot_be_read_are_not_called_clean():
    assert _findings(None)[0].outcome is Outcome.NOT_AVAILABLE


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(1000, 0), (1000, 3000)], "puts the picture together from 2 parts"),
        ([(1000, 1800)], "hides the first 3.0 seconds"),
        ([(100, -1), (1000, 12)], None),
    ],
)
def test_edit_lists(tmp_path, edits, said):
    (tmp_path / "a.mp4").write_bytes(movie(edits))
    (finding,) = _findings(FileFacts((), read_edit_lists(tmp_path / "a.mp4"), (), NONE))
    assert (finding.outcome is Outcome.OBSERVED) == (said is not None)
    assert (said or "no gap") in finding.statement


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"encoder": "Adobe Premiere Pro 2024"}, "an editing program is named as its writer"),
        ({"title": "Premiere of our new office"}, None),
        ({"encoder": "Lavf61.1.100"}, None),
        ({"creation_time": "2024-05-01T10:00:00Z", "video__creation_time": "2024-05-03T10:00:00Z"}, "creation times"),
        ({"creation_time": "2024-05-01T10:00:00Z", "video__creation_time": "2024-05-01T10:00:05Z"}, None),
        ({"creation_time": "1904-01-01T00:00:00Z", "video__creation_time": "2024-05-01T10:00:05Z"}, None),
    ],
)
def test_tags(tags, said):
    (finding,) = _findings(_tagged(**tags))
    assert (finding.outcome is Outcome.OBSERVED) == (said is not None)
    assert (said or "no gap") in finding.statement


def test_rounds_out_of_order():
    first, second = _findings(
        _tagged(creation_time="2024-05-02T10:00:00Z"), _tagged(creation_time="2024-05-01T10:00:00Z")
    )
    assert first.outcome is Outcome.NOT_OBSERVED
    assert "recorded before Round 1" in second.statement


def test_picture_and_sound_that_end_apart_and_changed_signed_files():
    ends = tuple(
        TrackTimes(kind, Span(Fraction(0), Fraction(end)), ()) for kind, end in (("picture", 60), ("sound", 75))
    )
    (finding,) = _findings(
        FileFacts(ends, (), (), Credentials("signed; the file is not as it was signed", is_broken=True))
    )
    assert "the picture ends at 01:00, the sound at 01:15" in finding.statement
    assert "not as it was signed" in finding.statement
