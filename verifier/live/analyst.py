"""One thread that looks at the newest picture of every live call in turn: two calls are looked at half as often, never later."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from verifier.calibration import FaceCalibration
from verifier.gather import Gatherer
from verifier.live.files import NEEDS, ComparedFiles
from verifier.live.lip_watch import LipWatcher
from verifier.live.watch import Watch
from verifier.observe.comparators.registry import load_comparators

if TYPE_CHECKING:
    from verifier.live.call import LiveCall

LOOK_EVERY_S = 0.4
SNAPSHOT_EVERY_S = 5.0
SNAPSHOT_SHARE = 6.0
"""The checks run again only after so many times as long as they took."""
TROUBLE = (
    "Nothing is looked at any more because of an error in the tool. The recording goes on and is checked afterwards."
)
log = logging.getLogger(__name__)


class _Watched:
    def __init__(self, call: LiveCall, watch: Watch) -> None:
        self.call, self.watch = call, watch
        self.looked = 0.0
        self.snapshot = time.monotonic()
        self.wait = SNAPSHOT_EVERY_S


class Analyst:
    """Holds the models of all calls, but for those that read the files to compare with, or watch lips."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._calls: dict[str, LiveCall] = {}
        self.files, self.lips = ComparedFiles(), LipWatcher()
        self._thread: threading.Thread | None = None
        self._closing = self._broken = False

    def wake(self) -> None:
        self._wake.set()

    def warm(self) -> None:
        """Loads the models while somebody is still reading the page."""
        with self._lock:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="live-analyst", daemon=True)
                self._thread.start()

    def add(self, call: LiveCall) -> None:
        with self._lock:
            self._calls[call.session.id] = call
            if self._broken:
                call.trouble = TROUBLE
        self.warm()
        self.lips.add(call)

    def remove(self, call: LiveCall) -> None:
        with self._lock:
            self._calls.pop(call.session.id, None)
        self.files.forget(call)
        self.lips.remove(call)
        self._wake.set()

    def close(self, timeout_s: float = 5.0) -> None:
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
        self.files.close(timeout_s)
        self.lips.close(timeout_s)

    def _run(self) -> None:
        try:
            self._loop()
        except Exception:
            with self._lock:
                self._broken = True
                for call in self._calls.values():
                    call.trouble = TROUBLE
            log.exception("live calls cannot be looked at")

    def _loop(self) -> None:
        comparators, calibration = load_comparators(), FaceCalibration.load()
        watched: dict[str, _Watched] = {}
        while not self._closing:
            self._wake.wait(0.5)
            self._wake.clear()
            with self._lock:
                calls = dict(self._calls)
            for gone in watched.keys() - calls.keys():
                watched.pop(gone).watch.close()
            for call_id, call in calls.items():
                if call_id not in watched:
                    gatherer = Gatherer(comparators, calibration, NEEDS)
                    watched[call_id] = _Watched(call, Watch(gatherer, call.session.recording))
            for one in sorted(watched.values(), key=lambda w: w.looked):
                self._look(one)
            rest = min((w.looked + LOOK_EVERY_S - time.monotonic() for w in watched.values()), default=0.0)
            if rest > 0:
                time.sleep(rest)
        for one in watched.values():
            one.watch.close()

    def _look(self, one: _Watched) -> None:
        call = one.call
        if call.trouble or time.monotonic() - one.looked < LOOK_EVERY_S:
            return
        arrived = call.newest.take()
        if arrived is None:
            return
        one.looked = time.monotonic()
        try:
            call.view = one.watch.look(arrived.picture())
            call.latency.add(time.monotonic() - arrived.at + arrived.behind_s)
            if time.monotonic() - one.snapshot >= one.wait:
                began = time.monotonic()
                one.watch.references = self.files.of(call)
                call.findings = one.watch.findings()
                one.snapshot = time.monotonic()
                one.wait = max(SNAPSHOT_EVERY_S, SNAPSHOT_SHARE * (one.snapshot - began))
        except Exception:
            call.trouble = TROUBLE
            log.exception("a live call could not be looked at")
