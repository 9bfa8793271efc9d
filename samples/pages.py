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

from samples.picture import _BROWSERS, small_png

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESKS = {"call": 1100, "id": 860, "compare": 1200}
"""Desk and the height of its picture, in pixels."""
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
        page = chromium.new_page(viewport={"width": WIDTH, "height": 620}, color_scheme="light")
        page.set_default_timeout(MOST_MS)
        page.goto(address)
        made = {"start": page.screenshot()}
        for desk, height in DESKS.items():
            made[desk] = _desk(page, f"{address}/{desk}/#sample", height)
        chromium.close()
    return made


def _desk(page: Page, address: str, height: int) -> bytes:
    """The result of a desk for the made-up candidate, as a person gets it."""
    page.goto(address)
    page.locator(".files li").first.wait_for()
    page.get_by_label("They were told in the call, and agreed").check()
    page.get_by_label("This is true for everybody whose face is in the files that I add.").check()
    page.locator("#start").click()
    page.locator(".result").wait_for()
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("for (const v of document.querySelectorAll('video')) v.currentTime = 3")
    page.wait_for_timeout(2000)  # the frames to be drawn
    return page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
