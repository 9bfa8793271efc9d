"""Does the candidate's voice go on while the visible mouth is still?"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.checks.voice_words import BEHAVIOUR_ONLY, no_voice
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.mouth_motion import HOP_S, STILL, MouthMotion, share_heard
from verifier.observe.lips import BURST
from verifier.round_voices import HeardVoice
from verifier.timing import Span, clocks, merge_spans, total
from verifier.voice_clock import STEPS, marks

LEAST_S = 3
"""Seconds on end: a still mouth for a moment of speech is common, and sound may be up to a second late."""
LOOKED_S = 5.0
"""Seconds of the voice with the mouth in view that must have been looked at."""
ALIKE = 0.82
"""Cosine from which the speech of a stretch is taken for the candidate's: about that of two groups of pieces of one voice
(voices.SAME_MEANS); other voices lie below .7."""
_HEARD, _UNHEARD = 0.9, 0.1

spec = CheckSpec(
    id="speech-without-lips",
    question="Does the candidate's voice go on while the visible mouth is still?",
    group=Group.COACHING,
    propositions=None,
    method=(
        f"The candidate's mouth is measured 15 times a second, in recordings of more than a minute for {BURST} seconds of every minute and a half "
        "(every half minute where there are no more than five). Second by second it is asked whether the candidate's voice, and no "
        "other, is heard, and whether the mouth is still: less than a picture of a face that only sways. Three such seconds on end are shown. "
        f"Still is a change of the mouth's opening of less than {STILL} of the face's height per 1/25 s; on 466 seconds of "
        "talking clips the least was 0.0023."
    ),
    limits=(
        f"{BEHAVIOUR_ONLY} On calls built of 9 genuine clips, each heard once beside its own still picture, 7 were shown; on 21 clips "
        "of talking faces (5 real, 16 generated; 3.6 minutes) none, from which up to 0.8 a minute cannot be excluded. A picture that freezes while the sound goes on looks the same, as does sound that is more than a second late. "
        "Whoever speaks with hardly moving lips, or whose mouth is covered, may be shown. Voices that sound alike can be confused. "
        "A mouth that is held still in a picture that else moves seldom measures as still: on 20 such clips in a fifth of their seconds. "
        "Seconds between the measured ones were not looked at."
    ),
    follow_up="Play the seconds with sound and watch the lips; see whether the whole picture froze.",
    needs=("faces", "voices", "lips"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    rounds = (r.round.id,)
    if r.voice is None or r.voices is None:
        return no_voice(r, make, "Could not lay the candidate's voice beside the lips")
    looked, still = still_mouth(r) if r.still_mouth is None else r.still_mouth
    if looked < LOOKED_S:
        why = r.reason or f"the mouth was seen closely for only {looked:.0f} s while the candidate's voice was heard"
        text = f"Could not lay the candidate's voice beside the lips in {round_name(r.round)}"
        step = "Ask for a recording in speaker view, the face from the front with the mouth free, and check again."
        return could_not(make, text, why, rounds, step)
    about = f"{round_name(r.round)}, {looked:.0f} seconds of the candidate's voice with the mouth in view"
    assumed = "" if r.voice.tie else f" That the voice is the candidate's is not seen from the lips: {r.voice_basis}."
    if not still:
        text = f"{about}: no {LEAST_S} seconds on end in which the mouth is still.{assumed}"
        return make.make(Outcome.NOT_OBSERVED, text, rounds=rounds)
    text = (
        f"{about}: the voice goes on for {total(still):.0f} seconds while the visible mouth is still, at {clocks(still)}."
        f"{assumed} A picture that freezes does this too."
    )
    sure = r.voice.tie is not None or r.voice.source.is_own
    return make.make(Outcome.OBSERVED if sure else Outcome.INCONCLUSIVE, text, rounds=rounds, spans=still)


def still_mouth(r: ObservedRound) -> tuple[float, tuple[Span, ...]]:
    """Seconds of the candidate's voice with the mouth in view, and the stretches in which it was still."""
    motion = r.motions.get(r.candidate.id) if r.candidate else None
    return _seconds(motion, r.voice, r.voices.voices) if motion and r.voice and r.voices else (0.0, ())


def _seconds(
    motion: MouthMotion, mine: HeardVoice, everybody: tuple[HeardVoice, ...]
) -> tuple[float, tuple[Span, ...]]:
    heard = share_heard(marks(mine.spans), STEPS, motion.starts)
    others = [share_heard(marks(v.spans), STEPS, motion.starts) for v in everybody if v is not mine]
    alone = (heard >= _HEARD) & (np.max(others or [np.zeros(len(heard))], axis=0) <= _UNHEARD)
    still = [s for s in _spans(motion, alone & motion.still) if s.duration >= LEAST_S]
    return total(_spans(motion, alone)), tuple(s for s in still if _is_voice(mine, s))


def _is_voice(mine: HeardVoice, span: Span) -> bool:
    """Whether the speech of the stretch by itself is like the voice's other speech: grouping voices makes mistakes."""
    track = mine.source.track
    middles = [track.pieces[i].span for i in mine.pieces]
    inside = np.array([span.start <= (p.start + p.end) / 2 <= span.end for p in middles], bool)
    if not inside.any() or inside.all():
        return False
    scores = []
    for rows in track.vectors.values():
        here, elsewhere = rows[mine.pieces[inside]].mean(axis=0), rows[mine.pieces[~inside]].mean(axis=0)
        scores.append(float(here @ elsewhere / max(float(np.linalg.norm(here) * np.linalg.norm(elsewhere)), 1e-12)))
    return sum(scores) >= ALIKE * len(scores)


def _spans(motion: MouthMotion, which: np.ndarray) -> list[Span]:
    firsts = [Fraction(float(t)).limit_denominator(100) for t in motion.starts[which]]
    return merge_spans([Span(t, t + 1) for t in firsts], Fraction(HOP_S) / 100)
