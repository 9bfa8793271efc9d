"""The routes beside the pages: files in, straight into the desk's folder; its media, reports and decisions out."""

from __future__ import annotations

import errno
import json
import shutil
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.requests import ClientDisconnect
from verifier_ui.access import may, user_name
from verifier_ui.desk import MAX_BYTES, MAX_FILES, Desk, Shelf, safe_name
from verifier_ui.desks import Desks
from verifier_ui.pdf import NoPdf, print_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.intake import FileLook

REPORTS = {
    "report.html": "text/html",
    "report.json": "application/json",
    "document.html": "text/html",
    "document.json": "application/json",
    "audit-report.html": "text/html",
    "audit-report.json": "application/json",
}
PRINTED = {"report.pdf": "report.html", "document.pdf": "document.html", "audit-report.pdf": "audit-report.html"}
PLAYED = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm", ".mkv": "video/webm"}
"""How a recording is served; the browser looks at its content all the same, and any other is never shown as a page."""
RESERVE = 500 * 2**20
"""Bytes of the disk that an upload leaves free."""
LOOKS_AFTER = 64 * 2**20
"""Bytes received between two looks at what is free: who sends in pieces announces no size."""
FULL = "not added, there is no space left for it on this computer's disk."
NOTHING = "There is nothing here any more."
_PRIVATE = {"Cache-Control": "no-store"}


class Refused(Exception):
    """Why a file is not taken: one line."""


def routes(desks: Desks, most_bytes: int = MAX_BYTES) -> APIRouter:
    """`PUT /desk/TOKEN/SHELF?name=` with the file as the body; what may be fetched lies below `/desk/TOKEN/` too."""
    router = APIRouter()

    def mine(token: str, request: Request) -> Desk | None:
        """The desk, if it is that of who asks; a case's only as long as the role covers cases."""
        desk = desks.get(token, user_name(request))
        covered = desk is None or desk.case is None or may(request.scope.get("verifier_user"), "/add-to-case")
        return desk if covered else None

    @router.put("/desk/{token}/{shelf}")
    async def add(
        token: str, shelf: Literal["recordings", "references", "transcripts"], name: str, request: Request
    ) -> Response:
        desk = mine(token, request)
        if desk is None:
            return PlainTextResponse("This page is out of date: reload it and add the file again.", 404)
        try:
            path = desk.place(name)
        except OSError:
            return PlainTextResponse(f"{safe_name(name)}: {FULL}", 413)
        desk.arriving += 1  # only ever touched in the server's one event loop
        try:
            await _receive(request, path, most_bytes, desk, shelf)
            desk.take(path, await run_in_threadpool(_look, path, shelf), shelf)
        except Refused as refused:
            shutil.rmtree(path.parent, ignore_errors=True)
            return PlainTextResponse(f"{path.name}: {refused}", 413)
        except ClientDisconnect:
            shutil.rmtree(path.parent, ignore_errors=True)
            return PlainTextResponse("", 499)
        finally:
            desk.arriving -= 1
        return PlainTextResponse("")

    @router.get("/desk/{token}/room")
    def room(token: str, size: int, request: Request) -> Response:
        """Why a file of so many bytes would not be taken; asked first, since a refusal in mid-upload may not reach the page."""
        desk = mine(token, request)
        return PlainTextResponse("" if desk is None or _fits(size, desk.folder) else FULL, headers=_PRIVATE)

    @router.get("/desk/{token}/state")
    def held(token: str, request: Request) -> Response:
        """What the start page says of a desk that this browser opened before."""
        desk = mine(token, request)
        if desk is None or not desk.keeps:
            return JSONResponse(None, headers=_PRIVATE)  # not an error: it was, and is gone
        words = {"waiting": "waits for its turn", "running": "is being read", "done": "done"}
        state = words[desk.job.state.value] if desk.job else "to be started again"
        what = desk.name.strip() or ", ".join(h.name for h in desk.everything()[:2]) or "Files of a case"
        path = "/add-to-case" if desk.case else desk.path or "/call"
        return JSONResponse({"what": what, "state": state, "path": path}, headers=_PRIVATE)

    @router.get("/desk/{token}/media/{file_id}")
    def media(token: str, file_id: str, request: Request) -> Response:
        desk = mine(token, request)
        held = next((h for h in desk.recordings if h.id == file_id), None) if desk else None
        if held is None:
            return PlainTextResponse(NOTHING, 404, _PRIVATE)
        kind = PLAYED.get(held.path.suffix.lower(), "application/octet-stream")
        return FileResponse(held.path, media_type=kind, headers=_PRIVATE)  # answers ranges: a player may seek

    @router.get("/desk/{token}/clip/{number}")
    def clip(token: str, number: int, request: Request) -> Response:
        desk = mine(token, request)
        clips = desk.report.clips if desk and desk.report else ()
        if not 0 <= number < len(clips):
            return PlainTextResponse(NOTHING, 404, _PRIVATE)
        return Response(clips[number].data, media_type=clips[number].mime, headers=_PRIVATE)

    @router.get("/desk/{token}/decisions.{ending}")
    def decisions(token: str, ending: Literal["html", "json"], request: Request) -> Response:
        from verifier_ui.compare_views import decisions_page

        from verifier.decision import to_json

        desk = mine(token, request)
        if desk is None or desk.decisions is None or not desk.decisions.decisions:
            return PlainTextResponse("No decision has been written down here.", 404, _PRIVATE)
        headers = _PRIVATE | {"Content-Disposition": f'attachment; filename="decisions.{ending}"'}
        if ending == "html":
            return Response(decisions_page(desk.decisions, desk.name), media_type="text/html", headers=headers)
        text = json.dumps(to_json(desk.decisions), indent=2, ensure_ascii=False)
        return Response(text, media_type="application/json", headers=headers)

    @router.get("/desk/{token}/{name}")
    def report(token: str, name: str, request: Request) -> Response:
        desk = mine(token, request)
        source = PRINTED.get(name, name)
        file = desk.folder / "report" / source if desk and source in REPORTS else None
        if file is None or not file.is_file():
            return PlainTextResponse("There is no report here any more.", 404, _PRIVATE)
        if name in PRINTED:
            pdf = file.with_name(name)
            try:
                if not pdf.is_file():
                    print_pdf(file, pdf)
            except (NoPdf, OSError) as error:
                words = str(error) if isinstance(error, NoPdf) else "The PDF could not be stored on this computer."
                return PlainTextResponse(words, 503, _PRIVATE)
            return FileResponse(pdf, media_type="application/pdf", filename=name, headers=_PRIVATE)
        return FileResponse(file, media_type=REPORTS[name], filename=name, headers=_PRIVATE)

    return router


