"""Everybody but one face of a recording, blurred: where others are or were a moment before or after.

Nobody may flash up, so a face is blurred for HOLD seconds before and after each sighting, as far as the layout of the picture does
not change; what the detector took for a face and nobody followed is blurred, too. What cannot be told from the candidate's
face with certainty is blurred.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.faces import LOST_AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.checks.base import ObservedRound
    from verifier.media.types import Image, VideoFrame
    from verifier.observe.everybody import Boxes, Look
    from verifier.observe.faces import FaceSample
    from verifier.timing import MediaTime
    from verifier.tracks import Person

HOLD = 10
"""Seconds for which a place stays blurred before and after a sighting: heads turn away and come back."""
MARGIN = 0.5
"""Of a face's size, added on each side: boxes go from brow to chin."""
CELLS = 3
"""Patches of one colour across the largest face: nothing to recognise anybody by."""
AT_PLACE = 0.5
"""Share of the smaller of two boxes that both cover, from which they are one face."""
BEYOND = 1
"""Seconds before and after the candidate was followed for which a box at its place is its own."""


def of_candidate(people: Sequence[Person], r: ObservedRound) -> list[Person]:
    """Those of a closer look at a round who are its candidate: they stand where and when its face stood, and no other's."""
    if r.candidate is None:
        return []
    stood: dict[MediaTime, list[tuple[FaceSample, bool]]] = {}
    for seen in r.seen:
        for sample in (s for t in seen.person.tracklets for s in t.samples if _has(seen.person, s.time)):
            stood.setdefault(sample.time, []).append((sample, seen.id == r.candidate.id))
    found = []
    for person in people:
        votes = [
            mine
            for t in person.tracklets
            for s in t.samples
            if _has(person, s.time)
            for known, mine in stood.get(s.time, ())
            if s.box.overlap(known.box) > AT_PLACE
        ]
        if votes and all(votes):
            found.append(person)
    return found


@dataclass(frozen=True)
class Blurring:
    """Boxes as in `everybody.Look`, one row of `others` and `mine` for each time of a look."""

    times: list[MediaTime]
    others: list[Boxes]
    mine: list[Boxes]
    """Where the candidate's face is; between its sightings as well."""
    cuts: frozenset[int]
    """Looks at which the layout had changed."""

    @classmethod
    def of(
        cls, looks: Sequence[Look], changes: Sequence[MediaTime], people: Sequence[Person], mine: Sequence[Person]
    ) -> Blurring:
        """changes: when the layout had changed."""
        times = [look.time for look in looks]
        cuts = frozenset(bisect_right(times, cut) - 1 for cut in changes)
        own: list[list[Box]] = [[] for _ in times]
        claimed: list[list[Box]] = [[] for _ in times]
        place = {time: at for at, time in enumerate(times)}
        rest = [p for p in people if not any(p is m for m in mine)]
        for person in rest:
            for s in (s for t in person.tracklets for s in t.samples if _has(person, s.time)):
                claimed[place[s.time]].append(_box(s))
        for person in mine:
            for tracklet in person.tracklets:
                taken = [p for p in rest if any(t is tracklet for t in p.tracklets)]
                samples = [
                    s for s in tracklet.samples if _has(person, s.time) and not any(_has(p, s.time) for p in taken)
                ]
                for at, box in _followed([(place[s.time], _box(s)) for s in samples], times, cuts):
                    own[at].append(box)
        others = []
        for at, look in enumerate(looks):
            alike = [
                any(_covers(b, o) for o in own[at]) and not any(_covers(b, c) for c in claimed[at]) for b in look.boxes
            ]
            others.append(look.boxes[~np.array(alike, bool)])
        return cls(times, others, [np.array(o, np.float32).reshape(-1, 4) for o in own], cuts)

    def applied(self, frame: VideoFrame) -> Image:
        """The picture with everybody else blurred; the same array where there is nobody."""
        now = max(0, bisect_right(self.times, frame.time) - 1)
        held = self._held(now, frame.time)
        if not len(held):
            return frame.image
        height, width = frame.image.shape[:2]
        mask = np.zeros((height, width), np.uint8)
        _fill(mask, held, MARGIN, 255)
        near = slice(now, now + 2)
        if now + 1 not in self.cuts:  # else it is open whether the candidate is still where they were
            _fill(mask, _together(self.mine[near]), 0.1, 0)
        _fill(mask, _together(self.others[near]), 0.2, 255)
        return _blurred(frame.image, mask, max(4, int(held[:, 2:].max() / CELLS)))

    def _held(self, now: int, time: MediaTime) -> Boxes:
        """Others' boxes of the looks around a moment, back to the change of layout before it and on to the one after it.

        The look that follows is always taken: the change may lie between it and this moment.
        """
        first = last = now
        while first > 0 and first not in self.cuts and time - self.times[first - 1] <= HOLD:
            first -= 1
        while last + 1 < len(self.times) and self.times[last + 1] - time <= HOLD:
            if last > now and last + 1 in self.cuts:
                break
            last += 1
        return _together(self.others[first : last + 1])


