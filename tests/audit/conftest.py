"""A small set drawn from the samples, which show nobody: made once, copied for each test."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from verifier.audit import people
from verifier.audit.draw import Wanted, draw_set
from verifier.audit.sets import truth_path

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="session")
def company() -> people.Company:
    return people.samples()


@pytest.fixture(scope="session")
def drawn(company: people.Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit") / "first set"
    wanted = Wanted(4, 4.0, ("frozen", "second voice", "proxy"), seed=3)
    draw_set(company, folder, wanted, TODAY)
    return folder


@pytest.fixture
def blind(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the set with its truth."""
    folder = tmp_path / drawn.name
    shutil.copytree(drawn, folder)
    shutil.copy(truth_path(drawn), truth_path(folder))
    return folder
