"""One decode pass over a recording feeds every observer that a check needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from verifier.media.prefetch import prefetch
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan, merge_plans
from verifier.media.types import RecordingFacts, VideoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from verifier.timing import MediaTime


class FrameObserver(Protocol):
    """Looks at the pictures of its plan in order of time; its table is read once all have passed, and it is closed in any
    case.
    """

    name: str
    plan: SamplingPlan

    def observe(self, frame: VideoFrame) -> None: ...
    def finish(self) -> Any: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class RecordingObservations:
    facts: RecordingFacts
    tables: dict[str, Any]
    """Observer name -> its table."""
    problems: tuple[str, ...]
    end: MediaTime
    """Time of the last picture looked at."""


def observe_recording(
    path: Path, observers: Sequence[FrameObserver], progress: Callable[[float], None] = lambda share: None
) -> RecordingObservations:
    """Decodes once, in a thread of its own. MediaError when the recording cannot be used."""
    with Recording(path) as recording:
        facts = recording.facts
        end = facts.duration or 0
        last = Fraction(0)
        frames = prefetch(recording.frames(merge_plans([o.plan for o in observers])))
        wanted_by = [(observer, observer.plan.selector()) for observer in observers]
        try:
            for frame in frames:
                for observer, selector in wanted_by:
                    if selector.take(frame.time, frame.is_key):
                        observer.observe(frame)
                last = frame.time
                if end:
                    progress(min(1.0, float(frame.time / end)))
            tables = {observer.name: observer.finish() for observer in observers}
        finally:
            frames.close()
            for observer in observers:
                observer.close()
        return RecordingObservations(facts, tables, recording.problems, last)
