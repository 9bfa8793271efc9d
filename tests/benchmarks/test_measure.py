"""The instruments of the benchmark themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.measure import CommandFailed, run


def test_memory_of_a_process_and_of_its_children_is_seen(tmp_path: Path) -> None:
    hold = "import time; held = b'x' * (150 << 20); time.sleep(2)"
    alone = run([sys.executable, "-c", hold], tmp_path / "log")
    assert alone.peak_mib > 150
    both = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}; p.wait()"
    together = run([sys.executable, "-c", both], tmp_path / "log")
    assert together.peak_mib > 150
    if sys.platform == "linux":
        assert together.tree_mib > 300


def test_a_command_that_fails_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed):
        run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "log")
