"""`verifier ui`: the pages, on 127.0.0.1 unless asked otherwise, with one temporary folder that is gone at the end."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from verifier_ui.desks import Desks

    from verifier.case_desk import CaseDesk

HOST = "127.0.0.1"
PREFIX = "verifier-ui-"
UNSAFE = "Passwords and files cross the network unprotected: add --certificate and --key. Without them, browsers of other computers do not give a live call their camera."


class PortInUse(Exception):
    """Somebody else listens there."""


class CannotServe(Exception):
    """The address cannot be served, or must not be; one plain line."""


@dataclass(frozen=True)
class Where:
    """Where the pages are served, and to whom. Others than this computer are served after a login only."""

    host: str = HOST
    login: bool = False
    names: tuple[str, ...] = ()
    """Further names by which browsers reach it."""
    certificate: Path | None = None
    key: Path | None = None
    ice: tuple[dict[str, Any], ...] = ()
    """STUN and TURN servers of live calls."""
    audits: Path | None = None
    """Folder of the audit desk's sets; None: in VERIFIER_HOME."""

    @property
    def is_local(self) -> bool:
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    @property
    def asks_for_login(self) -> bool:
        return self.login or not self.is_local

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names that a request may be addressed to: anything else comes from a page that pretends to be ours."""
        own = {self.host, *self.names}
        if self.is_local:
            own |= {"127.0.0.1", "localhost"}
        elif self.host in ("0.0.0.0", "::"):
            name = socket.gethostname()
            own |= {name, "127.0.0.1", "localhost", *(str(a[4][0]) for a in socket.getaddrinfo(name, None))}
        return tuple(sorted(own))

    def check(self) -> None:
        """Raises CannotServe where a login is asked for and nobody has one, or the certificate is not whole."""
        from verifier_ui.users import BadUser, has_users

        if (self.certificate is None) != (self.key is None):
            raise CannotServe("--certificate and --key go together")
        for file in (self.certificate, self.key):
            if file is not None and not file.is_file():
                raise CannotServe(f"{file} is not there")
        if self.audits is not None and not self.audits.is_dir():
            raise CannotServe(f"{self.audits} is no folder")
        try:
            if self.asks_for_login and not has_users():
                raise CannotServe("nobody can log in yet: add somebody with verifier ui add-user NAME --role admin")
        except BadUser as error:
            raise CannotServe(str(error)) from error


def serve(
    port: int, *, open_browser: bool, where: Where = Where(), grace_s: float = 60.0, cases: CaseDesk | None = None
) -> None:
    """Serves until Ctrl-C. port: 0 takes a free one. Raises PortInUse or CannotServe before anything is loaded.

    cases: the case folder, open; None: the desk "Cases" says how to get one.
    """
    where.check()
    with _listen(where.host, port) as listener:
        shown = f"[{where.host}]" if ":" in where.host else where.host
        address = f"{'https' if where.certificate else 'http'}://{shown}:{listener.getsockname()[1]}"
        with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
            os.environ["GRADIO_TEMP_DIR"] = str(Path(folder) / "gradio")
            _run(listener, address, Path(folder), open_browser, grace_s, where, cases)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortInUse from None
        raise CannotServe(f"{host} is no address of this computer") from None
    listener.listen(128)
    return listener


def _run(
    listener: socket.socket, address: str, folder: Path, open_browser: bool, grace_s: float, where: Where,
    cases: CaseDesk | None,
) -> None:  # fmt: skip
    import uvicorn
    from verifier_ui.access import Access, Gate
    from verifier_ui.desks import Desks
    from verifier_ui.front import front
    from verifier_ui.worker import Worker

    desks = Desks(folder / "desks", Worker(), grace_s, ice=where.ice, cases=cases, audits=where.audits)
    _sweep_leftovers(desks)
    gate = Gate() if where.asks_for_login else None

    def build() -> FastAPI:
        from verifier_ui.app import build_app
        from verifier_ui.live_call import LiveDesk

        from verifier.live.calls import Calls

        app = build_app(desks, LiveDesk(Calls(list(where.ice)), desks.worker))
        threading.Thread(target=_warm_up, daemon=True).start()
        return app

    guard = partial(Access, gate=gate, secure=where.certificate is not None)
    config = uvicorn.Config(
        front(build, where.hosts, guard), log_level="error", timeout_graceful_shutdown=1, lifespan="on",
        access_log=False, ssl_certfile=where.certificate, ssl_keyfile=where.key, proxy_headers=False,
    )  # fmt: skip
    server = _announcing(config, address, open_browser, where.is_local)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again at its end: we still clean up
    if hasattr(signal, "SIGHUP"):  # the terminal window was closed
        signal.signal(signal.SIGHUP, server.handle_exit)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        desks.close()
    stays = " What was kept in cases stays in the folder." if cases else ""
    print(f"\nStopped. The files and everything that was seen in them are deleted.{stays}", file=sys.stderr)


def _announcing(config: uvicorn.Config, address: str, open_browser: bool, is_local: bool) -> uvicorn.Server:
    """A server that says where the page is as soon as it can be opened."""
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            whose = " on this computer" if is_local else ""
            print(f"Open {address} in a browser{whose}. Ctrl-C stops.", flush=True)
            if not is_local and not address.startswith("https"):
                print(UNSAFE, file=sys.stderr, flush=True)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return Announcing(config)


def _warm_up() -> None:
    """Loads what the first check needs while the person is still choosing files."""
    import aiortc

    from verifier import api

    assert api.check_case
    assert aiortc


def _sweep_leftovers(desks: Desks) -> None:
    """Takes over what killed servers had received, and deletes their folders."""
    from verifier_ui.recovery import take_over

    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)) and folder.is_dir() and not folder.is_symlink():
            take_over(folder, desks)
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
