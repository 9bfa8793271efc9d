from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.media.still import read_stills
from verifier.media.types import MediaError
from verifier.seeds.documents import LOOK_ALIKE, mrz_typo, portrait_edited
from verifier.seeds.shots import Source

PHOTO = Path(__file__).resolve().parents[2] / "samples" / "media" / "passport-photo.jpg"


@given(st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=30, max_size=44), min_size=2, max_size=3), st.integers(0, 99))  # fmt: skip
def test_a_typo_is_one_look_alike_in_its_place(lines: list[str], seed: int) -> None:
    if not set("".join(lines)) & LOOK_ALIKE.keys():
        with pytest.raises(ValueError, match="looks like"):
            mrz_typo(lines, np.random.default_rng(seed))
        return
    changed, (row, at) = mrz_typo(lines, np.random.default_rng(seed))
    differences = [
        (r, c) for r, (a, b) in enumerate(zip(lines, changed, strict=True)) for c in range(len(a)) if a[c] != b[c]
    ]
    assert differences == [(row, at)]
    assert changed[row][at] == LOOK_ALIKE[lines[row][at]]


def test_an_edited_portrait_differs_only_where_it_says(clips: tuple[Source, Source]) -> None:
    page, other = read_stills(PHOTO)[0].image, next(clips[1].shots())[1]
    edited, (left, top, right, bottom) = portrait_edited(page, other, np.random.default_rng(0))
    changed = np.abs(edited.astype(int) - page).max(axis=-1)
    assert changed[top:bottom, left:right].mean() > 3
    changed[top:bottom, left:right] = 0
    assert changed.max() <= 12  # the soft edge
    with pytest.raises(MediaError, match="No face"):
        portrait_edited(np.full((200, 200, 3), 200, np.uint8), other, np.random.default_rng(0))
