"""How far a face went and how it held, on rows and templates made by hand."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest

from verifier.challenges import Mark, PromptId
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import KeptCrop
from verifier.observe.prompts import PromptRow
from verifier.prompt_response import Response, response
from verifier.prompt_watch import found

START, END = 3.0, 8.0


def row(
    time: float, yaw: float | None = 0.0, pitch: float = 0.0, light: float = 0.5, covered: float = 0.0
) -> PromptRow:
    at = Fraction(time).limit_denominator(1000)
    image = np.zeros((2, 2, 3), np.uint8)
    quality = FaceQuality(48.0, yaw, None if yaw is None else pitch, 0.3, light, 0.0, mouth_visible=True)
    kept = KeptCrop(at, FaceCrop(image, None, 48.0), quality)
    return PromptRow(at, FaceBox(0, 0, 90, 90, 1.0), yaw, quality.pitch, light, covered, None, kept)


def rows(during: Callable[[float], PromptRow]) -> list[PromptRow]:
    """From 0 s to 10 s: still before and after the prompt."""
    times = np.arange(0, 10, 1 / 6)
    return [during(t) if START + 0.5 <= t < END else row(t) for t in times]


def bump(t: float) -> float:
    return float(np.sin(np.pi * (t - START) / (END - START)))


def answer(
    prompt: PromptId, during: Callable[[float], PromptRow], other_from: float = 99, other_to: float = 99
) -> Response:
    """The templates are those of one person, of another one between two times."""
    rng = np.random.default_rng(0)
    one, another = rng.normal(size=(2, 32))

    def embed(kept: KeptCrop) -> np.ndarray:
        who = another if other_from <= float(kept.time) < other_to else one
        vector = who + rng.normal(0, 0.05, 32)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    return response(Mark(prompt=prompt, start_s=START, end_s=END), rows(during), embed)


@pytest.mark.parametrize(
    ("prompt", "during", "reach"),
    [
        ("turn-left", lambda t: row(t, 45 * bump(t)), 45),
        ("turn-right", lambda t: row(t, -45 * bump(t)), 45),
        ("look-up", lambda t: row(t, pitch=-20 * bump(t)), 20),
        ("hand-across", lambda t: row(t, covered=0.4 * bump(t)), 0.4),
        ("light", lambda t: row(t, light=0.5 + 0.2 * bump(t)), 0.4),
    ],
)
def test_what_was_done_is_seen_and_nothing_else_is(
    prompt: PromptId, during: Callable[[float], PromptRow], reach: float
) -> None:
    done = answer(prompt, during)
    assert done.done is True
    assert done.reach == pytest.approx(reach, rel=0.03)
    assert float(done.at or 0) == pytest.approx((START + END) / 2, abs=0.2)
    assert len(done.crops) == 3
    assert answer(prompt, row).done is False
    other: PromptId = "turn-left" if prompt == "turn-right" else "turn-right"
    assert answer(other, during).done is False


def test_a_turn_to_profile_is_done_where_the_mesh_is_lost_on_the_way() -> None:
    found = answer("turn-left", lambda t: row(t, 24 * bump(t) / 0.8 if bump(t) < 0.8 else None))
    assert found.done is True
    assert 0.2 < found.lost < 0.8


@pytest.mark.parametrize(("prompt", "sign"), [("turn-left", -1), ("turn-right", 1)])
def test_a_turn_to_the_other_side_is_neither_done_nor_unseen(prompt: PromptId, sign: int) -> None:
    other = answer(prompt, lambda t: row(t, sign * 50 * bump(t)))
    assert (other.done, other.other_way) == (False, True)
    assert other.reach == pytest.approx(50, rel=0.03)
    assert float(other.at or 0) == pytest.approx((START + END) / 2, abs=0.2)
    lost = answer(prompt, lambda t: row(t, sign * 24 * bump(t) / 0.8 if bump(t) < 0.8 else None))
    assert (lost.done, lost.other_way) == (False, True)
    both = answer(prompt, lambda t: row(t, sign * 50 * float(np.sin(2 * np.pi * (t - START) / (END - START)))))
    assert (both.done, both.other_way) == (True, False)
    little = answer(prompt, lambda t: row(t, sign * 10 * bump(t)))
    assert (little.done, little.other_way) == (False, False)
    assert little.reach == pytest.approx(0, abs=0.1)


def test_pictures_without_a_mesh_covered_or_far_to_the_side_are_not_compared() -> None:
    """Another person between 4 and 7 s: seen in the pictures that are compared, not in the others."""
    for hidden in (
        lambda t: row(t, None),
        lambda t: row(t, covered=0.12),
        lambda t: row(t, 41.0),
    ):
        found = answer("hold-id", lambda t, hidden=hidden: hidden(t) if 3.9 < t < 7.1 else row(t), 4.0, 7.0)
        assert found.away is not None
        assert found.away < 0.05
        assert 0 < found.compared < found.during / 2
    for shown in (lambda t: row(t, covered=0.08), lambda t: row(t, 39.0)):
        found = answer("hold-id", lambda t, shown=shown: shown(t) if 3.9 < t < 7.1 else row(t), 4.0, 7.0)
        assert found.away is not None
        assert found.away > 0.5
        assert found.compared == found.during
    assert answer("hold-id", lambda t: row(t, None)).compared == 0


def test_a_hand_that_stays_before_the_face_is_no_picture_of_afterwards() -> None:
    times = np.arange(0, 10, 1 / 6)
    held = [row(t, covered=0.3) if t > START + 1 else row(t) for t in times]
    mark = Mark(prompt="hand-across", start_s=START, end_s=END)
    found = response(mark, held, lambda kept: np.ones(4, np.float32))
    assert found.back is None
    assert len(found.crops) == 2


def test_what_cannot_be_measured_is_left_to_whoever_looks() -> None:
    held = answer("hold-id", row)
    assert held.done is None
    assert held.reach is None
    assert held.back is not None
    assert held.back < 0.05


def test_another_face_during_or_after_the_prompt_is_far_from_the_baseline() -> None:
    turned: Callable[[float], PromptRow] = lambda t: row(t, 45 * bump(t))  # noqa: E731
    same, after, between = (
        answer("turn-left", turned),
        answer("turn-left", turned, 7.5),
        answer("turn-left", turned, 3.7, 4.0),
    )
    assert same.own is not None
    assert same.jump is not None
    assert same.back is not None
    assert same.jump < 0.3
    assert after.back is not None
    assert after.back > 0.5
    assert between.jump is not None
    assert between.jump > 0.5
    assert between.back is not None
    assert between.back < 0.05


def test_no_face_before_the_prompt_is_a_reason() -> None:
    mark = Mark(prompt="look-up", start_s=START, end_s=END)
    late = [r for r in rows(row) if r.time >= 4]
    assert "just before" in response(mark, late, lambda kept: None).reason
    early = [r for r in rows(row) if r.time < 3]
    assert "no pictures" in response(mark, early, lambda kept: None).reason
    assert response(mark, rows(row), lambda kept: None).own is None


def test_what_is_looked_through_for_prompts_is_not_held_in_memory() -> None:
    """A picture's crop is 196,608 bytes, an hour has 7200."""
    crops = []

    def course() -> Iterator[PromptRow]:
        for t in np.arange(0, 60, 0.5):
            r = row(t, 40 if 20 <= t < 22 else 0)
            crops.append(weakref.ref(r.crop))
            yield r
            assert sum(ref() is not None for ref in crops) <= 3

    assert [m.prompt for m in found(course())] == ["turn-left"]


def test_prompts_are_found_by_head_and_hand() -> None:
    def course(t: float) -> PromptRow:
        if 10 <= t < 12:
            return row(t, 40)
        if 20 <= t < 22:
            return row(t, -24 if t < 21 else None)
        if 30 <= t < 33:
            return row(t, covered=0.5)
        return row(t, pitch=-25) if 40 <= t < 42 else row(t, pitch=-4)

    marks = found([course(t) for t in np.arange(0, 60, 0.5)])
    assert [m.prompt for m in marks] == ["turn-left", "turn-right", "hand-across", "look-up"]
    assert [round(m.start_s) for m in marks] == pytest.approx([8.5, 19, 28.5, 38.5], abs=1)
    assert found([row(t) for t in np.arange(0, 60, 0.5)]) == []
    assert found([]) == []
