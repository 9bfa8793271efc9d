from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.store import vault
from verifier.store.errors import Damaged, StoreError
from verifier.store.vault import CHUNK, Secret

KEY = bytes(range(32))


def sealed_stream(data: bytes, key: bytes = KEY, about: str = "a") -> bytes:
    return b"".join(vault.seal_stream(key, io.BytesIO(data), about))


def opened_stream(sealed: bytes, key: bytes = KEY, about: str = "a") -> bytes:
    return b"".join(vault.unseal_stream(key, io.BytesIO(sealed), about))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_a_file_of_any_length_comes_back(size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    sealed = sealed_stream(data)
    assert opened_stream(sealed) == data
    assert size < 64 or data[:64] not in sealed


@pytest.mark.parametrize("cut", [0, 10, 20, 21, CHUNK, CHUNK + 36, 2 * CHUNK + 52])
def test_a_file_that_is_cut_short_is_damaged_also_between_two_chunks(cut: int) -> None:
    sealed = sealed_stream(b"x" * (3 * CHUNK))
    with pytest.raises(Damaged):
        opened_stream(sealed[:cut])


def test_chunks_cannot_change_places_nor_be_left_out() -> None:
    sealed = sealed_stream(b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK)
    step, head = CHUNK + 16, 20
    chunks = [sealed[head + n * step : head + (n + 1) * step] for n in range(3)]
    for order in ((1, 0, 2), (0, 2), (0, 1, 1, 2)):
        with pytest.raises(Damaged):
            opened_stream(sealed[:head] + b"".join(chunks[n] for n in order))


@given(st.binary(max_size=200), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_noticed(data: bytes, at: int, change: int) -> None:
    sealed = bytearray(sealed_stream(data))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(Damaged):
        opened_stream(bytes(sealed))
    small = bytearray(vault.seal(KEY, data, "a"))
    small[at % len(small)] ^= change
    with pytest.raises(Damaged):
        vault.unseal(KEY, bytes(small), "a")


@given(st.binary(max_size=60))
def test_whatever_is_opened_is_damaged_never_a_crash(data: bytes) -> None:
    with pytest.raises(Damaged):
        opened_stream(data)
    with pytest.raises(Damaged):
        vault.unseal(KEY, data, "a")


def test_a_value_cannot_be_moved_to_another_place() -> None:
    with pytest.raises(Damaged):
        vault.unseal(KEY, vault.seal(KEY, b"x", "case 1"), "case 2")
    with pytest.raises(Damaged):
        opened_stream(sealed_stream(b"x", about="file 1"), about="file 2")


def test_a_passphrase_typed_on_another_keyboard_is_the_same() -> None:
    salt = b"0" * 16
    assert Secret.passphrase("Zürich 7").key(salt, 1 << 12) == Secret.passphrase("Zu\u0308rich 7").key(salt, 1 << 12)


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    vault.make_key_file(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError):
        vault.make_key_file(path)
    (tmp_path / "short").write_bytes(b"x")
    with pytest.raises(StoreError, match="no key file"):
        Secret.key_file(tmp_path / "short")


def test_a_folder_cannot_ask_for_a_passphrase_that_costs_all_memory() -> None:
    with pytest.raises(Damaged):
        Secret.passphrase("x").key(b"0" * 16, 1 << 40)
