"""Mouths and sound of one recording: looked at and listened to where a check asks for both, and laid side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.gaze import Gaze, gaze_of, unwatched
from verifier.lip_voice import Coupling, couple, rows_of, unheard
from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.observe.lips import LipObserver, LipTable, plan_for
from verifier.observe.sound_features import SAMPLE_RATE, SoundTable, sound_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from verifier.coupling import CouplingModel
    from verifier.observe.face_detector import FaceBox
    from verifier.timing import Span
    from verifier.tracks import Person

NO_SOUND = "the recording with the picture has no sound"
NO_MESH = "mouths cannot be measured here, because mediapipe cannot be imported"


@dataclass(frozen=True)
class MouthsAndSound:
    """Both tables of a recording, or the reason why there is one missing."""

    lips: LipTable | None
    sound: SoundTable | None
    reason: str = ""

    def coupling(
        self, person: Person | None, why_none: str, model: CouplingModel, speech: Sequence[Span] | None
    ) -> Coupling:
        """What the lips of this person and the sound say of each other. speech: where somebody speaks; None: not known."""
        if self.lips is None or self.sound is None:
            return unheard(self.reason)
        if person is None:
            return unheard(why_none)
        return couple(model, self.lips, rows_of(person, self.lips), self.sound, speech)

    def gaze(self, person: Person | None, why_none: str) -> Gaze:
        """How the eyes of this person moved."""
        if self.lips is None or not self.lips.has_mesh:
            return unwatched(self.reason)
        return gaze_of(self.lips, rows_of(person, self.lips)) if person is not None else unwatched(why_none)


def lip_observer(path: Path, where: Callable[[], list[FaceBox]], *, silent: bool = False) -> LipObserver | None:
    """What watches mouths and eyes while a recording is decoded; None where there is no sound to lay against them.

    silent: watch a recording without sound too, for the eyes.
    """
    with Recording(path) as recording:
        if not recording.facts.audio and not silent:
            return None
        return LipObserver(where, plan_for(recording.facts.duration))


def listen(path: Path, lips: LipTable | None, *, hears: bool = True, heard: SoundTable | None = None) -> MouthsAndSound:
    """Adds the first sound track of the recording. lips: None where there was nothing to look for. hears: False: no check asks.

    heard: its table, where it was measured already.
    """
    if lips is None:
        return MouthsAndSound(None, None, NO_SOUND)
    if not lips.has_mesh:
        return MouthsAndSound(None, None, NO_MESH)
    if not lips.times:
        return MouthsAndSound(None, None, "no mouth was seen clearly enough")
    try:
        with Recording(path) as recording:
            if not hears or not recording.facts.audio:
                return MouthsAndSound(lips, None, NO_SOUND)
            return MouthsAndSound(lips, heard or sound_table(recording.audio(SAMPLE_RATE)))
    except MediaError as error:
        return MouthsAndSound(lips, None, str(error).rstrip("."))
