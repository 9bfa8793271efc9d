"""What a person does on any desk."""

from __future__ import annotations

from pathlib import Path


def add(page, paths, shelf="recordings"):  # type: ignore[no-untyped-def]
    page.locator(f".shelf[data-shelf={shelf}] input[type=file]").set_input_files([str(p) for p in paths])
    for path in paths:
        page.locator(".files li, .left-out li", has_text=Path(path).name).wait_for()


def agree(page):  # type: ignore[no-untyped-def]
    page.get_by_label("They were told in the call, and agreed").check()
    page.get_by_label("This is true for everybody seen or heard in the files that I add.").check()


def download(page, label: str) -> bytes:  # type: ignore[no-untyped-def]
    with page.expect_download() as waiting:
        page.get_by_role("link", name=label, exact=True).click()
    return Path(waiting.value.path()).read_bytes()
