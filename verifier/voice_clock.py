"""Two files of one call laid on one clock, by the moments at which somebody speaks in both."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.observe.voices import Piece
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.observe.voices import VoiceTrack
    from verifier.timing import MediaTime

STEPS = 25
"""Per second."""
STAYS = 0.03
"""Gain in agreement for which a file is not moved: files of one call mostly begin together."""
MOST_S = 4 * 3600
"""Seconds looked at: longer files are judged by their beginning."""


def lag_of(speech: Sequence[Span], common: Sequence[Span]) -> tuple[MediaTime, float]:
    """How much later `speech` must be placed to fall on `common`, and the share of it that then does, 0 to 1."""
    from scipy.fft import irfft, next_fast_len, rfft

    mine, all_ = marks(speech), marks(common)
    size = next_fast_len(len(mine) + len(all_))
    shared = irfft(rfft(all_, size) * np.conj(rfft(mine, size)), size)
    share = shared / max(float(mine.sum()), 1.0)
    best = int(share.argmax())
    if share[0] >= share[best] - STAYS:
        return Fraction(0), float(share[0])
    return Fraction(best if best < len(all_) else best - size, STEPS), float(share[best])


def marks(speech: Sequence[Span], steps: int = STEPS) -> NDArray[np.float32]:
    """1 where somebody speaks, so many steps a second, from time 0."""
    end = min(float(speech[-1].end) if speech else 0.0, MOST_S)
    found = np.zeros(int(end * steps) + 1, np.float32)
    for span in speech:
        found[max(0, int(span.start * steps)) : max(0, int(span.end * steps))] = 1
    return found


def moved(track: VoiceTrack, lag: MediaTime) -> VoiceTrack:
    """The track on another clock; what would lie before its beginning begins there."""
    if not lag:
        return track

    def shift(span: Span) -> Span:
        return Span(max(Fraction(0), span.start + lag), max(Fraction(0), span.end + lag))

    return replace(
        track,
        speech=tuple(map(shift, track.speech)),
        pieces=tuple(Piece(tuple(map(shift, p.spans))) for p in track.pieces),
        soft=tuple(replace(s, span=shift(s.span)) for s in track.soft),
    )
