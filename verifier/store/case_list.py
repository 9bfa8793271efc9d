"""The cases of a folder: who they are of, who may see them, and their keys."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from verifier.store import codec, schema, vault
from verifier.store.errors import Damaged, KeyGone, StoreError
from verifier.store.keys import SEARCH
from verifier.store.marks import Mark, digest, marks_of, plain
from verifier.store.open_folder import OpenFolder, held_alone
from verifier.store.records import Candidate, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from verifier.store.audit import Line

MOST_CASES = 1_000_000


@dataclass(frozen=True)
class CaseLine:
    id: str
    created: str
    candidate: Candidate
    on_hold: bool


class CaseList(OpenFolder):
    def new_case(self, candidate: Candidate, *, created: str | None = None) -> str:
        case_id = f"c-{secrets.token_hex(5)}"
        key = self.keys.make(case_id, case_id)
        sealed = vault.seal(key, codec.pack(candidate), f"case {case_id}")
        with self._undone(case_id), self.writing("new case", case_id) as tx:
            tx.execute(schema.cases.insert().values(id=case_id, created=created or now(), sealed=sealed))
            self._mark(tx, case_id, None, marks_of(candidate))
        return case_id

    def change(self, case_id: str, candidate: Candidate) -> None:
        """Replaces what the candidate says of themselves."""
        self.case(case_id)
        sealed = vault.seal(self.keys.get(case_id), codec.pack(candidate), f"case {case_id}")
        with self.writing("change case", case_id) as tx:
            tx.execute(schema.cases.update().where(schema.cases.c.id == case_id).values(sealed=sealed))
            own = (schema.marks.c.case_id == case_id) & schema.marks.c.entry_id.is_(None)
            tx.execute(schema.marks.delete().where(own))
            self._mark(tx, case_id, None, marks_of(candidate))

    def cases(self, text: str = "") -> list[CaseLine]:
        """Those the user may see, newest first; `text` is looked for in names and contacts, without case and accents."""
        wanted = plain(text)
        with self.reading() as tx:
            rows = tx.execute(sa.select(schema.cases).order_by(schema.cases.c.created.desc()).limit(MOST_CASES)).all()
        if len(rows) > 1:
            self.keys.load(of_cases=True)
        lines = []
        for row in rows:
            try:
                line = self._line(row)
            except (KeyGone, Damaged):  # its deletion was interrupted, or a bit flipped: store check says so
                continue
            if self._may_see(line) and (not wanted or wanted in _said(line)):
                lines.append(line)
        return lines

    def damaged(self) -> list[str]:
        """Ids of cases whose record cannot be read, so that nobody knows whose they are and who may see them."""
        found = []
        with self.reading() as tx:
            rows = tx.execute(sa.select(schema.cases)).all()
        for row in rows:
            try:
                self._line(row)
            except KeyGone:
                continue
            except Damaged:
                found.append(row.id)
        return sorted(found)

    def case(self, case_id: str) -> CaseLine:
        """Raises StoreError when there is none, or none that the user may see."""
        with self.reading() as tx:
            row = tx.execute(sa.select(schema.cases).where(schema.cases.c.id == case_id)).first()
        with contextlib.suppress(KeyGone):
            if row is not None and self._may_see(line := self._line(row)):
                return line
        raise StoreError(f"there is no case {case_id!r} here")

    def history(self, case_id: str | None = None) -> list[Line]:
        """Lines of the log: of a case, deleted or not, or all. StoreError when there is a case that the user may not see."""
        if case_id is not None and not self.sees_all:
            with self.reading() as tx:
                there = tx.execute(sa.select(schema.cases.c.id).where(schema.cases.c.id == case_id)).first()
            if there is not None and case_id in self.keys.ids():
                self.case(case_id)
        return super().history(case_id)

    def alone(self, case_id: str, waiting: Callable[[], object] = lambda: None) -> AbstractContextManager[None]:
        """Whoever else wants the case for itself waits. waiting: called often until it is free; what it raises comes out here."""
        return held_alone(self.folder / ".locks" / self.case(case_id).id, waiting)

    def hold(self, case_id: str, reason: str) -> None:
        """Legal hold: nothing of the case is deleted until it is lifted with an empty reason."""
        self.case(case_id)
        sealed = vault.seal(self.keys.get(case_id), reason.encode(), f"hold {case_id}") if reason else None
        with self.writing("hold" if reason else "lift hold", case_id) as tx:
            tx.execute(schema.cases.update().where(schema.cases.c.id == case_id).values(hold=sealed))

    def held_because(self, case_id: str) -> str:
        """The reason of a legal hold; empty: there is none."""
        self.case(case_id)
        with self.reading() as tx:
            sealed = tx.execute(sa.select(schema.cases.c.hold).where(schema.cases.c.id == case_id)).scalar()
        return "" if sealed is None else vault.unseal(self.keys.get(case_id), sealed, f"hold {case_id}").decode()

    # inside

    def _line(self, row: Any) -> CaseLine:
        case_id, created, sealed, hold = row
        key = self.keys.get(case_id)
        candidate = self._read.get(sealed)
        if candidate is None:
            candidate = self._read[sealed] = codec.unpack(vault.unseal(key, sealed, f"case {case_id}"))
        return CaseLine(case_id, created, candidate, hold is not None)

    def _may_see(self, line: CaseLine) -> bool:
        return self.sees_all or not line.candidate.visible_to or self.actor in line.candidate.visible_to

    def _mark(self, tx: sa.Connection, case_id: str, entry_id: str | None, found: Iterable[Mark]) -> None:
        for mark in found:
            said = digest(self.keys.get(SEARCH), mark)
            tx.execute(schema.marks.insert().values(case_id=case_id, entry_id=entry_id, kind=mark.kind, digest=said))


def _said(line: CaseLine) -> str:
    c = line.candidate
    return plain("\n".join((line.id, c.name, *c.other_names, *c.emails, *c.phones, *c.profiles, c.agency)))
