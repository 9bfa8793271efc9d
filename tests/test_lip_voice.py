"""Lips and sound made of one signal, by hand: what is shifted, dubbed, still or silent must show, a constant offset must not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from tests.checks.cases import HERE, THERE, seen
from verifier.coupling import CONTEXT, CouplingModel, Side
from verifier.likelihood import Support
from verifier.lip_voice import Coupling, couple, rows_of
from verifier.observe.face_detector import FaceBox
from verifier.observe.lips import LipTable
from verifier.observe.sound_features import BINS_PER_S, COLUMNS, SoundTable
from verifier.timing import Span

FACE = FaceBox(*HERE, 160, 200, 1.0)


def model() -> CouplingModel:
    """Lays the opening of the mouth against the first band; apart above 0.5."""
    mouth, sound = np.zeros((10, 1)), np.zeros((COLUMNS * (2 * CONTEXT + 1), 1))
    mouth[0], sound[COLUMNS * CONTEXT] = 1, 1
    curve = np.array([[40.0, -20.0, 1e-4]] * 3)
    sides = (Side(np.zeros(len(m)), np.ones(len(m)), m) for m in (mouth, sound))
    return CouplingModel(
        *sides, np.ones(1), curve, 1.0, {"lively": 0.01, "every_second": 0.004, "spoken": 0.5}, "a test set"
    )


def speech(seconds: int, seed: int = 0) -> np.ndarray:
    """Something that opens and closes about four times a second, 0..1, one value per bin."""
    noise = np.random.default_rng(seed).normal(size=seconds * BINS_PER_S + 4)
    smooth = np.convolve(noise, np.ones(5) / 5, "valid")
    return (smooth - smooth.min()) / (smooth.max() - smooth.min())


def lips(
    signal: np.ndarray, *, box: FaceBox = FACE, rate: int = BINS_PER_S, seen_in: Callable[[float], bool] | None = None
) -> LipTable:
    """A mouth that opens as the signal says; seen_in: at which seconds it is in view."""
    times = [Fraction(k, rate) for k in range(len(signal) * rate // BINS_PER_S)]
    times = [t for t in times if seen_in is None or seen_in(float(t))]
    features = np.zeros((len(times), 5), np.float32)
    features[:, 0] = [signal[int(t * BINS_PER_S)] for t in times]
    return LipTable(tuple(times), (box,) * len(times), features, len(times))


def sound(signal: np.ndarray, level: float = -20.0) -> SoundTable:
    features = np.zeros((len(signal), COLUMNS), np.float32)
    features[:, 0] = signal
    return SoundTable(features, np.full(len(signal), level, np.float32))


def judge(table: LipTable, heard: SoundTable) -> Coupling:
    return couple(model(), table, np.ones(len(table.times), bool), heard)


def later(signal: np.ndarray, bins: int) -> np.ndarray:
    return np.roll(signal, bins)


def test_one_signal_in_lips_and_sound_is_together_all_through() -> None:
    found = judge(lips(speech(30)), sound(speech(30)))
    assert found.parted == ()
    assert found.lr is not None
    assert found.lr.log10 == -1.0
    assert found.offset_s == 0
    (judged,) = found.judged
    assert judged.duration >= 28


@pytest.mark.parametrize("bins", [-20, -5, 4, 18])
def test_an_offset_that_stays_is_measured_and_innocent(bins: int) -> None:
    found = judge(lips(speech(40)), sound(later(speech(40), bins)))
    assert found.parted == ()
    assert found.offset_s == bins / BINS_PER_S
    assert found.lr is not None
    assert found.lr.log10 == -1.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lag_that_does_not_stand_out_from_little_speech_is_left_open(seed: int) -> None:
    found = judge(lips(speech(7, seed)), sound(later(speech(7, seed), 12)))
    assert found.offset_s is None
    assert found.parted == ()
    assert found.lr is not None
    assert found.lr.support is Support.INCONCLUSIVE


def test_a_stretch_out_of_step_with_the_rest_is_named() -> None:
    heard = speech(60)
    heard[20 * BINS_PER_S : 32 * BINS_PER_S] = later(speech(60), 20)[20 * BINS_PER_S : 32 * BINS_PER_S]
    found = judge(lips(speech(60)), sound(heard))
    (span,) = found.parted
    assert 17 <= span.start <= 23  # windows of five seconds: no sharper than half of one
    assert 29 <= span.end <= 36
    assert found.offset_s == 0


def test_another_voice_all_through_is_apart_and_has_no_offset() -> None:
    found = judge(lips(speech(60)), sound(speech(60, seed=5)))
    assert found.offset_s is None
    assert found.lr is not None
    assert found.lr.log10 == 1.0
    assert sum(s.duration for s in found.parted) > 50


def test_one_odd_window_of_many_weighs_nothing_and_many_do() -> None:
    def ratio_of(seconds: int) -> float:
        heard = speech(150)
        heard[: seconds * BINS_PER_S] = speech(150, seed=5)[: seconds * BINS_PER_S]
        found = judge(lips(speech(150)), sound(heard))
        assert found.parted
        assert found.lr is not None
        return found.lr.log10

    assert ratio_of(7) < 0
    assert ratio_of(140) == 1.0


def test_a_sound_that_runs_away_drifts() -> None:
    signal = speech(300)
    at = np.arange(len(signal))
    heard = np.interp(at - at / BINS_PER_S / 60 * 0.1 * BINS_PER_S, at, signal)  # 100 ms later every minute
    found = judge(lips(signal), sound(heard))
    assert found.drift_ms_per_min == pytest.approx(100, abs=30)
    steady = judge(lips(signal), sound(signal))
    assert steady.drift_ms_per_min == pytest.approx(0, abs=5)


@pytest.mark.parametrize(
    ("table", "heard", "words"),
    [
        (lips(speech(20)), sound(speech(20), level=-70), "no speech to hear"),
        (lips(np.zeros(500)), sound(speech(20)), "hardly moves"),
        (lips(speech(20) * (np.arange(500) // 75 % 2)), sound(speech(20)), "hardly moves"),
        (lips(speech(20), seen_in=lambda t: t % 5 < 4), sound(speech(20)), "never in view for 5 seconds"),
        (lips(speech(20), rate=8), sound(speech(20)), "fewer than 11 pictures"),
        (lips(speech(20), box=FaceBox(*HERE, 50, 60, 1.0)), sound(speech(20)), "too small"),
        (lips(speech(4)), sound(speech(4)), "never in view for 5 seconds"),
        (lips(speech(20), seen_in=lambda t: False), sound(speech(20)), "was not seen"),
        (lips(speech(20)), sound(np.full(500, np.nan)), "breaks off"),
    ],
)
def test_what_cannot_be_judged_says_why(table: LipTable, heard: SoundTable, words: str) -> None:
    found = judge(table, heard)
    assert found.lr is None
    assert found.judged == found.parted == ()
    assert words in found.reason


def test_music_beside_a_moving_mouth_is_no_voice_that_parts_from_it() -> None:
    table, music = lips(speech(30)), sound(speech(30, seed=5))
    assert judge(table, music).parted
    everything = np.ones(len(table.times), bool)
    unspoken = couple(model(), table, everything, music, speech=())
    assert (unspoken.parted, unspoken.lr) == ((), None)
    assert "no speech to hear" in unspoken.reason
    later_on = couple(model(), table, everything, music, speech=[Span(Fraction(20), Fraction(30))])
    assert all(s.start >= 16 for s in later_on.judged)
    assert later_on.judged


def test_bursts_are_judged_each_by_itself() -> None:
    found = judge(lips(speech(90), seen_in=lambda t: t % 30 < 6), sound(speech(90)))
    assert [(float(s.start) // 1 + 1) // 30 for s in found.judged] == [0, 1, 2]
    assert all(5 <= s.duration <= 7 for s in found.judged)


def test_rows_belong_to_who_is_seen_in_that_place_at_that_time() -> None:
    here, there = seen("round-1/A", (0, 10)), seen("round-1/B", (0, 10), at=THERE)
    times = tuple(Fraction(t) for t in (0, 10, 20))
    table = LipTable(times, (FaceBox(*HERE, 80, 80, 1.0),) * 3, np.zeros((3, 5), np.float32), 3)
    assert rows_of(here.person, table).tolist() == [True, True, False]
    assert not rows_of(there.person, table).any()
