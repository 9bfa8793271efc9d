"""Logging in with a real browser; whoever has not, sees nothing."""

from __future__ import annotations

import signal
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from verifier_ui import users

from tests.browser.conftest import Server, start_server

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def guarded(home, tmp_path) -> Iterator[Server]:  # type: ignore[no-untyped-def]
    users.add_user("maria", PASSWORD, users.Role.INTERVIEWER)
    server = start_server(tmp_path / "tmp", home, "--login")
    yield server
    server.process.send_signal(signal.SIGINT)
    server.process.wait(20)


def test_the_pages_open_after_a_login_and_not_before(chromium, guarded: Server) -> None:
    for path in ("/", "/live/calls", "/config", "/gradio_api/info", "/live-call"):
        request = urllib.request.Request(guarded.address + path)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 401
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(40_000)
    refused_here: list[str] = []
    page.on("response", lambda r: refused_here.append(f"{r.status} {r.url}") if r.status in (401, 403) else None)
    page.goto(guarded.address)
    page.get_by_label("Name").fill("maria")
    page.get_by_label("Password").fill("wrong horse battery")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("do not go together").wait_for()
    page.get_by_label("Name").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Check a call").first.wait_for()
    page.goto(f"{guarded.address}/call/")
    page.wait_for_selector(".drop")
    assert "verifier-session" not in page.evaluate("document.cookie")
    page.wait_for_selector(".drop")
    refused_here.clear()  # the wrong password
    page.get_by_text("They were told in the call, and agreed").click()  # Gradio's own posts pass
    page.get_by_role("button", name="Start the check").click()
    page.get_by_text("Add at least one recording").wait_for()
    page.goto(f"{guarded.address}/live-call")
    page.locator(".live [data-act=start]").wait_for()
    assert refused_here == []
    context.close()
