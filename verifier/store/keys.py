"""The keys of cases and entries, in a small SQLite file beside the database: never in the database's own log or backups.

So a row deleted on a PostgreSQL server is unreadable wherever the server still has it, once its key is gone from here.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier.store import vault
from verifier.store.errors import Damaged, KeyGone, StoreError, WrongKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from verifier.store.vault import Secret

NAME = "keys.db"
SEARCH = "search"
"""Id of the key of the blind index: equal contacts get equal digests, which say nothing without it."""
_CHECK = b"this folder's key"


class KeyRing:
    """Opened with the folder's secret; keys that were used once stay in memory until it is closed."""

    def __init__(self, path: Path, secret: Secret | None) -> None:
        """Raises WrongKey, or StoreError when the file cannot be used."""
        self._lock = threading.RLock()
        self._known: dict[str, bytes] = {}
        self._opened_as = b""
        """The lock as it was then."""
        self._db = _opened(path)
        try:
            self._wrapping = self._unlock(secret)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        self._known.clear()
        self._db.close()

    @property
    def is_locked(self) -> bool:
        """Whether a passphrase or key file is needed to open the folder."""
        return self._wrapping is not None

    def make(self, key_id: str, case_id: str) -> bytes:
        """Raises WrongKey when the folder got another lock since it was opened."""
        key = vault.new_key()
        with self._writing() as db:
            self._still_opened()
            row = (key_id, case_id, time.time(), self._wrapped(key, key_id))
            db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", row)
        self._known[key_id] = key
        return key

    def get(self, key_id: str) -> bytes:
        """Raises KeyGone."""
        key = self._known.get(key_id)
        if key is None:
            self.load([key_id])
            key = self._known.get(key_id)
        if key is None:
            raise KeyGone("its key was destroyed: it is deleted")
        return key

    def load(self, key_ids: Iterable[str] | None = None, *, of_cases: bool = False) -> None:
        """Reads keys into memory: those that are named, those of whole cases, or all of them. Raises WrongKey after `rotate` elsewhere."""
        with self._lock:
            if key_ids is None:
                where = "WHERE id=case_id" if of_cases else ""
                rows = self._db.execute(f"SELECT id, wrapped FROM keys {where}").fetchall()
            else:
                rows = [r for k in key_ids for r in self._db.execute("SELECT id, wrapped FROM keys WHERE id=?", (k,))]
            self._still_opened()
        new = [row for row in rows if row[0] not in self._known]
        self._known.update(new if self._wrapping is None else vault.unseal_all(self._wrapping, new))

    def ids(self) -> dict[str, str]:
        """Key id -> case id, of every key there is."""
        with self._lock:
            return dict(self._db.execute("SELECT id, case_id FROM keys"))

    def made(self, key_id: str) -> float:
        """When, in seconds since 1970; infinity: there is no such key."""
        with self._lock:
            row = self._db.execute("SELECT made FROM keys WHERE id=?", (key_id,)).fetchone()
        return float("inf") if row is None else float(row[0])

    def destroy(self, key_ids: Iterable[str] = (), case_id: str | None = None) -> None:
        """These keys, and all of a case: overwritten, then deleted."""
        with self._writing() as db:
            gone = set(key_ids)
            if case_id is not None:
                gone |= {k for (k,) in db.execute("SELECT id FROM keys WHERE case_id=?", (case_id,))}
            for key_id in gone:
                db.execute("UPDATE keys SET wrapped=randomblob(length(wrapped)) WHERE id=?", (key_id,))
                db.execute("DELETE FROM keys WHERE id=?", (key_id,))
        for key_id in gone:
            self._known.pop(key_id, None)

    def rotate(self, secret: Secret | None) -> None:
        """Wraps every key by another secret, or none: all of them or, when it is interrupted, none."""
        before = self._wrapping, self._opened_as
        try:
            with self._writing() as db:
                self._still_opened()
                rows = db.execute("SELECT id, wrapped FROM keys").fetchall()
                keys = {key_id: self._unwrapped(wrapped, key_id) for key_id, wrapped in rows}
                self._wrapping = self._lock_with(secret)
                for key_id, key in keys.items():
                    db.execute("UPDATE keys SET wrapped=? WHERE id=?", (self._wrapped(key, key_id), key_id))
        except BaseException:
            self._wrapping, self._opened_as = before
            raise

    def note(self, name: str, value: str) -> None:
        """Something small that must not lie in the database, such as how far the log had got."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value.encode()))

    def noted(self, name: str) -> str | None:
        with self._lock:
            row = self._db.execute("SELECT value FROM notes WHERE name=?", (name,)).fetchone()
        return None if row is None else bytes(row[0]).decode()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreError(f"the folder's keys cannot be written: {error}") from None
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _unlock(self, secret: Secret | None) -> bytes | None:
        """The wrapping key; a new file is locked with the secret it is opened with."""
        with self._writing() as db:
            row = db.execute("SELECT value FROM notes WHERE name='lock'").fetchone()
            if row is None:
                return self._lock_with(secret)
        try:
            self._opened_as = bytes(row[0])
            lock = json.loads(self._opened_as)
            kind, salt, n = str(lock["kind"]), bytes.fromhex(lock["salt"]), int(lock["n"])
            check = bytes.fromhex(lock["check"])
        except (ValueError, KeyError, TypeError):
            raise Damaged(f"{NAME} is damaged: nothing in this folder can be read") from None
        if kind == "none":
            if secret is not None:
                raise WrongKey("this folder is not locked: open it without a passphrase or key file")
            return None
        if secret is None or secret.kind != kind:
            raise WrongKey(f"this folder is locked: its {kind} is needed")
        key = secret.key(salt, n)
        try:
            vault.unseal(key, check, "lock")
        except Damaged:
            raise WrongKey(f"this {kind} does not open the folder") from None
        return key

    def _lock_with(self, secret: Secret | None) -> bytes | None:
        salt, n = os.urandom(16), vault.SCRYPT_N
        key = None if secret is None else secret.key(salt, n)
        check = b"" if key is None else vault.seal(key, _CHECK, "lock")
        kind = "none" if secret is None else secret.kind
        lock = json.dumps({"kind": kind, "salt": salt.hex(), "n": n, "check": check.hex()})
        self._opened_as = lock.encode()
        self._db.execute("INSERT OR REPLACE INTO notes VALUES ('lock', ?)", (self._opened_as,))
        return key

    def _still_opened(self) -> None:
        """Wrapping by a secret that another process replaced would make keys that nobody can open, or leave them open."""
        if (self.noted("lock") or "").encode() != self._opened_as:
            raise WrongKey("the folder got another passphrase or key file since it was opened: open it again")

    def _wrapped(self, key: bytes, key_id: str) -> bytes:
        return key if self._wrapping is None else vault.seal(self._wrapping, key, key_id)

    def _unwrapped(self, wrapped: bytes, key_id: str) -> bytes:
        return bytes(wrapped) if self._wrapping is None else vault.unseal(self._wrapping, wrapped, key_id)


def _opened(path: Path) -> sqlite3.Connection:
    try:
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA synchronous=FULL")
        columns = "id TEXT PRIMARY KEY, case_id TEXT NOT NULL, made REAL NOT NULL, wrapped BLOB NOT NULL"
        db.execute(f"CREATE TABLE IF NOT EXISTS keys ({columns})")
        db.execute("CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the folder's keys cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    return db
