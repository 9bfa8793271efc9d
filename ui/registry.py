"""The desks, one line each: the start page lists them in this order, and each has its page at its path."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from verifier_ui.users import Role

if TYPE_CHECKING:
    from verifier_ui.page import DeskPage


@dataclass(frozen=True)
class DeskEntry:
    """What the start page says of a desk, and where its page is built: "module:Class", called with the blocks and the desks."""

    title: str
    path: str
    for_what: str
    """Empty: not on the start page, another desk leads there."""
    builder: str
    roles: tuple[Role, ...]
    """Who may go there besides the admin, where there is a login."""
    routes: tuple[str, ...] = ()
    """Beginnings of further paths that are this desk's."""

    def load(self) -> type[DeskPage]:
        """The class; imports what the page needs."""
        module, _, name = self.builder.partition(":")
        found: type[DeskPage] = getattr(import_module(module), name)
        return found


_ALL, _CALLS, _REVIEWERS = tuple(Role), (Role.INTERVIEWER, Role.REVIEWER), (Role.REVIEWER,)
DESKS = (
    DeskEntry("Check a call", "/call", "After an interview: recordings, photos and transcripts in, evidence out.", "verifier_ui.check_call:CheckCallPage", _ALL),
    DeskEntry("Verify an ID", "/id", "A passport, card or licence: does it hold together, is it the person in the calls?", "verifier_ui.verify_id:VerifyIdPage", _ALL),
    DeskEntry("Compare sessions", "/compare", "Rounds or candidates side by side, on one clock; write down what you decide.", "verifier_ui.compare:ComparePage", _ALL),
    DeskEntry("Cases", "/cases", "Candidates over weeks: rounds, reports, decisions, consent; what else is known under another name.", "verifier_ui.cases:CasesPage", _CALLS, ("/case",)),
    DeskEntry("Live call", "/live-call", "See while you talk; prompts to ask for; recorded on this computer.", "verifier_ui.live_call:LivePage", _CALLS, ("/live",)),
    DeskEntry("Audit", "/audit", "How often are we, and the tool, right? Practise on calls of known truth.", "verifier_ui.audit:AuditPage", _REVIEWERS),
    DeskEntry("Add to a case", "/add-to-case", "", "verifier_ui.case_add:AddToCasePage", _CALLS),
)  # fmt: skip
