"""What a face did when it was asked to move: how far it went, and whether it stayed the face it was."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from verifier.challenges import Mark
    from verifier.observe.comparators.base import Vector
    from verifier.observe.face_detector import FaceBox
    from verifier.observe.faces import KeptCrop
    from verifier.observe.prompts import PromptRow
    from verifier.timing import MediaTime
    from verifier.tracks import Person

    Embed = Callable[[KeptCrop], Vector | None]

DONE = {"turn-left": 28.0, "turn-right": 28.0, "look-up": 12.0, "hand-across": 0.2, "light": 0.15}
"""How far is far enough: degrees from the own baseline; share of the face covered; change of the face's brightness over what it
was. In all genuine clips at hand, where nobody was asked for anything, heads turn up to 24 degrees and hands over a face are rare."""
COMPARATOR = "dlib"
"""Distances mean something only on the scale of one comparator: this one is always here."""
LOST_AT = 22.0
"""Degrees from which on a turned face without a mesh counts as turned on: the mesh holds to 50 or 60 degrees."""
ALIKE_YAW = 12.0
"""Degrees: pictures turned closer than this to each other may be compared."""
MOST_YAW = 40.0
"""Degrees, from the front: beyond, templates of one person scatter."""
COVERED = 0.1
LEAST_BASELINE = 4
NEIGHBOUR, NEAR = Fraction(2, 5), Fraction(3)
"""Seconds between pictures that follow each other, and between looks at one face."""


@dataclass(frozen=True)
class Response:
    """To one prompt. Distances are cosine distances of templates, 0 = alike; None: too little to measure."""

    mark: Mark
    reason: str = ""
    """Why nothing could be measured."""
    reach: float | None = None
    """See DONE; None: nothing that can be measured was asked for."""
    done: bool | None = None
    other_way: bool = False
    """The head turned to the side that was not asked for, and `reach` is how far."""
    at: MediaTime | None = None
    """When it went furthest."""
    lost: float = 0.0
    """Share of the pictures during the prompt in which no mesh held."""
    during: int = 0
    """Pictures during the prompt."""
    compared: int = 0
    """Those of them that were compared with the baseline: not covered, and turned up to 40 degrees."""
    own: float | None = None
    """How far single pictures before the prompt lie from their mean, at most."""
    jump: float | None = None
    """Largest step from one picture to the next that is turned alike, during and after the prompt."""
    away: float | None = None
    """Furthest from the baseline during the prompt, up to 40 degrees from the front."""
    back: float | None = None
    """Mean of the pictures after the prompt, turned as before, from the baseline."""
    edge: float | None = None
    """Sharpness of the hand's edge over the face, against beside it."""
    crops: tuple[KeptCrop, ...] = ()
    """Before, furthest, after; fewer where there are none."""
    pictures: tuple[str, ...] = ()
    """Keys of the same in a report."""
    boxes: tuple[tuple[MediaTime, FaceBox], ...] = ()
    """Where the face was before the prompt: which face it is."""


