"""The time line of a round in a real browser: findings of two groups, each shown and hidden by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from tests.browser.conftest import write_video
from tests.browser.steps import add, agree

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"


def another_face_then_a_still_picture() -> Iterator[np.ndarray]:
    """Eight seconds each of two made-up people, then ten in which nothing moves."""
    for name in ("round-2.mp4", "round-3.mp4"):
        with av.open(str(SAMPLES / name)) as media:
            for frame in islice(media.decode(video=0), 200):
                picture = frame.to_ndarray(format="rgb24")
                yield picture
    for _ in range(250):
        yield picture


def test_findings_are_filtered_by_group(visit, tmp_path: Path) -> None:
    page = visit().page
    add(page, [write_video(tmp_path / "call.mp4", another_face_then_a_still_picture(), 25)])
    agree(page)
    page.get_by_role("button", name="Start the check").click()
    page.locator(".result").wait_for(timeout=200_000)
    page.wait_for_function("document.querySelector('video[data-round=round-1]').readyState > 0")
    line = page.locator(".line")
    identity, manipulation = line.locator(".pin.identity"), line.locator(".pin.manipulation")
    assert identity.first.is_visible()
    assert manipulation.first.is_visible()
    line.get_by_label("identity", exact=True).uncheck()
    assert not identity.first.is_visible()
    assert manipulation.first.is_visible()
    line.get_by_label("manipulation", exact=True).uncheck()
    assert not manipulation.first.is_visible()
    line.get_by_label("identity", exact=True).check()
    identity.first.click()
    page.wait_for_function("document.querySelector('video[data-round=round-1]').currentTime > 1")
