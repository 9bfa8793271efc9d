"""Traces of blending or rendering in the kept crops of a face, by every detector that is here.

Self-blended images: Shiohara and Yamasaki, CVPR 2022. Training, figures and card: models/face_rendering/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.observe.face_crop import CROP_PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop
    from verifier.observe.faces import KeptCrop
    from verifier.observe.rendering_detectors import RenderingDetector

WINDOW = 160
"""Pixels of the middle of a crop that our network sees: the face with a margin."""
LEAST_INTER_EYE, LEAST_CROPS, MOST_CROPS = 36.0, 3, 12
"""Enlarged faces look rendered to every detector; one picture tells nothing; more than a dozen tell nothing new."""


@dataclass(frozen=True)
class Rendering:
    """means: detector -> mean answer over the pictures, higher = more traces; each on its own scale."""

    means: dict[str, float]
    pictures: int
    reason: str = ""
    """Why nothing could be looked at."""
    unusable: tuple[tuple[str, str], ...] = ()
    """Detectors that could not be used, and why."""


def rendering_of(
    kept: Sequence[KeptCrop], detectors: Sequence[RenderingDetector], unusable: Sequence[tuple[str, str]] = ()
) -> Rendering:
    """What detectors say of one face."""
    chosen = well_spread(kept)
    if not chosen:
        why = f"the eyes are {LEAST_INTER_EYE:.0f} pixels apart in too few pictures of the face"
        return Rendering({}, 0, why, tuple(unusable))
    means = {d.name: float(np.mean([d.traces(crop) for crop in chosen])) for d in detectors}
    silent = [(name, "it gave no number for these pictures") for name, mean in means.items() if not np.isfinite(mean)]
    means = {name: mean for name, mean in means.items() if np.isfinite(mean)}
    return Rendering(means, len(chosen), "" if means else "no detector could be used", (*unusable, *silent))


def well_spread(kept: Sequence[KeptCrop]) -> list[FaceCrop]:
    """The large crops of a face that are looked at, spread over time; none where there are too few."""
    large = [k.crop for k in kept if k.crop.inter_eye_px >= LEAST_INTER_EYE]
    if len(large) < LEAST_CROPS:
        return []
    return [large[i] for i in np.unique(np.linspace(0, len(large) - 1, MOST_CROPS).round().astype(int))]


def window(crop: Image) -> Image:
    """The middle of a crop [256, 256, 3] -> [160, 160, 3]."""
    edge = (CROP_PIXELS - WINDOW) // 2
    return crop[edge : edge + WINDOW, edge : edge + WINDOW]
