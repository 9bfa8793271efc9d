"""The first page: findings that tell one story said in one sentence, and what could not be seen, with its reason.

A lead adds nothing up. It lists comparisons that have a side in common and gives the range of their strengths; each of
them stays a finding of its own below.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.candidate import NOT_KNOWN
from verifier.checks.base import FACES, REASON, VOICES, reference_name, round_name, shortened
from verifier.findings import Finding, Group, Outcome
from verifier.report.ranking import look_first, strength
from verifier.report.words import finding_tone, listed, of_voices, strength_range
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.case import Participant
    from verifier.report.model import Report, Timeline

ACROSS_ROUNDS = "face-across-rounds"
MOST_LEADS = 3
"""On the first page."""
MOST_CARDS = 5
"""Under "Look at these first"."""
MOST_UNSEEN = 4
FOLDED = 3
"""Checks that lack the same thing, from which they are told in one line."""


@dataclass(frozen=True)
class Lead:
    """One sentence of the first page and the findings behind it."""

    tone: str
    text: str
    findings: tuple[Finding, ...]

    @property
    def is_quiet(self) -> bool:
        """It supports sameness, or could not be looked into: nothing to look at."""
        return all(f.outcome in (Outcome.NOT_OBSERVED, Outcome.NOT_AVAILABLE) for f in self.findings)


@dataclass(frozen=True)
class Question:
    """Who is the candidate in a round? Asked where several faces may be, of whoever reads the report."""

    label: str
    """"Round 1"."""
    faces: tuple[Participant, ...]
    """Those with a picture."""


@dataclass(frozen=True)
class Unseen:
    """Something that could not be seen, why, and the round whose time line shows it ("" where none does)."""

    text: str
    round_id: str = ""


def leads(report: Report) -> tuple[Lead, ...]:
    """All leads: what is to be looked at; who goes together; what stayed open; who stays one face through a round.

    Where no two rounds could be compared by face, that comes before what stayed open or the same within one.
    Best first in each. Quiet comparisons get the places that are left, so that a calm report says what it rests on.
    """
    ranked = look_first(report.findings)
    names = _names(report)
    observed = [f for f in ranked if f.outcome is Outcome.OBSERVED]
    different = [f for f in observed if _is_pair(f) and finding_tone(f) == "different"]
    stars = [_star_lead(hub, group, names) for kind in _kinds(different) for hub, group in _stars(kind, tuple(names))]
    alone = [Lead(finding_tone(f), f.statement, (f,)) for f in observed if all(f is not d for d in different)]
    order = {id(f): number for number, f in enumerate(ranked)}
    first = sorted(stars + alone, key=lambda lead: (_best(lead, order), -len(lead.findings)))
    quiet = _quiet(report)
    together = [lead for kind in _kinds(quiet) for lead in _together(kind, names)]
    return tuple(first + together + _not_answered(report, names) + _open(ranked, names) + _steady(quiet))


def questions(report: Report) -> tuple[Question, ...]:
    """One for each round in which it is not known which of several faces is the candidate's."""
    found = []
    for r in report.rounds:
        people = [p for p in report.participants if p.round_id == r.id]
        faces = tuple(p for p in people if p.thumbnail)
        if len(faces) > 1 and not any(p.is_candidate for p in people):
            found.append(Question(r.label, faces))
    return tuple(found)


