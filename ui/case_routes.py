"""The routes of the case folder, below /case: parts of the desk as HTML, what people write down, kept files.

Who may see a case, the folder knows; a case that somebody may not see answers like one that there is not.
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field
from verifier_ui import users
from verifier_ui.access import NOT_COVERED, may, reviews, user_name
from verifier_ui.case_views import NEEDS_CONSENT, NO_FOLDER, case_view, list_view
from verifier_ui.desk import safe_name
from verifier_ui.files_in_out import PLAYED, REPORTS
from verifier_ui.views import sentence

from verifier.case_desk import DecisionRefused, Purpose, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier_ui.desks import Desks

    from verifier.case_desk import CaseDesk

KINDS = PLAYED | {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""How a kept file is served; any other is only ever downloaded, so an import cannot bring a page of its own."""
GONE = "The files of that check are not here any more. Open “Cases” from the start page and add them anew."
_PRIVATE = {"Cache-Control": "no-store"}
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")

Line = Field("", max_length=200)
Text = Field("", max_length=20_000)


class Details(BaseModel):
    """What a candidate says of themselves; several with commas between them."""

    name: str = Line
    emails: str = Field("", max_length=2000)
    phones: str = Field("", max_length=2000)
    visible_to: str = Field("", max_length=2000)

    def said(self) -> tuple[str, list[str], list[str], list[str]]:
        lists = (re.split(r"[,;\n]+", text) for text in (self.emails, self.phones, self.visible_to))
        emails, phones, visible_to = ([v.strip() for v in values if v.strip()] for values in lists)
        return self.name, emails, phones, visible_to


class Said(Details):
    """A form of the desk. Fields that its form does not have stay empty."""

    who: str = Line
    text: str = Text
    reason: str = Text
    kind: str = Line
    choice: str = Line
    basis: str = Line
    until: str = Line
    other: str = Line
    before: str = Line
    purposes: list[Purpose] = Field([], max_length=len(Purpose))
    sure: bool = False


class NewCase(Details):
    sure: bool = False
    """A namesake was shown, and this is somebody else."""


Act = Literal["note", "word", "decide", "uncover", "consent", "withdraw", "hold", "lift", "apart", "details"]
REVIEWERS = ("decide", "uncover", "withdraw", "hold", "lift")
"""Acts that decide, delete, or keep from being deleted."""


