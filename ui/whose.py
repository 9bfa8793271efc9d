"""Whose desk a page asks for: the address of a tab opens it for who opened it first, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier_ui.access import may, user_name

if TYPE_CHECKING:
    import gradio as gr
    from verifier_ui.desk import Desk
    from verifier_ui.desks import Desks

NOT_YOURS = "There is nothing of yours at this address. Open the page again from the start page."
OF_A_CASE = "The files of this page belong to a case now: find them on the page “Cases”. For another check, open this page again from the start page."


def login_of(request: gr.Request) -> str:
    """Name of who is logged in; empty where there is no login."""
    return user_name(request.request) if request.request is not None else ""


def held(desks: Desks, token: str, request: gr.Request, *, of_case: bool = False) -> Desk | None:
    """The desk of a tab, if it is that of who asks. of_case: the page may show a case's."""
    desk = desks.get(token, login_of(request))
    return desk if desk is None or of_case or desk.case is None else None


def opened(
    desks: Desks, incoming: str, request: gr.Request, gone: str, *, of_case: bool = False
) -> tuple[Desk | None, str, str]:
    """The desk of a tab that opens, how it was asked for, and what to say. gone: said of one that was here once."""
    token, _, how = incoming.partition(" ")
    new = desks.get(token, login_of(request)) is None
    try:
        desk = desks.open(token, request.session_hash or "", login_of(request))
    except ValueError:
        return None, how, NOT_YOURS
    user = request.request.scope.get("verifier_user") if request.request is not None else None
    desk.may_keep = may(user, "/cases")
    if desk.case is not None and not of_case:
        return None, how, OF_A_CASE
    return desk, how, gone if new and how == "known" else ""
