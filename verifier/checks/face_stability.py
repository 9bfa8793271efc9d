"""Do the landmarks of the face hold still against the head, and its template against itself?"""

from __future__ import annotations

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

spec = CheckSpec(
    id="face-stability",
    question="Does the face hold still against its own head, and stay itself, as far as pose and quality explain?",
    group=Group.MANIPULATION,
    propositions=None,
    method=(
        "In the pictures in which the mouth is measured, sixteen points of the face that neither speech nor a blink moves are followed; "
        "what is left of their movement when the head's own is taken out is the jitter. The templates of the face's kept pictures are compared "
        "with their neighbours where these are turned alike: the drift. Both are given as numbers."
    ),
    limits=(
        "Uncalibrated: on people left out, the jitter does not tell changed faces from genuine ones well enough through a call "
        "(models/face_stability/figures.md); how far drift does was never measured, because the clips at hand are too short for it. So it never says that something was observed, runs only when it is asked for by name, and "
        "weighs nothing. Compression, poor light and small faces raise both numbers."
    ),
    follow_up="Look at the outline of the face while the head turns; the numbers alone say nothing about anybody.",
    needs=("faces", "lips", "stability"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    found = r.stability
    if found is None or (found.jitter is None and found.drift is None):
        why = r.reason or (r.mouths.reason if r.mouths else "") or "too few pictures of the face follow each other"
        step = "Ask for a recording in speaker view, the face from the front, and check again."
        text = f"Could not measure how the face holds still in {round_name(r.round)}"
        return could_not(make, text, why, (r.round.id,), step)
    jitter = (
        "too little to tell" if found.jitter is None else f"{found.jitter:.1f} thousandths of the distance of the eyes"
    )
    drift = "too little to tell" if found.drift is None else f"{found.drift:.3f} between pictures turned alike"
    return make.make(
        Outcome.INCONCLUSIVE,
        f"{round_name(r.round)}: measured in {found.pictures} pictures; this check is uncalibrated and draws no conclusion.",
        rounds=(r.round.id,),
        details=(("Landmark jitter", jitter), ("Template drift", drift), ("Pictures kept", str(found.crops))),
    )
