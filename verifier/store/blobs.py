"""Files by the SHA-256 of their sealed bytes: whole or not there, and checked without a key."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from verifier.store.errors import Damaged, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = re.compile(r"[0-9a-f]{64}")


class BlobFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """SHA-256 and size of what was written. The name appears only once all of it is on disk."""
        digest, size = hashlib.sha256(), 0
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as out:
                    for piece in pieces:
                        out.write(piece)
                        digest.update(piece)
                        size += len(piece)
                    out.flush()
                    os.fsync(out.fileno())
                path = self.path(digest.hexdigest())
                path.parent.mkdir(mode=0o700, exist_ok=True)
                os.replace(part, path)
                _sync(path.parent)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreError(f"a file cannot be kept in this folder: {error.strerror}") from None
        return digest.hexdigest(), size

    def path(self, sha256: str) -> Path:
        """Where a blob lies; raises Damaged for a name that is no digest, such as one with a path in it."""
        if not _NAME.fullmatch(sha256):
            raise Damaged("a stored file has an impossible name")
        return self.folder / sha256[:2] / sha256

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self.path(sha256).open("rb")
        except OSError as error:
            raise StoreError(f"a stored file is missing or cannot be read: {error.strerror}") from None

    def remove(self, sha256: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.path(sha256).unlink()
            with contextlib.suppress(OSError):
                self.path(sha256).parent.rmdir()

    def state(self, sha256: str) -> str:
        """ "whole", "missing" or "changed"."""
        try:
            with self.path(sha256).open("rb") as file:
                return "whole" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"
        except FileNotFoundError:
            return "missing"
        except OSError:
            return "changed"

    def names(self) -> Iterator[str]:
        for path in self.folder.glob("??/*"):
            yield path.name

    def parts(self) -> list[Path]:
        """Half-written files of a writer that was stopped, or is at work."""
        return list(self.folder.glob(".*.part"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
