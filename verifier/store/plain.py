"""A kept recording, unsealed for as long as it is read: in memory where the system can, and gone afterwards in any event."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_IN_MEMORY = 2 << 30
"""Bytes; a larger recording goes through an unnamed file of the system's temporary folder, which no directory lists."""


@contextmanager
def plain_file(pieces: Iterable[bytes], size: int) -> Iterator[Path]:
    """A path in /proc/self/fd (Linux) that any reader of this process can open again and again."""
    if not Path("/proc/self/fd").is_dir():
        with tempfile.NamedTemporaryFile(prefix="verifier-") as named:  # macOS: its disks are encrypted by themselves
            named.writelines(pieces)
            named.flush()
            yield Path(named.name)
        return
    handle = os.memfd_create("recording") if size <= MOST_IN_MEMORY else _unnamed()
    with os.fdopen(handle, "wb") as file:
        file.writelines(pieces)
        file.flush()
        yield Path(f"/proc/self/fd/{handle}")


def _unnamed() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
