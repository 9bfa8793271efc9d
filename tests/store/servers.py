"""A PostgreSQL server of our own, in a temporary folder, by a user without rights; nothing of it is left."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = "nobody"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def binaries() -> Path | None:
    """Where Debian and others put the server's programs; the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).parent if here else None


@contextmanager
def server() -> Iterator[Callable[[str], str]]:
    """A function that makes a database of a name and returns its address. Connections by a socket in the folder only."""
    bin_dir = binaries()
    assert bin_dir is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=MEMORY))
    user: dict[str, object] = {}
    if os.getuid() == 0:  # the server refuses to run as root
        nobody = pwd.getpwnam(NOBODY)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}

    def run(*command: str | Path) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **user)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stdout + done.stderr

    data, log = folder / "data", folder / "log"
    try:
        run(bin_dir / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=16MB"
        run(bin_dir / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield lambda name: _database(bin_dir, folder, name, run)
        finally:
            run(bin_dir / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(bin_dir: Path, folder: Path, name: str, run: Callable[..., None]) -> str:
    run(bin_dir / "createdb", "-h", folder, "-U", "tests", name)
    return f"postgresql+pg8000://tests@/{name}?unix_sock={folder}/.s.PGSQL.5432"
