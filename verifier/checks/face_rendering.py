"""Does the region of the face carry traces of blending or rendering?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.face_rendering import Rendering

spec = CheckSpec(
    id="face-rendering",
    question="Does the region of the face carry traces of blending or rendering?",
    group=Group.MANIPULATION,
    propositions=None,
    method=(
        "A small network of this project, trained on photos and on twins of them that were blended, swapped and redrawn, looks at up to "
        "twelve kept pictures of the face; so does every detector that an organisation has added. Each gives a mean on its own scale."
    ),
    limits=(
        "Uncalibrated: it finds the kinds of blending it was trained on, and not faces that are generated as a whole: on those, with face size matched, it "
        "does no better than chance (models/face_rendering/figures.md). So it never says that something was observed, runs only when it is asked "
        "for by name, and weighs nothing. Soft or enlarged pictures raise its numbers."
    ),
    follow_up="Ask for a turn to each side and a hand slowly across the face, and look at the pictures; the numbers alone say nothing about anybody.",
    needs=("faces", "rendering"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    found = r.rendering
    if found is None or found.reason:
        why = r.reason or (found.reason if found else "the face was not looked at")
        text = f"Could not look for traces of rendering in {round_name(r.round)}"
        step = "Ask for a recording in speaker view with the face large in the picture, and check again."
        return could_not(make, text, why, (r.round.id,), step, details=_left_out(found))
    return make.make(
        Outcome.INCONCLUSIVE,
        f"{round_name(r.round)}: measured in {found.pictures} pictures of the face; this check is uncalibrated and draws no conclusion.",
        rounds=(r.round.id,),
        details=(
            *((f"Detector {name}", f"{mean:+.2f} (uncalibrated)") for name, mean in found.means.items()),
            *_left_out(found),
        ),
    )


def _left_out(found: Rendering | None) -> tuple[tuple[str, str], ...]:
    return tuple((f"Detector {name}", f"not used: {why}") for name, why in (found.unusable if found else ()))
