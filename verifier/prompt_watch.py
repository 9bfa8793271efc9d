"""Prompts of a round, given or found: each is watched closely, measured, and left with its key frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.challenges import Mark, PromptId
from verifier.observe.prompts import PromptWatcher, around
from verifier.prompt_response import DONE, LOST_AT, Response, response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from verifier.observe.comparators.base import FaceComparator, Vector
    from verifier.observe.faces import KeptCrop
    from verifier.observe.prompts import PromptRow

SCAN_EVERY = Fraction(1, 2)
"""Seconds between looks where prompts are found without marks; the whole recording is decoded once more for it."""
MOST_FOUND = 12
PAD_S, LONGEST_S = 1.5, 12.0
HANDS_AT = frozenset({"hand-across", "hold-id"})
_FINDS: tuple[PromptId, ...] = ("turn-left", "turn-right", "look-up", "hand-across")


def watched(
    path: Path, marks: Sequence[Mark] | None, comparator: FaceComparator | None,
    progress: Callable[[float], None] = lambda share: None,
) -> tuple[Response, ...]:  # fmt: skip
    """What the largest face did at each mark. marks None: they are found by how head and hands move."""
    with PromptWatcher(path) as watcher:
        if marks is None:
            marks = found(list(watcher.watch(None, None, hands=True, every=SCAN_EVERY)))
        responses = []
        for done, mark in enumerate(marks):
            progress(done / len(marks))
            rows = list(watcher.watch(around(mark.start_s, mark.end_s), None, hands=mark.prompt in HANDS_AT))
            responses.append(response(mark, rows, lambda kept: _embedded(comparator, kept)))
    return tuple(responses)


def found(rows: Sequence[PromptRow]) -> list[Mark]:
    """Times at which a head turned or looked up, or a hand lay over the face, against the recording's own middle."""
    posed = [(r.yaw, r.pitch) for r in rows if r.yaw is not None and r.pitch is not None]
    if not posed:
        return []
    yaw, pitch = (float(v) for v in np.median(np.array(posed), axis=0))
    marks = []
    for prompt in _FINDS:
        times = [
            float(r.time)
            for r, following in zip(rows, [*rows[1:], None], strict=True)
            if _moves(prompt, r, following, yaw, pitch)
        ]
        for start, end in _stretches(times):
            marks.append(
                Mark(prompt=prompt, start_s=max(0.0, start - PAD_S), end_s=min(end + PAD_S, start - PAD_S + LONGEST_S))
            )
    longest = sorted(marks, key=lambda m: m.start_s - m.end_s)[:MOST_FOUND]
    return sorted(longest, key=lambda m: m.start_s)


def _moves(prompt: str, row: PromptRow, following: PromptRow | None, yaw: float, pitch: float) -> bool:
    if prompt == "hand-across":
        return row.covered >= DONE[prompt]
    if row.yaw is None or row.pitch is None:
        return False
    if prompt == "look-up":
        return pitch - row.pitch >= 1.5 * DONE[prompt] and abs(row.yaw - yaw) < LOST_AT
    turned = row.yaw - yaw if prompt == "turn-left" else yaw - row.yaw
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


def _embedded(comparator: FaceComparator | None, kept: KeptCrop) -> Vector | None:
    """None where there is no comparator, or a plug-in fails."""
    try:
        return comparator.embed(kept.crop) if comparator is not None else None
    except Exception:
        return None
