"""Deleting calls: of a set whose day is over, and of somebody who takes consent back. Answers and truth stay, for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.people import AuditError
from verifier.audit.sets import WITHDRAWN, Withdrawn, read_set, read_truth, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from verifier.audit.sets import AuditSet, Item


def delete_expired(folder: Path, today: date) -> int:
    """Deletes every call of a set; how many. AuditError: its day is not over, or a file cannot be deleted."""
    audit = read_set(folder)
    if today <= audit.file.expires:
        raise AuditError(f"{folder.name} has not expired")
    return _delete(audit, audit.file.items)


def withdraw(folder: Path, person: str, truth: Path | None = None) -> int:
    """Deletes every call that shows or sounds like this person, as `Consenting.name` has it; how many.

    Raises:
        AuditError: no call does, the truth is missing, a file cannot be deleted.
    """
    audit = read_set(folder)
    found = [audit.items[key] for key, known in read_truth(audit, truth).items() if known.may_show(person)]
    if not found:
        raise AuditError(f"there is no call with {person!r} in {folder.name}")
    gone = sorted(audit.withdrawn | {item.id for item in found})
    # first, so that a set whose deleting was cut short is not judged with calls missing
    content = Withdrawn(schema="audit-withdrawn-1", set=audit.file.id, items=gone)
    write_file(folder / WITHDRAWN, content, "the withdrawal cannot be kept")
    return _delete(audit, found)


def _delete(audit: AuditSet, items: Iterable[Item]) -> int:
    """How many of the items had files."""
    count = 0
    try:
        for item in items:
            paths = [p for p in (audit.folder / name for name in item.files) if p.parent == audit.folder and p.exists()]
            for path in paths:
                path.unlink()
            count += bool(paths)
    except OSError as error:
        raise AuditError(f"the calls of {audit.folder.name} could not be deleted: {error.strerror}") from None
    return count
