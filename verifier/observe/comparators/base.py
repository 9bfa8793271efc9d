"""What a face comparator is. Plug-ins implement `FaceComparator` and register as an entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verifier.observe.face_crop import FaceCrop

Vector = NDArray[np.float32]


@runtime_checkable
class FaceComparator(Protocol):
    """Turns a face crop into a vector whose cosine with another one is its comparison score (higher = more alike).

    A comparator whose `embed` may run in several threads at once says so with an attribute `thread_safe = True`.
    """

    name: str
    """Short and stable: calibrations are filed under it."""
    model_sha256: str
    """Of the weights in use: a calibration holds only for them."""

    def embed(self, crop: FaceCrop) -> Vector | None:
        """A unit vector [d], or None where this comparator finds no face it can use in the crop."""
        ...


class ComparatorUnavailable(Exception):
    """Its weights or library are not here; the message says what to do, in one line."""


def unit(vector: NDArray[np.floating]) -> Vector:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
