"""Reading ahead in a thread, so that decoding and observing share the cores."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

Item = TypeVar("Item")
_POLL_S = 0.05
"""How long a full or empty queue is waited for before looking whether the other side is still there."""


def frames_in_background(source: Iterable[Item], depth: int = 4) -> Generator[Item, None, None]:
    """The items of `source`, made in one background thread, at most `depth` waiting.

    An exception of the source is raised here, after the items before it. Closing this generator (or leaving it to
    the garbage collector) stops the thread after the item it is making and closes the source in that thread; the
    call returns when the thread has ended, so files that the source reads may then be closed.
    """
    if depth < 1:
        raise ValueError("depth must be 1 or more")
    queue: Queue[Item] = Queue(depth)
    stop, done = threading.Event(), threading.Event()
    failure: list[BaseException] = []

    def produce() -> None:
        try:
            with _closing_iterator(source) as items:
                for item in items:
                    if not _put(queue, item, stop):
                        return
        except BaseException as error:
            failure.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=produce, name="media-reader", daemon=True)
    thread.start()
    try:
        yield from _drain(queue, done)
        if failure:
            raise failure[0]
    finally:
        stop.set()
        thread.join()


@contextmanager
def _closing_iterator(source: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Generators are closed where they ran: PyAV objects do not like to be freed by another thread mid-decode."""
    items = iter(source)
    try:
        yield items
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _put(queue: Queue[Item], item: Item, stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            queue.put(item, timeout=_POLL_S)
        except Full:
            continue
        return True
    return False


def _drain(queue: Queue[Item], done: threading.Event) -> Iterator[Item]:
    while True:
        ended = done.is_set()  # asked before looking: what was put before the end is still handed out
        try:
            item = queue.get(timeout=0 if ended else _POLL_S) if not ended else queue.get_nowait()
        except Empty:
            if ended:
                return
            continue
        yield item


prefetch = frames_in_background
"""The short name."""
