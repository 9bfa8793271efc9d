"""Sessions side by side in a real browser: generated calls, two reviewers, what they wrote downloaded."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import av
import pytest

from tests.browser.conftest import write_video
from tests.browser.steps import add, agree, download

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"
SHORT = 200
"""Pictures: eight seconds are enough for two faces."""
DIFFERENT = "Different people, as far as I can tell"


@pytest.fixture(scope="module")
def short_rounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The beginnings of two sample rounds that show different people."""
    folder = tmp_path_factory.mktemp("short")
    made = []
    for name in ("round-2.mp4", "round-3.mp4"):
        with av.open(str(SAMPLES / name)) as media:
            pictures = (f.to_ndarray(format="rgb24") for f in islice(media.decode(video=0), SHORT))
            made.append(write_video(folder / name, pictures, 25))
    return made


def time_of(page, round_id: str) -> float:  # type: ignore[no-untyped-def]
    return page.evaluate(f"document.querySelector('video[data-round={round_id}]').currentTime")


def decide(page, who: str, note: str, choice: str) -> None:  # type: ignore[no-untyped-def]
    page.get_by_label("Your name").fill(who)
    page.get_by_label("What you saw and heard").fill(note)
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Save the decision").click()


def test_two_rounds_two_reviewers_and_their_decisions(visit, short_rounds: list[Path]) -> None:
    page = visit("/compare/").page
    add(page, short_rounds[:1])
    agree(page)
    page.get_by_role("button", name="Compare them").click()
    page.get_by_text("Add at least 2 files").wait_for()
    add(page, short_rounds[1:])
    page.get_by_role("button", name="Compare them").click()
    page.locator(".result").wait_for(timeout=120_000)
    assert "different people" in page.locator(".matrix").first.inner_text()
    assert page.locator(".group > summary").first.inner_text().startswith("Where they differ")

    page.wait_for_function("[...document.querySelectorAll('video[data-round]')].every((v) => v.readyState > 0)")
    page.evaluate("document.querySelector('video[data-round=round-1]').currentTime = 3")
    page.wait_for_function("document.querySelector('video[data-round=round-2]').currentTime === 3")
    page.get_by_label("One clock for all").uncheck()
    page.evaluate("document.querySelector('video[data-round=round-2]').currentTime = 5")
    page.wait_for_timeout(300)
    assert time_of(page, "round-1") == 3
    page.get_by_label("One clock for all").check()  # locked as they stand: two seconds apart
    page.evaluate("document.querySelector('video[data-round=round-1]').currentTime = 4")
    page.wait_for_function("document.querySelector('video[data-round=round-2]').currentTime === 6")

    assert not page.get_by_label(DIFFERENT).is_checked()
    decide(page, "Ana Lima", "ok", DIFFERENT)
    page.get_by_text("Write at least one sentence").wait_for()
    decide(page, "Ana Lima", "The nose and the ears differ in every frame.", DIFFERENT)
    page.get_by_text("A first decision is written down").wait_for()
    assert "The nose" not in page.locator("#decide").inner_text()
    covered = json.loads(download(page, "Decisions (JSON)"))
    assert covered["decisions"][0]["decision"] is None

    second = visit("/compare/#" + page.url.partition("#")[2]).page
    second.get_by_text("A first decision is written down").wait_for()
    assert "The nose" not in second.content()
    decide(second, "Bo", "I cannot tell from these frames alone.", "Not settled: more is needed")
    second.get_by_text("The nose and the ears").wait_for()
    both = json.loads(download(second, "Decisions (JSON)"))
    assert [(d["reviewer"], d["decision"], d["saw_first"]) for d in both["decisions"]] == [
        ("Ana Lima", DIFFERENT, False),
        ("Bo", "Not settled: more is needed", False),
    ]
    assert "The nose and the ears" in download(second, "Download the decisions").decode()
