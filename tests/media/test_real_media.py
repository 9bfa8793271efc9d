"""Recordings and documents from the field, where they are at hand."""

from __future__ import annotations

import csv

import pytest

from verifier.media.identify import identify
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.still import read_stills

pytestmark = pytest.mark.data


@pytest.mark.slow
def test_every_clip_decodes_to_its_length(data):
    with (data / "clips.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        with Recording(data / row["path"]) as recording:
            facts = recording.facts
            frames = [frame.time for frame in recording.frames(SamplingPlan(max_width=64))]
            problems = recording.problems
        assert facts.video is not None
        assert (facts.video.width, facts.video.height) == (int(row["width"]), int(row["height"])), row["path"]
        assert bool(facts.audio) == (row["audio"] == "yes"), row["path"]
        assert float(frames[-1]) + 1 / float(row["fps"]) == pytest.approx(float(row["seconds"]), abs=0.3), row["path"]
        assert problems == (), row["path"]


def test_every_document_is_read(data):
    for path in sorted((data / "documents").glob("*.[jp][pn]g")):
        assert identify(path) == "photo"
        (still,) = read_stills(path)
        assert min(still.image.shape[:2]) > 100
        assert still.notes == ()


def test_long_sound_keeps_its_clock(data):
    with Recording(data / "voice" / "interview_three_speakers.mp3") as recording:
        blocks = list(recording.audio())
        assert recording.problems == ()
    assert float(blocks[-1].time) + len(blocks[-1].samples) / 16_000 == pytest.approx(128.5, abs=0.5)
