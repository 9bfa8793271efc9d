"""Scores of voices -> likelihood ratios, by curves fitted on labelled speech (models/voice_calibration/card.md).

A good imitation, made by a machine or by a person, scores like the voice itself. So the first proposition is always "the same
voice or an imitation of it"; no ratio here says that a voice is genuine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier import weights
from verifier.calibration import Comparison, Curve
from verifier.observe.sound import SoundFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from verifier.observe.comparators.voice_base import VoiceComparator

VOICE_BINS = (("20 s and more", 20.0), ("8 to 20 s", 8.0), ("3 to 8 s", 3.0), ("1.5 to 3 s", 1.5))
"""Name and least seconds of speech, of the side with less of it."""
LEAST_SPEECH_S = VOICE_BINS[-1][1]
SOUNDS = ("clear", "rough")
"""Rough: telephone bandwidth, loud noise or overdrive (sound.SoundFacts.flaws) on either side."""


@dataclass(frozen=True)
class VoiceTemplate:
    """One voice: the mean of the vectors of its pieces of speech."""

    vectors: Mapping[str, NDArray[np.float32]]
    """Comparator -> unit vector [d]."""
    speech_s: float
    """Seconds of speech behind it."""
    facts: SoundFacts


def mean_template(
    vectors: Mapping[str, NDArray[np.float32]], seconds: NDArray[np.float64], speech_s: float, facts: SoundFacts
) -> VoiceTemplate:
    """Of pieces [n, d] that last `seconds` [n] each: longer ones count for more."""
    weight = np.asarray(seconds, np.float32)[:, None]
    means = {name: (rows * weight).sum(axis=0) for name, rows in vectors.items() if len(rows)}
    unit = {n: np.asarray(m / max(float(np.linalg.norm(m)), 1e-12), np.float32) for n, m in means.items()}
    return VoiceTemplate(unit, speech_s, facts)


def bin_of(seconds: float) -> str | None:
    """The curve for so much speech on the side with less of it; None: too little for any."""
    return next((name for name, least in VOICE_BINS if seconds >= least), None)


class VoiceCalibration:
    """All curves of the shipped calibration file."""

    def __init__(self, curves: Iterable[Curve], models: Mapping[str, str], title: str) -> None:
        self._curves = {(c.kind, c.comparators, c.bin): c for c in curves}
        self._models = dict(models)
        self.title = title

    @classmethod
    def load(cls, path: Path | None = None) -> VoiceCalibration:
        raw = json.loads((path or weights.packaged("voice_calibration", "calibration.json")).read_text())
        curves = [Curve.of(c, f"{raw['title']}, {c['kind']} sound, {c['bin']} of speech") for c in raw["curves"]]
        return cls(curves, raw["models"], raw["title"])

    def usable(self, comparators: Iterable[VoiceComparator]) -> tuple[str, ...]:
        """Names of those it was fitted for, with these very weights."""
        return tuple(sorted(c.name for c in comparators if self._models.get(c.name) == c.model_sha256))

    def compare(self, a: VoiceTemplate, b: VoiceTemplate, usable: tuple[str, ...]) -> Comparison:
        """Scores, and the ratio for "the same voice or an imitation of it" against "different voices"."""
        shared = tuple(sorted(set(a.vectors) & set(b.vectors)))
        scores = {name: float(a.vectors[name] @ b.vectors[name]) for name in shared}
        if not shared:
            return Comparison(scores, None, "no comparator could use the voice on both sides")
        seconds = min(a.speech_s, b.speech_s)
        bin_name = bin_of(seconds)
        if bin_name is None:
            why = f"there are only {seconds:.1f} s of speech ({LEAST_SPEECH_S:.1f} s are needed on each side)"
            return Comparison(scores, None, why)
        kind = SOUNDS[bool(a.facts.flaws or b.facts.flaws)]
        curve = self._curves.get((kind, tuple(n for n in shared if n in usable), bin_name))
        if curve is None:
            return Comparison(scores, None, "no calibration for this voice comparator")
        return Comparison(scores, curve.lr(scores), used=curve.comparators)
