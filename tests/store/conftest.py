"""The same tests on SQLite and PostgreSQL, locked with a passphrase and not."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.store.servers import MEMORY, binaries, server
from verifier.evidence_reader import EvidenceReader
from verifier.store import vault
from verifier.store.repository import Repository
from verifier.store.vault import Secret

_numbers = itertools.count(1)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where there is such a folder: hundreds of small durable writes are slow on a disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="pytest-") as name:
        yield Path(name)


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real function at a thirty-second of its cost."""
    monkeypatch.setattr(vault, "SCRYPT_N", 1 << 12)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    if binaries() is None:
        pytest.skip("postgresql is not installed")
    with server() as databases:
        yield databases


@dataclass(frozen=True)
class Place:
    """A case folder that can be opened as often as a test likes."""

    folder: Path
    database: str | None
    secret: Secret | None

    def open(self, actor: str = "robin") -> Repository:
        return Repository.open(self.folder, secret=self.secret, database=self.database, actor=actor, create=True)


@pytest.fixture(params=["sqlite", "sqlite-locked", "postgres", "postgres-locked"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    kind, _, locked = str(request.param).partition("-")
    database = request.getfixturevalue("postgres")(f"cases{next(_numbers)}") if kind == "postgres" else None
    return Place(tmp_path / "folder", database, Secret.passphrase("a few plain words") if locked else None)


@pytest.fixture
def sqlite(tmp_path: Path) -> Place:
    """For what the kind of database does not matter to."""
    return Place(tmp_path / "folder", None, None)


@pytest.fixture
def repository(place: Place) -> Iterator[Repository]:
    with place.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def seen() -> dict[tuple[str, str], Any]:
    return {}


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch, seen: dict[tuple[str, str], Any]) -> list[str]:
    """Every file is really looked at once for all the tests of a module; what is looked at is listed."""
    listed: list[str] = []

    def remembering(real: Callable[..., Any], path_of: Callable[[Any], Any]) -> Callable[..., Any]:
        def look(self: EvidenceReader, subject: Any, *rest: Any, **more: Any) -> Any:
            first = path_of(subject)
            key = (first.sha256, subject.id)
            listed.append(first.name)
            if key not in seen:
                before = set(self.pictures)
                found = real(self, subject, *rest, **more)
                seen[key] = (found, {k: v for k, v in self.pictures.items() if k not in before})
            found, pictures = seen[key]
            self.pictures.update(pictures)
            return found

        return look

    monkeypatch.setattr(EvidenceReader, "round", remembering(EvidenceReader.round, lambda r: r.evidence[0]))
    monkeypatch.setattr(EvidenceReader, "reference", remembering(EvidenceReader.reference, lambda e: e))
    return listed
