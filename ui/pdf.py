"""A report as PDF, printed by the Chromium of this computer.

WeasyPrint was looked at: BSD, but it needs pango from the system and does not lay out the report's grids and `:has` rules;
a browser is what most computers have, and it prints what the reader saw.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from verifier.atomic import atomic_file

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_BROWSER = "A PDF needs Chromium or Chrome, which was not found. Open the report instead and print it: “Save as PDF”."
MOST_S = 90
_one_at_a_time = threading.Lock()


class NoPdf(Exception):
    """Why there is no PDF; the message is one plain line."""


def browser() -> str | None:
    """The program that prints, if there is one."""
    return next(filter(None, (shutil.which(name) for name in (*BROWSERS, *MAC))), None)


def print_pdf(html: Path, pdf: Path) -> None:
    """Prints a page that needs no network; `pdf` is whole or not there."""
    program = browser()
    if program is None:
        raise NoPdf(NO_BROWSER)
    with _one_at_a_time, tempfile.TemporaryDirectory(dir=html.parent, ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / "page.pdf"
        command = [
            program, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", "--disable-extensions",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={scratch}/profile",
            f"--print-to-pdf={made}", html.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # Chromium refuses its sandbox to root
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, capture_output=True, timeout=MOST_S, check=True)
            data = made.read_bytes()
        except (OSError, subprocess.SubprocessError):
            raise NoPdf(
                "The PDF could not be printed here. Open the report instead and print it: “Save as PDF”."
            ) from None
        with atomic_file(pdf) as out:
            out.write(data)
