"""Is it one face all through the round, and if not, when did it change?"""

from __future__ import annotations

from verifier.checks.base import (
    FACE_PROPOSITIONS,
    CaseFaces,
    RoundFaces,
    Seen,
    could_not,
    frames_compared,
    outcome_of,
    round_name,
    support_words,
)
from verifier.findings import CheckSpec, Finding, FindingFactory, Group
from verifier.timing import Span, clock

spec = CheckSpec(
    id="face-continuity",
    question="Is it one face all through the round? When did it change?",
    group=Group.IDENTITY,
    propositions=FACE_PROPOSITIONS,
    method=(
        "The candidate's face is followed through the recording. Its first and last pictures are compared with each other, "
        "and with any other face that takes its place while the candidate is not on screen."
    ),
    limits=(
        "Faces are looked at once a second. While nobody or only others are on screen, nothing is known about the candidate. "
        "In speaker view another participant can follow in the same place without any fault. A good face swap keeps one face."
    ),
    follow_up="Play the seconds around the change and look at the frames side by side.",
    needs=("faces", "templates"),
)


def run(case: CaseFaces) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [finding for r in case.rounds for finding in _round(case, r, make)]


def _round(case: CaseFaces, r: RoundFaces, make: FindingFactory) -> list[Finding]:
    if r.candidate is None:
        return [could_not(make, f"Could not follow a face in {round_name(r.round)}", r.reason, (r.round.id,))]
    changes = [f for other in r.seen if (f := _change(case, r, r.candidate, other, make)) is not None]
    return changes or [_steady(case, r, make)]


def _steady(case: CaseFaces, r: RoundFaces, make: FindingFactory) -> Finding:
    halves = case.compared.get((f"{r.round.id}#first", f"{r.round.id}#last"))
    rounds = (r.round.id,)
    if halves is None or halves.lr is None:
        why = halves.reason if halves else "fewer than two usable pictures of the face"
        return could_not(make, f"Could not compare the beginning of {round_name(r.round)} with its end", why, rounds)
    text = f"The face at the beginning and at the end of {round_name(r.round)}: {support_words(halves.lr)}."
    return make.make(
        outcome_of(halves.lr), text, rounds=rounds, score=halves.score, lr=halves.lr, pictures=_shown(r.candidate)
    )


def _change(case: CaseFaces, r: RoundFaces, candidate: Seen, other: Seen, make: FindingFactory) -> Finding | None:
    """A finding when `other` takes the candidate's place once, for good, and is not the same face."""
    if other is candidate or other.template is None:
        return None
    mine, theirs = candidate.person.spans, other.person.spans
    if mine[-1].end <= theirs[0].start + 1:
        at, until = mine[-1].end, theirs[0].start
    elif theirs[-1].end <= mine[0].start + 1:
        at, until = theirs[-1].end, mine[0].start
    else:
        return None  # they take turns: people of one call, not one in the place of the other
    if not _same_place(candidate, other):
        return None
    comparison = case.compared.get((r.round.id, other.id))
    if comparison is None or comparison.lr is None:
        return None
    low, high = min(at, until), max(at, until)
    text = (
        f"{round_name(r.round)}: one face until {clock(low)}, a face in the same place from {clock(high)} on: "
        f"{support_words(comparison.lr)}. {frames_compared(candidate.template, other.template)} "
        "It may be another participant in speaker view."
    )
    return make.make(
        outcome_of(comparison.lr),
        text,
        rounds=(r.round.id,),
        spans=(Span(max(low - 5, low * 0), high + 5),),
        score=comparison.score,
        lr=comparison.lr,
        pictures=_shown(candidate) + other.pictures[:1],
    )


def _same_place(a: Seen, b: Seen) -> bool:
    boxes_a = [s.box for t in a.person.tracklets for s in (t.samples[0], t.samples[-1])]
    boxes_b = [s.box for t in b.person.tracklets for s in (t.samples[0], t.samples[-1])]
    return any(x.overlap(y) > 0.3 for x in boxes_a for y in boxes_b)


def _shown(seen: Seen | None) -> tuple[str, ...]:
    return seen.pictures[:1] if seen else ()
