"""Which voice of each round is the candidate's: tied by lips, by the name of a file, or a stated assumption."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from verifier import candidate
from verifier.calibration import Comparison
from verifier.case import Speaker
from verifier.checks.base import SAME_FILE
from verifier.spoken import MOSTLY, named_lines, share_within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from verifier.checks.base import ObservedRound
    from verifier.round_voices import HeardVoice, RoundVoices
    from verifier.timing import MediaTime
    from verifier.voice_calibration import VoiceTemplate

CLEARLY_LONGEST = 1.5
"""Times the speech of the next: an interviewee mostly speaks most, but not always."""

NAMED = "you named it"
BY_LIPS = "it is heard while the candidate's lips move"
ASSUMED = "(an assumption)"
"""How every basis ends that is one."""
UNTOLD = "further short speech could not be told apart"


def with_voice(r: ObservedRound, name: str | None = None, named: Collection[str] = ()) -> ObservedRound:
    """The round with the candidate's voice, and how it was picked, or why there is none.

    name: as the candidate gave it. named: ids of voices to take, at most one per round.
    """
    if r.voices is None:
        return r
    if not r.voices.voices:
        return replace(r, voice=None, voice_basis="", voice_reason=r.voices.reason or "no voice was heard in it")
    by_id = next((v for v in r.voices.voices if v.id in named), None)
    found, basis = (by_id, NAMED) if by_id else _pick(r, r.voices, name)
    if found is None:
        return replace(r, voice=None, voice_basis="", voice_reason=basis)
    reason = "" if found.template else f"the candidate's voice is heard for only {found.speech_s:.1f} s"
    return replace(r, voice=found, voice_basis=basis, voice_reason=reason)


def _pick(r: ObservedRound, heard: RoundVoices, name: str | None) -> tuple[HeardVoice | None, str]:
    """The voice and in which way it is the candidate's; or None and why."""
    face = r.candidate.id if r.candidate else None
    tied = [v for v in heard.voices if v.tie and v.tie.face == face]
    if tied:
        return tied[0], BY_LIPS
    files = dict.fromkeys(v.source.file for v in heard.voices if v.source.is_own)
    named = [f for f in files if name and _names(f, name)]
    if len(named) == 1:
        voice = next(v for v in heard.voices if v.source.file == named[0])
        return voice, f"it is heard in {named[0]}, which bears the candidate's name"
    free = [v for v in heard.voices if v.tie is None]
    if not free:
        return None, "every voice goes with the lips of another face"
    said, lines = named_lines(r.transcript, name)
    shares = [share_within(lines, v.spans) for v in free]
    if max(shares) >= MOSTLY:
        return free[shares.index(max(shares))], f"it is heard where the transcript has “{said}” speak"
    if len(heard.voices) == 1:
        how = f"longest voice; {UNTOLD}" if free[0].untold_s else "only voice"
        return free[0], f"it is the {how} {ASSUMED}"
    if r.seen and r.candidate is None:
        return None, "it is not known which face is the candidate's, nor which voice"
    if len(free) == 1 or free[0].speech_s >= CLEARLY_LONGEST * free[1].speech_s:
        how = "longest" if len(free) == len(heard.voices) else "longest of those that go with no other face"
        return free[0], f"it speaks {how} {ASSUMED}"
    return None, f"{len(free)} voices speak about equally long, and none could be tied to the candidate's lips"


def others_free(r: ObservedRound) -> list[HeardVoice]:
    """Voices that may be the candidate's in place of the one that was taken; none where that is no assumption."""
    heard = r.voices.voices if r.voices and r.voice_basis.endswith(ASSUMED) else ()
    return [v for v in heard if v is not r.voice and v.tie is None]


def is_sure(r: ObservedRound) -> bool:
    """Whether the candidate's voice is known and not assumed among several; what rests on the face is as sure as that is."""
    rests_on_face = r.voice_basis == BY_LIPS or r.voice_basis.endswith(ASSUMED)
    return could_be(r) == 1 and (candidate.is_sure(r) or not rests_on_face)


def could_be(r: ObservedRound) -> int:
    """How many voices could be the candidate's; short speech that could not be told apart counts as one."""
    short = r.voice is not None and r.voice.untold_s > 0 and r.voice_basis.endswith(ASSUMED)
    return 1 + len(others_free(r)) + short


def talking_time(r: ObservedRound, face: str) -> tuple[MediaTime | None, str]:
    """Seconds of speech of a face's voice; None and why where no voice is known to be its."""
    if r.voices is None:
        return None, "sound was not listened to"
    if not r.voices.voices:
        return None, r.voices.reason
    voices = [v for v in r.voices.voices if v.tie and v.tie.face == face]
    if not voices and r.voice is not None and r.candidate is not None and r.candidate.id == face:
        voices = [r.voice]
    if not voices:
        return None, "no voice could be tied to the lips of this face"
    return sum((s.duration for v in voices for s in v.spans), Fraction(0)), ""


def speakers(r: ObservedRound) -> list[Speaker]:
    """The voices of a round as reports list them."""
    return [
        Speaker(
            v.id, r.round.id, v.source.where, v.spans, sum((s.duration for s in v.spans), Fraction(0)), v is r.voice,
            v.tie.face if v.tie else None, r.voice_basis if v is r.voice else "",
        )
        for v in (r.voices.voices if r.voices else ())
    ]  # fmt: skip


def compared_voices(
    rounds: Sequence[ObservedRound], compare: Callable[[VoiceTemplate, VoiceTemplate], Comparison]
) -> dict[tuple[str, str], Comparison]:
    """The candidate's voices of each two rounds, and within a round its halves, and it with every other voice."""
    found: dict[tuple[str, str], Comparison] = {}
    able = [(r, r.voice.template) for r in rounds if r.voice and r.voice.template]
    for (a, one), (b, two) in combinations(able, 2):
        if {e.sha256 for e in a.round.evidence if e.sha256} & {e.sha256 for e in b.round.evidence}:
            found[(a.round.id, b.round.id)] = Comparison({}, None, SAME_FILE)
        else:
            pair, count = compare(one, two), max(could_be(a), could_be(b))
            found[(a.round.id, b.round.id)] = replace(pair, lr=pair.lr.guessed(count)) if pair.lr else pair
    for r in rounds:
        if r.voice is None or r.voices is None:
            continue
        if r.voice.halves:
            found[(f"{r.round.id}#first", f"{r.round.id}#last")] = compare(*r.voice.halves)
        for other in r.voices.voices:
            if other is not r.voice and r.voice.template and other.template:
                found[(r.round.id, other.id)] = compare(r.voice.template, other.template)
    return found


def _names(file: str, name: str) -> bool:
    """Whether a file's name holds every word of a person's name."""
    words: Sequence[str] = [w for w in _words(name) if len(w) > 1]
    return bool(words) and set(words) <= set(_words(file))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
