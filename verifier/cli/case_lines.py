"""Cases in lines of text: the list, one case on a page, and what a new one shares with others."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.case_view import CaseView
    from verifier.store.records import Candidate
    from verifier.store.repository import Entry, Repository

MOST_FINDINGS, MOST_TEXT = 5, 200
ELSEWHERE = frozenset({"consent", "run", "review", "observation", "clips"})
"""Kinds that a page has told of, or that only this tool reads."""
HIDDEN = frozenset({"size_bytes", "sha256", "file", "files"})


def listed(repository: Repository, text: str) -> Iterator[str]:
    """Id, day, name, contact, rounds, what may be kept, hold; newest first."""
    from verifier.store.consent import covered

    cases = repository.cases(text)
    rounds = Counter(e.case_id for e in repository.entries(None, "round", locked=True))
    consents: dict[str, list[Entry]] = {}
    for entry in repository.entries(None, "consent") if cases else ():
        consents.setdefault(entry.case_id, []).append(entry)
    for line in cases:
        said, given = line.candidate, consents.get(line.id, [])
        contact = next(iter((*said.emails, *said.phones, *said.profiles)), "no contact")
        may = ", ".join(sorted(covered(given))) or ("none now" if given else "none")
        count = "1 round" if rounds[line.id] == 1 else f"{rounds[line.id]} rounds"
        hold = "on legal hold" if line.on_hold else ""
        cells = (line.id, local(line.created)[:10], said.name, contact, count, f"consent: {may}", hold)
        yield "\t".join(" ".join(cell.split()) for cell in cells).rstrip()


def page(repository: Repository, case_id: str) -> Iterator[str]:
    """Who it is; hold, review and consent; the latest report; what the case holds. Times are those of this machine."""
    from verifier.case_desk import CaseDesk

    view = CaseDesk(repository).look(case_id)
    yield f"case: {case_id}, opened {local(view.line.created)}"
    for label, value in vars(view.line.candidate).items():
        if value:
            yield f"{label.replace('_', ' ')}: {value if isinstance(value, str) else ', '.join(value)}"
    yield ""
    if view.line.on_hold:
        yield f"on legal hold, nothing is deleted: {repository.held_because(case_id)}"
    yield from _review(view)
    yield from _consent(view)
    if view.latest is not None:
        yield ""
        yield from _report(view)
    for kind, entries in view.entries.items():
        if kind in ELSEWHERE:
            continue
        yield ""
        for entry in entries:
            until = f" (until {local(entry.until)[:10]})" if entry.until else ""
            yield f"{kind} {entry.number}, {local(entry.created)}: {_words(entry.record)}{until}"


def shared(repository: Repository, case_id: str, candidate: Candidate) -> Iterator[str]:
    """What of a new case is written down in others that the user may see. It may mean nothing, so it is told as it is."""
    from verifier.store.marks import marks_of

    found = repository.sharing(case_id, marks_of(candidate))
    found.pop("name", None)
    names = {line.id: line.candidate.name for line in repository.cases()} if found else {}
    for kind, cases in found.items():
        if seen := sorted(cases & names.keys()):
            others = ", ".join(f"{c} ({names[c]})" for c in seen)
            yield f"the same {kind} is in case {others} too: people share them, so look before you conclude anything"


def local(moment: str) -> str:
    """An ISO time of the folder, on this machine's clock: "2027-01-31 14:05"."""
    at = datetime.fromisoformat(moment)
    return moment[:10] if at.tzinfo is None else at.astimezone().strftime("%Y-%m-%d %H:%M")


def _review(view: CaseView) -> Iterator[str]:
    from verifier.store.retention import later

    for entry in view.of("review"):
        when = "since" if view.review_due else "on"
        due = local(later(entry.record.last, entry.record.every_days))[:10]
        yield f"identity confirmed every {entry.record.every_days} days; due {when} {due}"


def _consent(view: CaseView) -> Iterator[str]:
    from verifier.case_desk import PURPOSE_WORDS

    kept = ", ".join(PURPOSE_WORDS[p] for p in PURPOSE_WORDS if p in view.allowed)
    yield f"consent covers now: {kept}" if kept else "no consent covers anything now: nothing biometric is kept"
    for entry in view.of("consent"):
        c = entry.record
        state = f"withdrawn {local(c.withdrawn)}" if c.withdrawn else f"until {c.until[:10]}"
        state += ", unconfirmed: it came in an archive that was not sealed" if c.unconfirmed else ""
        yield f"consent {entry.number}, by {c.who} ({c.basis}): {', '.join(c.purposes)}; {state}"


def _report(view: CaseView) -> Iterator[str]:
    from verifier.report.ranking import look_first

    assert view.latest is not None
    run, found = view.latest, look_first(view.findings)
    yield f"report {run.number}, {local(run.created)}:" + ("" if found else " nothing to look at first")
    for finding in found[:MOST_FINDINGS]:
        yield f"- {_first_sentence(finding.statement)}"
    if len(found) > MOST_FINDINGS:
        yield f"- and {len(found) - MOST_FINDINGS} more to look at: verifier case check writes them all"
    for change in run.record.changes:
        yield f"- otherwise than before: {change}"


def _first_sentence(text: str) -> str:
    first, stop, _ = text.partition(". ")
    return f"{first}{stop.strip()}"


def _words(record: Any) -> str:
    """A record in one line, long texts cut, a first decision covered."""
    from verifier.store.records import Decision

    if isinstance(record, Decision) and not (record.confirmed or record.opened):
        return f"by {record.reviewer}; covered until a second reviewer has decided too"
    shown = {k: v for k, v in vars(record).items() if v and k not in HIDDEN}
    if hasattr(record, "files") or hasattr(record, "file"):
        files = record.files if hasattr(record, "files") else (record.file,)
        shown["files"] = ", ".join(f.name for f in files)
    texts = (f"{k.replace('_', ' ')}: {_said(v)}" for k, v in shown.items())
    return "; ".join(" ".join(t.split())[:MOST_TEXT] for t in texts)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
