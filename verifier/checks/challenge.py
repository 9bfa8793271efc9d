"""Was the prompted movement made, and did the face hold?"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.checks.base import MADE, PROMPT, YOURS, CaseObservations, ObservedRound, could_not, round_name
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.prompt_response import is_of
from verifier.timing import Span, clock

if TYPE_CHECKING:
    from verifier.prompt_response import Response

BACK_MOST, STEP_MOST = 0.04, 0.08
"""Cosine distances of dlib's templates: twice the most of 71 stretches in 11 genuine clips as recorded (.019 and .038). A drawn face that
turns stays at .009; with a swap on it that gives way at 25 degrees it steps by .094, and where the swap ends meanwhile it is
.081 away afterwards (python -m tests.benchmarks.challenge)."""
LEAST_COMPARED = 0.2
"""Of the pictures during the prompt; below it, nothing is said of the face there. Drawn faces that do what was asked leave
6 of 27 (a hand across the face) to 27 (python -m tests.benchmarks.challenge has the courses)."""
NAMES = {
    "turn-left": "a turn to the left", "turn-right": "a turn to the right", "look-up": "a look up",
    "hand-across": "a hand across the face", "light": "a change of light", "hold-id": "the ID beside the face",
    "say-phrase": "words to be said",
}  # fmt: skip
AGAIN = "Ask for it once more, slowly, with the whole face in the picture, and look at the frames."

spec = CheckSpec(
    id="challenge",
    question="Was the prompted movement made, and did the face stay the same through it?",
    group=Group.MANIPULATION,
    propositions=None,
    method=(
        "Only at the times that are marked (or found by how head and hands move, with --challenge auto) the largest face is looked at "
        "closely, six pictures a second, from three seconds before the prompt to two seconds after it. How far the head turned or "
        "looked up is read from the mesh, how much of the face a hand covered from mediapipe's hands, a change of light from the "
        "brightness of the face, each against how the face was just before. Templates of the face during and after the prompt, turned up "
        "to 40 degrees, are compared with the mean of those before it; three frames (before, furthest, after) are laid side by side."
    ),
    limits=(
        "There is no labelled public data of prompts: this describes behaviour. It speaks only where the face is less like itself after "
        "the prompt, or changes from one picture to the next, more than twice as far as it ever did in genuine clips in which nobody "
        "was asked for anything (python -m tests.benchmarks.challenge). Of a face that a hand covers or that is turned further it says nothing: "
        "how many pictures were compared is given. A swap that holds through the prompt is not seen, and "
        "somebody who does not follow a prompt may not have understood it, or may not be able to. Whether an ID was held up or words were "
        "said, and how the edges of face and hand look, is for people to see: a human looks, the numbers help."
    ),
    follow_up="Play these seconds and lay the frames side by side; ask for the same movement once more in a new call.",
    needs=("faces", "challenge"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    if all(r.prompts is None for r in case.rounds):
        return [
            make.make(Outcome.NOT_APPLICABLE, "No prompts were marked: --challenge names a file of marks, or auto.")
        ]
    findings = []
    for r in case.rounds:
        findings += [_prompt(r, answer, make) for answer in r.prompts or ()]
    return findings or [
        make.make(Outcome.NOT_APPLICABLE, "No turn of the head, look up or hand across the face was found.")
    ]


def _prompt(r: ObservedRound, answer: Response, make: FindingFactory) -> Finding:
    mark = answer.mark
    where = f"{round_name(r.round)}, {clock(mark.start_s)}: {NAMES[mark.prompt]}"
    span = Span(Fraction(mark.start_s).limit_denominator(1000), Fraction(mark.end_s).limit_denominator(1000))
    why = answer.reason or r.reason
    if not why and (r.candidate is None or not is_of(r.candidate.person, answer)):
        why = "the largest face at that time is not the candidate's"
    if not why and answer.own is None:
        why = "the face could not be compared with itself: it is too small or too turned"
    if why:
        text = f"Could not look at the answer to a prompt. {where}"
        return could_not(make, text, why, (r.round.id,), AGAIN, spans=(span,))
    outcome, said = words(answer)
    return make.make(
        outcome, f"{where}: {said}.", rounds=(r.round.id,), spans=(span,), pictures=answer.pictures,
        details=((PROMPT, _followed(answer, outcome)), *_details(answer)),
        **({"next_step": AGAIN} if answer.done is False or outcome is Outcome.INCONCLUSIVE else {}),
    )  # fmt: skip


def words(answer: Response) -> tuple[Outcome, str]:
    """Outcome and half a sentence of a response that was measured."""
    changes = []
    if answer.back is not None and answer.back > BACK_MOST:
        changes.append("the face is less like itself after it than a face from the front is")
    if answer.jump is not None and answer.jump > STEP_MOST:
        changes.append("the face changes from one picture to the next more than its own pictures differ")
    made = {True: "it was made", False: "it was not seen", None: "whether it was done is for you to see"}[answer.done]
    if answer.other_way:
        made = "the head turned to the other side, or the recording is mirrored"
    of = f"{answer.compared} of {answer.during} pictures during it"
    if changes:
        return (
            Outcome.OBSERVED,
            f"{made}, and {' and '.join(changes)}; a blurred or half-hidden picture can do this too",
        )
    if answer.done is False:
        short = "" if answer.other_way else ", or not far enough to tell"
        return Outcome.INCONCLUSIVE, f"{made}{short}; the face could be compared in {of}"
    if answer.back is None:
        return Outcome.INCONCLUSIVE, f"{made}, but the face was not seen from the front afterwards"
    if answer.compared < LEAST_COMPARED * answer.during:
        return Outcome.INCONCLUSIVE, f"{made}, but the face could be compared in only {of}"
    return (
        Outcome.NOT_OBSERVED,
        f"{made}, the face was the same before and after it, and no change shows in the {of} that could be compared",
    )


def _followed(answer: Response, outcome: Outcome) -> str:
    if answer.done is not True:
        unseen = "made to the other side" if answer.other_way else "not seen"
        return YOURS if answer.done is None else unseen
    return "made, the face hardly compared" if outcome is Outcome.INCONCLUSIVE else MADE


def _details(answer: Response) -> tuple[tuple[str, str], ...]:
    prompt, details = answer.mark.prompt, []
    if answer.reach is not None:
        unit = {"hand-across": "{:.0%} of the face covered", "light": "brightness of the face changed by {:.0%}"}
        side = "to the other side" if answer.other_way else "from how the face was before"
        details.append(("Furthest", unit.get(prompt, f"{{:.0f}} degrees {side}").format(answer.reach)))
    details.append(("Face not measurable during it", f"{answer.lost:.0%} of the pictures"))
    details.append(("Compared with the face before", f"{answer.compared} of {answer.during} pictures during it"))
    for label, value, most in (
        ("Before the prompt, single pictures from their mean (at most)", answer.own, None),
        ("Largest step from one picture to the next, turned alike", answer.jump, STEP_MOST),
        ("Furthest from the face before, up to 40 degrees", answer.away, None),
        ("After it, from the face before", answer.back, BACK_MOST),
    ):
        if value is not None:
            limit = f"; above {most} is to be looked at" if most else ""
            details.append((label, f"{value:.3f} (0: alike{limit})"))
    if answer.edge is not None:
        details.append(("Edge of the hand over the face, against beside it", f"{answer.edge:.2f}"))
    if answer.mark.phrase:
        details.append(("Words", answer.mark.phrase))
    return tuple(details)
