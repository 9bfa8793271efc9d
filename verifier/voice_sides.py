"""The voice of one file, for comparing: what is heard, whose voice it is taken for, and what has to be said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.observe.sound_source import sources_of
from verifier.observe.voices import VoiceObserver
from verifier.voice_calibration import LEAST_SPEECH_S, VoiceCalibration, VoiceTemplate, mean_template
from verifier.voices import voices_of

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.calibration import Comparison
    from verifier.observe.voices import VoiceTrack


@dataclass(frozen=True)
class VoiceSide:
    """One file: its voice, or why there is none; beside a voice, an assumption to state."""

    template: VoiceTemplate | None
    reason: str
    unusable: bool = False


@dataclass
class VoiceReader:
    """Listens to each file once; models are loaded once."""

    _known: dict[Path, VoiceSide] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._comparators = load_voice_comparators()
        self._observer = VoiceObserver(self._comparators.loaded)
        self._calibration = VoiceCalibration.load()
        self._usable = self._calibration.usable(self._comparators.loaded)

    def compare(self, a: VoiceTemplate, b: VoiceTemplate) -> Comparison:
        return self._calibration.compare(a, b, self._usable)

    def side(self, path: Path) -> VoiceSide:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: Path) -> VoiceSide:
        if not self._comparators.loaded:
            missing = "; ".join(f"{name}: {reason}" for name, reason in self._comparators.missing)
            return VoiceSide(None, f"no voice comparator is here ({missing})")
        try:
            recording = Recording(path)
            tracks = [self._observer.listen(recording, source) for source in sources_of(recording)]
        except MediaError as error:
            return VoiceSide(None, str(error).rstrip("."), True)
        return side_of(tracks)


def side_of(tracks: list[VoiceTrack]) -> VoiceSide:
    """The voice that speaks longest in the source with most speech, and what was assumed in taking it."""
    if not tracks:
        return VoiceSide(None, "it has no sound")
    track = max(tracks, key=lambda t: t.speech_s)
    reason = why_not(track)
    if reason:
        return VoiceSide(None, reason)
    notes = [f"{track.source.name}, with most speech, was compared"] if len(tracks) > 1 else []
    seconds = np.array([p.seconds for p in track.pieces])
    voices = voices_of(track)
    chosen, speech_s = np.arange(len(seconds)), track.speech_s
    if len(voices) > 1:
        chosen, speech_s = voices[0].pieces, voices[0].speech_s
        notes.append(f"about {len(voices)} voices speak; the one that speaks longest ({speech_s:.0f} s) was compared")
    if track.facts.flaws:
        notes.append("; ".join(track.facts.flaws))
    vectors = {name: rows[chosen] for name, rows in track.vectors.items()}
    return VoiceSide(mean_template(vectors, seconds[chosen], speech_s, track.facts), "; ".join(notes))


def why_not(track: VoiceTrack) -> str:
    """Why the voice of a track cannot be compared, in plain words; empty when it can."""
    if track.facts.seconds == 0:
        return "its sound could not be read"
    if track.facts.silent > 0.999:
        return "its sound is silent from beginning to end"
    if not track.speech:
        return "no speech was found in its sound"
    if track.speech_s < LEAST_SPEECH_S or not track.pieces:
        return f"it holds only {track.speech_s:.1f} s of speech ({LEAST_SPEECH_S:.1f} s are needed)"
    return ""
