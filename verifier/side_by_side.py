"""Two long pieces of work at once, one of them in a thread: a picture is looked at while the sound is listened to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[float], None]

A = TypeVar("A")
B = TypeVar("B")
POLL_S = 0.1


class Halted(Exception):
    """Raised inside the work in the thread once its result is not wanted any more."""


def side_by_side(
    here: Callable[[Progress], A], aside: Callable[[Progress], B], progress: Progress, share: float
) -> tuple[A, B]:
    """What both give; `here` runs in the calling thread, and only there is `progress` called.

    share: of the progress, taken by `here`. Whatever `here` or `progress` raises (a caller cancels that way) ends both;
    what `aside` raises is raised here when `here` is done.
    """
    done_aside, unwanted = [0.0], Event()

    def step_aside(part: float) -> None:
        if unwanted.is_set():
            raise Halted
        done_aside[0] = part

    def both(part: float) -> None:
        progress(share * part + (1 - share) * done_aside[0])

    with ThreadPoolExecutor(1, thread_name_prefix="aside") as pool:
        working = pool.submit(aside, step_aside)
        try:
            first = here(both)
            while not working.done():
                both(1.0)
                unwanted.wait(POLL_S)
        except BaseException:
            unwanted.set()
            raise
        return first, working.result()
