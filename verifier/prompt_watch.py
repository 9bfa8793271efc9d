"""Prompts of a round, given or found: each is watched closely, measured, and left with its key frames."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.challenges import Mark, PromptId
from verifier.media.recording import probe
from verifier.observe.prompts import PromptWatcher, around
from verifier.prompt_response import DONE, LOST_AT, Response, response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from verifier.observe.comparators.base import FaceComparator, Vector
    from verifier.observe.faces import KeptCrop
    from verifier.observe.prompts import PromptRow

log = logging.getLogger(__name__)
SCAN_EVERY = Fraction(1, 2)
"""Seconds between looks where prompts are found without marks; the whole recording is decoded once more for it."""
SCANNING = 0.8
"""Share of the progress that finding takes; the rest is watching closely."""
MOST_FOUND = 12
PAD_S, LONGEST_S = 1.5, 12.0
HANDS_AT = frozenset({"hand-across", "hold-id"})
_FINDS: tuple[PromptId, ...] = ("turn-left", "turn-right", "look-up", "hand-across")


def watched(
    path: Path, marks: Sequence[Mark] | None, comparator: FaceComparator | None,
    progress: Callable[[float], None] = lambda share: None,
) -> tuple[Response, ...]:  # fmt: skip
    """What the largest face did at each mark. marks None: they are found by how head and hands move."""
    if marks is not None and not marks:
        return ()
    embedding = _Embedding(comparator)
    with PromptWatcher(path) as watcher:
        begun = 0.0
        if marks is None:
            begun, length = SCANNING, float(probe(path).duration or 0)
            rows = watcher.watch(None, None, hands=True, every=SCAN_EVERY)
            marks = found(_reported(rows, length, lambda share: progress(SCANNING * share)))
        responses = []
        for done, mark in enumerate(marks):
            progress(begun + (1 - begun) * done / len(marks))
            seen = list(watcher.watch(around(mark.start_s, mark.end_s), None, hands=mark.prompt in HANDS_AT))
            answer = response(mark, seen, embedding)
            if not answer.reason and answer.own is None and embedding.failed:
                answer = replace(answer, reason=embedding.failed)
            responses.append(answer)
    return tuple(responses)


def _reported(rows: Iterable[PromptRow], length: float, progress: Callable[[float], None]) -> Iterator[PromptRow]:
    for row in rows:
        if length:
            progress(min(1.0, float(row.time) / length))
        yield row


@dataclass(frozen=True, slots=True)
class _Pose:
    """What is kept of a picture while prompts are looked for: an hour of them is 7200, and their crops would be 1.4 GB."""

    time: float
    yaw: float | None
    pitch: float | None
    covered: float


def found(rows: Iterable[PromptRow]) -> list[Mark]:
    """Times at which a head turned or looked up, or a hand lay over the face, against the recording's own middle."""
    poses = [_Pose(float(r.time), r.yaw, r.pitch, r.covered) for r in rows]
    posed = [(p.yaw, p.pitch) for p in poses if p.yaw is not None and p.pitch is not None]
    if not posed:
        return []
    yaw, pitch = (float(v) for v in np.median(np.array(posed), axis=0))
    marks = []
    for prompt in _FINDS:
        times = [
            p.time
            for p, following in zip(poses, [*poses[1:], None], strict=True)
            if _moves(prompt, p, following, yaw, pitch)
        ]
        for start, end in _stretches(times):
            marks.append(
                Mark(prompt=prompt, start_s=max(0.0, start - PAD_S), end_s=min(end + PAD_S, start - PAD_S + LONGEST_S))
            )
    longest = sorted(marks, key=lambda m: m.start_s - m.end_s)[:MOST_FOUND]
    return sorted(longest, key=lambda m: m.start_s)


def _moves(prompt: str, pose: _Pose, following: _Pose | None, yaw: float, pitch: float) -> bool:
    if prompt == "hand-across":
        return pose.covered >= DONE[prompt]
    if pose.yaw is None or pose.pitch is None:
        return False
    if prompt == "look-up":
        return pitch - pose.pitch >= 1.5 * DONE[prompt] and abs(pose.yaw - yaw) < LOST_AT
    turned = pose.yaw - yaw if prompt == "turn-left" else yaw - pose.yaw
    return turned >= DONE[prompt] or (turned >= LOST_AT and following is not None and following.yaw is None)


def _stretches(times: Sequence[float]) -> list[tuple[float, float]]:
    """First and last of those that follow each other."""
    spans: list[tuple[float, float]] = []
    for time in times:
        if spans and time - spans[-1][1] <= 2 * float(SCAN_EVERY) + 1:
            spans[-1] = (spans[-1][0], time)
        else:
            spans.append((time, time))
    return spans


class _Embedding:
    """Templates of one comparator; None where it gives none, and `failed` says why where that is not the picture's doing."""

    def __init__(self, comparator: FaceComparator | None) -> None:
        self._comparator = comparator
        self.failed = "" if comparator else "what compares the face with itself is not installed here"

    def __call__(self, kept: KeptCrop) -> Vector | None:
        if self._comparator is None:
            return None
        try:
            return self._comparator.embed(kept.crop)
        except Exception as error:  # a plug-in may raise anything
            log.exception("comparator %s failed", self._comparator.name)
            self.failed = f"comparing the face with itself stopped inside the tool ({type(error).__name__})"
            return None
