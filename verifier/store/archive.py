"""A case as one file: for another folder, or for the candidate, who may see everything that is held on them.

A zip of `case.json` and the files it names, each with its SHA-256; with a passphrase the whole of it is sealed. Without one a
changed archive can be made to look whole by whoever changes it, so its consents come in unconfirmed, and what rests on them
(recordings, reports and what only this tool can read) is taken from sealed archives alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Protocol

from verifier.atomic import atomic_file
from verifier.store import archive_values, codec
from verifier.store.archive_seal import sink_of, source_of
from verifier.store.archive_values import moment
from verifier.store.consent import REPORT, RESTS_ON
from verifier.store.errors import Damaged, StoreError
from verifier.store.records import KINDS, Candidate, Clips, Consent, Media, NotTheSame, Run, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from verifier.store.repository import Entry, Repository
    from verifier.store.vault import Secret

SCHEMA = "interview-verifier/case/1"
MOST_MEMBERS, MOST_INDEX_BYTES, MOST_BYTES = 20_000, 64 << 20, 64 << 30
SEALED_ONLY = frozenset({*RESTS_ON, REPORT})
"""Kinds that rest on a consent: those of an archive that anybody could have changed are left out."""
PIECE = 1 << 20
NOT_THEIRS = frozenset({"cross-case-face", "cross-case-voice", "contact-reuse", "reference-reuse"})
"""Checks that speak of other people's cases: left out of the candidate's copy."""


@dataclass(frozen=True)
class Instead:
    """What stands in an archive in place of a recording. write: None leaves it out."""

    name: str
    write: Callable[[IO[bytes]], None] | None


class Substitutes(Protocol):
    """Called with the entry of a kept file; None: it stays as it is. notes: what is to be said of it all, line by line."""

    notes: list[str]

    def __call__(self, entry: Entry) -> AbstractContextManager[Instead | None]: ...


def write(
    repository: Repository,
    case_id: str,
    path: Path,
    *,
    secret: Secret | None = None,
    for_candidate: bool = False,
    blurred: Substitutes | None = None,
) -> int:
    """Writes the archive whole or not at all; how many entries are in it. StoreError when it cannot be written.

    blurred: makes other people in the recordings unrecognisable; the seconds cut out for reports are left out then, and README.txt
    says what was done.
    """
    line = repository.case(case_id)
    entries = repository.entries(case_id)
    if for_candidate:
        entries = [e for e in entries if not isinstance(e.record, NotTheSame)]
    if blurred is not None:
        entries = [e for e in entries if not isinstance(e.record, Clips)]
    candidate = asdict(line.candidate) | ({"visible_to": ()} if for_candidate else {})
    try:
        with atomic_file(path) as out, sink_of(out, secret) as sink, zipfile.ZipFile(sink, "w") as archive:
            put = (_put(repository, archive, n, e, for_candidate, blurred) for n, e in enumerate(entries, 1))
            listed = [entry for entry in put if entry is not None]
            index = {
                "schema": SCHEMA, "made": now(), "created": line.created, "candidate": candidate, "entries": listed,
            }  # fmt: skip
            archive.writestr("case.json", json.dumps(index, ensure_ascii=False, indent=1))
            if blurred is not None:
                archive.writestr("README.txt", "\n".join((*blurred.notes, "")))
    except OSError as error:
        raise StoreError(f"{path.name} cannot be written: {error.strerror}") from None
    how = {"others": "blurred"} if blurred is not None else {}
    repository.log("candidate copy" if for_candidate else "export", case_id, entries=len(listed), **how)
    return len(listed)


def read(repository: Repository, path: Path, *, secret: Secret | None = None) -> tuple[str, int]:
    """Takes a case in under a new id; the id, and how many entries were left out. All of it, or nothing."""
    try:
        with path.open("rb") as file, source_of(file, path.stat().st_size, secret) as (plain, sealed):
            return _take(repository, zipfile.ZipFile(plain), sealed)
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, RuntimeError, EOFError):  # zipfile: a method it does not know, or encrypted
        raise StoreError(f"{path.name} is no whole archive of a case") from None


def _put(
    repository: Repository,
    archive: zipfile.ZipFile,
    number: int,
    entry: Entry,
    for_candidate: bool,
    blurred: Substitutes | None,
) -> dict[str, Any] | None:
    """None: it was left out."""
    record = _for_candidate(entry.record) if for_candidate else entry.record
    listed: dict[str, Any] = {
        "kind": entry.kind, "number": entry.number, "created": entry.created, "until": entry.until,
        "record": asdict(record), "files": [], "templates": [],
    }  # fmt: skip
    if isinstance(record, Media) and blurred is not None:
        with blurred(entry) as instead:
            if instead is not None:
                if instead.write is None:
                    return None
                listed["files"].append(_store(archive, _member(number, instead.name), instead.write))
                listed["record"]["sha256"] = listed["files"][0]["sha256"]  # it is not the evidence, nor found as it
    if repository.files(entry) and not listed["files"]:
        name = _member(number, record.name if isinstance(record, Media) else f"{entry.kind}.bin")
        listed["files"].append(_store(archive, name, _writing(repository.read(entry))))
    for kind in ("face", "voice"):
        for place, found in enumerate(repository.templates(kind, entry)):
            name = _member(number, f"{kind}-template-{place}.bin")
            packed = _writing([codec.pack(found.template)])
            listed["templates"].append(_store(archive, name, packed) | {"kind": kind})
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


def _store(archive: zipfile.ZipFile, name: str, write: Callable[[IO[bytes]], object]) -> dict[str, Any]:
    with archive.open(name, "w", force_zip64=True) as out:
        summed = _Summed(out)
        write(summed)  # type: ignore[arg-type]
    return {"member": name, "sha256": summed.sum.hexdigest()}


def _writing(pieces: Iterable[bytes]) -> Callable[[IO[bytes]], None]:
    return lambda out: out.writelines(pieces)


class _Summed(io.RawIOBase):
    """What is written to it goes on, and its SHA-256 is taken."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.sum = out, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sum.update(data)
        return self._out.write(data)


