"""`verifier ui`: the pages on 127.0.0.1, with one temporary folder that is gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from verifier_ui.desk import Desks

HOST = "127.0.0.1"
PREFIX = "verifier-ui-"


class PortInUse(Exception):
    """Somebody else listens there."""


def serve(port: int, *, open_browser: bool, grace_s: float = 60.0) -> None:
    """Serves until Ctrl-C. port: 0 takes a free one. Raises PortInUse before anything is loaded."""
    with _listen(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
            os.environ["GRADIO_TEMP_DIR"] = str(Path(folder) / "gradio")
            _run(listener, address, Path(folder), open_browser, grace_s)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise PortInUse from None
    listener.listen(128)
    return listener


def _run(listener: socket.socket, address: str, folder: Path, open_browser: bool, grace_s: float) -> None:
    import uvicorn
    from verifier_ui.desk import Desks
    from verifier_ui.front import front
    from verifier_ui.worker import Worker

    desks = Desks(folder / "desks", Worker(), grace_s)
    _sweep_leftovers(desks)

    def build() -> FastAPI:
        from verifier_ui.app import build_app

        app = build_app(desks)
        threading.Thread(target=_warm_up, daemon=True).start()
        return app

    config = uvicorn.Config(
        front(build), log_level="error", timeout_graceful_shutdown=1, lifespan="on", access_log=False
    )
    server = _announcing(config, address, open_browser)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again at its end: we still clean up
    if hasattr(signal, "SIGHUP"):  # the terminal window was closed
        signal.signal(signal.SIGHUP, server.handle_exit)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        desks.close()
    print("\nStopped. The files and everything that was seen in them are deleted.", file=sys.stderr)


def _announcing(config: uvicorn.Config, address: str, open_browser: bool) -> uvicorn.Server:
    """A server that says where the page is as soon as it can be opened."""
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Open {address} in a browser on this computer. Ctrl-C stops.", flush=True)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return Announcing(config)


def _warm_up() -> None:
    """Loads what the first check needs while the person is still choosing files."""
    from verifier import api

    assert api.check_case


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
