"""The page as a person uses it, in a real browser, with real runs."""

from __future__ import annotations

import json
import re
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.browser.conftest import start_server
from tests.browser.steps import add, agree, download

pytestmark = pytest.mark.browser


def test_from_files_to_the_downloaded_report(visit, empty_rooms: list[Path], tmp_path: Path) -> None:
    page = visit().page
    wrong = tmp_path / "minutes {{7*7}} ${7*7} <img src=x onerror=alert(1)>.mp4"
    wrong.write_text("We talked about the weather.\n" * 20)
    page.get_by_role("button", name="Start the check").click()
    page.get_by_text("Say first what the check rests on").wait_for()
    page.get_by_text("Add at least one recording").wait_for()
    add(page, [*empty_rooms, wrong])
    left_out = page.locator(".left-out li")
    assert wrong.name in left_out.inner_text()
    assert "text file" in left_out.inner_text()
    page.get_by_role("button", name="Move room-2.mp4 up").click()
    page.get_by_role("button", name="Move room-2.mp4 down").wait_for()
    page.wait_for_function("document.querySelector('.files li').innerText.includes('room-2.mp4')")
    page.get_by_role("button", name="Start the check").click()
    page.get_by_text("Say first what the check rests on").wait_for()
    agree(page)
    page.get_by_label("Name the candidate gave").fill("Jordan <b>Reyes</b>")
    page.get_by_role("button", name="Start the check").click()
    page.locator(".result").wait_for()
    assert "Jordan <b>Reyes</b>" in page.locator(".case").inner_text()
    assert "Look at these first (0)" in page.locator(".findings").inner_text()
    assert "Could not see" in page.locator(".findings").inner_text()
    assert wrong.name in page.locator(".result .notes").inner_text()
    inside = page.frame_locator("iframe[title='The whole report']")
    assert "Jordan <b>Reyes</b>" in inside.locator("h1").inner_text()
    data = json.loads(download(page, "Data (JSON)"))
    assert [e["name"] for e in data["evidence"]][:2] == ["room-2.mp4", "room-1.mp4"]
    assert "not_available" in {f["outcome"] for f in data["findings"]}
    assert download(page, "PDF").startswith(b"%PDF-")
    page.wait_for_function("document.querySelector('video[data-round=\"round-1\"]').readyState > 0")
    page.locator(".panel:visible .axis").click(position={"x": 200, "y": 8})
    page.wait_for_function("document.querySelector('video[data-round=\"round-1\"]').currentTime > 0.5")
    page.locator(".panel:visible").get_by_label("4×", exact=True).check()
    assert (
        page.evaluate("(([w, a]) => w / a)(['wide', 'axis'].map((c) => document.querySelector(`.${c}`).clientWidth))")
        > 3.9
    )
    page.get_by_role("tab", name="Round 2").click()
    page.locator("video[data-round=round-2]").wait_for()
    html = download(page, "Download the report").decode()
    assert "told in the call" in html
    assert "Jordan &lt;b&gt;Reyes" in html
    page.get_by_role("button", name="New check").click()
    page.get_by_text("No recording yet.").wait_for()


def test_only_files_that_cannot_be_used(visit, tmp_path: Path) -> None:
    page = visit().page
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(4000))
    add(page, [torn])
    agree(page)
    assert page.locator(".left-out li").count() == 1
    page.get_by_role("button", name="Start the check").click()
    page.get_by_text("Add at least one recording").wait_for()


@pytest.mark.data
def test_another_face_is_named_as_the_candidate_by_one_click(visit, two_faces: Path) -> None:
    page = visit().page
    add(page, [two_faces])
    agree(page)
    page.get_by_role("button", name="Start the check").click()
    page.locator(".result").wait_for()
    before = json.loads(download(page, "Data (JSON)"))
    assert page.locator(".faces li").count() == 2
    assert page.locator(".faces li.is").count() == 0  # equally long on screen: nobody is taken without being named
    assert "Nobody was taken for the candidate" in page.locator(".who").inner_text()
    page.get_by_text("Name the candidate first").wait_for()
    page.get_by_role("button", name="This is the candidate: face B of Round 1").click()
    page.locator(".faces li.is", has_text="Face B").wait_for()
    assert "the face that you named" in page.locator(".who").inner_text()
    after = json.loads(download(page, "Data (JSON)"))
    assert [p["is_candidate"] for p in before["participants"]] == [False, False]
    assert [p["is_candidate"] for p in after["participants"]] == [False, True]
    assert after["timing"]["Round 1"] == before["timing"]["Round 1"]  # the same observation: nothing was read again
    inside = page.frame_locator("iframe[title='The whole report']")
    assert "the face that you named" in inside.locator("body").inner_text()