def response(mark: Mark, rows: Sequence[PromptRow], embed: Embed) -> Response:
    """rows: of one face, from before the prompt until after it."""
    before = [r for r in rows if r.time < mark.start_s + 0.5 and r.yaw is not None]
    during = [r for r in rows if mark.start_s + 0.5 <= r.time < mark.end_s]
    if len(before) < LEAST_BASELINE:
        return Response(mark, "the face was not seen well enough just before the prompt")
    if not during:
        return Response(mark, "there are no pictures of the time of the prompt")
    yaw, pitch = (
        float(np.median([v for v in values if v is not None]))
        for values in zip(*((r.yaw, r.pitch) for r in before), strict=True)
    )
    light = float(np.median([r.brightness for r in before]))
    progress = [_progress(mark.prompt, r, yaw, pitch, light) for r in during]
    done = _far_enough(mark.prompt, during, progress) if mark.prompt in DONE else None
    other_way = False
    if done is False and mark.prompt.startswith("turn"):
        mirrored = [None if p is None else -p for p in progress]
        other_way = _far_enough(mark.prompt, during, mirrored)
        progress = mirrored if other_way else progress
    known = [p for p in progress if p is not None]
    reach = max([0.0, *known]) if mark.prompt in DONE else None
    lost = sum(r.yaw is None for r in during) / len(during)
    furthest = (
        during[int(np.argmax([-1e9 if p is None else p for p in progress]))] if known else during[len(during) // 2]
    )
    after = [r for r in rows if r.time >= mark.end_s and _is_front(r, yaw)]
    own, jump, away, back, compared = _held(
        [r for r in before if _is_front(r, yaw)], [r for r in rows if r.time >= mark.start_s], after, yaw, embed
    )
    edges = [r.edge for r in during if r.edge is not None and r.covered >= DONE["hand-across"]]
    best = max(before, key=lambda r: r.crop.quality.rank)
    crops = [best.crop, furthest.crop, *([max(after, key=lambda r: r.crop.quality.rank).crop] if after else [])]
    return Response(
        mark, "", reach, done, other_way, furthest.time, lost, len(during), sum(r.time in compared for r in during),
        own, jump, away, back, float(np.median(edges)) if edges else None, tuple(crops),
        boxes=tuple((r.time, r.box) for r in before),
    )  # fmt: skip


def is_of(person: Person, answer: Response) -> bool:
    """Whether the face that was watched is this person's: it lay where they were seen at about that time."""
    samples = [s for t in person.tracklets for s in t.samples]
    return any(
        abs(s.time - time) <= NEAR and s.box.overlap(box) > 0.5 for time, box in answer.boxes for s in samples
    )  # fmt: skip


def _progress(prompt: str, row: PromptRow, yaw: float, pitch: float, light: float) -> float | None:
    """How far this picture is on the way that was asked for; None: it cannot be measured here."""
    if prompt == "hand-across":
        return row.covered
    if prompt == "light":
        return abs(row.brightness - light) / max(light, 0.05)
    if row.yaw is None or row.pitch is None:
        return None
    if prompt == "look-up":
        return pitch - row.pitch
    return {"turn-left": row.yaw - yaw, "turn-right": yaw - row.yaw}.get(prompt, abs(row.yaw - yaw))


def _far_enough(prompt: str, during: Sequence[PromptRow], progress: Sequence[float | None]) -> bool:
    """It went as far as `DONE` says, or a face went on turning until no mesh held any more."""
    if any((p or 0.0) >= DONE[prompt] for p in progress):
        return True
    return prompt.startswith("turn") and any(
        (p or 0.0) >= LOST_AT and following.yaw is None for p, following in zip(progress, during[1:], strict=False)
    )


def _is_front(row: PromptRow, yaw: float) -> bool:
    return row.yaw is not None and abs(row.yaw - yaw) <= ALIKE_YAW and row.covered < COVERED


def _held(
    before: Sequence[PromptRow], later: Sequence[PromptRow], after: Sequence[PromptRow], yaw: float, embed: Embed
) -> tuple[float | None, float | None, float | None, float | None, Collection[MediaTime]]:
    """own, jump, away, back of `Response`, and the times of the later pictures that were compared."""
    own = [v for v in (embed(r.crop) for r in before) if v is not None]
    if len(own) < LEAST_BASELINE - 1:
        return None, None, None, None, ()
    mean = np.mean(own, axis=0)
    seen = [
        r
        for r in later
        if r.yaw is not None and abs(r.yaw) <= MOST_YAW and abs(r.yaw - yaw) <= MOST_YAW and r.covered < COVERED
    ]
    vectors = {r.time: v for r in seen if (v := embed(r.crop)) is not None}
    known = [r for r in seen if r.time in vectors]
    steps = [
        _apart(vectors[a.time], vectors[b.time]) for a, b in pairwise(known)
        if b.time - a.time <= NEIGHBOUR and abs((a.yaw or 0.0) - (b.yaw or 0.0)) <= ALIKE_YAW
    ]  # fmt: skip
    returned = [vectors[r.time] for r in after if r.time in vectors]
    return (
        max(_apart(v, mean) for v in own),
        max(steps, default=None),
        max((_apart(v, mean) for v in vectors.values()), default=None),
        _apart(np.mean(returned, axis=0), mean) if returned else None,
        vectors,
    )


def _apart(a: Vector, b: Vector) -> float:
    return float(1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
