"""Whose face a case keeps as the candidate's, to be looked at: a wrong one is only found by eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier import candidate
from verifier.store.observations import KeptRound
from verifier.store.shown import unpacked

if TYPE_CHECKING:
    from verifier.store.repository import Repository


@dataclass(frozen=True)
class Taken:
    """Whose face is kept as the candidate's of a round."""

    letter: str
    sure: bool
    """Somebody said so, or there is no doubt; else it is an assumption."""
    jpeg: bytes
    """Their face; may be empty."""


def taken(repository: Repository, case_id: str) -> dict[str, Taken]:
    """By round; of rounds of which a template may be and is kept."""
    found = {}
    for entry, kept in unpacked(repository, case_id, "observation"):
        if isinstance(kept, KeptRound) and (face := kept.observed.candidate) is not None:
            jpeg = next((p.jpeg for p in kept.pictures if p.key in face.pictures), b"")
            found[entry.record.subject] = Taken(face.id.partition("/")[2], candidate.is_sure(kept.observed), jpeg)
    return found