Box = tuple[float, float, float, float]
At = tuple[int, Box]
"""A look and a box in it."""


def _has(person: Person, time: MediaTime) -> bool:
    return any(span.start <= time <= span.end for span in person.spans)


def _box(sample: FaceSample) -> Box:
    return sample.box.x, sample.box.y, sample.box.width, sample.box.height


def _together(boxes: Sequence[Boxes]) -> Boxes:
    return np.concatenate([np.zeros((0, 4), np.float32), *boxes])


def _covers(a: Box | Boxes, b: Box | Boxes) -> bool:
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return bool(across > 0 and down > 0 and across * down > AT_PLACE * min(a[2] * a[3], b[2] * b[3]))


def _followed(seen: Sequence[At], times: Sequence[MediaTime], cuts: frozenset[int]) -> list[At]:
    """Where a face is that was seen at these looks: there, in between, and a little beyond."""
    found = list(seen)
    for (a, box_a), (b, box_b) in pairwise(seen):
        if times[b] - times[a] > LOST_AFTER:
            found += _beyond(a, box_a, 1, times, cuts) + _beyond(b, box_b, -1, times, cuts)
            continue
        for at in range(a + 1, b):
            share = float((times[at] - times[a]) / (times[b] - times[a]))
            x, y, w, h = (p + share * (q - p) for p, q in zip(box_a, box_b, strict=True))
            found.append((at, (x, y, w, h)))
    if seen:
        found += _beyond(*seen[0], -1, times, cuts) + _beyond(*seen[-1], 1, times, cuts)
    return found


def _beyond(start: int, box: Box, step: int, times: Sequence[MediaTime], cuts: frozenset[int]) -> list[At]:
    found, at = [], start
    while 0 <= at + step < len(times) and abs(times[at + step] - times[start]) <= BEYOND:
        if (at if step < 0 else at + step) in cuts:
            break
        at += step
        found.append((at, box))
    return found


def _fill(mask: NDArray[np.uint8], boxes: Boxes, margin: float, value: int) -> None:
    more = margin * boxes[:, 2:].max(axis=1, initial=0.0, keepdims=True)
    corners = np.concatenate([boxes[:, :2] - more, boxes[:, :2] + boxes[:, 2:] + more], axis=1)
    corners = np.unique(np.concatenate([np.floor(corners[:, :2] / 4), np.ceil(corners[:, 2:] / 4)], axis=1), axis=0) * 4
    for left, top, right, bottom in corners.clip(0, 1 << 14).astype(int):
        mask[top:bottom, left:right] = value


def _blurred(image: Image, mask: NDArray[np.uint8], cell: int) -> Image:
    """The parts under the mask as patches of `cell` pixels that run into each other."""
    done = image.copy()
    parts, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for x, y, w, h in map(cv2.boundingRect, parts):
        part = image[y : y + h, x : x + w]
        few = cv2.resize(part, (max(1, w // cell), max(1, h // cell)), interpolation=cv2.INTER_AREA)
        patches = cv2.resize(few, (w, h), interpolation=cv2.INTER_LINEAR)
        inside = mask[y : y + h, x : x + w] > 0
        done[y : y + h, x : x + w][inside] = patches[inside]
    return done
