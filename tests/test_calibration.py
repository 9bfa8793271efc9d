"""From templates to ratios: which curve speaks, and what its bounds hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.test_own_calibration import template
from verifier.calibration import Curve, FaceCalibration, kind_and_bin
from verifier.observe.templates import FaceTemplate


def _curve(names: tuple[str, ...], at: float, *, must_agree: bool = False, kind: str = "round-round") -> Curve:
    """Ratio 1 at the mean cosine `at`, with bounds of one unit either way."""
    slope = np.full(len(names), 40.0 / len(names))
    rows = [np.array([*slope, -40.0 * at + shift, 1e-4]) for shift in (0.0, -1.0, 1.0)]
    return Curve(names, kind, "clear", np.array(rows), 3.0, 3.0, 100, "+".join(names), must_agree)


def _pair(cosines: dict[str, float]) -> tuple[FaceTemplate, FaceTemplate]:
    first, second = {}, {}
    for name, cosine in cosines.items():
        first[name] = np.array([1.0, 0.0], np.float32)
        second[name] = np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)
    frames = template(np.array([1.0, 0.0]), photo=False).frames
    return FaceTemplate(first, frames), FaceTemplate(second, frames)


def _calibration(*, must_agree: bool) -> FaceCalibration:
    curves = [
        _curve(("a", "b"), 0.5, must_agree=must_agree),
        _curve(("a",), 0.5),
        _curve(("b",), 0.5),
    ]
    return FaceCalibration(curves, {}, "test")


def test_where_comparators_must_agree_one_that_does_not_keeps_the_ratio_open() -> None:
    a, b = _pair({"a": 0.9, "b": 0.4})
    alone = _calibration(must_agree=False).compare(a, b, ("a", "b")).lr
    together = _calibration(must_agree=True).compare(a, b, ("a", "b")).lr
    assert alone is not None
    assert together is not None
    assert together.log10 == alone.log10 > 1
    assert alone.support == "first"
    assert together.support == "inconclusive"
    a, b = _pair({"a": 0.9, "b": 0.8})
    agreed = _calibration(must_agree=True).compare(a, b, ("a", "b")).lr
    assert agreed is not None
    assert agreed.support == "first"


def test_a_comparator_without_a_calibration_is_left_out_of_the_ratio() -> None:
    a, b = _pair({"a": 0.9, "b": -0.9})
    found = _calibration(must_agree=False).compare(a, b, ("a",))
    assert found.lr is not None
    assert found.lr.calibration == "a"
    assert set(found.scores) == {"a", "b"}


@pytest.mark.parametrize("usable", [(), ("c",)])
def test_without_a_curve_there_is_a_reason_and_no_ratio(usable: tuple[str, ...]) -> None:
    found = _calibration(must_agree=False).compare(*_pair({"a": 0.9}), usable)
    assert found.lr is None
    assert "calibrat" in found.reason


def test_the_nearest_of_four_weighs_a_quarter() -> None:
    lr = _curve(("a",), 0.5).lr({"a": 0.55})
    assert 10 ** (lr.log10 - lr.among(4).log10) == pytest.approx(4)
    assert lr.among(1) == lr


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [(60, 25, "small"), (25, 60, "small"), (12, 60, "tiny"), (60, 40, "clear"), (9, 60, None)],
)
def test_the_smaller_face_chooses_the_curve(first: float, second: float, name: str | None) -> None:
    a, b = _pair({"a": 0.9})
    sized = [
        replace(t, frames=tuple(replace(f, quality=replace(f.quality, inter_eye_px=px)) for f in t.frames))
        for t, px in ((a, first), (b, second))
    ]
    assert kind_and_bin(*sized) == ("round-round", name)


@pytest.mark.parametrize(
    ("exposure", "size", "name", "why"),
    [
        (0.4, 60, "clear", ""), (0.16, 60, "small", ""), (0.73, 60, "small", ""), (0.16, 25, "tiny", ""),
        (0.16, 12, None, "too dark to compare at its size"), (0.08, 60, None, "too dark to compare"),
        (0.9, 60, None, "too bright to compare"), (0.08, 9, None, "too small"),
    ],
)  # fmt: skip
def test_light_that_the_curves_never_saw_allows_modest_words_or_none(
    exposure: float, size: float, name: str | None, why: str
) -> None:
    a, b = _pair({"a": 0.9})
    frames = tuple(replace(f, quality=replace(f.quality, inter_eye_px=size, exposure=exposure)) for f in b.frames)
    lit = replace(b, frames=frames)
    assert kind_and_bin(a, lit)[1] == kind_and_bin(lit, a)[1] == name
    if name is None:
        found = _calibration(must_agree=False).compare(a, lit, ("a",))
        assert (found.lr, found.reason.removeprefix("the face is ").split(" (")[0]) == (None, why)


def test_a_ratio_at_its_ceiling_says_so() -> None:
    curve = _curve(("a",), 0.5)
    assert curve.lr({"a": 1.0}).capped
    assert not curve.lr({"a": 0.55}).capped
