"""Which voice is whose: a voice belongs to the face whose mouth moves while it is heard, and rests while it is not.

Mouths are seen for seconds at a time, so few seconds must do. When unsure, a voice is tied to nobody. On 9 calls built of pairs of
genuine clips (`python -m tests.benchmarks.voices`) 15 of 18 voices go with their face, 3 with nobody, none with another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from verifier.lip_voice import rows_of
from verifier.mouth_motion import HOP_S, mouth_motion, share_heard
from verifier.round_voices import Tie
from verifier.voice_clock import STEPS, marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from verifier.checks.base import Seen
    from verifier.mouth_motion import MouthMotion
    from verifier.observe.lips import LipTable
    from verifier.round_voices import HeardVoice, RoundVoices

LEAST_S = 2.5
"""Seconds in which a mouth must be seen while a voice, and no other, is heard."""
MOSTLY, SELDOM = 0.9, 0.4
"""Share of those seconds in which it must move; and of the seconds without the voice in which it may."""
OFTEN, HARDLY = 0.5, 0.1
"""The same where the mouth is seen to rest whenever the voice does: then the voice may for a while go on without it."""
_HEARD, _UNHEARD = 0.9, 0.1
"""Share of a second that a voice must fill, or may at most fill, to count as heard, or as not heard."""


@dataclass(frozen=True)
class _Seen:
    """One mouth while one voice is heard, and while it is not."""

    with_s: float
    with_share: float
    without_s: float
    without_share: float

    @property
    def fits(self) -> bool:
        least = OFTEN if self.without_s >= LEAST_S and self.without_share <= HARDLY else MOSTLY
        return self.with_s >= LEAST_S and self.with_share >= least

    @property
    def rests(self) -> bool:
        """Seen to rest while the voice is not heard."""
        return self.without_s >= LEAST_S and self.without_share <= SELDOM

    @property
    def goes_on(self) -> bool:
        """Seen to move without the voice too: chewing, laughing, or another voice that is this person's."""
        return self.without_s >= LEAST_S / 2 and self.without_share > SELDOM


def mouth_motions(seen: Sequence[Seen], lips: LipTable | None) -> dict[str, MouthMotion]:
    """By id of the face, of all whose mouths were seen closely."""
    if lips is None or not lips.times:
        return {}
    found = {s.id: mouth_motion(lips, rows_of(s.person, lips)) for s in seen}
    return {face: motion for face, motion in found.items() if len(motion.starts)}


def tied(heard: RoundVoices, motions: Mapping[str, MouthMotion]) -> RoundVoices:
    """The voices with the faces they go with. motions: by id of the face, of all whose mouths were seen."""
    speech = {v.id: marks(v.spans) for v in heard.voices}
    voices = []
    for voice in heard.voices:
        others = [speech[o.id] for o in heard.voices if o is not voice]
        seen = {face: _seen(m, speech[voice.id], others) for face, m in motions.items()}
        voices.append(replace(voice, tie=_tie(seen, only=len(heard.voices) == 1)))
    return replace(heard, voices=tuple(_one_voice_each(voices)))


def moves_with(motion: MouthMotion, voice: HeardVoice, heard: RoundVoices) -> bool | None:
    """Whether this mouth moves while that voice, and no other, is heard; None: not seen for long enough, or now and then."""
    found = _seen(motion, marks(voice.spans), [marks(o.spans) for o in heard.voices if o is not voice])
    if found.with_s < LEAST_S or SELDOM < found.with_share < MOSTLY:
        return None
    return found.with_share >= MOSTLY


def _tie(seen: Mapping[str, _Seen], *, only: bool) -> Tie | None:
    """The one face that fits; it must be seen to rest without the voice, unless it is never seen without it.

    A mouth that is only ever seen with the voice may chew: then the voice must be the only one, or every other face in
    view must rest while it is heard.
    """
    fitting = [face for face, s in seen.items() if s.fits and not s.goes_on]
    unclear = [f for f, s in seen.items() if f not in fitting and s.with_s >= 1 and s.with_share > SELDOM]
    if len(fitting) != 1 or unclear:
        return None
    face, found = fitting[0], seen[fitting[0]]
    if not (found.rests or only or found.with_s >= 2 * LEAST_S):
        return None
    return Tie(face, found.with_s, found.with_share)


def _one_voice_each(voices: list[HeardVoice]) -> list[HeardVoice]:
    """Two voices that go with one face: neither is tied, since one of them must be somebody else's or nobody's."""
    faces = [v.tie.face for v in voices if v.tie]
    return [replace(v, tie=None) if v.tie and faces.count(v.tie.face) > 1 else v for v in voices]


def _seen(motion: MouthMotion, mine: NDArray[np.float32], others: list[NDArray[np.float32]]) -> _Seen:
    heard = share_heard(mine, STEPS, motion.starts)
    other = np.max([share_heard(o, STEPS, motion.starts) for o in others] or [np.zeros(len(heard))], axis=0)
    with_it, without = (heard >= _HEARD) & (other <= _UNHEARD), heard <= _UNHEARD
    # windows overlap by half: each adds HOP_S, the first of a row a second
    return _Seen(
        HOP_S * (int(with_it.sum()) + 1) if with_it.any() else 0.0,
        float(motion.moves[with_it].mean()) if with_it.any() else 0.0,
        HOP_S * (int(without.sum()) + 1) if without.any() else 0.0,
        float(motion.moves[without].mean()) if without.any() else 0.0,
    )
