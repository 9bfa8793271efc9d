"""What goes wrong on a working day: each time words that a recruiter understands, and nothing lost that had arrived."""

from __future__ import annotations

import resource
import shutil
import signal
import socket
import urllib.request
from pathlib import Path

import pytest
from verifier_ui.desk import MAX_BYTES
from verifier_ui.registry import DESKS

from tests.browser.conftest import start_server
from tests.browser.steps import add, agree

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}


def begin(page, recording: Path) -> None:  # type: ignore[no-untyped-def]
    add(page, [recording])
    agree(page)
    page.get_by_role("button", name="Start the check").click()
    page.get_by_text("Looking and listening").wait_for()


def test_a_file_that_is_too_large_is_named_before_it_is_sent(visit, tmp_path: Path) -> None:
    large = tmp_path / "whole-week.mp4"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # takes no place on the disk
    visitor = visit()
    visitor.page.locator(".shelf[data-shelf=recordings] input[type=file]").set_input_files(str(large))
    visitor.page.get_by_text(f"whole-week.mp4 is larger than {MAX_BYTES >> 30} GB").wait_for()
    assert not [url for url in visitor.requests if "/recordings?" in url]


def test_a_disk_that_takes_no_more_is_said_though_the_file_is_on_its_way(chromium, tmp_path: Path) -> None:
    server = start_server(tmp_path / "tmp", tmp_path / "home")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (20 << 20, 20 << 20))
    recording = tmp_path / "call.mp4"
    with recording.open("wb") as file:
        file.truncate(90 << 20)
    page = chromium.new_page()
    page.set_default_timeout(90_000)
    try:
        page.goto(f"{server.address}/call/")
        page.locator(".shelf[data-shelf=recordings] input[type=file]").set_input_files(str(recording))
        page.get_by_text("call.mp4: not added, it could not be stored on this computer").wait_for()
        assert "call.mp4" not in server.held_files()
    finally:
        page.close()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(20)


def test_two_tabs_and_the_back_button_in_the_middle_of_a_check(visit, long_call: Path) -> None:
    first = visit().page
    begin(first, long_call)
    first.wait_for_function("localStorage.getItem('verifier-desks')?.includes(location.hash.slice(1))")
    second = visit("/call/#" + first.url.partition("#")[2]).page
    second.get_by_text("Looking and listening").wait_for()
    address = first.url
    first.goto(address.partition("/call/")[0] + "/")
    first.locator("#recent li", has_text="is being read").wait_for()
    first.go_back()
    first.get_by_text("Looking and listening").wait_for()
    assert first.url == address
    second.get_by_role("button", name="Stop the check").click()
    for page in (first, second):
        page.get_by_text("The check was stopped").wait_for()
        page.locator(".files li", has_text="long-call.mp4").wait_for()


def test_a_server_that_was_killed_in_a_check_has_the_files_when_it_is_back(
    chromium, long_call: Path, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = start_server(tmp_path / "tmp", tmp_path / "home", "--port", port)
    page = chromium.new_page()
    page.set_default_timeout(90_000)
    try:
        page.goto(f"{server.address}/call/")
        page.locator(".drop").first.wait_for()
        begin(page, long_call)
        server.process.kill()
        server.process.wait(20)
        page.get_by_text("The tool does not answer").wait_for()
        server = start_server(tmp_path / "tmp", tmp_path / "home", "--port", port)
        page.get_by_text("Your files are still here; start the check again").wait_for()  # the page finds it by itself
        page.locator(".files li", has_text="long-call.mp4").wait_for()
        page.get_by_role("button", name="Start the check").click()
        page.get_by_text("Looking and listening").wait_for()
    finally:
        page.close()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(20)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"], "allow camera and microphone"),
        ([], "No camera or no microphone was found"),
    ],
    ids=["refused", "none there"],
)
def test_without_a_camera_nothing_is_recorded(chromium, server, flags: list[str], words: str) -> None:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    browser = chromium.browser_type.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *flags])
    try:
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{server.address}/live-call/")
        page.locator("[data-field=basis]").select_option("They were told in the call, and agreed")
        page.locator("[data-field=told]").check()
        page.locator("[data-act=start]").click()
        page.locator("[data-part=problem]", has_text=words).wait_for()
        assert page.locator("[data-act=start]").is_enabled()
        assert urllib.request.urlopen(f"{server.address}/live/calls").read() == b"[]"
    finally:
        browser.close()


def test_every_desk_fits_a_tablet(visit, server) -> None:
    page = visit("/").page
    page.set_viewport_size(TABLET)
    for path in ("/", *(desk.path + "/" for desk in DESKS)):
        page.goto(server.address + path)
        page.locator("h1").wait_for()
        page.locator(":is(.desks, .shelf, .live, .sets, .notes):visible").first.wait_for()
        wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room, path