def test_a_closed_page_is_found_again_from_the_start_page(visit, empty_rooms: list[Path]) -> None:
    visitor = visit()
    page = visitor.page
    add(page, empty_rooms)
    agree(page)
    page.get_by_role("button", name="Start the check").click()
    page.locator(".progress, .result").first.wait_for()
    page.wait_for_function("localStorage.getItem('verifier-desks')?.includes(location.hash.slice(1))")
    left = page.url
    page.goto(page.url.partition("/call/")[0] + "/")
    page.get_by_role("link", name="room-1.mp4, room-2.mp4").click()
    page.locator(".result").wait_for()
    assert page.url == left
    page.go_back()
    page.get_by_text("What brings you here?").wait_for()
    page.go_forward()
    page.locator(".result").wait_for()


def test_an_address_from_before_a_restart_says_so(visit) -> None:
    page = visit("/call/#" + "7" * 32).page
    page.get_by_text("the tool was restarted since").wait_for()
    assert page.get_by_role("button", name="Start the check").is_visible()


def test_the_made_up_candidate_is_laid_out_from_the_start_page(visit) -> None:
    page = visit("/").page
    page.get_by_role("link", name="Try it with a made-up candidate").click()
    page.locator(".files li", has_text="round-3.vtt").wait_for()
    assert page.locator(".files li").count() == 7
    assert page.get_by_label("Name the candidate gave").input_value() == "Jordan Reyes"
    assert not page.get_by_label("This is true for everybody").is_checked()


def test_a_desk_asked_for_while_it_is_being_opened(chromium, tmp_path: Path) -> None:
    server = start_server(tmp_path / "tmp", tmp_path / "home")
    try:
        page = chromium.new_page()
        page.goto(f"{server.address}/call/#sample")
        page.locator(".files li").first.wait_for(timeout=90_000)  # what was asked for is not forgotten on the way
        page.close()
    finally:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(20)


def test_two_people_a_reload_and_a_stop(visit, server, long_call: Path, empty_rooms: list[Path]) -> None:
    first, second = visit().page, visit().page
    add(first, [long_call])
    assert "long-call" not in second.content()
    agree(first)
    first.get_by_role("button", name="Start the check").click()
    first.get_by_text("Looking and listening").wait_for()
    first.reload()
    first.get_by_text("Looking and listening").wait_for()  # the check went on
    add(second, empty_rooms)
    agree(second)
    second.get_by_role("button", name="Start the check").click()
    second.get_by_text("One check is running before yours").wait_for()
    second.get_by_role("button", name="Stop the check").click()
    second.get_by_text("The check was stopped").wait_for()
    assert first.locator(".stages").is_visible()
    first.get_by_role("button", name="Stop the check").click()
    first.get_by_text("The check was stopped and nothing of it was kept").wait_for()
    assert not first.locator(".result").is_visible()
    second.get_by_role("button", name="Start the check").click()  # the stopped one has made way
    second.locator(".result").wait_for()
    assert {"long-call.mp4", "room-1.mp4", "report.html"} <= server.held_files()
    first.get_by_role("button", name="Remove all files").click()
    first.get_by_text("No recording yet.").wait_for()
    assert "long-call.mp4" not in server.held_files()


def assert_readable(page) -> None:  # type: ignore[no-untyped-def]
    page.get_by_role("button", name="Start the check").click()
    page.locator(".notes").wait_for()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"
    for selector in (".top h1", ".top .quiet", ".shelf .quiet", ".drop u", ".notes p", "#start", "#clear"):
        assert page.evaluate(_CONTRAST, selector) >= 4.5, selector


def test_dark_mode_is_dark_and_readable(visit) -> None:
    page = visit(color_scheme="dark").page
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
    assert_readable(page)


_CONTRAST = """(selector) => {
  const light = (text) => { const c = text.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
  let element = document.querySelector(selector); const ink = light(getComputedStyle(element).color);
  let paper = getComputedStyle(element).backgroundColor;
  while (/, 0\\)$/.test(paper)) { element = element.parentElement; paper = getComputedStyle(element).backgroundColor; }
  const [a, b] = [ink, light(paper)].sort(); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def test_light_is_readable_and_everything_is_reached_by_keyboard(visit, empty_rooms: list[Path]) -> None:
    page = visit().page
    assert_readable(page)
    add(page, empty_rooms)
    page.get_by_role("button", name="Move room-1.mp4 down").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.files li').innerText.includes('room-2.mp4')")
    page.wait_for_function("document.activeElement.getAttribute('aria-label')?.includes('room-1.mp4')")
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label') || ''"))
    assert "start" in seen
    assert any(re.search("Photos and IDs: choose files", s) for s in seen)


def test_another_host_name_and_another_token_get_nothing(server) -> None:
    for url, host, code in (
        (server.address, "evil.example", 400),
        (f"{server.address}/desk/00000000-0000-4000-8000-000000000000/report.html", None, 404),
    ):
        request = urllib.request.Request(url, headers={"Host": host} if host else {})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == code


def test_only_this_computer_is_served(server) -> None:
    port = int(server.address.rsplit(":", 1)[1])
    for other in {a[4][0] for a in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}:
        if not other.startswith("127."):
            with socket.socket() as attempt:
                assert attempt.connect_ex((other, port)) != 0
