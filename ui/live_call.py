"""The desk "Live call": its page, the calls of this server, the reports of their recordings.

The page is one HTML part with a script of its own (static/live.js), which talks to the routes (live_routes.py).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import gradio as gr
from verifier_ui.consent import BASES, consent_line
from verifier_ui.live_routes import MOST_FILE_BYTES
from verifier_ui.views import render, static_text
from verifier_ui.worker import Job

if TYPE_CHECKING:
    from verifier_ui.desks import Desks
    from verifier_ui.worker import Worker

    from verifier.api import Progress
    from verifier.live.call import LiveCall
    from verifier.live.calls import Calls
    from verifier.live.session import Session


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
        page = render(
            "live_call.html",
            told=TOLD,
            bases=list(BASES),
            ice=json.dumps(desks.ice),
            most_bytes=MOST_FILE_BYTES,
            can_keep=desks.cases is not None,
        )
        self.part = gr.HTML(page, elem_id="part-live", js_on_load=static_text("live.js"), apply_default_css=False)


class LiveDesk:
    """The calls of this server and the reports that were asked for."""

    def __init__(self, calls: Calls, worker: Worker) -> None:
        self.calls, self.worker = calls, worker
        self._jobs: dict[str, Job] = {}

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

    async def end(self, session: Session) -> None:
        """Ends a call, open or not; one that the server's stop had interrupted is not taken up for it."""
        call = self.calls.get(session.id)
        if call is not None:
            await self.calls.end(call)
        elif not session.ended:
            with suppress(OSError):  # a full disk: what was received is there all the same
                await asyncio.to_thread(session.end)

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

    def hand_over(self, session: Session, desks: Desks) -> str:
        """The token of a new desk of the call's owner that holds its files, as links: the call's folder keeps them."""
        from verifier import api

        token = secrets.token_hex(16)
        desk = desks.open(token, token, session.owner)
        parts = session.parts()
        number = len(parts) > 1
        files = [(p, p.name.partition("-")[2]) for p in session.compared()]
        files += [
            (p, f"live call {session.created[:10]}{f', part {n}' if number else ''}.mkv")
            for n, p in enumerate(parts, 1)
        ]
        for path, name in files:
            place = desk.place(name)
            try:
                place.symlink_to(path.resolve())
            except OSError:  # a system that lets few people make links
                shutil.copyfile(path, place)
            desk.take(place, api.look_at(place), "recordings")
        desk.name, desk.when, desk.notes, desk.recovered = session.name, session.created[:10], [], True
        desks.leave(token)
        return token

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
