"""Likelihood ratios and the words for them.

LR = P(score | first proposition) / P(score | second proposition). The verbal scale follows the practice of forensic
institutes (ENFSI guideline for evaluative reporting, 2015), either way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = ((4.0, "very strong"), (3.0, "strong"), (2.0, "moderately strong"), (1.0, "moderate"), (0.0, "weak"))
INCONCLUSIVE_LOG10 = math.log10(2.0)
"""An interval that reaches across LR 2 or 1/2 supports neither proposition."""

CAPPED = "capped by what the calibration supports"
"""Said instead of bounds that have no width: the scores alone would say more."""


class Support(StrEnum):
    FIRST = "first"
    INCONCLUSIVE = "inconclusive"
    SECOND = "second"


@dataclass(frozen=True)
class LikelihoodRatio:
    """log10 of the ratio with its 95 % bounds (log10 too) and the calibration that it rests on."""

    log10: float
    lower: float
    upper: float
    calibration: str
    capped: bool = False
    """As far as the calibration set supports: the scores alone would say more."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.log10) and self.lower <= self.log10 <= self.upper):
            raise ValueError(f"bounds do not enclose the ratio: {self.lower}, {self.log10}, {self.upper}")

    @property
    def support(self) -> Support:
        if self.lower > INCONCLUSIVE_LOG10:
            return Support.FIRST
        if self.upper < -INCONCLUSIVE_LOG10:
            return Support.SECOND
        return Support.INCONCLUSIVE

    def among(self, count: int) -> LikelihoodRatio:
        """The ratio for the best of `count` faces: that one of them is the person explains the picture 1 / count as well.

        The mean of the ratios of all (the others are near 0), as evidence from a search in a gallery is reported. It only ever
        takes from sameness: choosing the nearest face is no reason to call it different.
        """
        shift = min(math.log10(count), max(0.0, self.log10))
        return replace(self, log10=self.log10 - shift, lower=self.lower - shift, upper=self.upper - shift)

    def guessed(self, count: int) -> LikelihoodRatio:
        """The ratio where the one compared is the right one of `count` with a chance of 1 / count, and else somebody else.

        A wrong one is as unlike as anybody: LR / count + (count - 1) / count. From two on it never supports the second proposition.
        """
        if count == 1:
            return self
        log10, lower, upper = (
            math.log10((10**value + count - 1) / count) for value in (self.log10, self.lower, self.upper)
        )
        return replace(self, log10=log10, lower=lower, upper=upper)

    def widened(self, others: Iterable[LikelihoodRatio]) -> LikelihoodRatio:
        """The same ratio with bounds that hold those of all the others."""
        bounds = [self, *others]
        return replace(self, lower=min(b.lower for b in bounds), upper=max(b.upper for b in bounds))

    @property
    def strength(self) -> str:
        """ "weak" ... "very strong"; "no" when it supports neither proposition."""
        if self.support is Support.INCONCLUSIVE:
            return "no"
        return next(word for floor, word in _WORDS if abs(self.log10) >= floor)

    def times(self) -> str:
        """How many times more likely under the supported proposition, down to one leading digit: "about 300".

        Down, so that the figure never says more than its word or than the calibration set supports.
        """
        ratio = int(10 ** abs(self.log10) + 1e-9)
        digits = max(0, len(str(ratio)) - 1)
        return f"about {max(2, ratio // 10**digits * 10**digits):,}"
