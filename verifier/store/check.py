"""Is everything there, unchanged, and nothing besides? Every hash, every link, every seal, and the log."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from verifier.store import audit, codec, schema, vault
from verifier.store.errors import Damaged, KeyGone
from verifier.store.keys import SEARCH
from verifier.store.open_folder import SCRUB
from verifier.store.records import OWN_KEY

if TYPE_CHECKING:
    from verifier.store.repository import Repository

AT_WORK_S = 3600
"""A half-written file or an unused key younger than this may belong to somebody who is still writing."""


@dataclass(frozen=True)
class Health:
    problems: tuple[str, ...]
    """Something is lost or was changed."""
    unfinished: tuple[str, ...]
    """Left by an interruption, harmless; `verifier purge` clears it away."""


@dataclass
class _Unfinished:
    blobs: list[str]
    keys: list[str]
    cases: list[str]
    entries: list[str]


def check(repository: Repository) -> Health:
    problems: list[str] = []
    repository.keys.load()
    with repository.reading() as tx:
        problems += _unreadable(repository, tx)
        for row in tx.execute(sa.select(schema.blobs, schema.entries.c.case_id).join(schema.entries)):
            state = repository.blobs.state(row.sha256)
            if state != "whole" and row.entry_id in repository.keys.ids():
                problems.append(f"case {row.case_id}: the file {row.sha256[:12]} of entry {row.entry_id} is {state}")
        lines = audit.read(tx)
    problems += audit.problems(lines, repository.keys.noted("log"))
    left = _unfinished(repository)
    counted = {"files": left.blobs, "keys": left.keys, "deleted cases": left.cases, "deleted entries": left.entries}
    parts = len(repository.blobs.parts())
    unfinished = [f"{len(found)} {what} left by an interruption" for what, found in counted.items() if found]
    unfinished += [f"{parts} half-written files"] if parts else []
    unfinished += ["deleted rows in the files of the database"] if repository.keys.noted(SCRUB) else []
    return Health(tuple(problems), tuple(unfinished))


def _unreadable(repository: Repository, tx: sa.Connection) -> list[str]:
    found = []
    rows = [(f"case {r.id}", r.id, r.sealed, f"case {r.id}") for r in tx.execute(sa.select(schema.cases))]
    rows += [
        (f"case {r.case_id}: {r.kind} {r.number}", r.id if r.kind in OWN_KEY else r.case_id, r.sealed, f"entry {r.id}")
        for r in tx.execute(sa.select(schema.entries))
    ]
    rows += [
        (f"case {r.case_id}: a {r.kind} template", r.entry_id, r.sealed, f"template {r.id}")
        for r in tx.execute(sa.select(schema.templates))
    ]
    for what, key_id, sealed, about in rows:
        try:
            codec.unpack(vault.unseal(repository.keys.get(key_id), sealed, about))
        except Damaged:
            found.append(f"{what} was changed and cannot be read")
        except KeyGone:
            pass  # deleted: `_unfinished` names it
    return found


def _unfinished(repository: Repository) -> _Unfinished:
    keys = repository.keys.ids()
    with repository.reading() as tx:
        cases = set(tx.execute(sa.select(schema.cases.c.id)).scalars())
        entries = {r.id: r.kind for r in tx.execute(sa.select(schema.entries.c.id, schema.entries.c.kind))}
        known = set(tx.execute(sa.select(schema.blobs.c.sha256)).scalars())
    return _Unfinished(
        [name for name in repository.blobs.names() if name not in known],
        [k for k in keys if k not in cases and k not in entries and k != SEARCH],
        sorted(c for c in cases if c not in keys),
        sorted(e for e, kind in entries.items() if kind in OWN_KEY and e not in keys),
    )


def finish(repository: Repository, *, older_than_s: float = AT_WORK_S) -> list[str]:
    """Ends what an interruption left: deletions are completed, files and keys that nothing names go. What went, in words.

    The caller scrubs the database.
    """
    left, before = _unfinished(repository), time.time() - older_than_s
    blobs = [b for b in left.blobs if _made(repository, b) < before]
    keys = [k for k in left.keys if repository.keys.made(k) < before]
    parts = [p for p in repository.blobs.parts() if p.exists() and p.stat().st_mtime < before]
    if not (blobs or keys or parts or left.cases or left.entries):
        return []
    repository.keys.destroy(keys)
    with repository.writing("finish deletions", cases=len(left.cases), entries=len(left.entries)) as tx:
        gone = schema.blobs.select().join(schema.entries).where(
            schema.entries.c.case_id.in_(left.cases) | schema.entries.c.id.in_(left.entries)
        )  # fmt: skip
        blobs += [row.sha256 for row in tx.execute(gone)]
        tx.execute(schema.cases.delete().where(schema.cases.c.id.in_(left.cases)))
        tx.execute(schema.entries.delete().where(schema.entries.c.id.in_(left.entries)))
    for name in blobs:
        repository.blobs.remove(name)
    for part in parts:
        part.unlink(missing_ok=True)
    counts = {"file": len(blobs), "key": len(keys), "half-written file": len(parts)}
    counts |= {"case": len(left.cases), "entry": len(left.entries)}
    return [f"{count} x {what}" for what, count in counts.items() if count]


def _made(repository: Repository, name: str) -> float:
    try:
        return repository.blobs.path(name).stat().st_mtime
    except (OSError, Damaged):
        return float("inf")
