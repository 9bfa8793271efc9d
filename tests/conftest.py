"""Fixtures of all tests: real media where they are, and a home of its own for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

settings.register_profile("untimed", deadline=None)  # no test fails because the machine is busy
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def ordinary_priority() -> Iterator[None]:
    """SVT-AV1, which makes clips for tests, makes its whole process a real-time one where it may: browsers would starve."""
    yield
    if os.uname().sysname == "Linux" and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real media; tests that need it are skipped elsewhere."""
    folder = Path(os.environ.get("VERIFIER_DATA") or SHARED / "data")
    if not (folder / "clips.csv").is_file():
        pytest.skip("real media are not here: set VERIFIER_DATA")
    return folder


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The local mirror of model files."""
    folder = Path(os.environ.get("VERIFIER_MODELS_MIRROR") or SHARED / "models")
    if not (folder / "mobileface_v2").is_dir():
        pytest.skip("real media are not here: no mirror of model files")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the models and cases of whoever runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VERIFIER_HOME", str(folder))
    return folder


@pytest.fixture
def with_mobileface(home: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from verifier import weights

    monkeypatch.setenv("VERIFIER_MODELS_MIRROR", str(mirror))
    weights.get(weights.manifest()["mobileface"])
    return home


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a test run: Playwright's loop lives once in a process."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("browser: chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
