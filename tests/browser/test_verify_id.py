"""A document in a real browser: a generated specimen in, what was read and found out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browser.steps import add, agree, download

pytestmark = pytest.mark.browser
SPECIMENS = Path(__file__).resolve().parents[2] / "samples" / "documents" / "media"


def test_a_card_is_read_and_laid_beside_a_call(visit, empty_rooms: list[Path], tmp_path: Path) -> None:
    page = visit("/id/").page
    agree(page)
    page.get_by_role("button", name="Read the document").click()
    page.get_by_text("Add at least one photo or PDF of a document").wait_for()
    text = tmp_path / "passport.pdf"
    text.write_text("no picture at all\n" * 20)
    add(page, [SPECIMENS / "td1-small-2.jpg", text], "references")
    add(page, empty_rooms[:1])
    page.get_by_label("Name the candidate gave").fill("Somebody <i>Else</i>")
    page.get_by_role("button", name="Read the document").click()
    page.locator(".result").wait_for(timeout=120_000)
    assert "td1-small-2.jpg" in page.locator(".case").inner_text()
    assert "to look at" in page.locator(".case").inner_text()
    assert "passport.pdf" in page.locator(".result .notes").first.inner_text()
    inside = page.frame_locator("iframe[title='What was read']")
    for block in ("Does it read?", "Does it agree?", "The picture"):
        inside.get_by_role("heading", name=block).wait_for()
    assert inside.locator("polygon").count() >= 3  # the zone's lines
    inside.locator("ol.first a").first.click()
    inside.locator("article:target").wait_for()
    assert "could not compare" in page.locator(".pair figcaption").inner_text()
    data = json.loads(download(page, "Data (JSON)"))
    assert data["documents"][0]["mrz"]["format"] == "TD1"
    assert "Somebody &lt;i&gt;Else" in download(page, "Download the report").decode()
