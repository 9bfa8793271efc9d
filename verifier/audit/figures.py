"""From answers and truth to rates with their exact intervals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verifier.audit.desk import Answer, all_votes, called
from verifier.audit.sets import PUT_TOGETHER, read_set, read_truth
from verifier.audit.tool import is_whole, runs_of
from verifier.findings import Outcome
from verifier.metrics import share_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from verifier.audit.sets import AuditSet, ItemTruth
    from verifier.audit.tool import Answered, Run

TOOL, PEOPLE = "the tool", "all reviewers together"


@dataclass(frozen=True)
class Judged:
    """One answer to one item by somebody, with its truth."""

    judge: str
    when: str
    """Day of the answer, or moment of the run."""
    set_name: str
    made: str
    answer: Answer
    truth: ItemTruth
    looked_at: frozenset[str] = frozenset()
    """Of the tool: checks that said "look at this"."""
    clear: frozenset[str] = frozenset()
    """Of the tool: checks that looked and saw nothing."""
    asked: frozenset[str] = frozenset()
    """Of the tool: checks whose question arose at all."""
    elsewhere: bool = False
    """Of the tool: what it said points at seconds alone that nobody changed."""
    item: str = ""

    @property
    def is_tool(self) -> bool:
        return self.judge == TOOL

    @property
    def judged_by(self) -> frozenset[str]:
        """Of the tool: checks that came to a conclusion."""
        return self.looked_at | self.clear


@dataclass(frozen=True)
class Share:
    hits: int
    trials: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, exact; of independent items, which calls of one person are not quite."""
        return share_interval(self.hits, self.trials)


@dataclass(frozen=True)
class Rates:
    """detected: changed calls that were called changed. false_alarms: genuine ones that were."""

    label: str
    detected: Share
    false_alarms: Share
    cannot_tell: Share


@dataclass(frozen=True)
class Figures:
    overall: tuple[Rates, ...]
    """The tool, all reviewers together, each reviewer."""
    tables: tuple[tuple[str, str, tuple[Rates, ...]], ...]
    """(by what, judge, rows)."""
    checks: tuple[Rates, ...]
    """Each check of the tool by itself, of the calls that it judged; cannot_tell: of those that it was asked about, those
    of which it had nothing to go by, or left it open."""
    over_time: tuple[tuple[str, str, str, Rates], ...]
    """(set, day it was made, when, rates)."""
    sets: tuple[str, ...] = field(default=())
    people_calls: int = 0
    """Calls that people judged: fewer than their answers where several judged one."""
    silent_checks: tuple[str, ...] = ()
    """Those that judged no call."""
    answered: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    """(the tool or all reviewers, ((set, how many of its calls), ...))."""
    shared: tuple[Rates, ...] | None = None
    """Tool and people on the calls that both judged, if any; None where there are no others to tell apart."""


def judged_in(folders: Sequence[Path], truth: Path | None = None) -> list[Judged]:
    """Every answer to these sets, once, also where a set is named twice or lies there as a copy.

    truth: where there is one set and its truth lies elsewhere. AuditError: one line.
    """
    audits = [read_set(folder) for folder in folders]
    first = {a.file.id: a.folder.name for a in reversed(audits)}
    names = Counter(first.values())
    found: dict[tuple[str, ...], Judged] = {}
    for audit in audits:
        known = read_truth(audit, truth)
        truths = {key: t for key, t in known.items() if PUT_TOGETHER not in (t.drawn_for, t.manipulation)}
        set_id, name = audit.file.id, first[audit.file.id]
        about = (name if names[name] == 1 else f"{name} [{set_id[:6]}]", str(audit.file.made))
        runs = runs_of(audit)
        for run in [r for r in runs if is_whole(r, audit)] or runs[-1:]:
            for a in run.answers:
                if a.item in truths:
                    found[set_id, TOOL, str(run.at), a.item] = _of_tool(audit, run, a, truths[a.item], about)
        for reviewer, votes in all_votes(audit).items():
            for item, v in votes.items():
                if item in truths:
                    judged = Judged(reviewer, str(v.at.date()), *about, v.answer, truths[item], item=item)
                    found.setdefault((set_id, reviewer, item), judged)
    return list(found.values())


def _of_tool(audit: AuditSet, run: Run, a: Answered, truth: ItemTruth, about: tuple[str, str]) -> Judged:
    """Of a changed call a check has seen what was done only where it points at those seconds."""
    said = {o: [f for f in a.findings if f.outcome is o] for o in Outcome}
    changed = f"round-{len(audit.items[a.item].files)}"
    seen = [f for f in said[Outcome.OBSERVED] if not truth.manipulation or f.points_at(changed, truth.span_s)]
    observed, looked = ({f.check for f in some} for some in (said[Outcome.OBSERVED], seen))
    return Judged(
        TOOL, run.at.isoformat(sep=" ", timespec="seconds")[:19], *about, a.answer, truth, frozenset(looked),
        frozenset({f.check for f in said[Outcome.NOT_OBSERVED]} | observed) - looked,
        frozenset(f.check for f in a.findings if f.outcome is not Outcome.NOT_APPLICABLE),
        elsewhere=bool(observed) and not looked, item=a.item,
    )  # fmt: skip


