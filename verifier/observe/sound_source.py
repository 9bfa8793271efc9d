"""What there is to hear in a recording: its sound tracks, and the channels of those that hold a speaker each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.media.recording import Recording
    from verifier.media.types import AudioBlock

RATE = 16_000
_LOOKS, _LOOK_S = 6, 20
"""Stretches, spread over the recording, in which two channels are laid side by side."""
_FRAME = 1600
_ALONE_DB, _HEARD_DBFS, _ALONE_SHARE = 12.0, -50.0, 0.04
"""A channel is alone at times when it leads by so many dB in such a share of the moments that are loud enough."""
_NOTHING_IN_COMMON, _FEWEST_BOTH = 0.45, 5
"""Median correlation, over all delays, of different sound, and the fewest moments to tell it from."""

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class SoundSource:
    """One thing to listen to."""

    track: int
    channel: int | None
    """None: all channels of the track together."""
    name: str
    """"the sound", "sound track 2", "the left channel"."""

    def blocks(self, recording: Recording) -> Iterator[AudioBlock]:
        """Mono, at 16 kHz. Raises MediaError."""
        return recording.audio(RATE, self.track, channel=self.channel)


def sources_of(recording: Recording) -> tuple[SoundSource, ...]:
    """Everything there is to hear, in order; empty without sound. Raises MediaError."""
    tracks = recording.facts.audio
    found = []
    for track in tracks:
        name = "the sound" if len(tracks) == 1 else f"sound track {track.index + 1}"
        if track.channels == 2 and channels_apart(recording, track.index):
            of = "" if len(tracks) == 1 else f" of {name}"
            found += [
                SoundSource(track.index, n, f"the {side} channel{of}") for n, side in enumerate(("left", "right"))
            ]
        else:
            found.append(SoundSource(track.index, None, name))
    return tuple(found)


def channels_apart(recording: Recording, track: int) -> bool:
    """True for a call that was recorded with one side per channel; False for stereo from one room, and plain mono."""
    duration = recording.facts.duration or Fraction(_LOOKS * _LOOK_S)
    step = max(Fraction(_LOOK_S), duration / _LOOKS)
    looks = [Span(n * step, n * step + _LOOK_S) for n in range(_LOOKS) if n * step < duration]
    pairs = [(_frames(recording, track, look, 0), _frames(recording, track, look, 1)) for look in looks]
    pairs = [(left[: len(right)], right[: len(left)]) for left, right in pairs]
    return bool(pairs) and apart(*(np.concatenate([p[side] for p in pairs]) for side in (0, 1)))


def apart(left: Frames, right: Frames) -> bool:
    """Whether two channels [n, samples], moment by moment, hold different sound.

    Either each is at times alone; or one is at times alone, and where both are heard they have nothing in common.
    """
    levels = [10 * np.log10((side.astype(np.float64) ** 2).mean(axis=1) + 1e-12) for side in (left, right)]
    heard = np.maximum(*levels) > _HEARD_DBFS
    if not heard.any():
        return False
    ahead = (levels[0] - levels[1])[heard]
    alone = sorted(((ahead > _ALONE_DB).mean(), (ahead < -_ALONE_DB).mean()))
    if alone[0] >= _ALONE_SHARE:
        return True
    both = np.minimum(*levels) > _HEARD_DBFS
    if alone[1] < _ALONE_SHARE or both.sum() < _FEWEST_BOTH:
        return False
    return float(np.median(in_common(left[both], right[both]))) < _NOTHING_IN_COMMON


def in_common(left: Frames, right: Frames) -> NDArray[np.float64]:
    """Largest correlation of each pair of frames over all delays, 0 to 1: [n]."""
    from scipy.fft import irfft, rfft

    size = 2 * left.shape[1]
    cross = irfft(rfft(left, size) * np.conj(rfft(right, size)), size)
    energy = np.sqrt((left.astype(np.float64) ** 2).sum(axis=1) * (right.astype(np.float64) ** 2).sum(axis=1))
    return np.asarray(np.abs(cross).max(axis=1) / np.maximum(energy, 1e-12), np.float64)


def _frames(recording: Recording, track: int, look: Span, channel: int) -> Frames:
    """Tenths of a second: [n, 1600]."""
    blocks = [b.samples for b in recording.audio(RATE, track, look, channel)]
    sound = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
