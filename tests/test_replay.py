"""The trail of a picture that moves, stands still, hardly moves or comes again; and the same through whole calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

from tests.checks.cases import seen
from verifier import replay
from verifier.api import check_case, observe_case
from verifier.findings import Outcome
from verifier.observe.face_detector import FaceBox
from verifier.observe.faces import FaceSample, Tracklet
from verifier.observe.trail import TrailTable
from verifier.replay import STILL, Replay, replay_of
from verifier.seeds.ladder import Step, encode
from verifier.seeds.shots import Source
from verifier.seeds.still_changes import freezing, looping
from verifier.timing import Span, total
from verifier.tracks import Person

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "media" / "round-2.mp4"
SIZE = (640, 360)
Picture = Callable[[float], np.ndarray]


def moving(time: float) -> np.ndarray:
    """Blobs that drift and never meet the same way again."""
    y, x = np.mgrid[:36, :64]
    centres = [(18 + 8 * np.sin(0.71 * time + k), 32 + 12 * np.cos(0.43 * time * (1 + 0.13 * k))) for k in range(3)]
    return np.asarray(90 + sum(60 * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 18) for cy, cx in centres))


def trail(picture: Picture, end: float, *, sees: Callable[[Fraction], bool] = lambda t: True) -> TrailTable:
    rng = np.random.default_rng(0)
    times = [t for t in (Fraction(n, 15) for n in range(int(end * 15))) if sees(t)]
    cells = [np.clip(picture(float(t)) + rng.normal(0, 0.7, (36, 64)), 0, 255).astype(np.uint8) for t in times]
    return TrailTable(tuple(times), np.array(cells, np.uint8).reshape(-1, 36, 64), SIZE)


def judge(table: TrailTable, person: Person | None = None) -> Replay:
    box = FaceBox(250, 110, 140, 140, 1.0)
    end = table.times[-1] + 1
    whole = Person((Tracklet(0, [FaceSample(Fraction(0), box, None)]),), (Span(Fraction(0), end),), ())
    return replay_of(table, person or whole)


def test_a_moving_picture_neither_stands_still_nor_comes_again() -> None:
    found = judge(trail(moving, 20))
    assert found.still == found.hardly_moving == found.repeats == ()
    assert found.liveliest is not None
    assert found.liveliest > 15
    assert found.nearest is not None
    assert found.nearest > 1.3
    assert sum(s.duration for s in found.judged) > 18


def test_a_frozen_picture_stands_still_while_it_is_frozen() -> None:
    found = judge(trail(lambda t: moving(min(max(t, 4.0), 9.0) if t < 9 else t - 5) if t >= 4 else moving(t), 14))
    assert found.still == ()  # it moved all the time: only its clock was bent
    found = judge(trail(lambda t: moving(t if t < 5 else max(5.0, t - 6)), 20))
    (still,) = found.still
    assert abs(still.start - 5) <= Fraction(1, 2)
    assert abs(still.end - 11) <= Fraction(1, 2)


def test_what_hardly_moves_is_left_open() -> None:
    found = judge(trail(lambda t: moving(3.0) + 7.5 * np.sin(t) * (np.mgrid[:36, :64][1] > 30), 12))
    assert found.still == ()
    assert found.hardly_moving
    assert found.liveliest is not None
    assert found.liveliest > STILL


@pytest.mark.parametrize("period", [1.6, 3.3])
def test_a_loop_comes_again_with_its_delay(period: float) -> None:
    found = judge(trail(lambda t: moving(t if t < 5 else 5 - period + (t - 5) % period), 14))
    assert found.repeats
    assert min(float(r.span.start) for r in found.repeats) == pytest.approx(5, abs=0.7)
    assert max(float(r.span.end) for r in found.repeats) > 12.5
    delays = [float(r.span.start - r.first.start) % period for r in found.repeats]
    assert all(min(d, period - d) < 0.15 for d in delays)


def test_a_loop_is_found_again_in_another_burst() -> None:
    """Nine seconds of every minute are seen; what is shown there repeats every 4 seconds."""
    found = judge(trail(lambda t: moving(t % 4.0), 130, sees=lambda t: t % 60 < 6 or t.denominator == 1))
    assert {int(r.span.start // 60) for r in found.repeats} >= {1, 2}


def test_between_bursts_a_picture_a_second_tells_a_frozen_one() -> None:
    seldom = lambda t: t % 60 < 6 or t.denominator == 1  # noqa: E731
    found = judge(trail(lambda t: moving(min(t, 20.0) if t < 40 else t), 60, sees=seldom))
    (still,) = found.still
    assert (round(still.start), round(still.end)) == (20, 39)


def test_a_loop_is_looked_for_in_the_bursts_alone_and_their_seconds_are_counted_apart() -> None:
    """Six seconds of every minute are seen closely: what comes again between them is not compared, and not said to be new."""

    def picture(t: float) -> np.ndarray:
        return moving(t if t % 60 < 8 else t // 60 * 60 + 8 + t % 60 % 6.37)

    found = judge(trail(picture, 180, sees=lambda t: t % 60 < 6 or t.denominator == 1))
    assert found.repeats == ()
    assert total(found.judged) > 150
    assert 10 < total(found.compared) < 18
    assert all(s.start % 60 < 6 for s in found.compared)
    seldom = judge(trail(moving, 40, sees=lambda t: t.denominator == 1))
    assert seldom.judged
    assert seldom.compared == ()


def test_a_trail_that_was_cut_short_says_when() -> None:
    table = trail(moving, 8)
    assert judge(table).cut_at is None
    assert judge(replace(table, complete=False)).cut_at == table.times[-1]


@pytest.mark.parametrize(("rows", "comes_again"), [(22 + 5, False), (22 + 2 * 5, True)])
def test_one_or_two_stretches_that_come_again_are_chance_three_with_one_delay_are_not(
    rows: int, comes_again: bool
) -> None:
    """So many pictures of an earlier moment are shown once more, beginning where a stretch does."""
    first, again = 30, 150
    found = judge(trail(lambda t: moving(t - (again - first) / 15 if again <= t * 15 + 0.5 < again + rows else t), 16))
    assert bool(found.repeats) is comes_again
    assert found.nearest is not None
    assert found.nearest < 1


def test_a_gesture_made_again_but_not_the_same_is_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """1.2 to 1.3 times as far from the first time as neighbours are; genuine clips go down to 1.48, loops up to .65."""
    stripes = 3.4 * np.sin(np.mgrid[:36, :64][1])
    table = trail(lambda t: moving(t % 5) + (stripes if t >= 5 else 0), 10)
    assert judge(table).repeats == ()
    monkeypatch.setattr(replay, "AGAIN", 1.3)
    assert judge(table).repeats


def test_only_the_part_around_the_face_counts_and_only_while_it_is_there() -> None:
    def beside(time: float) -> np.ndarray:
        picture = moving(3.0)
        picture[:, :8] = 128 + 100 * np.sin(time)
        return picture

    assert judge(trail(beside, 8)).still
    gone = seen("round-1/A", (0, 2)).person
    found = judge(trail(moving, 8), replace(gone, spans=(Span(Fraction(0), Fraction(1)),)))
    assert found.judged == ()
    assert "three seconds" in found.reason


def test_seeded_calls_are_seen_and_their_twin_is_not(tmp_path: Path) -> None:
    source, step = Source.open(SAMPLE), Step(180, 150_000)
    changes = {"genuine": lambda shots: shots, "frozen": freezing((1.0, 6.0), 3.0), "looped": looping(2.0, 1.7, 8.0)}
    files = []
    for name, change in changes.items():
        files.append(tmp_path / f"{name}{step.suffix}")
        encode(change(takewhile(lambda shot: shot[0] < 5, source.shots(180))), None, step, files[-1])
    genuine, frozen, looped = check_case(files, checks=["replay"]).findings
    assert genuine.outcome is Outcome.NOT_OBSERVED
    assert frozen.outcome is Outcome.OBSERVED
    assert "stands still at 00:0" in frozen.statement
    assert looped.outcome is Outcome.OBSERVED
    assert "is the same as at" in looped.statement
    assert observe_case(files[:1], checks=["face-continuity"]).rounds[0].trail is None
