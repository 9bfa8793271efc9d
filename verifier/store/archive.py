"""A case as one file: for another folder, or for the candidate, who may see everything that is held on them.

A zip of `case.json` and the files it names, each with its SHA-256; with a passphrase the whole of it is sealed. Without one a
changed archive can be made to look whole by whoever changes it, so what only this tool can read (observations and templates)
is taken from sealed archives alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import struct
import zipfile
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from verifier.atomic import atomic_file
from verifier.store import codec, vault
from verifier.store.errors import Damaged, StoreError
from verifier.store.plain import plain_file
from verifier.store.records import KINDS, Candidate, Media, NotTheSame, Run, now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.store.repository import Entry, Repository
    from verifier.store.vault import Secret

SCHEMA = "interview-verifier/case/1"
_MAGIC = b"IVA1"
_HEAD = struct.Struct(">4s16sQ")
_ABOUT = "archive"
MOST_MEMBERS, MOST_INDEX_BYTES, MOST_BYTES = 20_000, 64 << 20, 64 << 30
NOT_THEIRS = frozenset({"cross-case-face", "cross-case-voice", "contact-reuse", "reference-reuse"})
"""Checks that speak of other people's cases: left out of the candidate's copy."""


def write(
    repository: Repository, case_id: str, path: Path, *, secret: Secret | None = None, for_candidate: bool = False
) -> int:
    """Writes the archive whole or not at all; how many entries are in it. StoreError when it cannot be written."""
    line = repository.case(case_id)
    entries = repository.entries(case_id)
    if for_candidate:
        entries = [e for e in entries if not isinstance(e.record, NotTheSame)]
    candidate = asdict(line.candidate) | ({"visible_to": ()} if for_candidate else {})
    try:
        with atomic_file(path) as out, _sink(out, secret) as sink, zipfile.ZipFile(sink, "w") as archive:
            listed = [_put(repository, archive, number, e, for_candidate) for number, e in enumerate(entries, 1)]
            index = {
                "schema": SCHEMA,
                "made": now(),
                "created": line.created,
                "candidate": candidate,
                "entries": listed,
            }
            archive.writestr("case.json", json.dumps(index, ensure_ascii=False, indent=1))
    except OSError as error:
        raise StoreError(f"{path.name} cannot be written: {error.strerror}") from None
    repository.log("candidate copy" if for_candidate else "export", case_id, entries=len(entries))
    return len(entries)


def read(repository: Repository, path: Path, *, secret: Secret | None = None) -> tuple[str, int]:
    """Takes a case in under a new id; the id, and how many observations were left out. All of it, or nothing."""
    try:
        with path.open("rb") as file, _source(file, path.stat().st_size, secret) as (plain, sealed):
            return _take(repository, zipfile.ZipFile(plain), sealed)
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise StoreError(f"{path.name} is no whole archive of a case") from None


def _put(
    repository: Repository, archive: zipfile.ZipFile, number: int, entry: Entry, for_candidate: bool
) -> dict[str, Any]:
    record = _for_candidate(entry.record) if for_candidate else entry.record
    listed: dict[str, Any] = {
        "kind": entry.kind, "number": entry.number, "created": entry.created, "until": entry.until,
        "record": asdict(record), "files": [], "templates": [],
    }  # fmt: skip
    if repository.files(entry):
        name = _member(number, record.name if isinstance(record, Media) else f"{entry.kind}.bin")
        listed["files"].append(_store(archive, name, repository.read(entry)))
    for kind in ("face", "voice"):
        for place, found in enumerate(repository.templates(kind, entry)):
            name = _member(number, f"{kind}-template-{place}.bin")
            listed["templates"].append(_store(archive, name, iter([codec.pack(found.template)])) | {"kind": kind})
    return listed


def _for_candidate(record: Any) -> Any:
    if not isinstance(record, Run):
        return record
    report = json.loads(record.report)
    report["findings"] = [f for f in report["findings"] if f["check"] not in NOT_THEIRS]
    return Run(json.dumps(report, ensure_ascii=False), record.versions, ())


def _member(number: int, name: str) -> str:
    """A name that is safe to unpack anywhere, whatever the file was called."""
    safe = re.sub(r"[^\w.\- ]", "_", PurePosixPath(name.replace("\\", "/")).name).lstrip(". ")[-80:] or "file"
    return f"files/{number:05d}-{safe}"


def _store(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as out:
        for piece in pieces:
            out.write(piece)
            digest.update(piece)
    return {"member": name, "sha256": digest.hexdigest()}


def _take(repository: Repository, archive: zipfile.ZipFile, sealed: bool) -> tuple[str, int]:
    infos = {i.filename: i for i in archive.infolist()}
    if len(infos) > MOST_MEMBERS or sum(i.file_size for i in infos.values()) > MOST_BYTES:
        raise StoreError("the archive is too large to be a case")
    index = _index(archive, infos)
    candidate = _record(Candidate, index["candidate"])
    case_id = repository.new_case(candidate, created=index["created"])
    left_out = 0
    try:
        for listed in index["entries"]:
            left_out += not _take_entry(repository, archive, case_id, listed, sealed)
        repository.log("import", case_id, entries=len(index["entries"]))
    except BaseException:
        repository.delete_case(case_id, action="undo import")
        raise
    return case_id, left_out


def _index(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    from pydantic import TypeAdapter, ValidationError

    if "case.json" not in infos or infos["case.json"].file_size > MOST_INDEX_BYTES:
        raise StoreError("this is no archive of a case")
    try:
        index = json.loads(archive.read("case.json"))
        if index["schema"] != SCHEMA:
            raise StoreError("this archive was made by another version of the tool")
        shape = TypeAdapter(list[dict[str, Any]])
        shape.validate_python(index["entries"])
        _moment(index["created"])
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise StoreError("the index of this archive is damaged") from None
    return dict(index)


def _take_entry(
    repository: Repository, archive: zipfile.ZipFile, case_id: str, listed: dict[str, Any], sealed: bool
) -> bool:
    """False: it was left out."""
    try:
        kind, number = str(listed["kind"]), int(listed["number"])
        files, templates = list(listed["files"]), list(listed["templates"])
        until = None if listed["until"] is None else _moment(listed["until"])
        created, cls = _moment(listed["created"]), KINDS[kind]
        record = _record(cls, listed["record"])
        wanted = [(str(f["member"]), str(f["sha256"])) for f in files]
        packed = [(str(t["kind"]), str(t["member"]), str(t["sha256"])) for t in templates]
    except (KeyError, ValueError, TypeError):
        raise StoreError("an entry of this archive is damaged") from None
    if isinstance(record, NotTheSame) or (kind == "observation" and not sealed):
        return False
    readers = [_Checked(archive, member, digest) for member, digest in wanted]
    found = {what: codec.unpack(_Checked(archive, member, digest).read()) for what, member, digest in packed}
    repository.add(
        case_id, record, until=until, files=readers, templates=found, created=created, number=number
    )  # fmt: skip
    return True


def _record(cls: type, values: Any) -> Any:
    """A record of the right types all the way down, from somebody else's JSON."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(cls).validate_json(json.dumps(values), strict=True)
    except (ValidationError, ValueError, TypeError):
        raise StoreError(f"a {cls.__name__} of this archive is damaged") from None


