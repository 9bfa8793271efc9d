"""The seal around an archive: all of it, streamed, by a key that its passphrase gives."""

from __future__ import annotations

import io
import os
import struct
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from verifier.store import vault
from verifier.store.errors import Damaged, StoreError
from verifier.store.plain import plain_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.store.vault import Secret

_MAGIC = b"IVA1"
_HEAD = struct.Struct(">4s16sQ")
_ABOUT = "archive"


@contextmanager
def sink_of(out: IO[bytes], secret: Secret | None) -> Iterator[IO[bytes]]:
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
def source_of(file: IO[bytes], size: int, secret: Secret | None) -> Iterator[tuple[IO[bytes], bool]]:
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
