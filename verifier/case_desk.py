"""A case folder as its pages show it to one user: what that user may see, and what people write down.

A case that a user may not see answers like one that there is not. Deciding is people's own; its rules are `decision.py`'s.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from verifier.case_view import due, names, view_of
from verifier.decision import Decision, DecisionRecord, DecisionRefused
from verifier.kept_report import cases_in, masked
from verifier.store import consent, given, records
from verifier.store.errors import StoreError
from verifier.store.given import needed
from verifier.store.records import PURPOSE_WORDS, Consent, Purpose, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from verifier.api import Progress
    from verifier.case_view import CaseView
    from verifier.casework import CaseReport
    from verifier.store.case_list import CaseLine
    from verifier.store.repository import Entry, Repository
    from verifier.store.taken import Taken

__all__ = ["PURPOSE_WORDS", "CaseDesk", "DecisionRefused", "Purpose", "StoreError"]
RECENT = 8
UNCOVERED = "There was no second reviewer, so the first decision was shown."
OPEN_FILE, OPEN_REPORT, SAME_OPENING = "open kept file", "open kept report", timedelta(minutes=10)
"""What the log says when somebody plays a kept recording, fetches another kept file or the report; once in so long."""
CHANGE_READERS = "change who may see it"
_GOES = {
    "media": "recordings, photos and documents",
    "observation": "face and voice templates, with the pictures behind them",
    "clips": "cut seconds",
    "transcript": "transcripts",
    "reading": "what was read in documents",
    "run": "reports so far",
}
"""Kind of an entry that goes when consent is taken back -> words."""


@dataclass(frozen=True)
class Recent:
    line: CaseLine
    rounds: int
    review_due: bool


@dataclass(frozen=True)
class Played:
    """A kept file that can be fetched. read: bytes from, to."""

    name: str
    size: int
    read: Callable[[int, int], Iterator[bytes]]


class CaseDesk:
    """A folder for one user; threads may share it. Everything raises StoreError with one plain line."""

    def __init__(self, repository: Repository, lock: threading.Lock | None = None) -> None:
        self._repository, self._lock = repository, lock or threading.Lock()

    def of(self, user: str) -> CaseDesk:
        """As this user sees it; empty: whoever opened the folder, when there is no login."""
        return CaseDesk(self._repository.for_user(user or self._repository.actor), self._lock)

    @property
    def user(self) -> str:
        return self._repository.actor

    # what there is

    def cases(self, text: str = "") -> list[CaseLine]:
        """Newest first."""
        return self._repository.cases(text)

    def recent(self) -> list[Recent]:
        late = due(self._repository)
        return [
            Recent(line, len(self._repository.entries(line.id, "round", locked=True)), line.id in late)
            for line in self.cases()[:RECENT]
        ]

    def look(self, case_id: str, *, opened: bool = False, with_pictures: bool = False) -> CaseView:
        """opened: somebody opens the case now, which the log keeps. with_pictures: its report has those that are kept."""
        self._repository.case(case_id)
        if opened:
            self._repository.log("open case", case_id)
        return view_of(self._repository, case_id, with_pictures=with_pictures)

    def report(self, case_id: str, ending: str) -> str:
        """The latest report as a page ("html"), with what pictures are kept, or as it was kept ("json"); that it was fetched is logged."""
        from verifier.report.html_report import to_html

        view = self.look(case_id, with_pictures=ending == "html")
        if view.latest is None or view.report is None:
            raise StoreError("the case has no report that can be shown")
        if ending == "json":
            visible = names(self._repository, cases_in(view.latest.record.report)).keys() | {case_id}
            text = masked(view.latest.record.report, visible)
        else:
            text = to_html(view.report)
        with self._lock:
            self._log_once(OPEN_REPORT, case_id, report=view.latest.number)
        return text

    def played(self, case_id: str, number: int) -> Played:
        """The kept file that is the case's media entry of this number; that somebody opened it is logged, whatever part is asked for."""
        r = self._repository
        r.case(case_id)
        entry = next((e for e in r.entries(case_id, "media") if e.number == number), None)
        if entry is None or Purpose.RECORDINGS not in consent.covered(r.entries(case_id, "consent")):
            raise StoreError("this recording is not kept any more")
        with self._lock:
            self._log_once(OPEN_FILE, case_id, file=number)
        return Played(entry.record.name, r.size(entry), lambda start, stop: r.read_part(entry, start, stop))

    def taken(self, case_id: str) -> dict[str, Taken]:
        """Whose face is kept as the candidate's, by round."""
        from verifier.store.taken import taken

        return taken(self._repository, case_id)

    # what people write down

    def new(
        self, name: str, emails: Sequence[str] = (), phones: Sequence[str] = (), visible_to: Sequence[str] = ()
    ) -> str:
        """visible_to: login names; nobody: everybody who may open the folder. The user is always one of them."""
        return self._repository.new_case(self._said(records.Candidate(), name, emails, phones, visible_to))

    def edit(
        self,
        case_id: str,
        before: str,
        name: str,
        emails: Sequence[str],
        phones: Sequence[str],
        visible_to: Sequence[str] | None,
    ) -> None:
        """Writes anew what the candidate says of themselves, as for `new`; what the pages do not ask for stays.

        before: `mark_of` what was shown, so that nobody undoes what another wrote meanwhile. On legal hold nothing is changed.
        visible_to: None: as it was.
        """
        with self._lock:
            line = self._repository.case(case_id)
            if line.on_hold:
                raise StoreError("the case is on legal hold: its details can be changed when the hold is lifted")
            if before != mark_of(line.candidate):
                raise StoreError(
                    "somebody changed these details meanwhile: load the page anew, look, and change them again"
                )
            said = self._said(line.candidate, name, emails, phones, visible_to)
            self._repository.change(case_id, said)
            if said.visible_to != line.candidate.visible_to:
                self._repository.log(CHANGE_READERS, case_id)

    def readers(self, case_id: str) -> tuple[str, ...]:
        """Login names of those who may see it; nobody: everybody who may open the folder."""
        return self._repository.case(case_id).candidate.visible_to

    def namesakes(self, name: str) -> list[CaseLine]:
        """Cases that the user may see, under this very name."""
        wanted = " ".join(name.casefold().split())
        return [c for c in self.cases() if wanted and " ".join(c.candidate.name.casefold().split()) == wanted]

    def note(self, case_id: str, author: str, text: str) -> None:
        self._repository.add(case_id, records.Note(needed(author, "your name"), needed(text, "the note")))

    def word(self, case_id: str, kind: str, text: str) -> None:
        """The candidate's own."""
        if kind not in ("statement", "dispute", "accommodation"):
            raise StoreError("choose what the candidate's word is: statement, dispute or accommodation")
        self._repository.add(case_id, records.Word(kind, needed(text, "what the candidate said")))

    def decide(self, case_id: str, reviewer: str, choice: str | None, note: str) -> None:
        """The first decision, or the second reviewer's on the one that is open. Raises DecisionRefused."""
        with self._lock:
            entry = self._open_decision(case_id)
            said = _record_of(entry.record) if entry else DecisionRecord((), "")
            made = said.add(reviewer, choice, note).decisions[-1]
            if entry is None:
                self._repository.add(case_id, records.Decision(made.reviewer, made.decision, made.reason))
                return
            second = replace(
                entry.record, second_reviewer=made.reviewer, confirmed=made.recorded,
                second_decision=made.decision, second_reason=made.reason,
            )  # fmt: skip
            self._repository.replace(entry, second)

    def uncover(self, case_id: str, who: str) -> None:
        """There is no second reviewer yet: the first decision is shown, and by whom it was stays written down."""
        who = needed(who, "your name")
        with self._lock:
            entry = self._open_decision(case_id)
            if entry is not None:
                self._repository.replace(entry, replace(entry.record, opened=True))
                self._repository.add(case_id, records.Note(who, UNCOVERED))

    def give_consent(self, case_id: str, who: str, basis: str, purposes: Iterable[str], text: str, until: str) -> None:
        """until: ISO date, the last day counts."""
        try:
            end = f"{date.fromisoformat(until).isoformat()}T23:59:59+00:00"
            asked = tuple(Purpose(p) for p in purposes)
        except ValueError:
            raise StoreError("say until when the consent lasts, as 2027-01-31, and for what it was given") from None
        consent.give(self._repository, case_id, Consent(who.strip(), basis.strip(), asked, text.strip(), now(), end))

    def would_go(self, case_id: str, purposes: Iterable[Purpose]) -> list[tuple[int, str]]:
        """How many of what is deleted for good when consent to these purposes is taken back."""
        self._repository.case(case_id)
        gone = set(purposes)
        kinds = [e.kind for e in self._repository.entries(case_id, locked=True)]
        due = {k: kinds.count(k) for k, purpose in consent.RESTS_ON.items() if purpose in gone and k in kinds}
        if gone and consent.REPORT in kinds:
            due[consent.REPORT] = kinds.count(consent.REPORT)
        return [(count, _GOES[kind]) for kind, count in due.items()]

    def withdraw(self, case_id: str, purposes: Iterable[Purpose]) -> int:
        """Takes consent back and deletes what rested on it; how many files went."""
        return len(consent.withdraw(self._repository, case_id, tuple(purposes)))

    def hold(self, case_id: str, reason: str) -> None:
        self._repository.hold(case_id, needed(reason, "why the case is held"))

    def lift(self, case_id: str) -> None:
        """Ends the legal hold."""
        self._repository.hold(case_id, "")

    def keep_apart(self, case_id: str, reviewer: str, other: str, reason: str) -> None:
        """Remembers that two cases are two people."""
        if self._repository.case(case_id).id == other:
            raise StoreError("name another case than this one")
        reason = given.sentence(reason, "how you know that they are two people")
        self._repository.add(case_id, records.NotTheSame(needed(reviewer, "your name"), other, reason))

    # checks

    def rounds(self, case_id: str) -> int:
        """Number of the last round that the case holds."""
        self._repository.case(case_id)
        held = self._repository.entries(case_id, "round")
        return max((int(e.record.round_id.split("-")[1]) for e in held), default=0)

    def may_keep(self, case_id: str) -> bool:
        """Whether a consent covers keeping anything of a new file."""
        self._repository.case(case_id)
        allowed = consent.covered(self._repository.entries(case_id, "consent"))
        return bool(allowed & {Purpose.RECORDINGS, Purpose.TEMPLATES})

    def check(
        self, case_id: str, rounds: Sequence[Path], references: Sequence[Path], transcripts: Sequence[Path] = (), *,
        when: str = "", present: Sequence[str] = (), candidates: Sequence[str] = (),
        progress: Progress = lambda stage, share: None,
    ) -> CaseReport:  # fmt: skip
        """As casework.check, for files that were uploaded."""
        from verifier import casework

        return casework.check(
            self._repository, case_id, rounds, references, transcripts=transcripts, date=when, present=present,
            candidates=candidates, progress=progress,
        )  # fmt: skip

    # inside

    def _said(
        self,
        known: records.Candidate,
        name: str,
        emails: Sequence[str],
        phones: Sequence[str],
        visible_to: Sequence[str] | None,
    ) -> records.Candidate:
        seen_by = tuple(dict.fromkeys((*visible_to, self.user))) if visible_to else ()
        seen_by = known.visible_to if visible_to is None else seen_by
        said = {"name": name.strip(), "emails": tuple(emails), "phones": tuple(phones), "visible_to": seen_by}
        return given.candidate(replace(known, **said))  # type: ignore[arg-type]

    def _log_once(self, action: str, case_id: str, **detail: int) -> None:
        """Not again if this user just did it: a player asks for many parts of a file."""
        since = (datetime.now(UTC) - SAME_OPENING).isoformat(timespec="seconds")
        if not any(
            (line.actor, line.action, json.loads(line.detail)) == (self.user, action, detail) and line.at >= since
            for line in self._repository.history(case_id)
        ):
            self._repository.log(action, case_id, **detail)

    def _open_decision(self, case_id: str) -> Entry | None:
        self._repository.case(case_id)
        made = self._repository.entries(case_id, "decision")
        return made[-1] if made and not made[-1].record.confirmed else None


def mark_of(candidate: records.Candidate) -> str:
    """Other details have another mark."""
    return hashlib.sha256(repr(candidate).encode()).hexdigest()


def _record_of(kept: records.Decision) -> DecisionRecord:
    return DecisionRecord((), "", (Decision(kept.reviewer, kept.decision, kept.reason, ""),), kept.opened)
