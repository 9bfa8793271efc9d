"""What a killed server had received is found by the next one; what it cannot understand is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from verifier_ui.desks import Desks
from verifier_ui.recovery import RECORD, RESTARTED, take_over
from verifier_ui.worker import Worker

from tests.ui.test_desk import TOKEN, put


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """The folder of a server that was killed after three files had arrived."""
    before = Desks(tmp_path / "killed" / "desks", Worker())
    desk = before.open(TOKEN, "tab")
    desk.basis, desk.agreed, desk.name = "a basis", True, "Jo"
    for name in ("a.mp4", "b.mp4"):
        put(desk, name)
    desk.remove(put(desk, "c.mp4"))
    before.worker.close()
    return tmp_path / "killed"


@pytest.fixture
def after(tmp_path: Path) -> Iterator[Desks]:
    desks = Desks(tmp_path / "after" / "desks", Worker())
    yield desks
    desks.close()


def test_the_files_are_where_they_were(killed: Path, after: Desks) -> None:
    (next(killed.glob("desks/*")) / "half-received").mkdir()
    take_over(killed, after)
    desk = after.open(TOKEN, "the same address")
    assert [h.name for h in desk.recordings] == ["a.mp4", "b.mp4"]
    assert all(h.path.read_bytes() == b"x" for h in desk.recordings)
    assert (desk.name, desk.basis, desk.agreed, desk.notes) == ("Jo", "a basis", True, [RESTARTED])
    assert desk.keeps
    assert len([p for p in desk.folder.iterdir() if p.is_dir()]) == 2
    assert list(killed.glob("desks/*")) == []


@pytest.mark.parametrize(
    "record",
    [b"{", b"[]", b'{"token": "../../etc"}', b" " * 200_000, json.dumps({"token": TOKEN, "shelves": 3}).encode()],
)
def test_a_record_that_says_nothing_leaves_no_files_on_a_desk(killed: Path, after: Desks, record: bytes) -> None:
    next(killed.glob(f"desks/*/{RECORD}")).write_bytes(record)
    take_over(killed, after)
    desk = after.get(TOKEN)
    assert desk is None or not desk.everything()


def test_a_link_is_not_followed(killed: Path, after: Desks, tmp_path: Path) -> None:
    desk = next(killed.glob("desks/*"))
    moved = desk.rename(tmp_path / "elsewhere")
    desk.symlink_to(moved)
    take_over(killed, after)
    assert after.get(TOKEN) is None
    assert moved.is_dir()
