"""Everything on one case that its page shows, read from the folder at once; other cases are named only to who may see them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.kept_report import cases_in, read_back
from verifier.store import consent, retention
from verifier.store.errors import StoreError
from verifier.store.records import Purpose, now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.findings import CheckSpec, Finding
    from verifier.report.model import Report
    from verifier.store.audit import Line
    from verifier.store.case_list import CaseLine
    from verifier.store.repository import Entry, Repository

MOST_LINES = 30


@dataclass(frozen=True)
class CaseView:
    line: CaseLine
    entries: dict[str, list[Entry]]
    """By kind, oldest first."""
    allowed: frozenset[Purpose]
    """What may be kept and compared now."""
    report: Report | None
    """The latest; other cases that the user may not see are not named. None: there is none, or it is no report."""
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

    @property
    def readable(self) -> bool:
        """False: the latest report is none, as an imported case may have it."""
        return self.latest is None or self.report is not None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the latest report."""
        return self.report.findings if self.report else ()

    @property
    def specs(self) -> dict[str, CheckSpec]:
        """Its checks by id."""
        return {s.id: s for s in self.report.checks} if self.report else {}

    def of(self, kind: str) -> list[Entry]:
        return self.entries.get(kind, [])


def view_of(repository: Repository, case_id: str, *, with_pictures: bool = False) -> CaseView:
    """A case as the user of the repository may see it. with_pictures: the report has those that are kept."""
    from verifier.store import shown

    line = repository.case(case_id)
    entries: dict[str, list[Entry]] = {}
    for entry in repository.entries(case_id):
        entries.setdefault(entry.kind, []).append(entry)
    runs, apart = entries.get("run", []), repository.kept_apart(case_id)
    text = runs[-1].record.report if runs else ""
    visible = names(repository, (cases_in(text) | apart) - {case_id})
    kept = (
        (shown.pictures(repository, case_id), shown.clips(repository, case_id)) if with_pictures and runs else ((), ())
    )
    report = read_back(text, visible.keys() | {case_id}, *kept) if runs else None
    named = cases_in(" ".join(f.statement for f in report.findings)) if report else set()
    return CaseView(
        line=line, entries=entries, allowed=consent.covered(e for kind in entries.values() for e in kind), report=report,
        others={c: visible[c] for c in sorted(named & visible.keys() - apart)},
        apart={c: visible[c] for c in sorted(apart & visible.keys())},
        review_due=case_id in due(repository), history=repository.history(case_id)[-MOST_LINES:],
    )  # fmt: skip


def names(repository: Repository, cases: Iterable[str]) -> dict[str, str]:
    """Claimed names of those of the cases that the user may see."""
    found = {}
    for case_id in cases:
        with suppress(StoreError):
            found[case_id] = repository.case(case_id).candidate.name
    return found


def due(repository: Repository) -> set[str]:
    """Cases whose regular review is due."""
    plans = repository.entries(None, "review")
    return {e.case_id for e in plans if retention.later(e.record.last, e.record.every_days) <= now()}
