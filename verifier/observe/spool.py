"""Sound heard once and needed again: 16-bit samples in a nameless temporary file, gone when it is closed or the process ends."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Self

import numpy as np

from verifier.media.types import AudioBlock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from verifier.timing import MediaTime

_FULL = 32767


class SoundSpool:
    """Keeps blocks as they pass; 115 MB of disk for an hour at 16 kHz. Decoding it all again would cost far more.

    Where the disk is full it keeps nothing, and says so by `complete`.
    """

    def __init__(self) -> None:
        self._index: list[tuple[MediaTime, int, int]] = []
        self.complete = True

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, block: AudioBlock) -> None:
        if not self.complete or self._file is None:
            return
        raw = np.round(block.samples * _FULL).astype(np.int16).tobytes()
        try:
            self.complete = self._file.write(raw) == len(raw)
        except OSError:
            self.complete = False
        if not self.complete:
            return
        self._index.append((block.time, len(block.samples), block.sample_rate))

    def blocks(self) -> Iterator[AudioBlock]:
        """What was kept, in order."""
        if self._file is None:
            return
        self._file.seek(0)
        for time, count, rate in self._index:
            samples = np.frombuffer(self._file.read(2 * count), np.int16)
            yield AudioBlock(time, (samples / np.float32(_FULL)).astype(np.float32), rate)