def _moment(text: Any) -> str:
    from datetime import datetime

    datetime.fromisoformat(str(text))
    return str(text)


class _Checked(io.RawIOBase):
    """A member of the archive that raises Damaged at its end unless its SHA-256 is the one listed."""

    def __init__(self, archive: zipfile.ZipFile, member: str, digest: str) -> None:
        try:
            self._file = archive.open(member)
        except KeyError:
            raise StoreError("a file of this archive is missing") from None
        self._sum, self._digest = hashlib.sha256(), digest

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._sum.update(piece)
        if (size < 0 or len(piece) < size) and self._sum.hexdigest() != self._digest:
            raise Damaged("a file of this archive was changed")
        return piece


@contextmanager
def _sink(out: IO[bytes], secret: Secret | None) -> Iterator[IO[bytes]]:
    if secret is None:
        yield out
        return
    salt = os.urandom(16)
    out.write(_HEAD.pack(_MAGIC, salt, vault.SCRYPT_N))
    sink = _Sealing(out, vault.Sealer(secret.key(salt, vault.SCRYPT_N), _ABOUT))
    yield sink  # type: ignore[misc]
    sink.finish()


class _Sealing(io.RawIOBase):
    """What is written to it goes on sealed; it cannot seek, and zipfile does not ask it to."""

    def __init__(self, out: IO[bytes], sealer: vault.Sealer) -> None:
        self._out, self._sealer, self._held = out, sealer, bytearray()
        out.write(sealer.head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > vault.CHUNK:  # the last chunk is marked as such, so one is held back
            self._out.write(self._sealer.chunk(bytes(self._held[: vault.CHUNK])))
            del self._held[: vault.CHUNK]
        return len(data)

    def finish(self) -> None:
        self._out.write(self._sealer.chunk(bytes(self._held), last=True))


@contextmanager
def _source(file: IO[bytes], size: int, secret: Secret | None) -> Iterator[tuple[IO[bytes], bool]]:
    """The zip, and whether it was sealed."""
    head = file.read(_HEAD.size)
    if not head.startswith(_MAGIC):
        file.seek(0)
        yield file, False
        return
    if secret is None:
        raise StoreError("this archive is sealed: its passphrase is needed")
    if len(head) < _HEAD.size:
        raise Damaged("this archive is cut short")
    _, salt, n = _HEAD.unpack(head)
    pieces = vault.unseal_stream(secret.key(salt, n), file, _ABOUT)
    try:
        with plain_file(pieces, size) as path, path.open("rb") as plain:
            yield plain, True
    except Damaged:
        raise StoreError("this archive is damaged, or sealed with another passphrase") from None
