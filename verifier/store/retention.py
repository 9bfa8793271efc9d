"""How long things are kept, and how they go: every kind has its days, a consent may end earlier, a legal hold stops it all."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from verifier.store import check, schema
from verifier.store.consent import OPEN_END, RESTS_ON, ends, uncovered
from verifier.store.errors import Damaged, StoreError
from verifier.store.open_folder import SCRUB
from verifier.store.records import KINDS, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.store.repository import Entry, Repository

DAYS = {
    "media": 90,
    "clips": 90,
    "transcript": 90,
    "observation": 180,
    "document": 180,
    "reading": 180,
    "run": 365,
    "case": 730,
}
"""Days by kind of entry; "case": a whole case, after its last entry. Kinds that are not named go with their case."""
MOST_DAYS = 36_500


@dataclass(frozen=True)
class Gone:
    """One line of a receipt: names nobody, so that it may be kept."""

    case_id: str
    what: str
    why: str
    hashes: tuple[str, ...]
    """SHA-256 of the content of its file, where it had one, then of the sealed files."""


def days(repository: Repository) -> dict[str, int]:
    with repository.reading() as tx:
        own = tx.execute(sa.select(schema.meta.c.value).where(schema.meta.c.name == "retention")).scalar()
    return DAYS | (json.loads(own) if own else {})


def set_days(repository: Repository, changed: Mapping[str, int]) -> None:
    """Applies to what is added from now on, and to whole cases at once."""
    for kind, number in changed.items():
        if kind not in {*KINDS, "case"}:
            raise StoreError(f"there is no kind {kind!r}: {', '.join((*KINDS, 'case'))}")
        if not 1 <= number <= MOST_DAYS:
            raise StoreError(f"{number} days are too few or too many")
    text = json.dumps(days(repository) | dict(changed))
    with repository.writing("change retention", days=dict(changed)) as tx:
        tx.execute(schema.meta.delete().where(schema.meta.c.name == "retention"))
        tx.execute(schema.meta.insert().values(name="retention", value=text))


def until(repository: Repository, case_id: str, kind: str) -> str | None:
    """When an entry of this kind that is added now has to go; StoreError when nobody consented to keeping it."""
    kept = days(repository).get(kind)
    last = None if kept is None else later(now(), kept)
    if kind not in RESTS_ON:
        return last
    end = ends(repository.entries(case_id, "consent"), RESTS_ON[kind])
    if end is None:
        raise StoreError(f"nobody consented to keeping {RESTS_ON[kind]} in case {case_id}")
    return end if last is None else min(last, end)


def later(at: str, number: int) -> str:
    try:
        return (datetime.fromisoformat(at) + timedelta(days=number)).isoformat(timespec="seconds")
    except OverflowError:
        return OPEN_END


def purge(repository: Repository, *, dry_run: bool = False, at: str | None = None) -> tuple[list[Gone], list[str]]:
    """Deletes what is due; the receipt, and why other things that are due had to stay. dry_run: says only what would go."""
    at, repository = at or now(), repository.for_everybody()
    gone: list[Gone] = []
    stay: list[str] = []
    kept = days(repository)["case"]
    for line in _cases(repository):
        entries = repository.entries(line.id, locked=True)
        last = max((e.created for e in entries), default=line.created)
        due = {e.id: "its time is over" for e in entries if e.until is not None and e.until <= at}
        try:
            due |= {e.id: "no consent covers it" for e in uncovered(repository, line.id, at)}
        except Damaged:
            stay.append(f"case {line.id}: a consent was changed and cannot be read, so nothing went for want of one")
        over = later(last, kept) <= at
        if (due or over) and line.on_hold:
            stay.append(f"case {line.id}: {len(due)} due, kept on legal hold")
            continue
        chosen = entries if over else [e for e in entries if e.id in due]
        contents = _contents(repository, line.id) if any(e.kind == "media" for e in chosen) else {}
        for e in chosen:
            hashes = contents.get(e.id, ())
            why = due.get(e.id, "its case is over")
            gone.append(Gone(line.id, f"{e.kind} {e.number}", why, (*hashes, *repository.files(e))))
        if over:
            gone.append(Gone(line.id, "case", "its time is over", ()))
        if not dry_run:
            _delete(repository, line.id, chosen, over)
    if not dry_run:
        gone += [Gone("", what, "left by an interruption", ()) for what in check.finish(repository)]
        if (gone or repository.keys.noted(SCRUB)) and not repository.scrub():
            stay.append(
                "deleted rows may be left in the files of the database, which another process uses: purge again"
            )
    return gone, stay


def _cases(repository: Repository) -> Sequence[sa.Row[Any]]:
    """Id, when it was made and whether it is on hold: a case whose record is damaged is purged like any other."""
    c, keys = schema.cases.c, repository.keys.ids()
    chosen = sa.select(c.id, c.created, c.hold.is_not(None).label("on_hold")).order_by(c.created.desc())
    with repository.reading() as tx:
        return [row for row in tx.execute(chosen) if row.id in keys]


def _contents(repository: Repository, case_id: str) -> dict[str, tuple[str]]:
    """Media entry -> SHA-256 of its content; of none where one is damaged: the sealed files are named all the same."""
    with suppress(Damaged):
        return {e.id: (e.record.sha256,) for e in repository.entries(case_id, "media") if e.record is not None}
    return {}


def _delete(repository: Repository, case_id: str, chosen: list[Entry], over: bool) -> None:
    if over:
        repository.delete_case(case_id, action="purge case", scrub=False)
    else:
        repository.remove(chosen, "purge", scrub=False)
