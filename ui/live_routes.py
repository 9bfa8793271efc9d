"""The routes of the live call, below /live: a call belongs to who opened it. WebRTC does not go through Gradio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from verifier_ui.access import user_name
from verifier_ui.consent import BASES
from verifier_ui.desk import safe_name
from verifier_ui.files_in_out import REPORTS, Refused, receive_to

if TYPE_CHECKING:
    from pathlib import Path

    from verifier_ui.desks import Desks
    from verifier_ui.live_call import LiveDesk

    from verifier.live.call import LiveCall

MOST_FILES = 6
MOST_FILE_BYTES = 2 * 1024**3
GONE = "This call is not here any more."


class Opening(BaseModel):
    basis: str
    told: bool
    name: str = Field("", max_length=120)


class Offer(BaseModel):
    sdp: str = Field(max_length=64 * 1024)
    type: str = Field(max_length=20)


class PromptAct(BaseModel):
    act: Literal["ask", "done", "skipped"]


def routes(desk: LiveDesk, desks: Desks | None = None) -> APIRouter:
    """Everything below /live; who may come here is settled before (access.py), whose call it is, here. desks: lead into cases."""
    router = APIRouter(prefix="/live")

    def held(session_id: str, request: Request) -> LiveCall | Response:
        """An open call, taken up again if need be, which may wait: never in the event loop; or the answer that there is none."""
        from verifier.live.calls import TooMany

        try:
            return desk.call(session_id, user_name(request)) or PlainTextResponse(GONE, 404)
        except TooMany as error:
            return PlainTextResponse(str(error), 429)

    @router.post("/calls")
    async def open_call(opening: Opening, request: Request) -> Response:
        from verifier.live.calls import TooMany

        if not opening.told or opening.basis not in BASES:
            return PlainTextResponse("Read the text to the candidate first, and say what the recording rests on.", 409)
        try:
            call = await run_in_threadpool(desk.calls.open, user_name(request), opening.basis, opening.name)
        except TooMany as error:
            return PlainTextResponse(str(error), 429)
        except OSError:
            return PlainTextResponse("The recording cannot be stored on this computer.", 507)
        return JSONResponse({"id": call.session.id})

    @router.get("/calls")
    def kept(request: Request) -> Response:
        desk.calls.warm()
        return JSONResponse(desk.kept(user_name(request)))

    @router.put("/{session_id}/files")
    async def add(session_id: str, name: str, request: Request) -> Response:
        call = await run_in_threadpool(held, session_id, request)
        if isinstance(call, Response):
            return call
        if len(call.to_compare) >= MOST_FILES:
            return PlainTextResponse(
                f"{safe_name(name)}: not added, {MOST_FILES} files are the most to compare a call with.", 413
            )
        path = call.session.next_file(safe_name(name), taken=call.to_compare)
        call.to_compare.append(path)
        try:
            await receive_to(request, path, MOST_FILE_BYTES)
            await _accept(path)
        except (Refused, ClientDisconnect) as refused:
            path.unlink(missing_ok=True)
            call.to_compare = [p for p in call.to_compare if p != path]
            return PlainTextResponse(f"{safe_name(name)}: {refused}", 413)
        desk.calls.compare_with(call, path)
        return PlainTextResponse("")

    @router.post("/{session_id}/offer")
    async def offer(session_id: str, offered: Offer, request: Request) -> Response:
        from verifier.live.peer import BadOffer

        call = await run_in_threadpool(held, session_id, request)
        if isinstance(call, Response):
            return call
        try:
            return JSONResponse(await desk.calls.connect(call, offered.sdp, offered.type))
        except BadOffer as error:
            return PlainTextResponse(f"The call could not be connected: {error}.", 400)

    @router.post("/{session_id}/prompt")
    def prompt(session_id: str, act: PromptAct, request: Request) -> Response:
        call = held(session_id, request)
        if isinstance(call, Response):
            return call
        try:
            call.ask() if act.act == "ask" else call.answer(act.act)
        except OSError:
            return PlainTextResponse(
                "The time of this prompt cannot be stored on this computer, so it is not looked at.", 507
            )
        return JSONResponse(call.status())

    @router.get("/{session_id}/state")
    def state(session_id: str, request: Request) -> Response:
        call = desk.calls.get(session_id)
        if call is not None and call.session.owner == user_name(request):
            return JSONResponse(call.status())
        session = desk.session(session_id, user_name(request))
        if session is None:
            return PlainTextResponse(GONE, 404)
        return JSONResponse({"id": session.id, "ended": bool(session.ended), "interrupted": not session.ended})

    @router.post("/{session_id}/end")
    async def end(session_id: str, request: Request) -> Response:
        session = await run_in_threadpool(desk.session, session_id, user_name(request))
        if session is None or session.ended:
            return PlainTextResponse(GONE, 404)
        await desk.end(session)
        return JSONResponse({"parts": len(session.parts())})

    @router.post("/{session_id}/report")
    def make_report(session_id: str, request: Request) -> Response:
        session = desk.session(session_id, user_name(request))
        if session is None or not session.parts():
            return PlainTextResponse(GONE if session is None else "Nothing was received, so there is no report.", 404)
        if desk.calls.get(session_id) is not None:
            return PlainTextResponse("End the call first.", 409)
        desk.report(session)
        return JSONResponse(desk.progress(session))

    @router.get("/{session_id}/report")
    def progress(session_id: str, request: Request) -> Response:
        session = desk.session(session_id, user_name(request))
        return JSONResponse(desk.progress(session)) if session else PlainTextResponse(GONE, 404)

    @router.post("/{session_id}/keep")
    def keep(session_id: str, request: Request) -> Response:
        """The token of a desk that holds the call's files, for the page that puts a desk's files into a case."""
        session = desk.session(session_id, user_name(request))
        if session is None or not session.parts() or desks is None or desks.cases is None:
            return PlainTextResponse(GONE if session is None else "There is nothing that could go into a case.", 404)
        if not session.ended:
            return PlainTextResponse("End the call first.", 409)
        return JSONResponse({"token": desk.hand_over(session, desks)})

    @router.get("/{session_id}/{name}")
    def report_file(session_id: str, name: Literal["report.html", "report.json"], request: Request) -> Response:
        session = desk.session(session_id, user_name(request))
        file = session.folder / "report" / name if session else None
        if file is None or not file.is_file():
            return PlainTextResponse("There is no report here.", 404)
        return FileResponse(file, media_type=REPORTS[name], headers={"Cache-Control": "no-store"})

    @router.delete("/{session_id}")
    async def delete(session_id: str, request: Request) -> Response:
        session = await run_in_threadpool(desk.session, session_id, user_name(request))
        if session is None:
            return PlainTextResponse(GONE, 404)
        await desk.end(session)
        await run_in_threadpool(desk.delete, session)
        return PlainTextResponse("")

    return router


async def _accept(path: Path) -> None:
    from verifier.api import look_at

    look = await run_in_threadpool(look_at, path)
    if look.reason or look.kind == "sound":
        raise Refused(f"not added. {look.reason or 'It has sound only.'}")
