"""The desk "Live call": what the candidate is told, the call with its prompts, the report of its recording.

The page is one HTML part with a script of its own (static/live.js), which talks to the routes below; WebRTC does not go
through Gradio. A call belongs to who opened it.
"""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import gradio as gr
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from verifier_ui.access import user_name
from verifier_ui.consent import BASES, consent_line
from verifier_ui.desk import safe_name
from verifier_ui.files_in_out import REPORTS, Refused, receive_to
from verifier_ui.views import render
from verifier_ui.worker import Job

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from verifier_ui.desk import Desks
    from verifier_ui.worker import Worker

    from verifier.api import Progress
    from verifier.live.call import LiveCall
    from verifier.live.calls import Calls
    from verifier.live.session import Session

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


@lru_cache(maxsize=1)
def _script() -> str:
    return files("verifier_ui").joinpath("static", "live.js").read_text("utf-8")


class LivePage:
    """Builds the desk inside the current `gr.Blocks`."""

    path: ClassVar[str] = "/live-call"
    title: ClassVar[str] = "Live call"
    lead: ClassVar[str] = (
        "See while you talk. The call is recorded on this computer; the report is made from the recording. What is shown during the call is provisional."
    )

    def __init__(self, blocks: gr.Blocks, desks: Desks) -> None:
        from verifier.live.session import TOLD

        gr.HTML(render("head.html", title=self.title, lead=self.lead))
        page = render("live_call.html", told=TOLD, bases=list(BASES), ice=json.dumps(desks.ice))
        self.part = gr.HTML(page, elem_id="part-live", js_on_load=_script(), apply_default_css=False)


class LiveDesk:
    """The calls of this server and the reports that were asked for."""

    def __init__(self, calls: Calls, worker: Worker) -> None:
        self.calls, self.worker = calls, worker
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Keeps a task alive until it is done: the loop itself holds it weakly."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def session(self, session_id: str, owner: str) -> Session | None:
        """A call of this owner, open or kept."""
        from verifier.live.session import read_session

        call = self.calls.get(session_id)
        session = call.session if call else read_session(session_id)
        return session if session is not None and session.owner == owner else None

    def call(self, session_id: str, owner: str) -> LiveCall | None:
        """An open call of this owner; one that the server's stop had interrupted is taken up again."""
        session = self.session(session_id, owner)
        if session is None or session.ended:
            return None
        return self.calls.get(session_id) or self.calls.resume(session)

    def kept(self, owner: str) -> list[dict[str, Any]]:
        from verifier.live.session import kept_sessions

        mine = [s for s in kept_sessions() if s.owner == owner and s.parts() and self.calls.get(s.id) is None]
        return [{"id": s.id, "created": s.created, "name": s.name, "parts": len(s.parts())} for s in mine]

    def report(self, session: Session) -> None:
        """Puts the check of a call's recording into the queue."""
        job = self._jobs.get(session.id)
        if job is None or job.over:
            self._jobs[session.id] = Job(partial(_check, session))
            self.worker.submit(self._jobs[session.id])

    def progress(self, session: Session) -> dict[str, Any]:
        job = self._jobs.get(session.id)
        done = (session.folder / "report" / "report.json").is_file()
        if job is None:
            return {"state": "done" if done else "none"}
        before = self.worker.before(job)
        reasons = [f"{name}: {reason}" for name, reason in job.reasons]
        return {"state": job.state.value, "stage": job.stage, "share": job.share, "before": before, "reasons": reasons}

    def delete(self, session: Session) -> None:
        job = self._jobs.pop(session.id, None)
        if job is not None and not job.over:
            self.worker.stop(job)
            job.ended.wait(10)
        session.delete()


