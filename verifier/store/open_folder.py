"""A case folder while it is open: keys, database, files, and transactions that write their own line of the log."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import sqlite3
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from verifier.store import audit, schema
from verifier.store.blobs import BlobFolder
from verifier.store.errors import StoreError
from verifier.store.keys import NAME as KEYS_NAME
from verifier.store.keys import SEARCH, KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.store.records import Candidate
    from verifier.store.vault import Secret

WAIT_S = 0.1


SCRUB = "scrub"
"""Note of the keys: deleted rows may still lie in the database's files."""


class OpenFolder:
    def __init__(self, folder: Path, keys: KeyRing, engine: sa.Engine, actor: str) -> None:
        self.folder, self.keys, self.actor = folder, keys, actor
        self.engine, self.sees_all = engine, False
        self._read: dict[bytes, Candidate] = {}
        """Sealed bytes of a case -> what they say: cases are listed again and again."""
        self._unsealed: dict[str, dict[str, Any]] = {}
        """Kind of template -> id of its row -> what it says: every check searches them all."""
        self.blobs = BlobFolder(folder / "blobs")

    @classmethod
    def open(
        cls, folder: Path, *, secret: Secret | None = None, database: str | None = None, actor: str = "",
        create: bool = False,
    ) -> Self:  # fmt: skip
        """Raises WrongKey, or StoreError with the reason why the folder cannot be used.

        database: address of a PostgreSQL server's database; None: SQLite in the folder. actor: the user, for the log.
        """
        if not (folder / KEYS_NAME).is_file():
            if (folder / schema.NAME).exists():
                raise StoreError(
                    f"{schema.NAME} is here but {KEYS_NAME} is missing: restore it from a backup; nothing can be read without it"
                )
            if not create:
                raise StoreError(f"{folder} is no case folder: verifier store new makes one")
            _make(folder)
        with _one_at_a_time(folder):
            keys = KeyRing(folder / KEYS_NAME, secret)
            try:
                engine = schema.engine_of(folder, database)
                opened = cls(folder, keys, engine, actor or _user())
                with plain_errors():
                    schema.bring_up_to_date(engine)
                    opened._belong_together()
            except BaseException:
                keys.close()
                raise
        return opened

    def for_everybody(self) -> Self:
        """The same folder, with the cases that this user may not see: for deleting what is due and for checking."""
        other = type(self)(self.folder, self.keys, self.engine, self.actor)
        other.sees_all = True
        return other

    def for_user(self, actor: str) -> Self:
        """The same folder as another user sees it; StoreError when it is not there any more."""
        if not (self.folder / KEYS_NAME).is_file():
            raise StoreError("the case folder is not there any more: was it moved, or its disk taken out?")
        other = type(self)(self.folder, self.keys, self.engine, actor)
        other._read, other._unsealed = self._read, self._unsealed  # what one deletes, all forget
        return other

    def close(self) -> None:
        self.engine.dispose()
        self.keys.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def log(self, action: str, case_id: str = "", **detail: Any) -> None:
        with self.writing(action, case_id, **detail):
            pass

    def history(self, case_id: str | None = None) -> list[audit.Line]:
        with self.reading() as tx:
            return audit.read(tx, case_id)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with plain_errors(), self.engine.connect() as tx:
            yield tx

    @contextmanager
    def writing(self, action: str, case_id: str = "", **detail: Any) -> Iterator[sa.Connection]:
        """One transaction, with its line of the log."""
        with plain_errors():
            with self.engine.execution_options(writes=True).begin() as tx:
                if tx.dialect.name == "postgresql":
                    tx.execute(sa.text("LOCK TABLE audit IN EXCLUSIVE MODE"))
                yield tx
                line = audit.append(tx, self.actor, action, case_id, detail)
            self.keys.note("log", f"{line.seq} {line.hash}")

    def scrub(self) -> bool:
        """Leaves no deleted row in the database's files. False: another process is at work there; `verifier purge` does it later."""
        with plain_errors():
            done = schema.scrub(self.engine)
        if not done or self.keys.noted(SCRUB):
            self.keys.note(SCRUB, "" if done else "due")
        return done

    @contextmanager
    def _undone(self, key_id: str, own_key: bool = True) -> Iterator[list[tuple[str, int]]]:
        """Files written inside and the new key go again when the block ends badly."""
        written: list[tuple[str, int]] = []
        try:
            yield written
        except BaseException:
            for sha256, _ in written:
                self.blobs.remove(sha256)
            if own_key:
                with suppress(StoreError):
                    self.keys.destroy([key_id])
            raise

    def _belong_together(self) -> None:
        """Ties the database to the folder's keys, the first time; later they must be the same pair."""
        with self.reading() as tx:
            theirs = tx.execute(sa.select(schema.meta.c.value).where(schema.meta.c.name == "store")).scalar()
        mine = self.keys.noted("store")
        if mine is None:
            if theirs is None:
                theirs = secrets.token_hex(16)
                if SEARCH not in self.keys.ids():  # else: its making was interrupted
                    self.keys.make(SEARCH, "")
                with self.writing("new folder") as tx:
                    tx.execute(schema.meta.insert().values(name="store", value=theirs))
            if SEARCH in self.keys.ids():  # new keys have none: they belong to no database
                mine = theirs
                self.keys.note("store", mine)
        if mine is None or mine != theirs:
            raise StoreError("this database and this folder's keys do not belong together")


def _user() -> str:
    """Login name of whom the process belongs to, whatever its environment says.

    That keeps apart people with an account each. Who may become another user (root, su, sudo), or opens the folder with a program
    of their own, is whoever they like.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(p.name != ".lock" for p in folder.iterdir()):
            raise StoreError(f"{folder} holds other files: choose an empty folder")
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}") from None


@contextmanager
def held_alone(path: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """A lock file, for processes and threads alike, that goes with its holder. waiting: called often until it is free."""
    handle = _opened_lock(path)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                time.sleep(WAIT_S)
                continue
            if os.fstat(handle).st_nlink:
                break
            gone, handle = handle, _opened_lock(path)  # its holder took it away
            os.close(gone)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _opened_lock(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"the folder does not allow writing: {error.strerror}") from None


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """While a folder is made or brought up to date, other processes wait."""
    try:
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{folder} does not allow writing: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def plain_errors() -> Iterator[None]:
    """What a full disk, a lock or a server does ends in one line."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise _cannot(getattr(error, "orig", None) or error) from None
    except sqlite3.Error as error:  # of VACUUM, which runs beside SQLAlchemy
        raise _cannot(error) from None


def _cannot(error: BaseException) -> StoreError:
    return StoreError(f"the database cannot do that: {(str(error).splitlines() or [type(error).__name__])[0][:200]}")
