from __future__ import annotations

import threading
import time
from fractions import Fraction

import pytest

from verifier.media.prefetch import frames_in_background
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan


def _readers():
    return [thread for thread in threading.enumerate() if thread.name == "media-reader"]


def test_gives_everything_in_order():
    assert list(frames_in_background(range(1000))) == list(range(1000))
    assert not _readers()


def test_an_error_arrives_after_what_came_before_it():
    def source():
        yield 1
        yield 2
        raise ValueError("broken")

    items = frames_in_background(source())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert not _readers()


def test_stays_within_its_depth():
    made = []

    def source():
        for number in range(100):
            made.append(number)
            yield number

    items = frames_in_background(source(), depth=3)
    next(items)
    time.sleep(0.2)
    assert len(made) <= 5
    items.close()


def test_closing_early_stops_the_thread_and_closes_the_source():
    closed = threading.Event()

    def source():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    items = frames_in_background(source())
    next(items)
    began = time.monotonic()
    items.close()
    assert time.monotonic() - began < 1
    assert closed.is_set()
    assert not _readers()


def test_a_thread_is_started_only_when_asked_for_an_item():
    frames_in_background(range(3))
    assert not _readers()


def test_reading_a_recording_in_the_background(clip):
    plan = SamplingPlan(every=Fraction(1, 2))
    with Recording(clip("h264_mp4")) as recording:
        here = [frame.time for frame in recording.frames(plan)]
        assert [frame.time for frame in frames_in_background(recording.frames(plan))] == here
        for frame in frames_in_background(recording.frames(plan)):
            assert frame.time == 0
            break
    time.sleep(0.2)
    assert not _readers()
