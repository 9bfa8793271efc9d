"""Which face of each round is the candidate: a stated assumption that the user can correct."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.likelihood import Support

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from verifier.calibration import Comparison
    from verifier.checks.base import RoundFaces, Seen
    from verifier.observe.templates import FaceTemplate

    Compare = Callable[[FaceTemplate, FaceTemplate], Comparison]

NO_FACE = "no face was found that is large and clear enough to compare"


@dataclass(frozen=True)
class Anchor:
    """A picture that says who the candidate is: a photo named for that, or the first reference."""

    template: FaceTemplate
    words: str
    """"the face nearest to the first reference"."""


@dataclass(frozen=True)
class Picked:
    rounds: tuple[RoundFaces, ...]
    basis: str
    """How, in one line for the report."""
    among: dict[str, int]
    """Round -> how many faces its own was the nearest of, where it was picked for being near a picture."""


def pick(rounds: Sequence[RoundFaces], named: Collection[str], anchor: Anchor | None, compare: Compare) -> Picked:
    """The named face, else the one that an anchor supports, else the one that is longest on screen."""
    picked: list[RoundFaces] = []
    ways: set[str] = set()
    among: dict[str, int] = {}
    for r in rounds:
        chosen, way = r.candidate, "the face that is longest on screen and clear enough to compare"
        by_name = next((s for s in r.seen if s.id in named), None)
        near = _nearest(r, anchor, compare) if anchor is not None and by_name is None else None
        if by_name is not None:
            chosen, way = by_name, "the face that you named"
        elif near is not None and anchor is not None:
            chosen, way = near[0], anchor.words
            among[r.round.id] = near[1]
        ways.add(way)
        picked.append(replace(r, candidate=chosen, reason="" if chosen and chosen.template else r.reason or NO_FACE))
    basis = (
        f"Taken as the candidate: {' or '.join(sorted(ways))}. This is an assumption; name another face if it is wrong "
        "(on the page with a click, or with --candidate)."
    )
    return Picked(tuple(picked), basis, among)


def _nearest(r: RoundFaces, anchor: Anchor, compare: Compare) -> tuple[Seen, int] | None:
    """The face nearest to the anchor, and among how many; None unless the comparison supports that it is the same."""
    found = [
        (lr, comparison.score or 0.0, seen)
        for seen in r.seen
        if seen.template is not None and (lr := (comparison := compare(anchor.template, seen.template)).lr) is not None
    ]
    if not found:
        return None
    lr, _, best = max(found, key=lambda f: (f[0].log10, f[1]))  # the score decides between two at the cap
    return (best, len(found)) if lr.among(len(found)).support is Support.FIRST else None
