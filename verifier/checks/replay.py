"""Does the picture of the candidate stand still, or come again?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.observe.lips import BURST
from verifier.timing import SHOWN_SPANS, clock, clocks, merge_spans, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.replay import Repeat, Replay
    from verifier.timing import Span
NO_LOOP = "nowhere was the face seen closely for long enough to compare it with earlier seconds"

spec = CheckSpec(
    id="replay",
    question="Does the picture of the candidate stand still, or come again?",
    group=Group.MANIPULATION,
    propositions=None,
    method=(
        "The picture around the candidate's face is looked at from afar, as a grid of 64 by 36 grey cells: 15 times a second in "
        f"recordings of up to a minute, in longer ones for {BURST} seconds of every minute and a half (every half minute where there are no more "
        "than five) and once a second between. It stands still where over three seconds no cell changes by more than the coding of a "
        "still picture does. It comes again where a second and a half that moves looks like an earlier one, closer than one picture "
        "looks like the next, for several such stretches in a row with the same delay."
    ),
    limits=(
        "A picture that stands still is first of all a connection or a camera that stalled, or a photo shown instead of a camera. "
        "Somebody who sits motionless was never measured: a picture that hardly moves is left open. A loop is seen where what it repeats falls into "
        f"the {BURST} seconds as well: in longer recordings, loops longer than that can go unseen. A recorder that writes no pictures while the picture "
        "stands still leaves nothing to judge. Another device filmed off its screen is not looked for: what its screen leaves in the "
        "picture does not survive a call well enough (models/replay/figures.md). A recording of somebody played as a whole is "
        "neither still nor a loop."
    ),
    follow_up="Play these seconds with sound: see whether the voice goes on while the picture stands still, or the same movement comes again.",
    needs=("faces", "trail"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    replay = r.replay
    if replay is None or replay.reason:
        return _not_available(r, make)
    outcome, said, spans = _words(replay)
    cut = f"; nothing after {clock(replay.cut_at)} was looked at" if replay.cut_at is not None else ""
    return make.make(
        outcome,
        f"{round_name(r.round)}: {said}{cut}.",
        rounds=(r.round.id,),
        spans=tuple(spans),
        pictures=r.candidate.pictures[:1] if r.candidate else (),
        details=_details(replay),
    )


def _words(replay: Replay) -> tuple[Outcome, str, Sequence[Span]]:
    again = merge_spans([x.span for x in replay.repeats])
    parts = []
    if replay.still:
        parts.append(
            f"the picture of the candidate stands still at {clocks(replay.still)}; a stalled connection looks the same"
        )
    if replay.repeats:
        parts.append(f"the picture of the candidate at {_repeated(replay.repeats)}")
    if parts:
        return Outcome.OBSERVED, "; ".join(parts), merge_spans([*replay.still, *again])
    if replay.hardly_moving:
        said = f"the picture of the candidate hardly moves at {clocks(replay.hardly_moving)}: this may be somebody who keeps still"
        return Outcome.INCONCLUSIVE, said, replay.hardly_moving
    moves = f"the picture of the candidate moves in all of the {_seconds(replay.judged)} that were looked at"
    if not replay.compared:
        return Outcome.INCONCLUSIVE, f"{moves}, but no loop could be looked for: {NO_LOOP}", ()
    return Outcome.NOT_OBSERVED, f"{moves}; a loop was looked for in {_seconds(replay.compared)} of them, and none of these comes again", ()  # fmt: skip


def _repeated(repeats: Sequence[Repeat]) -> str:
    shown = [f"{_time(x.span)} is the same as at {_time(x.first)}" for x in repeats[:SHOWN_SPANS]]
    more = len(repeats) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _not_available(r: ObservedRound, make: FindingFactory) -> Finding:
    why = (r.replay.reason if r.replay else r.reason) or "the picture was not looked at for it"
    text = f"Could not look for a still or repeated picture in {round_name(r.round)}"
    step = "Ask for a recording in which the face is in view for longer, and check again."
    return could_not(make, text, why, (r.round.id,), step)


def _details(replay: Replay) -> tuple[tuple[str, str], ...]:
    details = [
        ("Looked at", _seconds(replay.judged)),
        ("Compared with earlier seconds, for a loop", _seconds(replay.compared)),
    ]
    if replay.liveliest is not None:
        details.append(
            ("Least movement over three seconds", f"{replay.liveliest:.0f} of 255 grey levels in the liveliest cell")
        )
    if replay.nearest is not None:
        details.append(("Most alike stretch", f"{replay.nearest:.1f} times as far as one picture is from the next"))
    return tuple(details)


def _time(span: Span) -> str:
    return f"{clock(span.start)} to {clock(span.end)}"


def _seconds(spans: Sequence[Span]) -> str:
    return f"{total(spans):.0f} seconds"
