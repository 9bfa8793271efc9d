from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.media.types import VideoFrame
from verifier.observe import trail
from verifier.observe.lips import BURST
from verifier.observe.trail import COLUMNS, ROWS, TrailObserver, thumbnail


def frame(number: int, rate: int = 30) -> VideoFrame:
    return VideoFrame(Fraction(number, rate), np.full((180, 320, 3), number % 250, np.uint8), number == 0)


def watched(count: int, duration: int | None) -> list[Fraction]:
    observer = TrailObserver(None if duration is None else Fraction(duration))
    selector = observer.plan.selector()
    for number in range(count):
        if selector.take(Fraction(number, 30), number == 0):
            observer.observe(frame(number))
    return list(observer.finish().times)


def test_a_short_recording_is_watched_throughout_fifteen_times_a_second() -> None:
    times = watched(300, 10)
    assert len(times) == 150
    assert times[1] == Fraction(1, 15)


@pytest.mark.parametrize("duration", [200, None])
def test_a_long_one_in_bursts_and_once_a_second_between(duration: int | None) -> None:
    times = watched(600, duration)
    assert sum(t < BURST for t in times) == 15 * BURST
    assert [t for t in times if t >= BURST] == [Fraction(n) for n in range(int(BURST), 20)]


def test_cells_hold_the_mean_grey_of_their_part() -> None:
    image = np.zeros((360, 640, 3), np.uint8)
    image[:, 320:] = (200, 200, 200)
    cells = thumbnail(image)
    assert cells.shape == (ROWS, COLUMNS)
    assert (cells[:, :32] == 0).all()
    assert (cells[:, 32:] == 200).all()
    assert thumbnail(np.full((20, 30, 3), 7, np.uint8)).tolist() == [[7] * COLUMNS] * ROWS


def test_the_trail_is_bounded_and_says_where_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MAX_PICTURES", 20)
    observer = TrailObserver(Fraction(10))
    for number in range(300):
        observer.observe(frame(number))
    table = observer.finish()
    assert len(table.times) == 20
    assert not table.complete
    assert table.size == (320, 180)


def test_nothing_seen_is_an_empty_table() -> None:
    table = TrailObserver(None).finish()
    assert table.times == ()
    assert table.cells.shape == (0, ROWS, COLUMNS)
