"""Is it one face all through the round, and if not, when did it change?"""

from __future__ import annotations

from dataclasses import replace

from verifier.checks.base import (
    FACE_PROPOSITIONS,
    LEAST_IN_HALF,
    CaseObservations,
    ObservedRound,
    Seen,
    could_not,
    frames_compared,
    outcome_of,
    round_name,
    support_words,
)
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.timing import MediaTime, Span, clock, merge_spans

MOST_TIMES = 6
"""Stretches that a sentence names."""
CONVERSATION = 3
"""Stretches from which on people are taken to take turns in speaker view: then the seconds could not be seen, no more."""

spec = CheckSpec(
    id="face-continuity",
    question="Is it one face all through the round? When did it change?",
    group=Group.IDENTITY,
    propositions=FACE_PROPOSITIONS,
    method=(
        "The candidate's face is followed through the recording. The two halves of its pictures are compared with each other, "
        "and its face with any other that follows or precedes it in the same place. Other faces in its place in between are listed."
    ),
    limits=(
        "Faces are looked at once a second. While nobody or only others are on screen, nothing is known about the candidate. "
        "In speaker view another participant can follow in the same place without any fault. A good face swap keeps one face. "
        "Pictures of one round were taken for one face because they look alike, so that its halves agree is weak news."
    ),
    follow_up="Play the seconds around the change and look at the frames side by side.",
    needs=("faces", "templates"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [finding for r in case.rounds for finding in _round(case, r, make)]


def _round(case: CaseObservations, r: ObservedRound, make: FindingFactory) -> list[Finding]:
    beyond = [_beyond(r, make)] if r.not_followed else []
    if r.candidate is None:
        return [could_not(make, f"Could not follow a face in {round_name(r.round)}", r.reason, (r.round.id,)), *beyond]
    after, between = [], []
    for other in r.seen:
        if other is r.candidate or not _same_place(r.candidate, other):
            continue
        turn = _turn(r.candidate, other)
        if turn is not None:
            after.append(_change(case, r, r.candidate, other, turn, make))
        elif stretches := _stretches_between(r.candidate, other):
            between.append((other, stretches))
    stays = [] if after else [_steady(case, r, r.candidate, make)]
    return [*after, *stays, *([_in_between(r, r.candidate, between, make)] if between else []), *beyond]


def _steady(case: CaseObservations, r: ObservedRound, candidate: Seen, make: FindingFactory) -> Finding:
    halves = case.compared.get((f"{r.round.id}#first", f"{r.round.id}#last"))
    rounds = (r.round.id,)
    if halves is None or halves.lr is None:
        why = halves.reason if halves else f"fewer than {2 * LEAST_IN_HALF} usable pictures of the face"
        return could_not(make, f"Could not compare the beginning of {round_name(r.round)} with its end", why, rounds)
    seen = f"{clock(candidate.person.spans[0].start)} to {clock(candidate.person.spans[-1].end)}"
    text = (
        f"The candidate's face in the first and in the second half of its pictures in {round_name(r.round)}, {seen}: "
        f"{support_words(halves.lr)}."
    )
    return make.make(
        outcome_of(halves.lr), text, rounds=rounds, score=halves.score, lr=halves.lr, pictures=_shown(candidate)
    )


def _turn(candidate: Seen, other: Seen) -> tuple[MediaTime, MediaTime] | None:
    """When one face ends and the other begins, where one follows the other once, for good."""
    mine, theirs = candidate.person.spans, other.person.spans
    if mine[-1].end <= theirs[0].start + 1:
        return mine[-1].end, theirs[0].start
    if theirs[-1].end <= mine[0].start + 1:
        return theirs[-1].end, mine[0].start
    return None


def _change(
    case: CaseObservations,
    r: ObservedRound,
    candidate: Seen,
    other: Seen,
    turn: tuple[MediaTime, MediaTime],
    make: FindingFactory,
) -> Finding:
    low, high = min(turn), max(turn)
    rounds, spans = (r.round.id,), (Span(max(low - 5, low * 0), high + 5),)
    where = f"{round_name(r.round)}: one face until {clock(low)}, a face in the same place from {clock(high)} on"
    comparison = case.compared.get((r.round.id, other.id))
    if comparison is None or comparison.lr is None:
        why = comparison.reason if comparison else "no usable picture of one of them"
        return replace(could_not(make, f"{where}; they could not be compared", why, rounds), spans=spans)
    text = (
        f"{where}: {support_words(comparison.lr)}. {frames_compared(candidate.template, other.template)} "
        "It may be another participant in speaker view."
    )
    return make.make(
        outcome_of(comparison.lr),
        text,
        rounds=rounds,
        spans=spans,
        score=comparison.score,
        lr=comparison.lr,
        pictures=_shown(candidate) + other.pictures[:1],
    )


def _stretches_between(candidate: Seen, other: Seen) -> list[Span]:
    """When `other` is on screen with the candidate before and after, but not at the same time."""
    mine = candidate.person.spans
    if any(span.overlaps(own) for span in other.person.spans for own in mine):
        return []
    return [s for s in other.person.spans if mine[0].end <= s.start and s.end <= mine[-1].start]


def _in_between(
    r: ObservedRound, candidate: Seen, between: list[tuple[Seen, list[Span]]], make: FindingFactory
) -> Finding:
    """Somebody else sits in the candidate's place for a while. An ordinary call in speaker view looks just like that."""
    spans = merge_spans([span for _, stretches in between for span in stretches])
    times = ", ".join(f"{clock(s.start)}-{clock(s.end)}" for s in spans[:MOST_TIMES])
    more = f" and {len(spans) - MOST_TIMES} more times" if len(spans) > MOST_TIMES else ""
    text = (
        f"{round_name(r.round)}: another face is where the candidate's is before and after: {times}{more}. "
        "In speaker view that is how participants take turns; nothing is known about the candidate in those seconds."
    )
    pictures = _shown(candidate) + tuple(p for other, _ in between for p in other.pictures[:1])
    outcome = Outcome.INCONCLUSIVE if len(spans) < CONVERSATION else Outcome.NOT_AVAILABLE
    return make.make(outcome, text, rounds=(r.round.id,), spans=tuple(spans), pictures=pictures)


def _beyond(r: ObservedRound, make: FindingFactory) -> Finding:
    why = f"{r.not_followed} more sightings of faces than can be followed; the candidate may be among them"
    return could_not(make, f"Could not follow every face in {round_name(r.round)}", why, (r.round.id,))


def _same_place(a: Seen, b: Seen) -> bool:
    boxes_a = [s.box for t in a.person.tracklets for s in (t.samples[0], t.samples[-1])]
    boxes_b = [s.box for t in b.person.tracklets for s in (t.samples[0], t.samples[-1])]
    return any(x.overlap(y) > 0.3 for x in boxes_a for y in boxes_b)


def _shown(seen: Seen | None) -> tuple[str, ...]:
    return seen.pictures[:1] if seen else ()
