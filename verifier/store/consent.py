"""What may be kept: nothing biometric without a consent that covers it, and nothing any longer once it is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.store.errors import OnHold, StoreError
from verifier.store.records import Consent, Purpose, now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.store.repository import Entry, Repository

RESTS_ON = {
    "media": Purpose.RECORDINGS, "clips": Purpose.RECORDINGS, "transcript": Purpose.RECORDINGS,
    "reading": Purpose.RECORDINGS, "observation": Purpose.TEMPLATES,
}  # fmt: skip
"""Kind of an entry -> the purpose that somebody must have consented to."""
REPORT = "run"
"""Says what was seen, said and compared, whatever was consented to: it goes when any of that is taken back."""
OPEN_END = "9999-12-31"


def give(repository: Repository, case_id: str, consent: Consent) -> Entry:
    """Writes a consent down; StoreError when it could not count as one."""
    if not (consent.who.strip() and consent.basis.strip() and consent.text.strip() and consent.purposes):
        raise StoreError("a consent needs who gave it, its basis, at least one purpose and the text that was shown")
    if consent.until <= consent.given:
        raise StoreError("a consent must end after it was given")
    return repository.add(case_id, consent)


def covered(entries: Iterable[Entry], at: str | None = None) -> frozenset[Purpose]:
    """The purposes that consents among these entries cover now, or at a time."""
    at = at or now()
    given = [e.record for e in entries if isinstance(e.record, Consent)]
    return frozenset(p for p in Purpose for c in given if c.covers(p, at))


def ends(entries: Iterable[Entry], purpose: Purpose, at: str | None = None) -> str | None:
    """When the last consent for a purpose ends; None: there is none now."""
    at = at or now()
    found = (e.record.until for e in entries if isinstance(e.record, Consent) and e.record.covers(purpose, at))
    return max(found, default=None)


def uncovered(
    repository: Repository, case_id: str, at: str | None = None, *, of_that_second: bool = False
) -> list[Entry]:
    """Entries that rest on a consent that there is not, or no longer. of_that_second: reports made when it was withdrawn too."""
    entries, consents = repository.entries(case_id, locked=True), repository.entries(case_id, "consent")
    allowed = covered(consents, at)
    withdrawn = max((e.record.withdrawn for e in consents), default="")
    none = not allowed & {Purpose.RECORDINGS, Purpose.TEMPLATES}
    return [
        e
        for e in entries
        if (e.kind in RESTS_ON and RESTS_ON[e.kind] not in allowed)
        or (e.kind == REPORT and (none or e.created < withdrawn or (of_that_second and e.created == withdrawn)))
    ]


def withdraw(repository: Repository, case_id: str, purposes: Iterable[Purpose] = tuple(Purpose)) -> list[str]:
    """Takes consent back and deletes what rested on it; hashes of the files that went.

    Under legal hold the consent is withdrawn at once, so that nothing is compared any more, and OnHold says that the deletion
    waits: `retention.purge` makes up for it when the hold is lifted.
    """
    on_hold = repository.case(case_id).on_hold  # first of all: only who may see a case changes it
    gone, at = set(purposes), now()
    for entry in repository.entries(case_id, "consent"):
        consent: Consent = entry.record
        if consent.withdrawn or not gone & set(consent.purposes):
            continue
        left = tuple(p for p in consent.purposes if p not in gone)
        taken = replace(consent, withdrawn=at, purposes=tuple(p for p in consent.purposes if p in gone))
        if left:  # first: an interruption must not take back more than was asked
            repository.add(case_id, replace(consent, purposes=left))
        repository.replace(entry, taken)
    repository.log("withdraw consent", case_id, purposes=sorted(gone))
    if on_hold:
        raise OnHold(
            f"the consent is withdrawn; case {case_id} is on legal hold: what rested on it goes with the first purge after the hold"
        )
    return repository.remove(uncovered(repository, case_id, at, of_that_second=True), "delete after withdrawal")
