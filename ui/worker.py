"""One thread that runs checks one after the other; short questions are answered between two steps of a long one.

Models are loaded and used in this thread alone: some native libraries do not like to be called from two threads.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from verifier.api import ObservedCase, Progress

Answer = TypeVar("Answer")
DISK_FULL = (
    "It stopped because this computer's disk is full. Your files are still here: free some space and start again."
)
log = logging.getLogger(__name__)


class Stopped(BaseException):
    """Raised inside a running job to end it; no `except Exception` on the way may swallow it."""


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    UNUSABLE = "unusable"
    """None of the files could be used."""
    FAILED = "failed"


@dataclass
class Job:
    """One check in the queue. The worker writes, pages read; every field is replaced whole, never changed in place."""

    work: Callable[[Job, Progress], None]
    """Does it all: sets `observed`, keeps the report."""
    state: State = State.WAITING
    stage: str = ""
    share: float = 0.0
    started: float = 0.0
    """Monotonic seconds when it began to run."""
    first_stage: float = 0.0
    """Monotonic seconds when the first file began to be read."""
    observed: ObservedCase | None = None
    checks: Collection[str] | None = None
    """Those that were asked for; None: all."""
    rounds_before: int = 0
    """Rounds that a case holds already: those of the desk are numbered after them."""
    reasons: tuple[tuple[str, str], ...] = ()
    """Name and reason, of every file when none could be used, or of what failed."""
    ended: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self.state not in (State.WAITING, State.RUNNING)


class Worker:
    """Runs jobs in the order in which they came."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._questions: deque[Callable[[], None]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._current: Job | None = None
        self._thread = threading.Thread(target=self._loop, name="checks", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    def before(self, job: Job) -> int:
        """How many checks come first."""
        with self._wake:
            if job not in self._jobs:
                return 0
            return list(self._jobs).index(job) + (self._current is not None)

    def ask(self, question: Callable[[], Answer]) -> Future[Answer]:
        """Runs something short in the worker's thread, between two steps of a running job if there is one."""
        future: Future[Answer] = Future()

        def answer() -> None:
            try:
                future.set_result(question())
            except Exception as error:
                future.set_exception(error)

        with self._wake:
            self._questions.append(answer)
            self._wake.notify()
        return future

    def stop(self, job: Job) -> None:
        """Ends a job, soon if it is running, at once if it is waiting."""
        job.stop.set()
        with self._wake:
            if job in self._jobs:
                self._jobs.remove(job)
                job.state = State.STOPPED
                job.ended.set()

    def close(self, timeout_s: float = 5.0) -> None:
        """Stops everything; returns when the thread has ended, or after the time-out."""
        with self._wake:
            self._closing = True
            waiting, current = list(self._jobs), self._current
            self._wake.notify()
        for job in [*waiting, *([current] if current else [])]:
            self.stop(job)
        self._thread.join(timeout_s)

    def _loop(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._questions or self._jobs)
                if self._closing:
                    return
                self._current = self._jobs.popleft() if self._jobs and not self._questions else None
            self._answer_questions()
            if self._current is not None:
                self._run(self._current)
                self._current = None

    def _answer_questions(self) -> None:
        while self._questions:
            self._questions.popleft()()

    def _run(self, job: Job) -> None:
        from verifier.api import NothingUsable
        from verifier.report.write import ReportWriteError

        def progress(stage: str, share: float) -> None:
            if job.stop.is_set():
                raise Stopped
            if not job.first_stage:
                job.first_stage = time.monotonic()
            job.stage, job.share = stage, share
            self._answer_questions()

        job.started, job.state = time.monotonic(), State.RUNNING
        try:
            job.work(job, progress)
            job.state = State.STOPPED if job.stop.is_set() else State.DONE
        except Stopped:
            job.state = State.STOPPED
        except NothingUsable as error:
            job.reasons, job.state = error.reasons, State.UNUSABLE
        except ReportWriteError as error:
            job.reasons, job.state = (("The report", str(error)),), State.FAILED
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            job.reasons, job.state = ((("The check", DISK_FULL),) if full else ()), State.FAILED
            log.exception("a check stopped with an error") if not full else None
        except Exception:
            job.state = State.FAILED
            log.exception("a check stopped with an error")
        finally:
            if job.state is not State.DONE:
                job.observed = None
            job.ended.set()