def routes(desks: Desks) -> APIRouter:
    router = APIRouter()

    def mine(request: Request) -> CaseDesk:
        if desks.cases is None:
            raise StoreError(NO_FOLDER)
        return desks.cases.of(user_name(request))

    @router.get("/recent-cases")
    def recent(request: Request) -> Response:
        """For the start page; nothing where there is no folder, or the role does not cover it."""
        if desks.cases is None or not may(request.scope.get("verifier_user"), "/case"):
            return JSONResponse(None, headers=_PRIVATE)
        try:
            found = [
                {"id": r.line.id, "name": r.line.candidate.name, "rounds": r.rounds, "created": r.line.created[:10], "due": r.review_due}
                for r in mine(request).recent()
            ]  # fmt: skip
        except StoreError:
            return JSONResponse(None, headers=_PRIVATE)
        return JSONResponse(found, headers=_PRIVATE)

    @router.get("/case")
    def listed(request: Request, text: str = "") -> Response:
        return _answered(lambda: _html(list_view(mine(request), text[:200])))

    @router.post("/case")
    def new(said: NewCase, request: Request) -> Response:
        def made() -> Response:
            cases = mine(request)
            known = [] if said.sure else cases.namesakes(said.name)
            if known:
                listed = "; ".join(f"{c.id}, opened {c.created[:10]}" for c in known[:3])
                asks = f"There is a case of that name already ({listed}). Open that one, or press again if this is somebody else."
                return JSONResponse({"id": None, "asks": asks})
            details = said.said()
            _have_logins(details[-1], request)
            return JSONResponse({"id": cases.new(*details)})

        return _answered(made)

    @router.get("/case/{case_id}")
    def opened(case_id: str, request: Request) -> Response:
        may_review = reviews(request.scope.get("verifier_user"))
        return _answered(
            lambda: _html(
                case_view(mine(request), case_id, opened=True, login=user_name(request), may_review=may_review)
            )
        )

    @router.post("/case/{case_id}/desk/{token}")
    def add_here(case_id: str, token: str, request: Request, held: bool = False) -> Response:
        """The desk of this token adds its files to the case from now on, if it is that of who asks. held: it has some."""

        def bound() -> Response:
            cases = mine(request)
            if not cases.may_keep(case_id):
                return PlainTextResponse(NEEDS_CONSENT, 409, _PRIVATE)
            if held and desks.get(token, user_name(request)) is None:
                return PlainTextResponse(GONE, 410, _PRIVATE)
            connection = f"case {case_id} {token}"
            try:
                desk = desks.open(token, connection, user_name(request))
            except ValueError:
                return PlainTextResponse("There is nothing here.", 404, _PRIVATE)
            desks.leave(connection)
            with desk.lock:
                if not desk.at_rest:
                    return PlainTextResponse("A check is running on these files: wait until it is done.", 409, _PRIVATE)
                desk.case, desk.changes = case_id, None
                desk.named = tuple(desk.candidates.values()) or desk.named
            return PlainTextResponse("")

        return _answered(bound)

    @router.get("/case/{case_id}/report.{ending}")
    def report(case_id: str, ending: Literal["html", "json"], request: Request) -> Response:
        """The latest report, made anew from what is kept."""
        return _answered(
            lambda: Response(
                mine(request).report(case_id, ending), media_type=REPORTS[f"report.{ending}"], headers=_PRIVATE
            )
        )

    @router.get("/case/{case_id}/media/{number}")
    def media(case_id: str, number: int, request: Request) -> Response:
        """A kept file, in the parts that a player asks for; unsealed on the way, never on the disk."""

        def sent() -> Response:
            played = mine(request).played(case_id, number)
            start, stop = _part(request.headers.get("range", ""), played.size)
            if start >= stop > 0 or start > played.size:
                return Response(status_code=416, headers=_PRIVATE | {"Content-Range": f"bytes */{played.size}"})
            pieces = played.read(start, stop)
            first = next(pieces, b"")  # what cannot be read is said before anything is sent
            kind = KINDS.get(PurePosixPath(played.name).suffix.lower(), "")
            name = quote(safe_name(played.name), safe="")
            headers = _PRIVATE | {
                "Accept-Ranges": "bytes", "Content-Length": str(stop - start),
                "Content-Disposition": f"{'inline' if kind else 'attachment'}; filename*=UTF-8''{name}",
            }  # fmt: skip
            if stop - start < played.size:
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{played.size}"
            status = 206 if "Content-Range" in headers else 200
            return StreamingResponse(
                chain((first,), pieces), status, headers, media_type=kind or "application/octet-stream"
            )

        return _answered(sent)

    @router.post("/case/{case_id}/{act}")
    def act(case_id: str, act: Act, said: Said, request: Request) -> Response:
        may_review = reviews(request.scope.get("verifier_user"))
        if act in REVIEWERS and not may_review:
            return PlainTextResponse(NOT_COVERED.replace("page", "step"), 403, _PRIVATE)

        def done() -> Response:
            cases, login = mine(request), user_name(request)
            asking: tuple[Purpose, ...] = ()
            problem = ""
            if act == "withdraw" and not said.sure:
                asking = tuple(said.purposes)
                problem = "" if asking else "Choose what is taken back."
            else:
                if act == "details" and may_review:
                    _have_logins(said.said()[-1], request, but=cases.readers(case_id))
                try:
                    _write(cases, case_id, act, said, login or said.who, may_review=may_review)
                except StoreError as error:
                    if act != "withdraw":  # on hold, part of it is done
                        raise
                    problem = sentence(error)
            return _html(case_view(cases, case_id, login=login, may_review=may_review, asking=asking, problem=problem))

        return _answered(done)

    return router


def _have_logins(names: Sequence[str], request: Request, but: Sequence[str] = ()) -> None:
    """Raises StoreError when one of them is no login; where nobody logs in, there is none to compare with.

    but: those who were named before; their logins may be gone since.
    """
    if not {*names} - {*but} or request.scope.get("verifier_user") is None:
        return
    try:
        strangers = sorted({*names} - {*but} - users.known().keys())
    except users.BadUser as error:
        raise StoreError(str(error)) from None
    if strangers:
        raise StoreError(f"nobody has the login {', '.join(strangers)}: write the names as on the login page")


def _write(cases: CaseDesk, case_id: str, act: Act, said: Said, who: str, *, may_review: bool) -> None:
    """What a form says goes into the case; who: the login, or the name that was typed where there is none. may_review: say who may see it."""
    *details, visible_to = said.said()
    does: dict[Act, Callable[[], object]] = {
        "note": lambda: cases.note(case_id, who, said.text),
        "word": lambda: cases.word(case_id, said.kind, said.text),
        "decide": lambda: cases.decide(case_id, who, said.choice, said.text),
        "uncover": lambda: cases.uncover(case_id, who),
        "consent": lambda: cases.give_consent(case_id, said.who, said.basis, said.purposes, said.text, said.until),
        "withdraw": lambda: cases.withdraw(case_id, said.purposes),
        "hold": lambda: cases.hold(case_id, said.reason),
        "lift": lambda: cases.lift(case_id),
        "apart": lambda: cases.keep_apart(case_id, who, said.other, said.reason),
        "details": lambda: cases.edit(case_id, said.before, *details, visible_to if may_review else None),
    }
    does[act]()


def _part(asked: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; all of it where no single range from a first byte is asked for."""
    found = _RANGE.fullmatch(asked)
    if found is None:
        return 0, size
    return int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)


def _answered(does: Callable[[], Response]) -> Response:
    """What it returns; a refusal, an unknown case and a folder that is gone are one line."""
    try:
        return does()
    except DecisionRefused as refused:
        return PlainTextResponse(str(refused), 409, _PRIVATE)
    except StoreError as error:
        return PlainTextResponse(sentence(error), 409, _PRIVATE)


def _html(text: str) -> Response:
    return HTMLResponse(text, headers=_PRIVATE)
