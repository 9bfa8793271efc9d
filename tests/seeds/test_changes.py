"""Changes of pictures, on pictures that carry their number, and on drawn faces."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.media.clips import number_in, numbered_picture
from verifier.seeds import filters
from verifier.seeds.face_changes import (
    POISSON,
    SelfBlendStyle,
    SwapStyle,
    mouth_held,
    self_blended,
    swapped,
    swapping,
)
from verifier.seeds.faces import INNER_LIPS, FaceFollower, Look, flat
from verifier.seeds.screen import ScreenStyle, replaying
from verifier.seeds.shots import Shot, Shots, Source, fitted
from verifier.seeds.still_changes import freezing, listening_first, looping


def shots(count: int = 50, rate: int = 25) -> Shots:
    return iter([(n / rate, numbered_picture(n)) for n in range(count)])


def numbers(found: Shots) -> list[int]:
    return [number_in(image) for _, image in found]


def test_a_frozen_picture_stays_and_goes_on_after_the_clip() -> None:
    found = list(freezing((1.0, 3.0))(shots()))
    assert numbers(iter(found)) == [*range(25), *[25] * 50]
    assert found[-1][0] == pytest.approx(3.0 - 0.04)
    noisy = list(freezing((0.0, 1.0), noise=4.0)(shots(25)))
    differences = [np.abs(a[1].astype(int) - b[1]).mean() for a, b in itertools.pairwise(noisy)]
    assert min(differences) > 1
    assert max(differences) < 6


def test_a_loop_repeats_what_came_before_it() -> None:
    found = list(looping(1.0, 0.4, 2.0)(shots()))
    assert numbers(iter(found)) == [*range(25), *list(range(15, 25)) * 2, *range(15, 20)]
    times = [t for t, _ in found]
    assert np.allclose(np.diff(times), 0.04)


def test_within_a_clip_a_held_picture_leaves_its_pictures_as_many_and_when() -> None:
    rough = [(t + 0.01 * (n % 3), image) for n, (t, image) in enumerate(shots())]
    for change in (freezing((1.0, 9.0), past_end=False), looping(1.0, 0.4, 9.0, past_end=False)):
        found = list(change(iter(rough)))
        assert [t for t, _ in found] == [t for t, _ in rough]
        assert set(numbers(iter(found))) == {*range(26)} - ({25} if "loop" in change.__qualname__ else set())


def test_listening_comes_first_and_joins_without_a_jump() -> None:
    found = list(listening_first(2.0)(shots()))
    seen = numbers(iter(found))
    assert len(seen) == 100
    assert seen[50:] == list(range(50))
    assert max(abs(a - b) for a, b in itertools.pairwise(seen)) == 1


def test_dropping_leaves_out_about_its_share_and_never_the_first() -> None:
    found = numbers(filters.dropping(0.25, np.random.default_rng(0))(shots(200)))
    assert found[0] == 0
    assert 0.1 < 1 - len(found) / 200 < 0.45


@pytest.mark.parametrize("name", filters.NAMES)
def test_filters_keep_size_and_time_and_change_the_picture(name: str, clips: tuple[Source, Source]) -> None:
    before = list(clips[0].shots())[:4]
    after = list(filters.named(name, np.random.default_rng(0))(iter(before)))
    assert [t for t, _ in after] == [t for t, _ in before]
    assert all(a.shape == b.shape and a.dtype == np.uint8 for (_, a), (_, b) in zip(after, before, strict=True))
    assert np.abs(after[-1][1].astype(int) - before[-1][1]).mean() > 0.1


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(ValueError, match="no filter"):
        filters.named("sepia", np.random.default_rng(0))


def test_a_filmed_screen_beats_with_the_cameras_pixels_and_shows_its_edge() -> None:
    flat_grey = [(n / 25, np.full((180, 320, 3), 128, np.uint8)) for n in range(3)]
    style = ScreenStyle(beat=(0.125, 0.0), moire=0.06, border=0.08)
    image = list(replaying(style, (0.0, 9.0), np.random.default_rng(1))(iter(flat_grey)))[-1][1].astype(float)
    spectrum = np.abs(np.fft.rfft(image[80:100, 100:228, 1] - image[80:100, 100:228, 1].mean(), axis=1)).mean(axis=0)
    assert abs(int(spectrum[3:].argmax()) + 3 - 16) <= 2  # 128 pixels, one beat in eight
    assert image[:6].mean() < 100


@pytest.fixture(scope="module")
def faces(clips: tuple[Source, Source]) -> list[tuple[Shot, Look]]:
    found = []
    for clip in clips:
        shot = list(clip.shots())[5]
        with FaceFollower() as follower:
            mesh = follower.mesh(shot[1])
        assert mesh is not None
        found.append((shot, Look.of(shot[1], mesh)))
    return found


@pytest.mark.parametrize("style", [SwapStyle(), SwapStyle(blend=POISSON, own_mouth=False)])
def test_a_swap_lays_the_other_face_within_the_oval(style: SwapStyle, faces: list[tuple[Shot, Look]]) -> None:
    (_, image), _ = faces[0]
    with FaceFollower() as follower:
        mesh = follower.mesh(image)
    assert mesh is not None
    out, where = swapped(image, mesh, faces[1][1], style, np.random.default_rng(0))
    assert np.array_equal(out[where == 0], image[where == 0])
    changed = np.abs(out.astype(int) - image).mean(axis=-1)
    assert changed[where > 0.9].mean() > 4
    x, y = flat(mesh)[list(INNER_LIPS)].mean(axis=0).round().astype(int)
    assert where[y, x] < 0.5 if style.own_mouth else where[y, x] > 0.9


def test_self_blending_and_a_held_mouth_stay_where_they_belong(faces: list[tuple[Shot, Look]]) -> None:
    (_, image), look = faces[0]
    with FaceFollower() as follower:
        mesh = follower.mesh(image)
    assert mesh is not None
    for lower in (False, True):
        out, where = self_blended(image, mesh, SelfBlendStyle(lower=lower), np.random.default_rng(0))
        assert np.array_equal(out[where == 0], image[where == 0])
        eyes = flat(mesh)[[33, 263]].mean(axis=0).round().astype(int)
        assert (where[eyes[1], eyes[0]] > 0.5) == (not lower)
    held, where = mouth_held(image, mesh, look)
    assert np.array_equal(held[where == 0], image[where == 0])
    # the same moment's own mouth: hardly anything is to be seen
    assert np.abs(held.astype(int) - image).mean(axis=-1)[where > 0.9].mean() < 4


def test_pictures_without_a_face_and_outside_the_span_pass_as_they_are(faces: list[tuple[Shot, Look]]) -> None:
    empty = np.full((180, 320, 3), 90, np.uint8)
    (_, image), look = faces[0][0], faces[1][1]
    change = swapping(look, SwapStyle(), (1.0, 2.0), np.random.default_rng(0))
    out = [i for _, i in change(iter([(0.0, image), (1.2, empty), (1.4, image), (2.0, image)]))]
    assert np.array_equal(out[0], image)
    assert np.array_equal(out[1], empty)
    assert not np.array_equal(out[2], image)
    assert np.array_equal(out[3], image)


def test_pictures_are_scaled_down_only_and_even() -> None:
    assert fitted(np.zeros((721, 1281, 3), np.uint8), None).shape == (720, 1280, 3)
    assert fitted(np.zeros((720, 1280, 3), np.uint8), 360).shape == (360, 640, 3)
    assert fitted(np.zeros((288, 360, 3), np.uint8), 720).shape == (288, 360, 3)
