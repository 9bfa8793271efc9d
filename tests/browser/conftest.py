"""A real server in a process of its own, and Debian's chromium, which records whom it talks to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest


@dataclass
class Server:
    process: subprocess.Popen[str]
    address: str
    scratch: Path
    """Its TMPDIR: everything it keeps lies below."""

    def held_files(self) -> set[str]:
        return {p.name for p in self.scratch.rglob("desks/*/*/*") if p.is_file()}


@dataclass
class Visitor:
    """One browser window with cookies and storage of its own."""

    page: object
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def start_server(scratch: Path, home: Path, *arguments: str) -> Server:
    scratch.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"TMPDIR": str(scratch), "VERIFIER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "verifier.cli", "ui", "--no-open", "--port", "0", *arguments]
    errors = (scratch.parent / f"{scratch.name}.err").open("w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Open http://127.0.0.1:"), line
    return Server(process, line.split()[1], scratch)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("scratch") / "tmp", tmp_path_factory.mktemp("home"))
    yield running
    running.process.send_signal(signal.SIGINT)
    running.process.wait(20)


OWN_DOING = ("413", "AbortError", "Connection errored out")
"""A file too large, asked for by a test; what was under way when a test reloaded the page."""


@pytest.fixture
def visit(chromium, server: Server):  # type: ignore[no-untyped-def]
    """Opens the page in a window of its own; afterwards: nobody else was talked to, nothing failed in the page."""
    visitors: list[Visitor] = []
    contexts = []

    def open_page(path: str = "/call/", **options: object) -> Visitor:
        context = chromium.new_context(viewport={"width": 1280, "height": 720}, **options)
        contexts.append(context)
        visitor = Visitor(context.new_page())
        page = visitor.page
        page.set_default_timeout(90_000)  # a busy computer takes its time; nothing waits for it otherwise
        page.on("request", lambda request: visitor.requests.append(request.url))
        page.on("pageerror", lambda error: visitor.problems.append(str(error)))
        page.on("console", lambda m: visitor.problems.append(m.text) if m.type == "error" else None)
        page.goto(server.address + path)
        page.wait_for_selector("#recent" if path == "/" else ".drop, .progress, .result, .sets", state="attached")
        visitors.append(visitor)
        return visitor

    yield open_page
    for visitor in visitors:
        own = (server.address, server.address.replace("http", "ws"), "data:", "blob:", "about:")
        assert [url for url in visitor.requests if not url.startswith(own)] == []
        assert [p for p in visitor.problems if not any(own in p for own in OWN_DOING)] == []
    for context in contexts:
        context.close()


def write_video(path: Path, frames: Iterator[np.ndarray], rate: int) -> Path:
    """frames: RGB, all of one even size."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "23"})
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(frames):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _noise(count: int, seed: int, size: tuple[int, int]) -> Iterator[np.ndarray]:
    still = np.random.default_rng(seed).integers(60, 200, (*size, 3), dtype=np.uint8)
    for number in range(count):
        yield np.roll(still, number, axis=1)


@pytest.fixture(scope="session")
def empty_rooms(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two short recordings that show nobody."""
    folder = tmp_path_factory.mktemp("rooms")
    return [write_video(folder / f"room-{n}.mp4", _noise(40, n, (180, 320)), 10) for n in (1, 2)]


@pytest.fixture(scope="session")
def long_call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An hour of nobody, two small pictures a second: quick to write, long to look through."""
    path = tmp_path_factory.mktemp("long") / "long-call.mp4"
    return write_video(path, _noise(7200, 3, (90, 160)), 2)


@pytest.fixture(scope="session")
def two_faces(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people side by side for three seconds; real media, so only in a temporary folder."""
    clips = (
        sorted((data / "video/genuine/grid").glob("*.mp4"))[:2]
        or sorted((data / "video/genuine/grid").glob("*.mpg"))[:2]
    )

    def pictures(path: Path) -> list[np.ndarray]:
        with av.open(str(path)) as media:
            return [f.to_ndarray(format="rgb24") for f in media.decode(video=0)][:60]

    left, right = map(pictures, clips)
    height = min(left[0].shape[0], right[0].shape[0]) // 2 * 2
    beside = (np.hstack([a[:height], b[:height]]) for a, b in zip(left, right, strict=False))
    return write_video(tmp_path_factory.mktemp("two") / "two-faces.mp4", beside, 25)
