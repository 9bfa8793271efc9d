"""What the other cases of a folder have in common with this one, as checks read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.likelihood import LikelihoodRatio


@dataclass(frozen=True)
class Hit:
    """The most alike comparison with one other case."""

    case_id: str
    same_name: bool
    """It stands under a name that this candidate gives too."""
    subject: str
    """Id of the round or reference of this case that was compared."""
    score: float | None
    alone: LikelihoodRatio
    """As if nothing else had been searched."""
    lr: LikelihoodRatio
    """Corrected for the size of the search."""


@dataclass(frozen=True)
class Search:
    """One to many. hits: at most a few, most alike first, and every case with the same name."""

    hits: tuple[Hit, ...] = ()
    compared: int = 0
    """Pairs of templates."""
    cases: int = 0
    reason: str = ""
    """Why nothing could be searched; empty when it could."""


@dataclass(frozen=True)
class Elsewhere:
    faces: Search
    voices: Search
    shared: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...] = ()
    """Kind of contact, document or file -> (case, stands under the same name) of those in which the same one is."""
    asked: frozenset[str] = frozenset()
    """Kinds of which this case has any."""
    cases: int = 0
    """Other cases that contacts were compared with."""
