"""The one door to what is kept: cases, their entries, files, templates and the log. Callers know neither SQL nor keys.

Every change is one transaction with its line of the log in it. What is written first can be lost last: keys, then files, then
rows; what is deleted loses its key first. So whatever moment the power fails, a reader sees the change whole or not at all.
"""

from __future__ import annotations

import contextlib
import io
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from verifier.store import codec, schema, vault
from verifier.store.case_list import CaseList
from verifier.store.errors import Damaged, KeyGone, StoreError
from verifier.store.keys import SEARCH
from verifier.store.marks import Mark, digest, marks_of
from verifier.store.records import OWN_KEY, NotTheSame, kind_of, now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

File = bytes | Path | vault.Source


@dataclass(frozen=True)
class Entry:
    """One thing a case holds. number: counts the entries of its kind in the case, from 1."""

    id: str
    case_id: str
    kind: str
    number: int
    created: str
    until: str | None
    """When it is to be deleted; None: with its case."""
    record: Any


@dataclass(frozen=True)
class StoredTemplate:
    case_id: str
    entry_id: str
    template: Any


class Repository(CaseList):
    """A folder that is open. Threads may share one; processes open their own."""

    def delete_case(self, case_id: str, *, action: str = "delete case", scrub: bool = True) -> list[str]:
        """Destroys the case's keys, deletes its rows and files; hashes of the files that went. StoreError under legal hold."""
        return self._delete(action, case_id, self.entries(case_id, locked=True), whole=True, scrub=scrub)

    # entries

    def add(
        self, case_id: str, record: Any, *, until: str | None = None, files: Sequence[File] = (),
        templates: Mapping[str, Any] | None = None, created: str | None = None, number: int | None = None,
    ) -> Entry:  # fmt: skip
        """Keeps a record with its files and templates (kind -> template), all or nothing."""
        self.case(case_id)
        kind, entry_id = kind_of(record), secrets.token_hex(10)
        created = created or now()
        key = self.keys.make(entry_id, case_id) if kind in OWN_KEY else self.keys.get(case_id)
        with self._undone(entry_id, kind in OWN_KEY) as written:
            for file in files:
                written.append(self.blobs.put(self._sealed(key, file, entry_id)))
            with self.writing(f"add {kind}", case_id, entry=entry_id) as tx:
                if number is None:
                    last = sa.select(sa.func.max(schema.entries.c.number)).where(
                        schema.entries.c.case_id == case_id, schema.entries.c.kind == kind
                    )
                    number = (tx.execute(last).scalar() or 0) + 1
                sealed = vault.seal(key, codec.pack(record), f"entry {entry_id}")
                tx.execute(
                    schema.entries.insert().values(
                        id=entry_id, case_id=case_id, kind=kind, number=number, created=created, until=until,
                        sealed=sealed,
                    )
                )  # fmt: skip
                for sha256, size in written:
                    tx.execute(schema.blobs.insert().values(sha256=sha256, entry_id=entry_id, size=size))
                for what, template in (templates or {}).items():
                    row_id = secrets.token_hex(10)
                    sealed = vault.seal(key, codec.pack(template), f"template {row_id}")
                    tx.execute(
                        schema.templates.insert().values(
                            id=row_id, case_id=case_id, entry_id=entry_id, kind=what, sealed=sealed
                        )
                    )
                self._mark(tx, case_id, entry_id, marks_of(record))
                if isinstance(record, NotTheSame):
                    self._keep_apart(tx, case_id, record.other_case)
        return Entry(entry_id, case_id, kind, number, created, until, record)

    def replace(self, entry: Entry, record: Any) -> None:
        """Another record of the same kind in its place: a consent withdrawn, a decision signed."""
        self.case(entry.case_id)
        sealed = vault.seal(self._key(entry), codec.pack(record), f"entry {entry.id}")
        with self.writing(f"change {entry.kind}", entry.case_id, entry=entry.id) as tx:
            tx.execute(schema.entries.update().where(schema.entries.c.id == entry.id).values(sealed=sealed))

    def entries(self, case_id: str | None, kind: str | None = None, *, locked: bool = False) -> list[Entry]:
        """Those of a case (None: of all that can be read, for the caller to choose from), in order. StoreError when the user may not see it.

        locked: rows only, their records are None; nothing is unsealed, so it is not asked who may see the case.
        """
        if case_id is not None and not (locked or self.sees_all):
            self.case(case_id)
        of_others = (Damaged,) if case_id is None else ()
        chosen = sa.select(schema.entries).order_by(schema.entries.c.created, schema.entries.c.number)
        if case_id is not None:
            chosen = chosen.where(schema.entries.c.case_id == case_id)
        if kind is not None:
            chosen = chosen.where(schema.entries.c.kind == kind)
        with self.reading() as tx:
            rows = tx.execute(chosen).all()
        found = []
        for r in rows:
            bare = Entry(r.id, r.case_id, r.kind, r.number, r.created, r.until, None)
            with contextlib.suppress(KeyGone, *of_others):
                record = None if locked else codec.unpack(vault.unseal(self._key(bare), r.sealed, f"entry {r.id}"))
                found.append(replace(bare, record=record))
        return found

    def remove(self, entries: Sequence[Entry], action: str, *, scrub: bool = True) -> list[str]:
        """Deletes entries of one case; hashes of the files that went. Raises StoreError under legal hold.

        scrub: False where the caller does it, once for many.
        """
        if not entries:
            return []
        return self._delete(action, entries[0].case_id, entries, whole=False, scrub=scrub)

    def files(self, entry: Entry) -> list[str]:
        """SHA-256 of the sealed files of an entry."""
        with self.reading() as tx:
            rows = tx.execute(sa.select(schema.blobs.c.sha256).where(schema.blobs.c.entry_id == entry.id))
            return [row.sha256 for row in rows]

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The content of an entry's file, piece by piece."""
        names = self.files(entry)
        if not names:
            raise StoreError("its file is not kept")
        with self.blobs.open(names[0]) as file:
            yield from vault.unseal_stream(self._key(entry), file, f"file {entry.id}")

    def size(self, entry: Entry) -> int:
        """Bytes of an entry's file, unsealed; StoreError when it is not kept."""
        with self.reading() as tx:
            sealed = tx.execute(sa.select(schema.blobs.c.size).where(schema.blobs.c.entry_id == entry.id)).scalar()
        if sealed is None:
            raise StoreError("its file is not kept")
        return vault.content_size(sealed)

    def read_part(self, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
        """Bytes `start` to `stop` of an entry's file, piece by piece: a player seeks."""
        names = self.files(entry)
        if not names:
            raise StoreError("its file is not kept")
        with self.blobs.open(names[0]) as file:
            sealed = file.seek(0, 2)
            file.seek(0)
            yield from vault.unseal_part(self._key(entry), file, f"file {entry.id}", sealed, start, stop)

    # search

    def templates(
        self, kind: str, entry: Entry | None = None, cases: Collection[str] | None = None
    ) -> Iterator[StoredTemplate]:
        """Templates of a kind: of an entry, of some cases, or all there are. The caller knows who consented."""
        chosen = sa.select(schema.templates).where(schema.templates.c.kind == kind)
        if entry is None:
            self.keys.load()
        else:
            chosen = chosen.where(schema.templates.c.entry_id == entry.id)
        with self.reading() as tx:
            rows = tx.execute(chosen).all()
        known = self._unsealed.get(kind, {})
        if entry is None:  # those that are gone are forgotten
            known = self._unsealed[kind] = {r.id: known[r.id] for r in rows if r.id in known}
        for r in rows:
            if cases is not None and r.case_id not in cases:
                continue
            with contextlib.suppress(KeyGone, Damaged):  # store check names what is damaged
                key = self.keys.get(r.entry_id)
                if r.id not in known:
                    known[r.id] = codec.unpack(vault.unseal(key, r.sealed, f"template {r.id}"))
                yield StoredTemplate(r.case_id, r.entry_id, known[r.id])

    def sharing(self, case_id: str, found: Iterable[Mark]) -> dict[str, set[str]]:
        """Kind of contact, document or file -> the other cases in which one of these marks is written down."""
        key, m = self.keys.get(SEARCH), schema.marks.c
        kinds = {digest(key, mark): mark.kind for mark in found}
        shared: dict[str, set[str]] = {}
        with self.reading() as tx:
            for part in (list(kinds)[at : at + 500] for at in range(0, len(kinds), 500)):
                query = sa.select(m.digest, m.case_id).where(m.digest.in_(part), m.case_id != case_id).distinct()
                for row in tx.execute(query):
                    shared.setdefault(kinds[row.digest], set()).add(row.case_id)
        return shared

    def kept_apart(self, case_id: str) -> set[str]:
        """Cases that a reviewer called somebody else's."""
        a, b = schema.apart.c.first, schema.apart.c.second
        with self.reading() as tx:
            rows = tx.execute(sa.select(a, b).where((a == case_id) | (b == case_id))).all()
        return {r.second if r.first == case_id else r.first for r in rows}

    # inside

    def _on_hold(self, case_id: str) -> bool:
        """Of a case that the user may see, or whose record is damaged: that can be deleted too."""
        try:
            return self.case(case_id).on_hold
        except Damaged:
            with self.reading() as tx:
                hold = tx.execute(sa.select(schema.cases.c.hold).where(schema.cases.c.id == case_id)).scalar()
            return hold is not None

    def _key(self, entry: Entry) -> bytes:
        return self.keys.get(entry.id if entry.kind in OWN_KEY else entry.case_id)

    def _sealed(self, key: bytes, file: File, entry_id: str) -> Iterator[bytes]:
        if isinstance(file, Path):
            with file.open("rb") as opened:
                yield from vault.seal_stream(key, opened, f"file {entry_id}")
        else:
            yield from vault.seal_stream(key, io.BytesIO(file) if isinstance(file, bytes) else file, f"file {entry_id}")

    def _keep_apart(self, tx: sa.Connection, case_id: str, other: str) -> None:
        first, second = sorted((case_id, self.case(other).id))
        where = (schema.apart.c.first == first) & (schema.apart.c.second == second)
        if tx.execute(sa.select(schema.apart).where(where)).first() is None:
            tx.execute(schema.apart.insert().values(first=first, second=second))

    def _delete(self, action: str, case_id: str, entries: Sequence[Entry], *, whole: bool, scrub: bool) -> list[str]:
        if self._on_hold(case_id):
            raise StoreError(f"case {case_id} is on legal hold: lift it first")
        gone = [name for entry in entries for name in self.files(entry)]
        own = [e.id for e in entries if e.kind in OWN_KEY]
        self._read.clear()
        self._unsealed.clear()
        self.keys.destroy(own, case_id if whole else None)
        with self.writing(action, case_id, entries=len(entries), files=gone) as tx:
            if whole:
                tx.execute(schema.cases.delete().where(schema.cases.c.id == case_id))
            for entry in entries if not whole else ():
                tx.execute(schema.entries.delete().where(schema.entries.c.id == entry.id))
        for name in gone:
            self.blobs.remove(name)
        if scrub:
            self.scrub()
        return gone
