"""The C++ log is kept quiet by several threads at once, and Python's own stderr stays."""

from __future__ import annotations

import subprocess
import sys

_THREADS = """
import os, sys, threading, time
from verifier.observe.mediapipe_import import quiet_native_log
def start(seconds):
    for _ in range(5):
        with quiet_native_log():
            time.sleep(seconds)
            print("still said", file=sys.stderr, flush=True)
            os.write(2, b"chatter")
threads = [threading.Thread(target=start, args=(seconds,)) for seconds in (0.01, 0.017, 0.029)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
os.write(2, b"the end")
"""


def test_threads_that_enter_and_leave_as_they_like_lose_no_stderr() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _THREADS], capture_output=True, text=True, timeout=60, check=True
    ).stderr
    assert said == "still said\n" * 15 + "the end"
