"""The routes beside the pages: files in, straight into the desk's folder, and its report out."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, PlainTextResponse
from starlette.requests import ClientDisconnect
from verifier_ui.desk import MAX_BYTES, MAX_FILES, Desk, Desks, Shelf

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = {"report.html": "text/html", "report.json": "application/json"}


class Refused(Exception):
    """Why a file is not taken: one line."""


def routes(desks: Desks, most_bytes: int = MAX_BYTES) -> APIRouter:
    """`PUT /desk/TOKEN/SHELF?name=` with the file as the body, and `GET /desk/TOKEN/report.html` or `.json`."""
    router = APIRouter()

    @router.put("/desk/{token}/{shelf}")
    async def add(token: str, shelf: Literal["recordings", "references"], name: str, request: Request) -> Response:
        from verifier.api import look_at

        desk = desks.get(token)
        if desk is None:
            return PlainTextResponse("This page is out of date: reload it and add the file again.", 404)
        path = desk.place(name)
        desk.arriving += 1  # only ever touched in the server's one event loop
        try:
            await _receive(request, path, most_bytes, desk, shelf)
            desk.take(path, await run_in_threadpool(look_at, path), shelf)
        except Refused as refused:
            shutil.rmtree(path.parent, ignore_errors=True)
            return PlainTextResponse(f"{path.name}: {refused}", 413)
        except ClientDisconnect:
            shutil.rmtree(path.parent, ignore_errors=True)
            return PlainTextResponse("", 499)
        finally:
            desk.arriving -= 1
        return PlainTextResponse("")

    @router.get("/desk/{token}/{name}")
    def report(token: str, name: str) -> Response:
        desk = desks.get(token)
        if desk is None or desk.report is None or name not in REPORTS:
            return PlainTextResponse("There is no report here any more.", 404)
        file = desk.folder / "report" / name
        return FileResponse(file, media_type=REPORTS[name], filename=name, headers={"Cache-Control": "no-store"})

    return router


async def _receive(request: Request, path: Path, most_bytes: int, desk: Desk, shelf: Shelf) -> None:
    if desk.job is not None and not desk.job.over:
        raise Refused("a check is running; add files when it is done.")
    if len(desk.shelf(shelf)) >= MAX_FILES:
        raise Refused(f"not added, {MAX_FILES} files are the most that fit here.")
    await receive_to(request, path, most_bytes)


async def receive_to(request: Request, path: Path, most_bytes: int) -> None:
    """Writes the body of a request to `path`; Refused when it is too large or cannot be stored."""
    too_large = f"not added, it is larger than {most_bytes / 2**30:.0f} GB."
    if int(request.headers.get("content-length") or 0) > most_bytes:
        raise Refused(too_large)
    received = 0
    try:
        with path.open("wb") as file:
            async for piece in request.stream():
                received += len(piece)
                if received > most_bytes:
                    raise Refused(too_large)
                await run_in_threadpool(file.write, piece) if len(piece) > 1 << 20 else file.write(piece)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("not added, there is no space left for it on this computer's disk.") from None
        raise Refused("not added, it could not be stored on this computer.") from None
