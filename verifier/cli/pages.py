"""`verifier ui`: the pages, and who may use them from another computer."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.console import say, stop
from verifier.cli.folder import KeyFile, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.case_desk import CaseDesk

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def ui(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes a free one.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    host: Annotated[
        str, typer.Option(help="Address to serve. Others than this computer are served after a login only.")
    ] = "127.0.0.1",
    login: Annotated[bool, typer.Option("--login", help="Ask for a login on this computer, too.")] = False,
    reachable_as: Annotated[
        list[str] | None, typer.Option(help="A further name by which browsers reach it. May be repeated.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate (PEM); needs --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    ice: Annotated[
        list[str] | None, typer.Option(help="STUN or TURN server of live calls (stun:HOST:PORT). None by default.")
    ] = None,
    store: Annotated[Path | None, typer.Option(help="A case folder, for the desk Cases.", show_default=False)] = None,
    key_file: KeyFile = None,
    audits: Annotated[
        Path | None, typer.Option(help="Folder with the sets of the audit desk; otherwise the one in VERIFIER_HOME.")
    ] = None,
) -> None:
    """Opens the page: drop recordings and photos, see the report. Only this computer can reach it, unless --host says so."""
    if context.invoked_subcommand is not None:
        return
    from verifier_ui.server import CannotServe, PortInUse, Where, serve

    from verifier.live.calls import ice_servers

    try:
        servers = tuple(ice_servers(ice or ()))
        where = Where(host, login, tuple(reachable_as or ()), certificate, key, servers, audits)
        with _cases(store, key_file) as cases:
            serve(port, open_browser=open_browser, where=where, cases=cases)
    except PortInUse:
        stop(f"port {port} is in use: close the other program, or choose a port with --port (0 takes a free one)")
    except (CannotServe, ValueError) as error:
        stop(str(error))


@contextmanager
def _cases(store: Path | None, key_file: Path | None) -> Iterator[CaseDesk | None]:
    """The case folder for the pages, while they are served; a folder that cannot be opened ends in one line."""
    if store is None:
        if key_file is not None:
            stop("--key-file opens the folder of --store: name that, too")
        yield None
        return
    with opened(store, key_file) as repository:
        from verifier.case_desk import CaseDesk

        yield CaseDesk(repository)


@app.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="Login name.")],
    role: Annotated[str, typer.Option(help="interviewer, document-desk, reviewer or admin.")],
) -> None:
    """Adds somebody who may log in, or gives them a new password; it is asked for, or read from a pipe."""
    from verifier_ui import users

    if role not in list(users.Role):
        stop(f"there is no role {role}: choose one of {', '.join(users.Role)}")
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        users.add_user(name, password, users.Role(role))
    except users.BadUser as error:
        stop(str(error))
    except OSError as error:
        stop(f"{users.users_path()} cannot be written ({error.strerror})")
    say(f"{name} may log in as {role}.")


@app.command("remove-user")
def remove_user(name: Annotated[str, typer.Argument(help="Login name.")]) -> None:
    """Takes somebody's login away, at once where the pages are being served. Cases and answers under the name stay."""
    from verifier_ui import users

    try:
        users.remove_user(name)
    except users.BadUser as error:
        stop(str(error))
    except OSError as error:
        stop(f"{users.users_path()} cannot be written ({error.strerror})")
    say(f"{name} may not log in any more.")
