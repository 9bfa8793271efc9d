"""A case folder as its pages show it to one user: what that user may see, and what people write down.

A case that a user may not see answers like one that there is not. Deciding is people's own; its rules are `decision.py`'s.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from verifier.decision import Decision, DecisionRecord, DecisionRefused
from verifier.kept_report import cases_in, read_back
from verifier.store import consent, given, records, retention
from verifier.store.errors import StoreError
from verifier.store.given import needed
from verifier.store.records import PURPOSE_WORDS, Consent, Purpose, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from verifier.api import Progress
    from verifier.casework import CaseReport
    from verifier.findings import Finding
    from verifier.store.audit import Line
    from verifier.store.case_list import CaseLine
    from verifier.store.repository import Entry, Repository
    from verifier.store.taken import Taken

__all__ = ["PURPOSE_WORDS", "CaseDesk", "CaseView", "DecisionRefused", "Purpose", "StoreError"]
RECENT, MOST_LINES = 8, 30
UNCOVERED = "There was no second reviewer, so the first decision was shown."
OPEN_FILE, SAME_OPENING = "open kept file", timedelta(minutes=10)
"""What the log says when somebody plays a kept recording or fetches another kept file; once in so long."""
NO_REPORT = '{"findings": [], "checks": []}'
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


@dataclass(frozen=True)
class CaseView:
    """Everything on one case that a page shows."""

    line: CaseLine
    entries: dict[str, list[Entry]]
    """By kind, oldest first."""
    allowed: frozenset[Purpose]
    """What may be kept and compared now."""
    findings: tuple[Finding, ...]
    """Of the latest report; other cases that the user may not see are not named."""
    specs: dict[str, dict[str, str]]
    """What is known of those checks, by id."""
    readable: bool
    """False: the latest report is no report, as an imported case may have it."""
    others: dict[str, str]
    """Cases that the findings name, not yet called somebody else's -> claimed name."""
    apart: dict[str, str]
    """Those that were."""
    review_due: bool
    history: list[Line]

    @property
    def latest(self) -> Entry | None:
        runs = self.entries.get("run", [])
        return runs[-1] if runs else None

    def of(self, kind: str) -> list[Entry]:
        return self.entries.get(kind, [])


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
        due = self._due()
        return [
            Recent(line, len(self._repository.entries(line.id, "round", locked=True)), line.id in due)
            for line in self.cases()[:RECENT]
        ]

    def look(self, case_id: str, *, opened: bool = False) -> CaseView:
        """opened: somebody opens the case now, which the log keeps."""
        r = self._repository
        line = r.case(case_id)
        if opened:
            r.log("open case", case_id)
        entries: dict[str, list[Entry]] = {}
        for entry in r.entries(case_id):
            entries.setdefault(entry.kind, []).append(entry)
        runs, apart = entries.get("run", []), r.kept_apart(case_id)
        text = runs[-1].record.report if runs else NO_REPORT
        visible = self._names((cases_in(text) | apart) - {case_id})
        read = read_back(text, visible.keys() | {case_id})
        named = cases_in(" ".join(f.statement for f in read[0])) if read else set()
        return CaseView(
            line=line, entries=entries,
            allowed=consent.covered(e for kind in entries.values() for e in kind),
            findings=read[0] if read else (), specs=read[1] if read else {}, readable=read is not None,
            others={c: visible[c] for c in sorted(named & visible.keys() - apart)},
            apart={c: visible[c] for c in sorted(apart & visible.keys())},
            review_due=case_id in self._due(), history=r.history(case_id)[-MOST_LINES:],
        )  # fmt: skip

    def played(self, case_id: str, number: int) -> Played:
        """The kept file that is the case's media entry of this number; that somebody opened it is logged, whatever part is asked for."""
        r = self._repository
        r.case(case_id)
        entry = next((e for e in r.entries(case_id, "media") if e.number == number), None)
        if entry is None or Purpose.RECORDINGS not in consent.covered(r.entries(case_id, "consent")):
            raise StoreError("this recording is not kept any more")
        with self._lock:
            if not self._opened_just_now(case_id, number):
                r.log(OPEN_FILE, case_id, file=number)
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
        seen_by = tuple(dict.fromkeys((*visible_to, self.user))) if visible_to else ()
        said = records.Candidate(name.strip(), emails=tuple(emails), phones=tuple(phones), visible_to=seen_by)
        return self._repository.new_case(given.candidate(said))

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
        """An empty reason lifts the hold."""
        self._repository.hold(case_id, reason.strip())

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

    def _opened_just_now(self, case_id: str, number: int) -> bool:
        """Whether the log says so of this user and file: a player asks for many parts of it."""
        since = (datetime.now(UTC) - SAME_OPENING).isoformat(timespec="seconds")
        return any(
            (line.actor, line.action, json.loads(line.detail)) == (self.user, OPEN_FILE, {"file": number})
            and line.at >= since
            for line in self._repository.history(case_id)
        )

    def _names(self, cases: Iterable[str]) -> dict[str, str]:
        """Claimed names of those of the cases that the user may see."""
        found = {}
        for case_id in cases:
            with suppress(StoreError):
                found[case_id] = self._repository.case(case_id).candidate.name
        return found

    def _due(self) -> set[str]:
        """Cases whose regular review is due."""
        plans = self._repository.entries(None, "review")
        return {e.case_id for e in plans if retention.later(e.record.last, e.record.every_days) <= now()}

    def _open_decision(self, case_id: str) -> Entry | None:
        self._repository.case(case_id)
        made = self._repository.entries(case_id, "decision")
        return made[-1] if made and not made[-1].record.confirmed else None


def _record_of(kept: records.Decision) -> DecisionRecord:
    return DecisionRecord((), "", (Decision(kept.reviewer, kept.decision, kept.reason, ""),), kept.opened)
