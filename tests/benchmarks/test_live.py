"""The benchmark of the live call runs; its figures are for a machine that does nothing else."""

from __future__ import annotations

import pytest

from tests.benchmarks import live


@pytest.mark.slow
def test_memory_stays_flat(capsys: pytest.CaptureFixture[str]) -> None:
    live.memory(10)
    assert "(met: under" in capsys.readouterr().out
