"""Running a command and seeing what it cost: wall and processor seconds, and the largest memory of its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MIB = 1 << 20
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""ru_maxrss is in bytes on macOS, in KiB elsewhere."""


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    peak_mib: float
    """Resident, the largest single process (the operating system's own account)."""
    tree_mib: float
    """All its processes together, shared pages counted once; sampled twice a second, 0 where the system cannot tell."""


class CommandFailed(Exception):
    pass


def run(command: Sequence[str], log: Path, repeats: int = 1) -> Cost:
    """The cheapest of `repeats` runs (memory: the dearest); output goes to `log`.

    Raises:
        CommandFailed: the command's exit code was not 0.
    """
    costs = [_once(command, log) for _ in range(repeats)]
    return Cost(
        min(c.wall_s for c in costs),
        min(c.cpu_s for c in costs),
        max(c.peak_mib for c in costs),
        max(c.tree_mib for c in costs),
    )


def _once(command: Sequence[str], log: Path) -> Cost:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        tree = _TreeWatch(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        peak = tree.stop()
    if child.returncode != 0:
        raise CommandFailed(f"{' '.join(map(str, command[:4]))} ... ended with {child.returncode}: see {log.name}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _PEAK_UNIT / _MIB, peak)


class _TreeWatch:
    """Proportional memory of a process and its descendants, read from /proc every half second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._stop = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self._peak = max(self._peak, sum(map(_pss_mib, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            tasks = os.listdir(f"/proc/{parent}/task")
            for task in tasks:
                found += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
        except OSError:
            continue
    return found


def _pss_mib(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass
    return 0.0
