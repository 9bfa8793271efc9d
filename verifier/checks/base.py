"""What checks read and how they speak: observations of a whole case, and the words for likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from verifier.calibration import WELL_LIT
from verifier.findings import CheckSpec, Finding, FindingFactory, Outcome
from verifier.likelihood import LikelihoodRatio, Support

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from verifier.asides import Aside
    from verifier.calibration import Comparison
    from verifier.case import Evidence, Round
    from verifier.documents.reading import DocumentSeen
    from verifier.elsewhere import Elsewhere
    from verifier.face_rendering import Rendering
    from verifier.face_stability import Stability
    from verifier.gaze import Gaze
    from verifier.lip_voice import Coupling
    from verifier.media.file_facts import FileFacts
    from verifier.mouth_motion import MouthMotion
    from verifier.mouths import MouthsAndSound
    from verifier.observe.templates import FaceTemplate
    from verifier.observe.trail import TrailTable
    from verifier.prompt_response import Response
    from verifier.replay import Replay
    from verifier.round_voices import HeardVoice, RoundVoices
    from verifier.spoken import OtherTranscript, RoundTranscript
    from verifier.timing import MediaTime, Span
    from verifier.tracks import Person
    from verifier.typing_sound import Typing

REASON = "Reason"
"""Label of the detail that says why something could not be compared."""
PROMPT, MADE, YOURS = "Prompt", "made", "for you to judge"
"""Label of the detail that says whether a prompt was followed, and what it says where nothing is to be asked again."""
SAME_FILE = "the same file was handed in twice"
"""Why two sides are not compared that are one file: a ratio would say nothing."""
ASK_FOR_SOUND = "Ask for a recording with sound, or for a sound file of each participant, with half a minute of the candidate's speech."
ASK_FOR_BETTER = "Ask for a recording in speaker view with light from the front, or for a sharp photo of the whole face, and compare again."
MOST_OF_A_NAME = 60
LEAST_IN_HALF = 2
"""Pictures of the candidate's face in either half of a round: one alone gave four false differences in 62 genuine calls of one to three
seconds behind filters, in poor light with the eyes some 30 pixels apart (`python -m tests.benchmarks.manipulations --only filtered`); two or more gave none."""
FACE_PROPOSITIONS = ("the two faces are of the same person", "the two faces are of different people")
VOICE_PROPOSITIONS = ("it is the same voice or an imitation of it", "they are different voices")
_OUTCOME = {
    Support.FIRST: Outcome.NOT_OBSERVED,
    Support.SECOND: Outcome.OBSERVED,
    Support.INCONCLUSIVE: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True)
class Seen:
    """One face of one round, with its template where one could be made."""

    id: str
    """"round-1/A"."""
    person: Person
    template: FaceTemplate | None
    pictures: tuple[str, ...]
    """Keys of the frames behind the template, best first."""


@dataclass(frozen=True)
class PickedAs:
    """How the candidate of a round was picked when it was looked at first."""

    way: str
    """As half a sentence: "the face that you named"."""
    among: int = 1
    """How many faces it was the nearest of, where it was picked for being near a picture."""


@dataclass(frozen=True)
class ObservedRound:
    round: Round
    seen: tuple[Seen, ...]
    candidate: Seen | None
    end: MediaTime
    looked_at: int
    """Pictures that were looked at; 0: there was no picture to look at."""
    reason: str
    """Why there is no candidate, in plain words; empty when there is one."""
    files: tuple[FileFacts, ...] = ()
    """What its files say about their making; one that could not be read is left out."""
    not_followed: int = 0
    """Sightings of faces beyond what is followed."""
    mouths: MouthsAndSound | None = None
    """What was seen of mouths and heard, of whoever they are; None: no check asked."""
    coupling: Coupling | None = None
    """What the candidate's lips and the sound say of each other; None: no check asked."""
    transcript: RoundTranscript | None = None
    """What was said in it; None: there is no transcript."""
    gaze: Gaze | None = None
    """How the candidate's eyes moved; None: no check asked."""
    typing: Typing | None = None
    """What sounds like keys, whoever presses them; None: no check asked."""
    trail: TrailTable | None = None
    """What the pictures look like from afar; None: no check asked."""
    stability: Stability | None = None
    """How the candidate's face holds still against the head and against itself; None: no check asked."""
    rendering: Rendering | None = None
    """What detectors say of the candidate's kept pictures; None: no check asked, or there is no candidate."""
    replay: Replay | None = None
    """What the trail says of the picture around the candidate; None: no check asked, or there is no candidate."""
    voices: RoundVoices | None = None
    """All that was heard; None: no check asked."""
    motions: Mapping[str, MouthMotion] = field(default_factory=dict)
    """How the mouths of faces move, by id of the face; those that were not seen closely are left out."""
    voice: HeardVoice | None = None
    """The one taken for the candidate's."""
    voice_basis: str = ""
    """How it was picked, as half a sentence."""
    voice_reason: str = ""
    """Why there is none, or none that can be compared; empty when there is one."""
    asides: tuple[Aside, ...] | None = None
    """What `voices` says of other voices near the candidate, of a round from a case folder, which keeps nobody else's voice."""
    still_mouth: tuple[float, tuple[Span, ...]] | None = None
    """The same for `motions`: seconds of the candidate's voice with the mouth in view, and when the mouth was still."""
    picked: PickedAs | None = None
    """None: the candidate is still open. A round from a case folder holds the candidate alone, so its pick stands."""
    prompts: tuple[Response, ...] | None = None
    """What the largest face did when it was asked to move; None: nobody said that there were prompts."""
    broken: tuple[tuple[str, str], ...] = ()
    """Measurements that stopped inside the tool: the observer that checks name in `needs`, and the kind of error."""


