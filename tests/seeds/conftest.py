"""Two short clips of drawn people, cut from the samples: they show nobody."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from verifier.seeds.ladder import Step, encode
from verifier.seeds.shots import RATE, Source

MEDIA = Path(__file__).resolve().parents[2] / "samples" / "media"
SECONDS = 1.6


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Source]:
    folder, found = tmp_path_factory.mktemp("clips"), []
    for number in (2, 3):
        whole, path = Source.open(MEDIA / f"round-{number}.mp4"), folder / f"round-{number}.mkv"
        shots = takewhile(lambda shot: shot[0] < SECONDS, whole.shots(360))
        encode(shots, whole.sound[: round(SECONDS * RATE)], Step(360, 1_000_000), path)
        found.append(Source.open(path))
    return found[0], found[1]
