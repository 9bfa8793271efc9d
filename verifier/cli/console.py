"""What commands share: one line on stderr, exit codes, a progress bar, files written whole."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE, MISSING = 2, 3
"""Exit codes: usage or unusable input; a model or check that was asked for is missing."""


def say(line: str) -> None:
    print(f"verifier: {line}", file=sys.stderr)


def stop(line: str, code: int = USAGE) -> NoReturn:
    say(line)
    raise typer.Exit(code)


def write_text(path: Path, text: str) -> None:
    from verifier.atomic import atomic_file

    try:
        with atomic_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        stop(f"{path.name} cannot be written: {error.strerror}")


def stop_unless_writable(*targets: str | Path | None, folder: bool = False) -> None:
    """Stops when a file (or `folder`) could not be written there, before hours of work; "-" and None are no files."""
    import tempfile

    for target in (Path(t) for t in targets if t is not None and t != "-"):
        beside = target if folder else target.parent
        if folder:
            beside = next(p for p in (target, *target.absolute().parents) if p.exists())
        try:
            if not folder and target.is_dir():
                stop(f"{target} is a folder: name the file to write")
            with tempfile.TemporaryFile(dir=beside):
                pass
        except OSError as error:
            stop(f"{target} cannot be written: {error.strerror}")


def say_stand_in() -> None:
    """Says so when dlib's detector stands in for mediapipe."""
    from verifier.observe.face_detector import STAND_IN_NAME, detection_in_words

    words = detection_in_words()
    if words.startswith(STAND_IN_NAME):
        say(words)


@contextmanager
def plain_errors() -> Iterator[None]:
    """What a user's own files can break beside the evidence ends in one line."""
    from verifier.calibration import BrokenCalibration

    try:
        yield
    except BrokenCalibration as error:
        stop(str(error))


class ProgressBar:
    """A bar on the terminal; nothing when stderr is not one."""

    def __enter__(self) -> ProgressBar:
        from rich.console import Console
        from rich.progress import Progress

        self._bars = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        self._tasks: dict[str, object] = {}
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, stage: str, share: float) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=1.0)
        self._bars.update(self._tasks[stage], completed=share)  # type: ignore[arg-type]
