"""One thread that reads the files which live calls are compared with, one after the other, with models that it loads once."""

from __future__ import annotations

import logging
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from verifier.calibration import FaceCalibration
from verifier.gather import Gatherer
from verifier.intake import take_in
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import load_comparators

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.checks.base import ReferenceFace
    from verifier.live.call import LiveCall

NEEDS = frozenset({"faces", "templates"})
KEPT_S = 60.0
"""The models are given back after so long without a file."""
log = logging.getLogger(__name__)


class ComparedFiles:
    """The faces of the files of all calls. A file keeps the number it got when it was handed in."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[LiveCall, Path, int] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._handed_in: dict[str, int] = {}
        self._faces: dict[str, tuple[ReferenceFace, ...]] = {}
        self._thread: threading.Thread | None = None
        self._closing = False

    def add(self, call: LiveCall, path: Path) -> None:
        """Puts a photo, a page or an earlier round into the queue; what cannot be used becomes a note of the call."""
        with self._lock:
            if self._closing or call.session.ended:
                return
            number = self._handed_in[call.session.id] = self._handed_in.get(call.session.id, 0) + 1
            self._waiting.put((call, path, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live-files", daemon=True)
                self._thread.start()

    def of(self, call: LiveCall) -> tuple[ReferenceFace, ...]:
        """What was read so far, in the order in which it was handed in."""
        with self._lock:
            return self._faces.get(call.session.id, ())

    def forget(self, call: LiveCall) -> None:
        """The call has ended: what is read of it and what still waits is of no use any more."""
        with self._lock:
            self._handed_in.pop(call.session.id, None)
            self._faces.pop(call.session.id, None)

    def close(self, timeout_s: float) -> None:
        with self._lock:
            self._closing = True
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        gatherer: Gatherer | None = None
        while True:
            try:
                one = self._waiting.get(timeout=KEPT_S if gatherer else None)
            except Empty:
                gatherer = None
                continue
            if one is None or self._closing:
                return
            call, path, number = one
            if not self._waited_for(call):
                continue
            try:
                gatherer = gatherer or Gatherer(load_comparators(), FaceCalibration.load(), NEEDS)
                self._read(gatherer, call, path, number)
            except (MediaError, OSError) as error:
                call.note(f"{path.name}: {error}")
            except Exception:
                log.exception("a file of a live call cannot be read")
                call.note(f"{path.name} cannot be compared with because of an error in the tool.")

    def _waited_for(self, call: LiveCall) -> bool:
        with self._lock:
            return call.session.id in self._handed_in

    def _read(self, gatherer: Gatherer, call: LiveCall, path: Path, number: int) -> None:
        intake = take_in((), [path], after=(0, number - 1))
        for _, reason in intake.unusable:
            raise MediaError(reason)
        try:
            face = gatherer.reader.reference(intake.references[0])
        finally:  # nothing of one call stays for another's
            gatherer.reader.close()
            gatherer.reader.close_ups.clear()
            gatherer.pictures.clear()
            gatherer.embedder.forget()
        if face.reason:
            call.note(f"{path.name} cannot be compared with: {face.reason}.")
        with self._lock:
            if call.session.id in self._handed_in:
                self._faces[call.session.id] = (*self._faces.get(call.session.id, ()), face)
