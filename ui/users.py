"""Who may log in: a file in VERIFIER_HOME with names, roles and hashed passwords. `verifier ui add-user` writes it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from verifier import weights
from verifier.atomic import atomic_file

if TYPE_CHECKING:
    from pathlib import Path

LEAST_PASSWORD, MOST_PASSWORD = 10, 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_COST = {"n": 2**15, "r": 8, "p": 3, "maxmem": 2**26}
"""scrypt at 32 MB, three times: OWASP's password storage cheat sheet."""


class Role(StrEnum):
    INTERVIEWER = "interviewer"
    DOCUMENT_DESK = "document-desk"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class User:
    name: str
    role: Role
    salt: str = field(default="", repr=False, compare=False)
    """Of the password: another one has another."""


class BadUser(ValueError):
    """A name or a password that is not taken, or a users file that cannot be read; one plain line."""


def users_path() -> Path:
    return weights.home() / "users.json"


def add_user(name: str, password: str, role: Role) -> None:
    """Adds somebody, or gives them a new password and role. Raises BadUser, OSError."""
    if not _NAME.fullmatch(name):
        raise BadUser("a name has 1 to 64 letters, digits, dots, dashes or @, and begins with a letter or digit")
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise BadUser(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
    salt = secrets.token_bytes(16)
    _write(_read() | {name: {"role": role.value, "salt": salt.hex(), "scrypt": _hash(password, salt).hex()}})


def remove_user(name: str) -> None:
    """Takes somebody's login away; a running server notices with the next request. Raises BadUser, OSError."""
    entries = _read()
    if entries.pop(name, None) is None:
        raise BadUser(f"nobody has the login {name}")
    _write(entries)


def known() -> dict[str, User]:
    """Everybody who may log in, by name. Raises BadUser when the file cannot be read."""
    return {name: User(name, Role(entry["role"]), entry["salt"]) for name, entry in _read().items()}


def version() -> tuple[int, ...]:
    """Differs once somebody was added or removed; empty where there is no file."""
    try:
        at = users_path().stat()
    except OSError:
        return ()
    return at.st_ino, at.st_mtime_ns, at.st_size


def _write(entries: dict[str, Any]) -> None:
    path = users_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(json.dumps({"users": entries}, indent=1).encode())
    path.chmod(0o600)


def has_users() -> bool:
    """Raises BadUser when the file cannot be read."""
    return bool(_read())


def log_in(name: str, password: str) -> User | None:
    """The user, or None; takes as long for a name that there is not as for a wrong password."""
    entry = _read().get(name)
    salt = bytes.fromhex(entry["salt"]) if entry else bytes(16)
    given = _hash(password[:MOST_PASSWORD], salt)
    kept = bytes.fromhex(entry["scrypt"]) if entry else secrets.token_bytes(len(given))
    return User(name, Role(entry["role"]), entry["salt"]) if hmac.compare_digest(given, kept) and entry else None


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_COST)


def _read() -> dict[str, Any]:
    path = users_path()
    if not path.is_file():
        return {}
    try:
        users: dict[str, Any] = json.loads(path.read_text("utf-8"))["users"]
        for entry in users.values():
            Role(entry["role"]), bytes.fromhex(entry["salt"]), bytes.fromhex(entry["scrypt"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadUser(f"{path} does not hold users: delete it, and add them again") from error
    return users