def could_not_see(report: Report) -> tuple[Unseen, ...]:
    """Inputs that were not used, comparisons that could not be made, stretches without the candidate, missing models."""
    found = [Unseen(f"{name} was not used: {_sentence(reason)}") for name, reason in report.unusable]
    names = _names(report)
    by_reason: dict[tuple[str, str], list[Finding]] = {}
    if waiting := len({f.check for f in report.findings if _waits(f)}):
        checks = "1 check waits" if waiting == 1 else f"{waiting} checks wait"
        found.append(Unseen(f"{checks} for somebody to say who the candidate is."))
    folded = {key: lacking for key, lacking in _blind(report).items() if len(lacking) >= FOLDED}
    for (reason, rounds), lacking in folded.items():
        where = (
            f" in {', '.join(names[r][0] for r in rounds if r in names)}" if len(rounds) < len(report.rounds) else ""
        )
        found.append(
            Unseen(f"{reason[0].upper()}{reason[1:].rstrip('.')}: {len(lacking)} checks were not asked{where}.")
        )
    for finding in report.findings:
        if _waits(finding) or (_reason(finding), finding.rounds) in folded:
            continue
        if finding.outcome is Outcome.NOT_AVAILABLE and len(finding.rounds) == 2 and _reason(finding):
            by_reason.setdefault((finding.check, _reason(finding)), []).append(finding)
        elif finding.outcome in (Outcome.NOT_AVAILABLE, Outcome.ERROR):
            found.append(Unseen(finding.statement))
    for (_, reason), group in by_reason.items():
        found += [Unseen(_not_compared(hub, star, names, reason)) for hub, star in _stars(group, tuple(names))]
    found += [u for t in report.timelines if (u := _absent(t)) is not None]
    found += [
        Unseen(f"A further opinion on the faces is missing: {_sentence(why)}") for _, why in report.missing_models
    ]
    return tuple(found)


def not_judged(report: Report) -> str:
    """What no check of faces answers, said on every report of faces so that a calm one is not taken for it; "" without faces."""
    rendering = [f for f in report.findings if f.check == "face-rendering"]
    if not (report.participants and any("faces" in spec.needs for spec in report.checks)) or any(
        f.outcome in (Outcome.OBSERVED, Outcome.NOT_OBSERVED) for f in rendering
    ):
        return ""
    return "Whether the face itself is swapped or generated: not judged."


def _blind(report: Report) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    """Reason and rounds -> the checks that all lack the same thing there."""
    found: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for f in report.findings:
        if f.outcome is Outcome.NOT_AVAILABLE and _reason(f) and not _waits(f):
            found.setdefault((_reason(f), f.rounds), set()).add(f.check)
    return found


def _waits(finding: Finding) -> bool:
    """Not asked only because nobody said who the candidate is."""
    return finding.outcome is Outcome.NOT_AVAILABLE and NOT_KNOWN in _reason(finding)


def _names(report: Report) -> dict[str, tuple[str, str]]:
    """Short and long name of every round and reference, by id, in the order of the case."""
    rounds = {r.id: (r.label, round_name(r)) for r in report.rounds}
    return rounds | {e.id: (shortened(e.name), reference_name(e)) for e in report.references}


def _is_pair(finding: Finding) -> bool:
    return finding.group is Group.IDENTITY and finding.lr is not None and len(finding.rounds) == 2


