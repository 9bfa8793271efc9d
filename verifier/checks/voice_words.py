"""What the checks on voices say alike: how much speech was compared, in what sound, and why it is taken for the candidate's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import ASK_FOR_SOUND, could_not, round_name
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.checks.base import ObservedRound
    from verifier.findings import Finding, FindingFactory
    from verifier.timing import Span
    from verifier.voice_calibration import VoiceTemplate

SHOWN_SPANS = 6
"""Times named in a sentence; all are in `spans`."""
BEHAVIOUR_ONLY = (
    "There is no labelled public data for this question: it describes behaviour only, and gives no likelihood ratio."
)


def speech_compared(a: VoiceTemplate, b: VoiceTemplate) -> str:
    """ "Compared: 41 s of speech with 28 s.", and what makes the sound hard to compare."""
    text = f"Compared: {a.speech_s:.0f} s of speech with {b.speech_s:.0f} s."
    flaws = dict.fromkeys((*a.facts.flaws, *b.facts.flaws))
    return text + (f" The sound is rough: {'; '.join(flaws)}." if flaws else "")


def whose(*rounds: ObservedRound) -> str:
    """Why these voices are taken for the candidate's, as one sentence."""
    ways: dict[str, list[str]] = {}
    for r in rounds:
        ways.setdefault(r.voice_basis, []).append(r.round.label)
    said = [f"in {' and '.join(labels)} {way}" for way, labels in ways.items() if way]
    return f" Taken for the candidate's: {'; '.join(said)}." if said else ""


def no_voice(r: ObservedRound, make: FindingFactory, text: str) -> Finding:
    """Nothing can be said about the candidate's voice in a round."""
    why = r.voice_reason or "its sound was not listened to"
    return could_not(make, f"{text} in {round_name(r.round)}", why, (r.round.id,), ASK_FOR_SOUND)


def times(spans: Sequence[Span]) -> str:
    """ "04:11 to 04:15, 09:30 to 09:34 and 3 more"."""
    shown = [f"{clock(s.start)} to {clock(s.end)}" for s in spans[:SHOWN_SPANS]]
    more = len(spans) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
