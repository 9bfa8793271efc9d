"""The one place that imports mediapipe, so that its habits are dealt with once."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack, contextmanager, redirect_stderr
from functools import lru_cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

log = logging.getLogger(__name__)
_IMPORTING = Lock()


@lru_cache(maxsize=1)
def solutions() -> Any | None:
    """`mediapipe.solutions`, or None where mediapipe cannot be imported (then dlib's detector stands in)."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    try:
        with _IMPORTING, _without_pyplot():
            import mediapipe
    except Exception as error:  # a broken wheel raises anything from ImportError to TypeError
        log.info("mediapipe cannot be imported: %s", error)
        return None
    return mediapipe.solutions


@contextmanager
def _without_pyplot() -> Iterator[None]:
    """Mediapipe imports matplotlib.pyplot for drawings we never make: one second of every cold start."""
    if "matplotlib.pyplot" in sys.modules:
        yield
        return
    parent, pyplot = ModuleType("matplotlib"), ModuleType("matplotlib.pyplot")
    parent.pyplot = pyplot  # type: ignore[attr-defined]
    # gradio sets matplotlib's backend around every event of a page, meanwhile too
    parent.__dict__.update(get_backend=lambda: "agg", use=lambda *_, **__: None)
    pyplot.__dict__.update(switch_backend=lambda *_: None)
    had_parent = "matplotlib" in sys.modules
    if not had_parent:
        sys.modules["matplotlib"] = parent
    sys.modules["matplotlib.pyplot"] = pyplot
    try:
        yield
    finally:
        del sys.modules["matplotlib.pyplot"]
        if not had_parent:
            del sys.modules["matplotlib"]


class _Quiet:
    """Of the whole process, as the descriptor is: who enters first switches, who leaves last switches back."""

    def __init__(self) -> None:
        self._lock, self._inside, self._switched = Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._switched.enter_context(_native_log_off())

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._switched.close()


_QUIET = _Quiet()


def quiet_native_log() -> AbstractContextManager[None]:
    """Sends the C++ start-up chatter of mediapipe (file descriptor 2) nowhere, Python's stderr stays. In any thread."""
    return _QUIET


@contextmanager
def _native_log_off() -> Iterator[None]:
    try:
        saved = os.dup(2)
    except OSError:
        yield
        return
    with open(os.devnull, "wb") as sink, os.fdopen(os.dup(saved), "w", closefd=True) as python_stderr:
        os.dup2(sink.fileno(), 2)
        try:
            with redirect_stderr(python_stderr):
                yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
