"""Sealing: ChaCha20-Poly1305 for small values, and in chunks for media of any size (the STREAM construction of Hoang et al. 2015).

Everything a folder holds on a person is sealed by a key of its case, or of the entry, always. A passphrase or key file only
decides whether those keys lie open in the folder or are wrapped themselves. So there is one way to write, one way to read,
and deleting is destroying a key.
"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from verifier.store.errors import Damaged, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES = 32
_NONCE = 12
CHUNK = 1 << 20
_TAG = 16
_MAGIC = b"IVS1"
_SALT = 16
SCRYPT_N = 1 << 17
"""With r = 8, p = 1: 128 MiB and about 0.4 s a try, as OWASP's password storage sheet advises. Written into the folder, so it may rise."""
MAX_SCRYPT_N = 1 << 20
_DAMAGED = "a stored value is damaged, or sealed by another key"
LEAST_PASSPHRASE = 10


class Source(Protocol):
    """Anything that can be read to its end: fewer bytes than asked for mean that it is reached."""

    def read(self, size: int = -1, /) -> bytes: ...


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal(key: bytes, data: bytes, about: str) -> bytes:
    """Nonce and ciphertext; `about` must be the same when it is opened, so that a value cannot be moved elsewhere."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, about.encode())


@cache
def _cipher() -> tuple[type[ChaCha20Poly1305], type[Exception]]:
    """Imported once and late: a folder of ten thousand cases is opened by as many calls."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305, InvalidTag


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """Raises Damaged when a bit differs, or the key or `about` is another."""
    cipher, invalid = _cipher()
    try:
        return cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (invalid, ValueError):
        raise Damaged(_DAMAGED) from None


def unseal_all(key: bytes, sealed: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """`about` and value of many that one key sealed."""
    cipher, invalid = _cipher()
    try:
        decrypt = cipher(key).decrypt
        for about, value in sealed:
            yield about, decrypt(value[:_NONCE], value[_NONCE:], about.encode())
    except (invalid, ValueError):
        raise Damaged(_DAMAGED) from None


def seal_stream(key: bytes, source: Source, about: str) -> Iterator[bytes]:
    """The sealed file, piece by piece; never more than two chunks are in memory."""
    sealer = Sealer(key, about)
    yield sealer.head
    chunk = source.read(CHUNK)
    while len(following := source.read(CHUNK)):
        yield sealer.chunk(chunk)
        chunk = following
    yield sealer.chunk(chunk, last=True)


class Sealer:
    """Seals chunk after chunk; whoever reads knows when one is changed, missing or out of place."""

    def __init__(self, key: bytes, about: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        salt = os.urandom(_SALT)
        self.head = _MAGIC + salt
        self._cipher, self._number = ChaCha20Poly1305(_file_key(key, salt, about)), 0

    def chunk(self, data: bytes, *, last: bool = False) -> bytes:
        """All but the last one must be CHUNK bytes long."""
        sealed = self._cipher.encrypt(_stream_nonce(self._number, last=last), data, None)
        self._number += 1
        return sealed


def unseal_stream(key: bytes, source: IO[bytes], about: str) -> Iterator[bytes]:
    """The content, piece by piece; raises Damaged at the first piece that is changed, missing or out of place."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    head = source.read(len(_MAGIC) + _SALT)
    if len(head) != len(_MAGIC) + _SALT or not head.startswith(_MAGIC):
        raise Damaged("a stored file is damaged")
    cipher = ChaCha20Poly1305(_file_key(key, head[len(_MAGIC) :], about))
    number, chunk = 0, source.read(CHUNK + _TAG)
    while True:
        following = source.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_stream_nonce(number, last=not following), chunk, None)
        except (InvalidTag, ValueError):
            raise Damaged("a stored file is damaged, cut short or sealed by another key") from None
        if not following:
            return
        number, chunk = number + 1, following


def content_size(sealed: int) -> int:
    """Bytes of what was sealed by `seal_stream` into so many."""
    body = sealed - len(_MAGIC) - _SALT
    return max(0, body - _TAG * max(1, -(-body // (CHUNK + _TAG))))


def unseal_part(key: bytes, source: IO[bytes], about: str, sealed: int, start: int, stop: int) -> Iterator[bytes]:
    """Bytes `start` to `stop` of the content, piece by piece, reading no more than they lie in. sealed: size of the source."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    head = source.read(len(_MAGIC) + _SALT)
    cipher = ChaCha20Poly1305(_file_key(key, head[len(_MAGIC) :], about))
    last = max(0, content_size(sealed) - 1) // CHUNK
    for number in range(start // CHUNK, min((stop - 1) // CHUNK, last) + 1):
        source.seek(len(head) + number * (CHUNK + _TAG))
        try:
            plain = cipher.decrypt(_stream_nonce(number, last=number == last), source.read(CHUNK + _TAG), None)
        except (InvalidTag, ValueError):
            raise Damaged("a stored file is damaged, cut short or sealed by another key") from None
        yield plain[max(0, start - number * CHUNK) : stop - number * CHUNK]


def _stream_nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))


def _file_key(key: bytes, salt: bytes, about: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, about.encode()).derive(key)


@dataclass(frozen=True, repr=False)
class Secret:
    """What opens a folder: a passphrase, or the content of a key file."""

    kind: str
    """"passphrase" or "key file"."""
    value: bytes

    @classmethod
    def passphrase(cls, text: str) -> Secret:
        import unicodedata

        return cls("passphrase", unicodedata.normalize("NFKC", text).encode())

    @classmethod
    def key_file(cls, path: Path) -> Secret:
        try:
            with path.open("rb") as file:
                value = file.read(4097)
        except OSError as error:
            raise StoreError(f"the key file {path.name} cannot be read: {error.strerror}") from None
        if not KEY_BYTES <= len(value) <= 4096:
            raise StoreError(f"{path.name} is no key file: {KEY_BYTES} to 4096 bytes are needed")
        return cls("key file", value)

    def key(self, salt: bytes, n: int) -> bytes:
        """The key that wraps the others: scrypt for a passphrase, one hash for a key file, which is random already."""
        if self.kind == "key file":
            return hashlib.blake2b(self.value, digest_size=KEY_BYTES, salt=salt[:16]).digest()
        if not 1 << 10 <= n <= MAX_SCRYPT_N:
            raise Damaged("the folder names an impossible cost for its passphrase")
        return hashlib.scrypt(self.value, salt=salt, n=n, r=8, p=1, maxmem=256 * n * 8, dklen=KEY_BYTES)


def make_key_file(path: Path) -> None:
    """A new key file, readable by its owner alone; an existing file is never overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StoreError(f"{path.name} cannot be made: {error.strerror}") from None
    with os.fdopen(handle, "wb") as out:
        out.write(new_key())
        out.flush()
        os.fsync(out.fileno())
