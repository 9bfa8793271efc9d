"""The log: who did what to which case when. Each line holds the hash of the one before, so none can be changed or taken out.

It names cases by their id and nobody but the user, so it may outlive what it speaks of. Somebody who can write both the
database and `keys.db` can write a whole new log; export it to where they cannot.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from verifier.store.records import now
from verifier.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Iterable

START = "0" * 64


@dataclass(frozen=True)
class Line:
    seq: int
    at: str
    actor: str
    action: str
    case_id: str
    """Empty: it concerns the folder."""
    detail: str
    """JSON."""
    previous: str
    hash: str

    def expected(self) -> str:
        """SHA-256 over all other fields, as JSON with sorted keys."""
        said = {k: v for k, v in asdict(self).items() if k != "hash"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def append(tx: sa.Connection, actor: str, action: str, case_id: str, detail: dict[str, Any]) -> Line:
    """Adds a line in the caller's transaction, which must be the only one that writes."""
    last = tx.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    line = Line(
        seq, now(), actor, action, case_id, json.dumps(detail, sort_keys=True, ensure_ascii=False), previous, ""
    )
    line = Line(**{**asdict(line), "hash": line.expected()})
    tx.execute(audit.insert().values(**asdict(line)))
    return line


def read(tx: sa.Connection, case_id: str | None = None) -> list[Line]:
    chosen = sa.select(audit).order_by(audit.c.seq)
    if case_id is not None:
        chosen = chosen.where(audit.c.case_id == case_id)
    return [Line(**row._mapping) for row in tx.execute(chosen)]


def problems(lines: Iterable[Line], anchor: str | None) -> list[str]:
    """What is wrong with a whole log. anchor: "seq hash" of a line that must be in it, as `keys.db` remembers it."""
    found: list[str] = []
    previous, seq, hashes = START, 0, {}
    for line in lines:
        seq += 1
        if (line.seq, line.previous, line.hash) != (seq, previous, line.expected()):
            found.append(f"line {line.seq} of the log was changed, or lines before it are gone")
            seq = line.seq
        previous = line.hash
        hashes[line.seq] = line.hash
    if anchor is not None:
        number, _, known = anchor.partition(" ")
        if hashes.get(int(number) if number.isdigit() else 0) != known:
            found.append(f"the log ends before line {number}, or another was put in its place")
    return found
