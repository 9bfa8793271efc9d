"""What a voice comparator is, and which are here: entry points of the group `verifier.voice_comparators`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from verifier.observe.comparators.plugins import load_plugins

GROUP = "verifier.voice_comparators"
SAMPLE_RATE = 16_000
"""Samples per second of the sound that voice comparators hear."""

Pieces = NDArray[np.float32]
"""Speech of one voice each, mono: [n, samples]."""


@runtime_checkable
class VoiceComparator(Protocol):
    """Turns pieces of speech into vectors whose cosine with others is their comparison score (higher = more alike)."""

    name: str
    """Short and stable: calibrations are filed under it."""
    model_sha256: str
    """Of the weights in use: a calibration holds only for them."""
    piece_samples: int
    """Samples per piece, at `SAMPLE_RATE`."""

    def embed(self, pieces: Pieces) -> NDArray[np.float32]:
        """Unit vectors [n, d] of pieces [n, piece_samples]."""
        ...


@dataclass(frozen=True)
class VoiceComparators:
    """Those that loaded, and why the others did not."""

    loaded: tuple[VoiceComparator, ...]
    missing: tuple[tuple[str, str], ...]
    """Name and reason."""


def load_voice_comparators() -> VoiceComparators:
    """Loads every registered comparator; one that cannot be loaded is named with its reason."""
    loaded, missing = load_plugins(GROUP)
    return VoiceComparators(tuple(loaded), tuple(missing))
