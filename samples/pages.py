"""`python -m samples.pages FOLDER`: the start page and the desks with the made-up candidate, as pictures for the README."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from verifier_ui import samples
from verifier_ui.consent import BASES, TICK

from samples.fake_devices import device_flags
from samples.picture import _BROWSERS, small_png

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESKS = {"call": 1100, "id": 860, "compare": 1200}
"""Desk where files are dropped, and the height of its picture, in pixels."""
AUDIT_HEIGHT, LIVE_HEIGHT = 1000, 900
CAMERA = (640, 360, 20)
"""Width, height and seconds of the sample that plays as the live call's camera."""
WIDTH = 1280
MOST_MS = 300_000


def main() -> int:
    """Returns the exit code; one line on stderr says what is missing."""
    options = argparse.ArgumentParser(prog="samples.pages", description=__doc__)
    options.add_argument("folder", type=Path)
    folder: Path = options.parse_args().folder
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        print("a Chromium is needed: apt-get install chromium, or name one with CHROMIUM=...", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "verifier.cli", "ui", "--no-open", "--port", "0"]
        environment = os.environ | {"VERIFIER_HOME": home, "TMPDIR": home}
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[1]
            for name, png in _shots(browser, address).items():
                (folder / f"{name}.png").write_bytes(small_png(png))
                print(f"{folder / name}.png: {(folder / f'{name}.png').stat().st_size / 1000:.0f} kB")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    return 0


def _shots(browser: str, address: str) -> dict[str, bytes]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = _page(chromium)
        page.goto(address)
        made = {"start": page.screenshot()}
        for desk, height in DESKS.items():
            made[desk] = _desk(page, f"{address}/{desk}/#sample", height)
        made["audit"] = _audit(page, f"{address}/audit/")
        chromium.close()
        with tempfile.TemporaryDirectory() as folder:
            flags = device_flags(samples.FOLDER / "round-1.mp4", Path(folder), CAMERA[2], CAMERA[:2])
            chromium = playwright.chromium.launch(
                executable_path=browser, args=["--no-sandbox", "--disable-gpu", *flags]
            )
            made["live-call"] = _live(_page(chromium), f"{address}/live-call/")
            chromium.close()
    return made


def _page(chromium: Browser) -> Page:
    page = chromium.new_page(viewport={"width": WIDTH, "height": 620}, color_scheme="light")
    page.set_default_timeout(MOST_MS)
    return page


def _audit(page: Page, address: str) -> bytes:
    """A call of a set from the samples, to be judged."""
    page.goto(address)
    page.locator("#make").click()
    page.get_by_label("Your name").fill("Ana Lima")
    page.locator("[data-verb=open]").click()
    return _shot(page, ".audit-call", AUDIT_HEIGHT)


def _live(page: Page, address: str) -> bytes:
    """A call in progress, the sample in front of the camera, some findings in."""
    page.goto(address)
    page.locator("[data-field=basis]").select_option(next(iter(BASES)))
    page.locator("[data-field=told]").check()
    page.locator("[data-field=files]").set_input_files(str(samples.FOLDER / "passport-photo.jpg"))
    page.locator("[data-act=start]").click()
    page.locator("[data-part=findings] li:not(.quiet)").first.wait_for()
    page.locator("[data-act=ask]").click()
    page.wait_for_timeout(15_000)  # for the comparison with the photo
    made = _shot(page, "[data-part=line]", LIVE_HEIGHT)
    page.locator("[data-act=end]").click()
    page.locator("[data-act=delete]").click()
    return made


def _desk(page: Page, address: str, height: int) -> bytes:
    """The result of a desk for the made-up candidate, as a person gets it."""
    page.goto(address)
    page.locator(".files li").first.wait_for()
    page.get_by_label("They were told in the call, and agreed").check()
    page.get_by_label(TICK).check()
    page.locator("#start").click()
    return _shot(page, ".result", height)


def _shot(page: Page, selector: str, height: int) -> bytes:
    page.locator(selector).wait_for()
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("for (const v of document.querySelectorAll('video[src]')) v.currentTime = 3")
    page.wait_for_timeout(2000)  # the frames to be drawn
    return page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