def figures(judged: Sequence[Judged]) -> Figures:
    """Of the tool the last run on each set counts; earlier ones are in `over_time`."""
    last: dict[str, str] = {}
    for j in judged:
        if j.is_tool:
            last[j.set_name] = max(j.when, last.get(j.set_name, ""))
    tool = [j for j in judged if j.is_tool and j.when == last[j.set_name]]
    people = [j for j in judged if not j.is_tool]
    both = [(name, rows) for name, rows in ((TOOL, tool), (PEOPLE, people)) if rows]
    calls = [{(j.set_name, j.item) for j in rows} for _, rows in both]
    names = sorted({j.judge for j in people})
    overall = [rates(name, rows) for name, rows in both]
    if len(names) > 1:
        overall += [rates(n, [j for j in people if j.judge == n]) for n in names]
    tables = []
    for title, key in _KEYS.items():
        for name, rows in both:
            parts = _parts(rows, key)
            if parts:
                tables.append((title, name, parts))
    by_time = {(j.set_name, j.made, j.when if j.is_tool else "", TOOL if j.is_tool else PEOPLE) for j in judged}
    over_time = []
    for name, made, when, who in sorted(by_time, key=lambda k: (k[1], k[0], k[3], k[2])):
        rows = [j for j in judged if j.set_name == name and j.is_tool == (who == TOOL) and when in ("", j.when)]
        shown = when or f"until {max(j.when for j in rows)}"
        over_time.append((name, made, shown, rates(who, rows)))
    checks = _by_check(tool)
    return Figures(
        tuple(overall), tuple(tables), checks, tuple(over_time), tuple(sorted({j.set_name for j in judged})),
        len({(j.set_name, j.item) for j in people}),
        silent_checks=tuple(sorted(frozenset().union(*(j.asked for j in tool)) - {r.label for r in checks})),
        answered=tuple((name, _by_set(some)) for (name, _), some in zip(both, calls, strict=True)),
        shared=_on_shared(both, set.intersection(*calls)) if len(calls) > 1 and calls[0] != calls[1] else None,
    )  # fmt: skip


def _by_set(calls: set[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(name for name, _ in calls).items()))


def _on_shared(both: Sequence[tuple[str, Sequence[Judged]]], calls: set[tuple[str, str]]) -> tuple[Rates, ...]:
    of_both = [(name, [j for j in rows if (j.set_name, j.item) in calls]) for name, rows in both]
    return tuple(rates(f"{name}, on the calls that both judged", rows) for name, rows in of_both if rows)


def rates(label: str, rows: Sequence[Judged]) -> Rates:
    """An answer that one cannot tell counts as not detected, and as no alarm; so does one that points elsewhere, as not detected."""
    return _rates(
        label, rows, lambda j: j.answer is Answer.CHANGED and not j.elsewhere, lambda j: j.answer is Answer.CANNOT_TELL
    )


def _rates(label: str, rows: Sequence[Judged], hit: Callable[[Judged], bool], open_: Callable[[Judged], bool]) -> Rates:
    changed = [j for j in rows if j.truth.manipulation]
    genuine = [j for j in rows if not j.truth.manipulation]
    return Rates(label, _share(changed, hit), _share(genuine, hit), _share(rows, open_))


def _share(rows: Iterable[Judged], hit: Callable[[Judged], bool]) -> Share:
    hits = [hit(j) for j in rows]
    return Share(sum(hits), len(hits))


def _by_check(tool: Sequence[Judged]) -> tuple[Rates, ...]:
    return tuple(_of_check(name, tool) for name in sorted({name for j in tool for name in j.judged_by}))


def _of_check(name: str, tool: Sequence[Judged]) -> Rates:
    asked = [j for j in tool if name in j.asked]
    judged = [j for j in asked if name in j.judged_by]
    of_judged = _rates(name, judged, lambda j: name in j.looked_at, lambda j: False)
    return replace(of_judged, cannot_tell=_share(asked, lambda j: name not in j.judged_by))


def _parts(rows: Sequence[Judged], key: Callable[[Judged], str]) -> tuple[Rates, ...]:
    labels = sorted({key(j) for j in rows} - {""})
    return tuple(rates(label, [j for j in rows if key(j) == label]) for label in labels)


def _bit_rate(j: Judged) -> str:
    step = j.truth.parameters.get("step", {})
    return "300 kbit/s and less" if step.get("bit_rate", 0) <= 300_000 else "more than 300 kbit/s"


def _filter(j: Judged) -> str:
    return j.truth.filter or "no filter"


_KEYS: dict[str, Callable[[Judged], str]] = {
    "what was done (and its genuine twins)": lambda j: called(j.truth.drawn_for),
    "quality of the picture": _bit_rate,
    "filters of honest callers' software": _filter,
    "group": lambda j: j.truth.group,
}