@dataclass(frozen=True)
class ReferenceFace:
    evidence: Evidence
    template: FaceTemplate | None
    pictures: tuple[str, ...]
    reason: str
    note: str = ""
    """What was assumed about which face it is, as half a sentence: "3 faces were seen in it; the largest was taken"."""


@dataclass(frozen=True)
class CaseObservations:
    """All a check may read. compared: ids of two subjects, in the order of the case, -> their comparison.

    Subjects are rounds and references by id, other faces of a round as "round-1/B", halves of the candidate's frames as
    "round-1#first" and "round-1#last".
    """

    rounds: tuple[ObservedRound, ...]
    references: tuple[ReferenceFace, ...]
    compared: Mapping[tuple[str, str], Comparison]
    origin: str
    voices_compared: Mapping[tuple[str, str], Comparison] = field(default_factory=dict)
    """The same for the candidate's voices: rounds by id, other voices as "round-1/voice-2", halves as above."""
    others: tuple[OtherTranscript, ...] = ()
    """Transcripts of other candidates' calls, to lay answers beside."""
    documents: tuple[DocumentSeen, ...] = ()
    """What was seen of documents among the references."""
    documents_reason: str = ""
    """Why documents could not be looked for, as half a sentence."""
    claimed_name: str | None = None
    call_date: date | None = None
    """The day for which documents are asked to be valid; None: not asked."""
    elsewhere: Elsewhere | None = None
    """What other cases have in common with this one; None: no case folder was searched."""


class Check(Protocol):
    """A module of this folder: `spec`, and `run`, a pure function of observations."""

    spec: CheckSpec

    def run(self, case: CaseObservations) -> list[Finding]: ...


def outcome_of(lr: LikelihoodRatio) -> Outcome:
    """For identity checks: a supported difference is what there is to look at."""
    return _OUTCOME[lr.support]


@dataclass(frozen=True)
class Sides:
    """How the two propositions of a comparison are named in a sentence."""

    same: str
    if_same: str
    different: str
    if_different: str


FACES = Sides("the same person", "it is the same person", "different people", "they are different people")
# an imitation, by a machine or a person, scores like the voice itself: no sentence may leave it out
VOICES = Sides(
    "the same voice or an imitation of it", "it is the same voice or an imitation of it",
    "different voices", "they are different voices",
)  # fmt: skip


def support_words(lr: LikelihoodRatio, sides: Sides = FACES) -> str:
    """ "strong support for the same person (about 2,000 times more likely if it is the same person)"."""
    if lr.support is Support.INCONCLUSIVE:
        return "no clear support either way"
    who, whose = (sides.same, sides.if_same)
    if lr.support is Support.SECOND:
        who, whose = sides.different, sides.if_different
    most = ", the most that the calibration supports" if lr.capped else ""
    return f"{lr.strength} support for {who} ({lr.times()} times more likely if {whose}{most})"


def frames_compared(*templates: FaceTemplate | None) -> str:
    """ "Compared: 5 frames with 1 photo.", and what makes them hard to compare."""
    found = [t for t in templates if t is not None]
    text = f"Compared: {' with '.join(_count(t) for t in found)}."
    return text + "".join(f" {note}" for note in dict.fromkeys(_light(t) for t in found) if note)


def _light(template: FaceTemplate) -> str:
    """Light that a reader should know of."""
    where, (dark, bright) = "photo" if template.is_photo else "recording", WELL_LIT
    if template.exposure < dark:
        return f"The face is dark in the {where}, which allows modest words at most."
    return (
        f"The face is very bright in the {where}, which allows modest words at most."
        if template.exposure > bright
        else ""
    )


def round_name(case_round: Round) -> str:
    """A round as its reader knows it: "Round 2 (tuesday.mp4)"."""
    files = [shortened(e.name) for e in case_round.evidence]
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{case_round.label} ({files[0]}{more})" if files else case_round.label


def reference_name(evidence: Evidence) -> str:
    """A reference as its reader knows it: "the photo passport.jpg"."""
    return f"the {'document' if evidence.kind == 'document page' else evidence.kind} {shortened(evidence.name)}"


def shortened(name: str) -> str:
    """A file's name that a sentence can carry: the middle of a long one is left out, its beginning and ending stay."""
    return name if len(name) <= MOST_OF_A_NAME else f"{name[:36]}…{name[-20:]}"


def could_not(
    make: FindingFactory, text: str, why: str, rounds: tuple[str, ...], next_step: str = ASK_FOR_BETTER,
    *, spans: tuple[Span, ...] = (), details: tuple[tuple[str, str], ...] = (),
) -> Finding:  # fmt: skip
    """What could not be done. `why` is also a detail of its own, so that reports can group by it."""
    return make.make(
        Outcome.NOT_AVAILABLE,
        f"{text}: {why}.",
        rounds=rounds,
        spans=spans,
        details=((REASON, why), *details),
        next_step=next_step,
    )


def _count(template: FaceTemplate) -> str:
    what, number = ("photo" if template.is_photo else "frame"), len(template.frames)
    return f"{number} {what}{'' if number == 1 else 's'}"


def whole(case_round: ObservedRound) -> Span:
    from fractions import Fraction

    from verifier.timing import Span

    return Span(Fraction(0), Fraction(case_round.end))
