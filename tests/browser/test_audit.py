"""The audit by mouse alone: a set made by one click, judged blind, its report downloaded."""

from __future__ import annotations

import json

import pytest

from tests.browser.steps import download
from verifier.audit.desk import WHAT_WAS_DONE

pytestmark = pytest.mark.browser


def judge_one(page, number: int) -> None:  # type: ignore[no-untyped-def]
    page.get_by_role("heading", name=f"Call {number} of 4").wait_for()
    page.wait_for_function("[...document.querySelectorAll('video')].every((v) => v.readyState > 0)")
    seen = page.content()
    assert [words for words in WHAT_WAS_DONE.values() if words in seen] == [], "before the answer"
    edge = page.evaluate("scrollY + document.querySelector('#save').getBoundingClientRect().bottom")
    assert edge <= page.viewport_size["height"], "the answer is kept without scrolling"
    page.get_by_label("As recorded").check()
    page.get_by_label("What makes you think so?").fill("nothing caught my eye")
    page.get_by_role("button", name="Keep my answer").click()
    page.locator("#part-truth .card").wait_for()


def test_from_no_set_to_the_downloaded_report(visit) -> None:
    page = visit("/audit/").page
    page.get_by_text("There is no set yet").wait_for()
    page.get_by_role("button", name="Make the set").click()
    page.locator(".progress").wait_for()
    page.reload()
    page.get_by_text("The set is ready").wait_for(timeout=200_000)  # it went on
    page.get_by_role("button", name="Open: Samples").click()
    page.get_by_text("Write your name first").wait_for()
    page.get_by_label("Your name").fill("Ana Lima")
    page.get_by_role("button", name="Open: Samples").click()
    page.get_by_role("heading", name="Call 1 of 4").wait_for()
    page.get_by_role("button", name="Keep my answer").click()
    page.get_by_text("Choose one of the three answers").wait_for()
    judge_one(page, 1)

    second = visit("/audit/").page  # the same reviewer at another window
    second.get_by_label("Your name").fill("Ana Lima")
    second.get_by_role("button", name="Open: Samples").click()
    second.get_by_role("heading", name="Call 2 of 4").wait_for()
    page.get_by_role("button", name="Next").click()
    judge_one(page, 2)
    second.get_by_label("I cannot tell").check()
    second.get_by_role("button", name="Keep my answer").click()
    second.get_by_text("You have answered that call already").wait_for()

    page.goto(second.url.partition("#")[0])
    page.get_by_label("Your name").fill("Ana Lima")
    page.get_by_role("button", name="Open: Samples").click()
    for number in (3, 4):
        judge_one(page, number)
        page.get_by_role("button", name="Next").click()
    page.get_by_text("You have judged every call of this set").wait_for()
    inside = page.frame_locator("iframe[title='The report of the audit']")
    inside.get_by_role("heading", name="How often are we right?").wait_for()
    assert "What this cannot tell" in download(page, "Download the report").decode()
    (people,) = json.loads(download(page, "Data (JSON)"))["overall"]
    # a coin decides on each call, so that counting tells nothing: every call is counted once, as changed or as genuine
    assert people["detected"]["trials"] + people["false_alarms"]["trials"] == 4
    assert download(page, "PDF").startswith(b"%PDF-")
