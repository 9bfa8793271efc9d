"""What was received outlives a server that was killed: each desk writes down what lies where, and the next server takes it over."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pathlib import Path

    from verifier_ui.desk import Desk
    from verifier_ui.desks import Desks

RECORD = "desk.json"
RESTARTED = "The tool was stopped unexpectedly and runs again. Your files are still here; start the check again."
MOST_BYTES = 100_000
"""Of a record: one of many files with long names is far smaller."""


def write(desk: Desk) -> None:
    """Which files lie on which shelf, beside the files; no record where there are none. A full disk only costs the record."""
    from verifier_ui.desk import Shelf

    from verifier.atomic import atomic_file

    record = desk.folder / RECORD
    with suppress(OSError):
        if not desk.everything():
            record.unlink(missing_ok=True)
            return
        shelves = {name: [[h.id, h.look.kind, h.look.seconds] for h in desk.shelf(name)] for name in get_args(Shelf)}
        said = {
            "token": desk.token,
            "owner": desk.owner,
            "path": desk.path,
            "name": desk.name,
            "basis": desk.basis,
            "agreed": desk.agreed,
        }
        with atomic_file(record) as out:
            out.write(json.dumps({**said, "shelves": shelves}).encode())


def take_over(left: Path, desks: Desks) -> None:
    """Moves the desks of a killed server into this one; what cannot be understood stays where it is, to be deleted."""
    for folder in sorted(left.glob("desks/*")):
        record = folder / RECORD
        if folder.is_symlink() or record.is_symlink() or folder.lstat().st_uid != os.getuid():
            continue
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            if record.stat().st_size > MOST_BYTES:
                continue
            said = json.loads(record.read_bytes())
            desk = desks.adopt(str(said["token"]), folder, secrets.token_hex(8), str(said.get("owner", "")))
            _fill(desk, said)
            write(desk)


def _fill(desk: Desk, said: dict[str, Any]) -> None:
    """Puts the files that are there where the record says; whatever else lies in the folder goes."""
    from verifier_ui.desk import HeldFile, Shelf

    from verifier.api import FileLook

    inside = {p.name: next(p.iterdir(), None) for p in desk.folder.iterdir() if p.is_dir() and not p.is_symlink()}
    for name in get_args(Shelf):
        for file_id, kind, seconds in said["shelves"][name]:
            path = inside.pop(str(file_id), None)
            if path is not None and path.is_file() and not path.is_symlink():
                desk.shelf(name).append(HeldFile(str(file_id), path, FileLook(str(kind), seconds, "")))
    for file_id in inside:
        shutil.rmtree(desk.folder / file_id, ignore_errors=True)
    desk.name, desk.path, desk.basis, desk.agreed = said["name"], said["path"], said["basis"], bool(said["agreed"])
    desk.notes, desk.recovered = [RESTARTED], True
