"""`python -m samples.picture REPORT.html PICTURE.png`: the top of a report as a picture for the README."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from pathlib import Path

WIDTH, HEIGHT = 1280, 1360
MAX_BYTES = 500_000
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Returns the exit code; one line on stderr says what is missing."""
    options = argparse.ArgumentParser(prog="samples.picture", description=__doc__)
    options.add_argument("report", type=Path)
    options.add_argument("picture", type=Path)
    options.add_argument("--height", type=int, default=HEIGHT, help="pixels from the top of the page")
    chosen = options.parse_args()
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        print("a Chromium is needed: apt-get install chromium, or name one with CHROMIUM=...", file=sys.stderr)
        return 2
    chosen.picture.parent.mkdir(parents=True, exist_ok=True)
    chosen.picture.write_bytes(small_png(screenshot(chosen.report, browser, chosen.height)))
    print(f"{chosen.picture}: {chosen.picture.stat().st_size / 1000:.0f} kB")
    return 0


def screenshot(report: Path, browser: str, height: int) -> bytes:
    """The first `height` pixels of the page as a PNG."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
        page.goto(report.resolve().as_uri())
        made = page.screenshot()
        chromium.close()
    return made


def small_png(png: bytes) -> bytes:
    """The picture in as many colours as keep it under `MAX_BYTES`."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    made = png
    for colours in (None, 256, 128, 64):
        out = io.BytesIO()
        shown = picture if colours is None else picture.quantize(colours, dither=Image.Dither.NONE)
        shown.save(out, "PNG", optimize=True)
        made = out.getvalue()
        if len(made) < MAX_BYTES:
            break
    return made


if __name__ == "__main__":
    sys.exit(main())
