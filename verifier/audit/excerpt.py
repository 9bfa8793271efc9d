"""A stretch of a clip as a source of seeded calls, read from the file: nothing is encoded twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.seeds.shots import RATE, Sound, Source, fitted
from verifier.timing import Span

if TYPE_CHECKING:
    from verifier.seeds.shots import Shots


@dataclass(frozen=True)
class Excerpt(Source):
    """Source whose clock begins at `span.start`."""

    span: Span = field(default_factory=lambda: Span(Fraction(0), Fraction(0)))

    @classmethod
    def drawn(cls, source: Source, seconds: float, rng: np.random.Generator) -> Excerpt:
        """`seconds` of the source, or all where it is shorter, from a moment at random."""
        length = min(seconds, source.seconds)
        start = Fraction(float(rng.uniform(0, source.seconds - length))).limit_denominator(1000)
        span = Span(start, start + Fraction(length).limit_denominator(1000))
        return cls(source.path, source.sha256, source.facts, span)

    @cached_property
    def seconds(self) -> float:
        return float(self.span.duration)

    def shots(self, lines: int | None = None) -> Shots:
        with Recording(self.path) as recording:
            for frame in recording.frames(SamplingPlan(), self.span):
                yield float(frame.time - self.span.start), fitted(frame.image, lines)

    @cached_property
    def sound(self) -> Sound:
        out = np.zeros(round(self.seconds * RATE), np.float32)
        if self.facts.audio:
            with Recording(self.path) as recording:
                for block in recording.audio(RATE, span=self.span):
                    at = max(0, round(float(block.time - self.span.start) * RATE))
                    part = block.samples[: max(0, len(out) - at)]
                    out[at : at + len(part)] = part
        return out