def _check(session: Session, job: Job, progress: Progress) -> None:
    """The report of a recorded call, made as `verifier check` makes it: earlier rounds first, the call last."""
    from verifier import api
    from verifier.report.write import write_report

    earlier, photos = [], []
    for path in sorted(session.files.iterdir()):
        (earlier if api.look_at(path).kind == "recording" else photos).append(path)
    looks = {part.name: api.look_at(part) for part in session.parts()}
    lengths = {name: look.seconds for name, look in looks.items() if look.kind == "recording"}
    challenge = session.challenge(len(earlier) + 1, lengths)
    job.observed = api.observe_case([*earlier, session.recording], photos, challenge=challenge, progress=progress)
    progress("comparison", 0.0)
    said = f"{consent_line(session.basis)} The candidate was told on {session.created}: {session.told}"
    write_report(api.conclude(job.observed, name=session.name or None, consent=said), session.folder / "report")
    job.observed = None


def routes(desk: LiveDesk) -> APIRouter:
    """Everything below /live; who may come here is settled before (access.py), whose call it is, here."""
    router = APIRouter(prefix="/live")

    def call_of(session_id: str, request: Request) -> LiveCall | None:
        from verifier.live.calls import TooMany

        try:
            return desk.call(session_id, user_name(request))
        except TooMany:
            return None

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
        call = call_of(session_id, request)
        if call is None:
            return PlainTextResponse(GONE, 404)
        number = len(call.to_compare) + 1
        path = call.session.files / f"{number}-{safe_name(name)}"
        try:
            if number > MOST_FILES:
                raise Refused(f"not added, {MOST_FILES} files are the most to compare a call with.")
            call.to_compare.append(path)
            await receive_to(request, path, MOST_FILE_BYTES)
            await _accept(path)
        except (Refused, ClientDisconnect) as refused:
            path.unlink(missing_ok=True)
            call.to_compare = [p for p in call.to_compare if p != path]
            return PlainTextResponse(f"{safe_name(name)}: {refused}", 413)
        desk.in_background(run_in_threadpool(desk.calls.compare_with, call, path))
        return PlainTextResponse("")

    @router.post("/{session_id}/offer")
    async def offer(session_id: str, offered: Offer, request: Request) -> Response:
        from verifier.live.peer import BadOffer

        call = call_of(session_id, request)
        if call is None:
            return PlainTextResponse(GONE, 404)
        try:
            return JSONResponse(await desk.calls.connect(call, offered.sdp, offered.type))
        except BadOffer as error:
            return PlainTextResponse(f"The call could not be connected: {error}.", 400)

    @router.post("/{session_id}/prompt")
    def prompt(session_id: str, act: PromptAct, request: Request) -> Response:
        call = call_of(session_id, request)
        if call is None:
            return PlainTextResponse(GONE, 404)
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
        call = call_of(session_id, request)
        if call is None:
            return PlainTextResponse(GONE, 404)
        await desk.calls.disconnect(call)
        await run_in_threadpool(desk.calls.finish, call)
        return JSONResponse({"parts": len(call.session.parts())})

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

    @router.get("/{session_id}/{name}")
    def report_file(session_id: str, name: Literal["report.html", "report.json"], request: Request) -> Response:
        session = desk.session(session_id, user_name(request))
        file = session.folder / "report" / name if session else None
        if file is None or not file.is_file():
            return PlainTextResponse("There is no report here.", 404)
        return FileResponse(file, media_type=REPORTS[name], headers={"Cache-Control": "no-store"})

    @router.delete("/{session_id}")
    async def delete(session_id: str, request: Request) -> Response:
        session = desk.session(session_id, user_name(request))
        if session is None:
            return PlainTextResponse(GONE, 404)
        call = desk.calls.get(session_id)
        if call is not None:
            await desk.calls.disconnect(call)
            await run_in_threadpool(desk.calls.finish, call)
        await run_in_threadpool(desk.delete, session)
        return PlainTextResponse("")

    return router


async def _accept(path: Path) -> None:
    from verifier.api import look_at

    look = await run_in_threadpool(look_at, path)
    if look.reason or look.kind == "sound":
        raise Refused(f"not added. {look.reason or 'It has sound only.'}")
