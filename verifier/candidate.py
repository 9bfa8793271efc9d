"""Which face of each round is the candidate: a stated assumption that the user can correct."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.checks.base import PickedAs
from verifier.likelihood import Support

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from verifier.calibration import Comparison
    from verifier.checks.base import ObservedRound, Seen
    from verifier.observe.templates import FaceTemplate

    Compare = Callable[[FaceTemplate, FaceTemplate], Comparison]

EQUALLY_LONG = 0.9
"""Of the longest time on screen: from here on a face may as well be the candidate's."""
NOT_KNOWN = "it is not known which of"
"""How the reason of a round begins whose candidate is to be named by whoever asks."""
NAMED = "the face that you named"
LONGEST = "the face that is longest on screen and clear enough to compare"
NO_FACE = "no face was found that is large and clear enough to compare"


@dataclass(frozen=True)
class Anchor:
    """A picture that says who the candidate is: a photo named for that, or the first reference."""

    template: FaceTemplate
    words: str
    """"the face nearest to the first reference"."""


@dataclass(frozen=True)
class Picked:
    rounds: tuple[ObservedRound, ...]
    basis: str
    """How, in one line for the report."""
    among: dict[str, int]
    """Round -> how many faces its own was the nearest of, where it was picked for being near a picture."""


def pick(rounds: Sequence[ObservedRound], named: Collection[str], anchor: Anchor | None, compare: Compare) -> Picked:
    """The named face, else the one that an anchor supports, else the one that is clearly longest on screen.

    Where several are on screen about equally long, nobody is taken: a comparison with the wrong person would accuse an honest
    candidate, or clear another.
    """
    picked: list[ObservedRound] = []
    ways: list[str] = []
    among: dict[str, int] = {}
    for r in rounds:
        by_name = next((s for s in r.seen if s.id in named), None)
        is_open = by_name is None and r.picked is None
        near = _nearest(r, anchor, compare) if anchor is not None and is_open else None
        chosen, way, reason = r.candidate, LONGEST, r.reason
        if by_name is None and r.picked is not None:
            way, among[r.round.id] = r.picked.way, r.picked.among
        elif by_name is not None:
            chosen, way = by_name, NAMED
        elif near is not None and anchor is not None:
            chosen, way = near[0], anchor.words
            among[r.round.id] = near[1]
        elif len(equals := equally_long(r)) > 1:
            chosen, way, reason = None, "", _not_known(r, equals, anchor)
        if chosen is not None and way:
            ways.append(f"in {r.round.label} {way}")
        kept_reason = "" if chosen and chosen.template else reason or NO_FACE
        as_ = PickedAs(way, among.get(r.round.id, 1))
        picked.append(replace(r, candidate=chosen, reason=kept_reason, picked=as_))
    unknown = [r.round.label for r in picked if r.candidate is None and r.seen]
    return Picked(tuple(picked), _basis(ways, unknown), among)


def is_sure(r: ObservedRound) -> bool:
    """Whether the candidate's face is known and not assumed: it was named, a picture supports it, or no other face was seen.

    Only then is it searched in other cases: an interviewer sits in many of them.
    """
    return len(r.seen) <= 1 or (r.picked is not None and r.picked.way not in ("", LONGEST))


def _basis(ways: Sequence[str], unknown: Sequence[str]) -> str:
    if not ways:
        return "Nobody was taken for the candidate. Name a face (on the page with a click, or with --candidate)."
    said = {way.split(" the face", 1)[1] for way in ways}
    how = f"the face{next(iter(said))}" if len(said) == 1 and not unknown else "; ".join(ways)
    nobody = f" Nobody was taken in {', '.join(unknown)}." if unknown else ""
    name = "Name" if how == NAMED else "This is an assumption; name"
    return f"Taken as the candidate: {how}.{nobody} {name} another face if it is wrong (on the page with a click, or with --candidate)."


def equally_long(r: ObservedRound) -> list[Seen]:
    """The faces that are on screen about as long as the longest: any of them may be the candidate."""
    able = [s for s in r.seen if s.template is not None]
    longest = max((s.person.visible for s in able), default=0)
    return [s for s in able if s.person.visible >= EQUALLY_LONG * longest]


def _not_known(r: ObservedRound, equals: Sequence[Seen], anchor: Anchor | None) -> str:
    who = f"{NOT_KNOWN} the {len(equals)} faces in {r.round.label} is the candidate's: name one"
    return (
        f"{who}; none of them is supported by comparison as {anchor.words.removeprefix('the face nearest to ')}"
        if anchor
        else who
    )


def _nearest(r: ObservedRound, anchor: Anchor, compare: Compare) -> tuple[Seen, int] | None:
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
