"""`python -m samples.pages FOLDER [NAME...]`: the start page and the desks with the made-up candidate, as pictures for the README.

One browser for all; each picture is written as soon as it is there, so what one page misses costs no other.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from verifier_ui import samples
from verifier_ui.consent import BASES, TICK

from samples.fake_devices import device_flags
from samples.picture import _BROWSERS, small_png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page

DESKS = {"call": 1100, "id": 860, "compare": 1200}
"""Desk where files are dropped, and the height of its picture, in pixels."""
AUDIT_HEIGHT, LIVE_HEIGHT = 1000, 900
CAMERA = (640, 360, 12)
"""Width, height and seconds of the sample that plays as the live call's camera."""
WIDTH = 1280
MOST_MS, LIVE_MS = 300_000, 60_000
"""Milliseconds for one step of a page; for each of the live call's findings that the picture should show."""
START_S = 60
NAMES = ("start", *DESKS, "audit", "live-call")


def main() -> int:
    """Returns the exit code: 2 where something is missing, 1 where a picture could not be made; one line on stderr says what."""
    options = argparse.ArgumentParser(prog="samples.pages", description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; none: all")
    chosen = options.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        options.error(f"{', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        print("a Chromium is needed: apt-get install chromium, or name one with CHROMIUM=...", file=sys.stderr)
        return 2
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = [sys.executable, "-m", "verifier.cli", "ui", "--no-open", "--port", "0"]
        environment = os.environ | {"VERIFIER_HOME": home, "TMPDIR": home}
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert server.stdout is not None
            line = server.stdout.readline().split()
            if len(line) < 2:
                print("the pages could not be served", file=sys.stderr)
                return 2
            return _take(browser, line[1], chosen.folder, chosen.names or NAMES)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(START_S)
            except subprocess.TimeoutExpired:
                server.kill()


def _take(browser: str, address: str, folder: Path, names: Sequence[str]) -> int:
    """Makes and writes the pictures of these names one after the other; 1 when one of them could not be made."""
    from playwright.sync_api import Error, sync_playwright

    failed = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as devices:
        flags = device_flags(samples.FOLDER / "round-2.mp4", Path(devices), CAMERA[2], CAMERA[:2])
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu", *flags])
        for number, name in enumerate(names, 1):
            began, page = time.monotonic(), _page(chromium)
            print(f"{number} of {len(names)}: {name} ...", end=" ", flush=True)
            try:
                png = small_png(_shot_of(page, name, address))
            except Error as error:
                failed = 1
                print("not made", flush=True)
                print(f"{name}: {str(error).splitlines()[0]}", file=sys.stderr)
            else:
                (folder / f"{name}.png").write_bytes(png)
                print(f"{len(png) / 1000:.0f} kB, {time.monotonic() - began:.0f} s", flush=True)
            page.close()
        chromium.close()
    return failed


def _shot_of(page: Page, name: str, address: str) -> bytes:
    if name == "start":
        page.goto(address)
        return page.screenshot()
    if name in DESKS:
        return _desk(page, f"{address}/{name}/#sample", DESKS[name])
    return (_audit if name == "audit" else _live)(page, f"{address}/{name}/")


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
    from playwright.sync_api import Error

    page.goto(address)
    page.locator("[data-field=basis]").select_option(next(iter(BASES)))
    page.locator("[data-field=told]").check()
    page.locator("[data-field=files]").set_input_files(str(samples.FOLDER / "passport-photo.jpg"))
    page.locator("[data-act=start]").click()
    page.locator("[data-part=findings] li:not(.quiet)").first.wait_for()
    page.locator("[data-act=ask]").click()
    for words in ("passport-photo.jpg", "Lips and voice move together"):
        with suppress(Error):  # a slow computer shows what there is
            page.locator("[data-part=findings] li", has_text=words).wait_for(timeout=LIVE_MS)
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