def _take(repository: Repository, archive: zipfile.ZipFile, sealed: bool) -> tuple[str, int]:
    infos = {i.filename: i for i in archive.infolist()}
    if len(infos) > MOST_MEMBERS or sum(i.file_size for i in infos.values()) > MOST_BYTES:
        raise StoreError("the archive is too large to be a case")
    index = _index(archive, infos)
    candidate = archive_values.record_of(Candidate, index["candidate"])
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
        TypeAdapter(list[dict[str, Any]]).validate_python(index["entries"])
        moment(index["created"], past=True)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise StoreError("the index of this archive is damaged") from None
    return dict(index)


def _take_entry(
    repository: Repository, archive: zipfile.ZipFile, case_id: str, listed: dict[str, Any], sealed: bool
) -> bool:
    """False: it was left out."""
    try:
        kind, number = str(listed["kind"]), archive_values.number(listed["number"])
        files, templates = list(listed["files"]), list(listed["templates"])
        until = None if listed["until"] is None else moment(listed["until"])
        created, cls = moment(listed["created"], past=True), KINDS[kind]
        record = archive_values.record_of(cls, listed["record"])
        wanted = [(str(f["member"]), str(f["sha256"])) for f in files]
        packed = [(str(t["kind"]), str(t["member"]), str(t["sha256"])) for t in templates]
    except (KeyError, ValueError, TypeError):
        raise StoreError("an entry of this archive is damaged") from None
    readers = [_Checked(archive, member, digest) for member, digest in wanted]
    if isinstance(record, NotTheSame):
        return False
    if not sealed and kind in SEALED_ONLY:
        for reader in readers:
            while reader.read(PIECE):
                pass
        return False
    if isinstance(record, Consent) and not sealed:
        record = replace(record, unconfirmed=True)
    found = {what: codec.unpack(_Checked(archive, member, digest).read()) for what, member, digest in packed}
    repository.add(case_id, record, until=until, files=readers, templates=found, created=created, number=number)
    return True


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
