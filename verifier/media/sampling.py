"""Which pictures of a recording observers want: pure logic, no decoder.

Time is cut into slots that start at 0, never at a span's start, so spans read apart choose the same pictures as
one reading does whenever they start on a slot's border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from verifier.timing import MediaTime, Span


@dataclass(frozen=True)
class SamplingPlan:
    """The pictures that are wanted: the union of what its parts say; the empty plan wants every picture."""

    every: Fraction | None = None
    """Seconds: the first picture of each stretch of this length."""
    keyframes: bool = False
    """Pictures that are coded on their own."""
    bursts: tuple[tuple[Fraction, Fraction], ...] = ()
    """(length, every) in seconds: the pictures of the first `length` of each stretch of `every`."""
    burst_step: Fraction | None = None
    """Seconds: in bursts, the first picture of each stretch of this length; None: all of them."""
    max_width: int | None = None
    """Pixels: upright pictures wider than this arrive scaled down to it, their shape kept."""

    def __post_init__(self) -> None:
        if self.every is not None and self.every <= 0:
            raise ValueError("every must be more than 0 seconds")
        if any(not 0 < length <= every for length, every in self.bursts):
            raise ValueError("a burst must last more than 0 seconds and at most until the next")
        if self.burst_step is not None and self.burst_step <= 0:
            raise ValueError("burst_step must be more than 0 seconds")
        if self.max_width is not None and self.max_width < 16:
            raise ValueError("max_width must be 16 pixels or more")

    @property
    def wants_all(self) -> bool:
        """True for the plan that wants every picture."""
        return self.every is None and not self.keyframes and not self.bursts

    @property
    def wants_only_keyframes(self) -> bool:
        """True for the plan that wants keyframes and nothing else."""
        return self.keyframes and self.every is None and not self.bursts

    def selector(self, span: Span | None = None) -> Selector:
        """A fresh chooser for one reading in order, of `span` or of the whole recording."""
        return Selector(self, span)


def merge_plans(plans: Iterable[SamplingPlan]) -> SamplingPlan:
    """One plan that serves every given one.

    The shortest `every` (and `burst_step`) stands for all; an observer with a longer one thins what arrives with its own
    plan's selector. It then gets exactly its pictures if its period is a multiple, else each at most one short period late.
    The widest `max_width` wins, and None (full size) over all.
    """
    plans = list(plans)
    if not plans or any(plan.wants_all for plan in plans):
        widths = [plan.max_width for plan in plans]
        return SamplingPlan(max_width=_widest(widths))
    periods = [plan.every for plan in plans if plan.every is not None]
    stepped = [plan for plan in plans if plan.bursts]
    steps = [plan.burst_step for plan in stepped if plan.burst_step is not None]
    return SamplingPlan(
        every=min(periods, default=None),
        keyframes=any(plan.keyframes for plan in plans),
        bursts=tuple(sorted({burst for plan in plans for burst in plan.bursts})),
        burst_step=min(steps, default=None) if len(steps) == len(stepped) else None,
        max_width=_widest([plan.max_width for plan in plans]),
    )


def _widest(widths: list[int | None]) -> int | None:
    known = [width for width in widths if width is not None]
    return max(known) if known and len(known) == len(widths) else None


class Selector:
    """Chooses pictures that arrive in order of time; remembers only the last slots that were served."""

    def __init__(self, plan: SamplingPlan, span: Span | None = None) -> None:
        self._plan = plan
        self._span = span
        self._served_slot: int | None = None
        self._served_step: int | None = None
        """Of `burst_step`, in or out of a burst."""

    def could_want(self, time: MediaTime, is_key: bool) -> bool:
        """Whether a picture still to come at `time` might be wanted, given those taken so far.

        Never False for a picture that `take` would take later: what this refuses may be left undecoded.
        """
        if self._span is not None and not self._span.start <= time < self._span.end:
            return False
        plan = self._plan
        if plan.wants_all or (plan.keyframes and is_key):
            return True
        if plan.every is not None and (self._served_slot is None or time // plan.every > self._served_slot):
            return True
        if (
            self._served_step is not None
            and plan.burst_step is not None
            and time // plan.burst_step <= self._served_step
        ):
            return False
        return any(time % every < length for length, every in plan.bursts)

    def take(self, time: MediaTime, is_key: bool) -> bool:
        """Whether the picture at `time` (later than all before it) is wanted; if so its slot is served."""
        if not self.could_want(time, is_key):
            return False
        if self._plan.every is not None:
            self._served_slot = time // self._plan.every
        if self._plan.burst_step is not None:
            self._served_step = time // self._plan.burst_step
        return True
