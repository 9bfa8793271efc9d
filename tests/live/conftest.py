"""Live calls are tested beside Playwright, whose own event loop runs in the main thread of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture(autouse=True)
def loop_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`asyncio.run` in a thread of its own."""
    run = asyncio.run
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(asyncio, "run", lambda main: pool.submit(run, main).result())
        yield
