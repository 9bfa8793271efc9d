"""`verifier ui`: the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.console import stop


def ui(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes a free one.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Opens the page: drop recordings and photos, see the report. Only this computer can reach it."""
    from verifier_ui.server import PortInUse, serve

    try:
        serve(port, open_browser=open_browser)
    except PortInUse:
        stop(f"port {port} is in use: close the other program, or choose a port with --port (0 takes a free one)")
