"""Lines of reading among other movements of the eyes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.eyes import glances, reading, table, times_of
from verifier.gaze import LEAST_EYE, LEAST_RATE, Gaze, gaze_of
from verifier.observe.lips import LipTable


def gaze(of: LipTable) -> Gaze:
    return gaze_of(of, np.ones(len(of.times), bool))


@pytest.mark.parametrize("reach", [0.04, 0.06, 0.1])
@pytest.mark.parametrize("direction", [1, -1])
def test_sustained_reading_is_found_in_either_direction(reach: float, direction: int) -> None:
    times = times_of(30)
    found = gaze(table(times, direction * reading(times, reach)))
    assert found.reads
    assert 7 <= found.lines <= 12
    assert sum(float(s.duration) for s in found.sweeps) > 15


def test_reading_is_found_where_it_is() -> None:
    times = times_of(60)
    across = glances(times, 4)
    part = (times >= 20) & (times < 40)
    across[part] = reading(times[part], 0.07)
    found = gaze(table(times, across))
    assert found.reads
    assert min(s.start for s in found.sweeps) >= 19
    assert max(s.end for s in found.sweeps) <= 41


def test_bursts_of_a_long_recording_add_up() -> None:
    times = np.concatenate([60 * k + times_of(9) for k in range(8)])
    found = gaze(table(times, reading(times, 0.07, 2.0)))
    assert found.reads
    assert len(found.watched) == 8
    assert all(any(w.start <= s.start and s.end <= w.end for w in found.watched) for s in found.sweeps)


@pytest.mark.parametrize("seed", range(40))
def test_glances_are_not_reading(seed: int) -> None:
    times = times_of(60)
    assert not gaze(table(times, glances(times, seed), seed=seed)).reads


@pytest.mark.parametrize("wave", ["sine", "drift", "still"])
def test_smooth_and_still_eyes_are_not_reading(wave: str) -> None:
    """A head that sways while the eyes hold a point; nystagmus of equal speed both ways is a sine as well."""
    times = times_of(60)
    across = {"sine": 0.08 * np.sin(2.5 * times), "drift": 0.002 * times, "still": 0 * times}[wave]
    assert not gaze(table(times, across)).reads


def test_blinks_do_not_break_reading() -> None:
    times = times_of(30)
    made = table(times, reading(times, 0.06))
    made.eyes[::45, 3] = made.eyes[1::45, 3] = 0.05
    made.eyes[::45, 0] = 0.3
    assert gaze(made).reads


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"width": LEAST_EYE - 1}, "too small"),
        ({"jitter": 0.06}, "could not be followed steadily"),
        ({"opened": 0.08}, "closed or cast down"),
        ({"mirrored": 0.5}, "mirror a light"),
    ],
)
def test_what_cannot_be_followed_is_said(made: dict[str, float], why: str) -> None:
    times = times_of(30)
    found = gaze(table(times, reading(times, 0.06), **made))
    assert not found.watched
    assert not found.reads
    assert why in found.reason


def test_too_few_pictures_too_short_and_nobody() -> None:
    slow = times_of(30, LEAST_RATE - 2)
    assert "pictures a second" in gaze(table(slow, 0 * slow)).reason
    short = times_of(3)
    assert "4 seconds" in gaze(table(short, 0 * short)).reason
    made = table(short, 0 * short)
    assert gaze_of(made, np.zeros(len(short), bool)).reason
    assert gaze(LipTable((), (), np.zeros((0, 5), np.float32), 0)).reason
