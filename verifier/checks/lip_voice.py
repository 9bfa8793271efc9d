"""Do lips and voice move together all through the round?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.likelihood import Support
from verifier.timing import clocks, merge_spans, shared, total

if TYPE_CHECKING:
    from verifier.likelihood import LikelihoodRatio
    from verifier.lip_voice import Coupling
    from verifier.timing import Span

TOGETHER_WORDS, APART_WORDS = "lips and voice belonging together", "lips and voice not belonging together"
STEADY_MS = 40
"""An offset smaller than a picture's time is none."""
DRIFT_MS = 120
"""Drift over the judged part of a round that is worth a sentence."""

INNOCENT = "Network trouble does this too, as does somebody who laughs or eats while another person speaks."
OF_OTHERS = 0.5
"""Share of parted seconds in which another voice is heard, from which they say nothing of the candidate's."""

spec = CheckSpec(
    id="lip-voice",
    question="Do lips and voice move together all through the round?",
    group=Group.MANIPULATION,
    propositions=(
        "the voice was not spoken by these lips at that time (dubbed, another person's, or out of step)",
        "the voice was spoken by these lips",
    ),
    method=(
        "The candidate's mouth is measured 15 times a second, in recordings of more than a minute for nine seconds of every minute and a half "
        "(every half minute where there are no more than five), and laid "
        "against the sound, five seconds at a time. What counts is how well mouth movement and sound go together the way they do in "
        "speech that is known to be genuine. An offset that stays the same all through the call is innocent: it is estimated first "
        "and taken out; where so little is said that none stands out, what parts must also part at the one that suits best. Stretches in which the mouth rests for a second or nothing is said are left out."
    ),
    limits=(
        "Coupling finds dubbing, a second person's voice and drift, not good lip-sync fakes: those move as genuine lips do. Whoever "
        "laughs, chews or mouths words while somebody else speaks also moves lips without the voice. Singing breaks it, and network "
        "trouble can part lips and voice for seconds. A call that is shifted by the same time from beginning to end counts as "
        "together. Seconds between the measured ones were not looked at. Where lips and voice part while another voice is heard, it stays open. "
        "Per five seconds of 7 people who are not in the model, coded at 300 kbit/s, another voice was seen in 137 of 144 and a shift of 0.3 to 2 s in "
        "70 of 71 (at 150 kbit/s 140 and 69), with no alarm in 18 that were untouched, from which up to 43 of 100 cannot be excluded. Parts of less than five "
        "seconds mostly stay hidden, as does a mouth that is held still in a picture that else moves: seen in 4 or 5 of 20."
    ),
    follow_up="Play the seconds with sound, watch the lips, and see whether the picture froze or somebody else was speaking.",
    needs=("faces", "lips", "coupling", "voices"),
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
    name, seconds = round_name(r.round), total(coupling.judged)
    about = f"{name}, {seconds:.0f} seconds of speech with the mouth in view"
    if coupling.parted:
        text = f"{about}: lips and voice part ways at {clocks(coupling.parted)}"
        if lr.support is Support.FIRST:
            text = f"{text}: {lr.strength} support for {APART_WORDS}.{_drift_words(coupling)} {INNOCENT}"
            others = [s for s in coupling.parted if is_of_others(s, r)]
            if not others:
                return Outcome.OBSERVED, text
            return Outcome.INCONCLUSIVE, f"{text} At {clocks(others)} it is mostly another voice that is heard."
        why = "for so much that was looked at this may be chance"
        return Outcome.INCONCLUSIVE, f"{text}: no clear support either way, {why}.{_drift_words(coupling)}"
    if lr.support is Support.SECOND:
        text = f"{about}: {lr.strength} support for {TOGETHER_WORDS}.{_drift_words(coupling)}"
        return Outcome.NOT_OBSERVED, text
    return Outcome.INCONCLUSIVE, f"{about}: no clear support either way.{_drift_words(coupling)}"


def is_of_others(span: Span, r: ObservedRound) -> bool:
    """Whether mostly a voice is heard in it that is known not to be, or not taken for, the candidate's."""
    face = r.candidate.id if r.candidate else None
    heard = [v for v in (r.voices.voices if r.voices else ()) if v is not r.voice]
    others = [s for v in heard if (v.tie.face != face if v.tie else r.voice is not None) for s in v.spans]
    return float(shared(span, merge_spans(others))) > OF_OTHERS * float(span.duration)


def _drift_words(coupling: Coupling) -> str:
    drifted = _drifted(coupling)
    if drifted is None or abs(drifted) < DRIFT_MS:
        return ""
    return f" The sound drifts against the lips, by {abs(drifted):.0f} ms over the part that was measured."


def _drifted(coupling: Coupling) -> float | None:
    """Milliseconds from the first to the last judged second."""
    if coupling.drift_ms_per_min is None or not coupling.judged:
        return None
    minutes = float(coupling.judged[-1].end - coupling.judged[0].start) / 60
    return coupling.drift_ms_per_min * minutes


def _not_available(r: ObservedRound, make: FindingFactory) -> Finding:
    why = (r.coupling.reason if r.coupling else r.reason) or "lips and sound were not looked at"
    text = f"Could not lay lips and voice side by side in {round_name(r.round)}"
    step = (
        "Ask for a recording with sound in speaker view, the face from the front with the mouth free, and check again."
    )
    return could_not(make, text, why, (r.round.id,), step)


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
        ("Judged", f"{total(coupling.judged):.0f} s"),
        ("Constant offset", offset_words),
        ("Drift", "too little to tell" if drift is None else f"{drift:+.0f} ms a minute"),
    )
