"""A live call in a real browser, whose camera and microphone play a sample clip."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from samples.fake_devices import device_flags
from tests.browser.conftest import Server, start_server
from verifier import api
from verifier.challenges import read_marks

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"
FACES = ("face-continuity", "face-reference", "face-across-rounds")


@pytest.fixture(scope="module")
def camera(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:  # type: ignore[no-untyped-def]
    """A browser of its own: fake devices are given when it starts."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("browser: chromium is not installed")
    folder = tmp_path_factory.mktemp("devices")
    flags = [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        *device_flags(SAMPLES / "round-2.mp4", folder, 12, (640, 360)),
    ]  # fmt: skip
    browser = chromium.browser_type.launch(executable_path=path, args=flags)  # one Playwright runs in a process
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    home = tmp_path_factory.mktemp("live-home")
    server = start_server(tmp_path_factory.mktemp("live") / "tmp", home)
    yield server, home
    assert server.process.poll() is None, "the tool ended by itself"
    server.process.send_signal(signal.SIGINT)
    server.process.wait(30)


@pytest.fixture
def page(camera, live_server):  # type: ignore[no-untyped-def]
    context = camera.new_context(viewport={"width": 1280, "height": 720})
    opened = context.new_page()
    opened.set_default_timeout(40_000)
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(f"{live_server[0].address}/live-call")
    opened.locator(".live [data-act=start]").wait_for()
    yield opened
    own = (live_server[0].address, "data:", "blob:", "about:")
    assert [url for url in requests if not url.startswith(own)] == []
    context.close()


def agree(page) -> None:  # type: ignore[no-untyped-def]
    page.locator("[data-field=basis]").select_option("They were told in the call, and agreed")
    page.locator("[data-field=told]").check()


def state(page) -> dict:  # type: ignore[no-untyped-def,type-arg]
    return json.loads(page.locator("[data-part=figures]").get_attribute("data-state") or "{}")


def wait_for(page, holds, seconds: float = 60):  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.wait_for_timeout(300)
        seen = state(page)
        if seen and holds(seen):
            return seen
    said = page.locator("[data-part=problem]").text_content()
    raise AssertionError(f"waited in vain; the page says: {said!r}; the last state: {state(page)}")


def test_a_call_with_prompt_reload_and_cut_ends_in_the_report_of_its_recording(page, live_server) -> None:
    home = live_server[1]
    page.locator("[data-act=start]").click()
    page.get_by_text("Read the text to the candidate first, tick").wait_for()
    agree(page)
    page.locator("[data-field=files]").set_input_files(str(SAMPLES / "passport-photo.jpg"))
    page.locator("[data-act=start]").click()
    wait_for(page, lambda s: s["recording"]["on"] and s["faces"])
    page.locator("[data-act=ask]").click()
    asked = wait_for(page, lambda s: s["prompt"])["prompt"]["id"]
    page.locator("[data-act=done]").click()
    seen = wait_for(page, lambda s: any(f["check"] == "face-reference" and f["support"] for f in s["findings"]), 120)
    assert all(f["provisional"] for f in seen["findings"])
    assert seen["latency"]["p95_ms"] > 0
    heard = wait_for(page, lambda s: any(f["check"] == "lip-voice" and f["support"] for f in s["findings"]), 120)
    (lips,) = [f for f in heard["findings"] if f["check"] == "lip-voice"]
    assert lips["provisional"]
    assert lips["support"] == "second"
    page.locator(".so-far li", has_text="Lips and voice move together").wait_for()
    wait_for(page, lambda s: s["recording"]["seconds"] > 12)

    page.reload()
    page.locator("[data-act=continue]").click()
    wait_for(page, lambda s: s["recording"]["on"] and s["recording"]["parts"] == 2 and s["recording"]["seconds"] > 3)
    page.evaluate("window.verifierLive.pc.close()")  # the network is cut
    wait_for(page, lambda s: s["recording"]["on"] and s["recording"]["parts"] == 3 and s["recording"]["seconds"] > 3)

    page.locator("[data-act=end]").click()
    page.get_by_text("Recorded in 3 parts").wait_for()
    page.locator("[data-act=report]").click()
    page.get_by_role("link", name="Open the report").wait_for(timeout=200_000)
    (folder,) = (home / "live").iterdir()
    shown = json.loads((folder / "report" / "report.json").read_text())
    alone = api.check_case([folder / "recording"], [*(folder / "files").iterdir()], checks=FACES)
    assert [(f["check"], f["outcome"], f["statement"]) for f in shown["findings"] if f["check"] in FACES] == [
        (f.check, f.outcome.value, f.statement) for f in alone.findings
    ]
    assert any(f["check"] == "face-reference" and f["support"] for f in shown["findings"])
    assert "The candidate was told" in (folder / "report" / "report.html").read_text()
    (mark,) = read_marks(folder / "marks.json")
    assert (mark.file, mark.prompt) == ("part-01.mkv", asked)
    (answer,) = [f for f in shown["findings"] if f["check"] == "challenge"]
    assert answer["spans"][0][0] == pytest.approx(mark.start_s, abs=0.01)
    with av.open(str(folder / "recording" / "part-01.mkv")) as media:
        assert {s.type for s in media.streams} == {"video", "audio"}
    page.locator("[data-act=delete]").click()
    page.get_by_text("The recording was deleted").wait_for()
    assert not folder.exists()