def _look(path: Path, shelf: Shelf) -> FileLook:
    """What a file is. A transcript among the recordings is one; text of another kind is left out."""
    from verifier.api import look_at, look_at_transcript

    if shelf == "transcripts":
        return look_at_transcript(path)
    look = look_at(path)
    return look_at_transcript(path) if look.reason and path.suffix.lower() in (".vtt", ".srt", ".sbv") else look


async def _receive(request: Request, path: Path, most_bytes: int, desk: Desk, shelf: Shelf) -> None:
    if desk.job is not None and not desk.job.over:
        raise Refused("a check is running; add files when it is done.")
    if len(desk.shelf(shelf)) + len(desk.left_out) >= MAX_FILES:  # what cannot be used takes room, too
        raise Refused(f"not added, {MAX_FILES} files are the most that fit here.")
    await receive_to(request, path, most_bytes)


def _fits(size: int, folder: Path) -> bool:
    return size + RESERVE <= shutil.disk_usage(folder).free


async def receive_to(request: Request, path: Path, most_bytes: int) -> None:
    """Writes the body of a request to `path`; Refused when it is too large or cannot be stored."""
    too_large = f"not added, it is larger than {most_bytes / 2**30:.0f} GB."
    announced = int(request.headers.get("content-length") or 0)
    if announced > most_bytes:
        raise Refused(too_large)
    if not _fits(announced, path.parent):
        raise Refused(FULL)
    received = 0
    try:
        with path.open("wb") as file:
            async for piece in request.stream():
                received += len(piece)
                if received > most_bytes:
                    raise Refused(too_large)
                if received // LOOKS_AFTER > (received - len(piece)) // LOOKS_AFTER and not _fits(0, path.parent):
                    raise Refused(FULL)
                await run_in_threadpool(file.write, piece) if len(piece) > 1 << 20 else file.write(piece)
    except OSError as error:
        async for _ in request.stream():  # a browser that is still sending would not read the answer
            pass
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused(FULL) from None
        raise Refused("not added, it could not be stored on this computer.") from None
