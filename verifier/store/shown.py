"""What a case keeps that its page and its report can show: pictures of the candidate and of references, cut seconds."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from verifier.store import codec, consent
from verifier.store.errors import StoreError
from verifier.store.observations import KeptReference, KeptRound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.report.model import Clip, Picture
    from verifier.store.repository import Entry, Repository


def unpacked(repository: Repository, case_id: str, kind: str) -> Iterator[tuple[Entry, Any]]:
    """Of each round or reference the newest entry of a kind with what its files hold, as far as a consent covers that and it is not damaged."""
    repository.case(case_id)
    if consent.RESTS_ON[kind] not in consent.covered(repository.entries(case_id, "consent")):
        return
    # on hold the earlier ones stay beside it, perhaps with another face
    newest = {getattr(e.record, "subject", "") or e.record.round_id: e for e in repository.entries(case_id, kind)}
    for entry in newest.values():
        with suppress(StoreError):
            yield entry, codec.unpack(b"".join(repository.read(entry)))


def pictures(repository: Repository, case_id: str) -> list[Picture]:
    """Frames of the candidate's face and of references, as reports show them."""
    kept = (held for _, held in unpacked(repository, case_id, "observation"))
    return [p for held in kept if isinstance(held, KeptRound | KeptReference) for p in held.pictures]


def clips(repository: Repository, case_id: str) -> list[Clip]:
    """Seconds that findings of rounds point to."""
    return [clip for _, held in unpacked(repository, case_id, "clips") for clip in held]
