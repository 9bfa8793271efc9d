"""Clips are made when first asked for, once per session; nothing is stored in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.clips import SOUND_SPECS, SPECS, write_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The path of a named clip of `tests.media.clips`."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str) -> Path:
        spec = {**SPECS, **SOUND_SPECS}[name]
        path = folder / (name + spec.suffix)
        return path if path.exists() else write_clip(path, spec)

    return make
