"""Edits made on a generated card stand out where they were made and nowhere else; its honest twin is silent."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verifier_models.document_editing.material import EDITED, boxes_of
from verifier_models.document_editing.seeds import EDITS, Box, Rgb, saved, sent_on

from samples.documents.print import face
from samples.documents.specimens import make
from verifier.documents.editing import EditingTraces, traces


@cache
def photo() -> tuple[Rgb, dict[str, Box]]:
    card = make("TD2", "phone", 77)
    return card.image, boxes_of(card)


def changed(edit: str) -> Rgb:
    return EDITS[edit](*photo(), np.asarray(face("48")), np.random.default_rng(3))


def standing_out(found: EditingTraces) -> list[str]:
    return [region.name for region in found.regions if region.stands_out]


def test_the_honest_picture_is_silent() -> None:
    found = traces(saved(photo()[0]), photo()[1])
    assert standing_out(found) == []
    assert found.savings == 2
    assert all(region.missing is not None for region in found.regions)
    assert not found.on_screen


@pytest.mark.parametrize("edit", EDITED)
def test_an_edited_part_stands_out_alone(edit: str) -> None:
    image = saved(changed(edit))
    found = traces(image, photo()[1])
    assert standing_out(found) == [EDITED[edit]]


def test_a_picture_of_a_screen_shows_its_grid() -> None:
    assert traces(sent_on(changed("recaptured")), {}).on_screen


def test_a_picture_that_was_never_saved_shows_no_saving() -> None:
    """Then an untouched part and one that was put in look the same."""
    never = np.random.default_rng(0).normal(128, 30, (320, 320, 3)).clip(0, 255).astype(np.uint8)
    found = traces(never, {"portrait": (80, 80, 200, 240)})
    assert (found.savings, standing_out(found)) == (0, [])
    once = traces(saved(never), {"portrait": (80, 80, 200, 240)})
    assert (once.savings, once.regions[0].missing) == (1, None), "the last saving is the whole picture's"


Sides = st.integers(1, 60)


@settings(max_examples=30, deadline=None)
@given(Sides, Sides, st.tuples(*[st.integers(-500, 500)] * 4))
def test_boxes_and_pictures_of_any_kind_are_judged_or_left_open(height: int, width: int, box: Box) -> None:
    found = traces(np.full((height, width, 3), 200, np.uint8), {"portrait": box, "page": box})
    assert found.screen is None
    assert [region.missing for region in found.regions] == [None]


def test_a_flat_picture_has_no_traces() -> None:
    found = traces(np.full((700, 900, 3), 128, np.uint8), {"portrait": (100, 100, 300, 400)})
    assert (found.savings, found.on_screen, standing_out(found)) == (0, False, [])
