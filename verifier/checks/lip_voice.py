"""Do lips and voice move together all through the round?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import REASON, CaseObservations, ObservedRound, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.likelihood import Support
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.likelihood import LikelihoodRatio
    from verifier.lip_voice import Coupling
    from verifier.timing import Span

TOGETHER_WORDS, APART_WORDS = "lips and voice belonging together", "lips and voice not belonging together"
STEADY_MS = 40
"""An offset smaller than a picture's time is none."""
DRIFT_MS = 120
"""Drift over the judged part of a round that is worth a sentence."""
SHOWN_SPANS = 6
"""Times named in the sentence; all are in `spans`."""

spec = CheckSpec(
    id="lip-voice",
    question="Do lips and voice move together all through the round?",
    group=Group.MANIPULATION,
    propositions=(
        "the voice was not spoken by these lips at that time (dubbed, another person's, or out of step)",
        "the voice was spoken by these lips",
    ),
    method=(
        "The candidate's mouth is measured 15 times a second, in recordings of more than a minute for nine seconds of every minute "
        "(every half minute where there are no more than five), and laid "
        "against the sound, five seconds at a time. What counts is how well mouth movement and sound go together the way they do in "
        "speech that is known to be genuine. An offset that stays the same all through the call is innocent: it is estimated first "
        "and taken out. Stretches in which the mouth rests for a second or nothing is said are left out."
    ),
    limits=(
        "Coupling finds dubbing, a second person's voice and drift, not good lip-sync fakes: those move as genuine lips do. Whoever "
        "laughs, chews or mouths words while somebody else speaks also moves lips without the voice. Singing breaks it, and network "
        "trouble can part lips and voice for seconds. A call that is shifted by the same time from beginning to end counts as "
        "together. Seconds between the measured ones were not looked at."
    ),
    follow_up="Play the seconds with sound, watch the lips, and see whether the picture froze or somebody else was speaking.",
    needs=("faces", "lips", "coupling"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    coupling = r.coupling
    if coupling is None or coupling.lr is None:
        return _not_available(r, make)
    outcome, text = _words(r, coupling, coupling.lr)
    return make.make(
        outcome,
        text,
        rounds=(r.round.id,),
        spans=coupling.parted,
        score=coupling.score,
        lr=coupling.lr,
        pictures=r.candidate.pictures[:1] if r.candidate else (),
        details=_details(coupling),
    )


def _words(r: ObservedRound, coupling: Coupling, lr: LikelihoodRatio) -> tuple[Outcome, str]:
    name, seconds = round_name(r.round), _seconds(coupling.judged)
    about = f"{name}, {seconds:.0f} seconds of speech with the mouth in view"
    if coupling.parted:
        text = f"{about}: lips and voice part ways at {_times(coupling.parted)}"
        if lr.support is Support.FIRST:
            return Outcome.OBSERVED, f"{text}: {lr.strength} support for {APART_WORDS}.{_drift_words(coupling)}"
        why = "for so much that was looked at this may be chance"
        return Outcome.INCONCLUSIVE, f"{text}: no clear support either way, {why}.{_drift_words(coupling)}"
    if lr.support is Support.SECOND:
        text = f"{about}: {lr.strength} support for {TOGETHER_WORDS}.{_drift_words(coupling)}"
        return Outcome.NOT_OBSERVED, text
    return Outcome.INCONCLUSIVE, f"{about}: no clear support either way.{_drift_words(coupling)}"


def _drift_words(coupling: Coupling) -> str:
    total = _drifted(coupling)
    if total is None or abs(total) < DRIFT_MS:
        return ""
    return f" The sound drifts against the lips, by {abs(total):.0f} ms over the part that was measured."


def _drifted(coupling: Coupling) -> float | None:
    """Milliseconds from the first to the last judged second."""
    if coupling.drift_ms_per_min is None or not coupling.judged:
        return None
    minutes = float(coupling.judged[-1].end - coupling.judged[0].start) / 60
    return coupling.drift_ms_per_min * minutes


def _not_available(r: ObservedRound, make: FindingFactory) -> Finding:
    why = (r.coupling.reason if r.coupling else r.reason) or "lips and sound were not looked at"
    return make.make(
        Outcome.NOT_AVAILABLE,
        f"Could not lay lips and voice side by side in {round_name(r.round)}: {why}.",
        rounds=(r.round.id,),
        details=((REASON, why),),
        next_step="Ask for a recording with sound in speaker view, the face from the front with the mouth free, and check again.",
    )


def _details(coupling: Coupling) -> tuple[tuple[str, str], ...]:
    offset = coupling.offset_s
    if offset is None:
        offset_words = "none stands out; lips and sound were compared as they are"
    elif abs(offset) * 1000 < STEADY_MS:
        offset_words = "none"
    else:
        offset_words = (
            f"sound {abs(offset) * 1000:.0f} ms {'later' if offset > 0 else 'earlier'} than the lips (innocent)"
        )
    drift = coupling.drift_ms_per_min
    return (
        ("Judged", f"{_seconds(coupling.judged):.0f} s"),
        ("Constant offset", offset_words),
        ("Drift", "too little to tell" if drift is None else f"{drift:+.0f} ms a minute"),
    )


def _times(spans: Sequence[Span]) -> str:
    shown = [f"{clock(s.start)} to {clock(s.end)}" for s in spans[:SHOWN_SPANS]]
    more = len(spans) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _seconds(spans: Sequence[Span]) -> float:
    return float(sum(s.duration for s in spans))
