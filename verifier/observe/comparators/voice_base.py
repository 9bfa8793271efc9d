"""What a voice comparator is, and which are here: entry points of the group `verifier.voice_comparators`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from verifier.observe.comparators.base import ComparatorUnavailable

log = logging.getLogger(__name__)
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
    loaded: list[VoiceComparator] = []
    missing: list[tuple[str, str]] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            loaded.append(entry.load()())
        except ComparatorUnavailable as error:
            missing.append((entry.name, str(error)))
        except Exception as error:  # a third party's plug-in may fail in any way: it must not take the case down
            log.warning("voice comparator %s failed to load", entry.name, exc_info=True)
            missing.append((entry.name, f"could not be loaded ({type(error).__name__})"))
    return VoiceComparators(tuple(loaded), tuple(missing))