def _kinds(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Comparisons of faces, then those of voices: one sentence never speaks of both."""
    return [[f for f in findings if of_voices(f) is voices] for voices in (False, True)]


def _stars(group: Sequence[Finding], order: tuple[str, ...]) -> list[tuple[str, tuple[Finding, ...]]]:
    """Pairs gathered round the subject that most of them share, again and again until none is left."""
    left, stars = list(group), []
    rank = {subject: number for number, subject in enumerate(order)}
    while left:
        counts = Counter(subject for f in left for subject in f.rounds)
        hub = max(counts, key=lambda s: (counts[s], rank.get(s, -1)))
        stars.append((hub, tuple(f for f in left if hub in f.rounds)))
        left = [f for f in left if hub not in f.rounds]
    return stars


def _others(hub: str, group: Iterable[Finding], names: dict[str, tuple[str, str]]) -> str:
    ids = [next(s for s in f.rounds if s != hub) for f in group]
    order = list(names)
    ids.sort(key=lambda s: order.index(s) if s in names else -1)
    return listed([names.get(s, (s, s))[0] for s in ids])


def _long(subject: str, names: dict[str, tuple[str, str]]) -> str:
    return names.get(subject, (subject, subject))[1]


def _star_lead(hub: str, group: tuple[Finding, ...], names: dict[str, tuple[str, str]]) -> Lead:
    tone = finding_tone(group[0])
    if len(group) == 1:
        return Lead(tone, group[0].statement, group)
    what, sides = ("voice", VOICES) if of_voices(group[0]) else ("face", FACES)
    who = f"The {what} in {_long(hub, names)}, compared one by one with {_others(hub, group, names)}"
    if tone == "open":
        return Lead(tone, f"{who}: no clear support either way in each of the {len(group)}.", group)
    words, times = strength_range(f.lr for f in group if f.lr is not None)
    text = f"{who}: {words} support for {sides.different} ({times} times more likely if {sides.if_different})."
    return Lead(tone, text, group)


def _best(lead: Lead, order: dict[int, int]) -> int:
    return min(order[id(f)] for f in lead.findings)


def _quiet(report: Report) -> list[Finding]:
    """Comparisons that support sameness."""
    return [f for f in report.findings if finding_tone(f) == "same" and f.outcome is Outcome.NOT_OBSERVED]


def _together(quiet: Sequence[Finding], names: dict[str, tuple[str, str]]) -> list[Lead]:
    """Rounds and references that all go together, largest group first."""
    pairs = {frozenset(f.rounds): f for f in quiet if _is_pair(f)}
    left, groups = list(pairs), []
    while left:
        members = sorted(left[0], key=list(names).index)
        for subject in names:
            if subject not in members and all(frozenset((subject, m)) in pairs for m in members):
                members.append(subject)
        inside = [pair for pair in pairs if pair <= set(members)]
        groups.append(_group_lead(members, tuple(pairs[p] for p in inside), names))
        left = [pair for pair in left if pair not in inside]
    return sorted(groups, key=lambda lead: -len(lead.findings))


def _not_answered(report: Report, names: dict[str, tuple[str, str]]) -> list[Lead]:
    """That no two rounds could be compared by face: the question that a report of rounds is made for."""
    across = [f for f in report.findings if f.check == ACROSS_ROUNDS and len(f.rounds) == 2]
    if not across or any(f.outcome is not Outcome.NOT_AVAILABLE for f in across):
        return []
    hub, star = _stars(across, tuple(names))[0]
    return [Lead("unseen", _not_compared(hub, star, names, _reason(star[0])), star)]


def _steady(quiet: Sequence[Finding]) -> list[Lead]:
    """Faces and voices that stay one through a round."""
    steady = sorted((f for f in quiet if not _is_pair(f)), key=lambda f: -strength(f))
    return [Lead("same", f.statement, (f,)) for f in steady]


def _group_lead(members: list[str], group: tuple[Finding, ...], names: dict[str, tuple[str, str]]) -> Lead:
    if len(group) == 1:
        return Lead("same", group[0].statement, group)
    words, times = strength_range(f.lr for f in group if f.lr is not None)
    who = listed([names[m][0] for m in sorted(members, key=list(names).index)])
    what, sides = ("voices", VOICES) if of_voices(group[0]) else ("faces", FACES)
    text = (
        f"The {what} in {who}, each compared with each of the others: {words} support for {sides.same} "
        f"({times} times more likely if {sides.if_same})."
    )
    return Lead("same", text, group)


def _open(ranked: Iterable[Finding], names: dict[str, tuple[str, str]]) -> list[Lead]:
    undecided = [f for f in ranked if f.outcome is Outcome.INCONCLUSIVE]
    pairs = [f for f in undecided if _is_pair(f)]
    stars = [_star_lead(hub, group, names) for kind in _kinds(pairs) for hub, group in _stars(kind, tuple(names))]
    return stars + [Lead("open", f.statement, (f,)) for f in undecided if not _is_pair(f)]


def _reason(finding: Finding) -> str:
    return next((value for label, value in finding.details if label == REASON), "")


def _not_compared(hub: str, group: tuple[Finding, ...], names: dict[str, tuple[str, str]], reason: str) -> str:
    if len(group) == 1:
        return group[0].statement
    hub_name = f"The voice in {_long(hub, names)}" if of_voices(group[0]) else _long(hub, names)
    return f"{hub_name[:1].upper()}{hub_name[1:]} could not be compared with {_others(hub, group, names)}: {_sentence(reason)}"


def _absent(timeline: Timeline) -> Unseen | None:
    spans = [s for lane in timeline.lanes if lane.kind == "unobservable" for s in lane.spans]
    away = sum((s.duration for s in spans), Fraction(0))
    if away < 1:
        return None
    when = f", the first time at {clock(spans[0].start)}" if float(away) < float(timeline.duration) else ""
    text = f"{timeline.label}: the candidate is not on screen for {clock(away)} of {clock(timeline.duration)}{when}."
    return Unseen(text + " Nothing is known about those seconds.", timeline.round_id)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
