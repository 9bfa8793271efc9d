"""The voices of one round: heard in its recording or in separate files of the same call, each voice once.

Separate files (a participant each) are laid on the recording's clock by when somebody speaks. A voice that is heard in two
files, its own and the common one, is one voice: the file of its own counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.observe.comparators.voice_base import VoiceComparators, load_voice_comparators
from verifier.observe.sound_source import sources_of
from verifier.observe.voices import VoiceObserver
from verifier.timing import Span, common_spans, merge_spans, total
from verifier.voice_calibration import LEAST_SPEECH_S, mean_template
from verifier.voice_clock import lag_of, moved
from verifier.voice_sides import why_not
from verifier.voices import voices_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.case import Evidence, Round
    from verifier.observe.overheard import Overheard
    from verifier.observe.voices import VoiceTrack
    from verifier.timing import MediaTime
    from verifier.voice_calibration import VoiceTemplate
    from verifier.voices import Voice

MOST_SOURCES = 12
"""Files and channels of a round that are listened to."""
HEARD_TWICE = 0.7
"""A voice is another file's voice heard again when so much of its speech falls on that one's."""
SHARED = 0.2
"""A file in which a second voice has so much of the speech is a common one."""
ALL_OF_IT = 0.9
CLOCK_AGREES = 0.8
"""Share of a file's speech that must fall on the recording's, once moved, for the two to be of one call."""


@dataclass(frozen=True)
class HeardSource:
    """One sound of the round that was listened to."""

    file: str
    where: str
    """"the sound of call.mp4", "the left channel of call.mp4", "maria.m4a"."""
    is_own: bool
    """Somebody's own file or channel: nobody else is expected on it."""
    track: VoiceTrack
    lag: MediaTime = Fraction(0)
    """Seconds by which it was moved onto the recording's clock."""


@dataclass(frozen=True)
class Tie:
    """A voice and the face that it goes with."""

    face: str
    """Id of the face: "round-1/A"."""
    seconds: float
    """Seconds of the voice in which the mouth was seen."""
    moving: float
    """Share of them in which it moved, 0 to 1."""


@dataclass(frozen=True)
class HeardVoice:
    """One voice of one round."""

    id: str
    """"round-1/voice-1": the numbers go by seconds of speech."""
    source: HeardSource
    pieces: NDArray[np.int64]
    """Which pieces of the source's track are its."""
    spans: tuple[Span, ...]
    speech_s: float
    template: VoiceTemplate | None
    """None: too little speech to compare."""
    halves: tuple[VoiceTemplate, VoiceTemplate] | None
    """Of the first and the second half of its pieces; None: too little speech."""
    tie: Tie | None = None
    """The face whose mouth moves while it is heard; None: nobody's, or not known."""
    untold_s: float = 0.0
    """Seconds of further short speech in its source that could not be told apart from it; 0: too little to mention."""


@dataclass(frozen=True)
class RoundVoices:
    """All that was heard in a round; `reason` says why there is no voice, else it is empty."""

    voices: tuple[HeardVoice, ...]
    sources: tuple[HeardSource, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    """What has to be said about files that were left out or moved."""

    @property
    def overlap(self) -> tuple[Span, ...] | None:
        """When two voices speak at once; None where all share one channel, on which that cannot be seen."""
        files = {v.source.where for v in self.voices if v.source.is_own}
        if len(files) < 2:
            return None
        found = []
        for i, a in enumerate(self.voices):
            for b in self.voices[:i]:
                if a.source.where != b.source.where:
                    found += common_spans(a.spans, b.spans)
        return tuple(merge_spans(found))

    def speech_in(self, file: str) -> tuple[Span, ...] | None:
        """Where somebody speaks in one file, on any of its tracks and channels; None: it was not listened to."""
        tracks = [s.track for s in self.sources if s.file == file]
        return tuple(merge_spans([span for track in tracks for span in track.speech])) if tracks else None

    @property
    def end(self) -> MediaTime:
        return max((s.end for source in self.sources for s in source.track.speech[-1:]), default=Fraction(0))


@dataclass
class RoundListener:
    """Listens to the files of rounds; models are loaded when the first sound comes."""

    comparators: VoiceComparators = field(default_factory=load_voice_comparators)

    @cached_property
    def _observer(self) -> VoiceObserver:
        return VoiceObserver(self.comparators.loaded)

    def hear(
        self,
        case_round: Round,
        progress: Callable[[float], None] = lambda share: None,
        overheard: Overheard | None = None,
    ) -> RoundVoices:
        """Every file of the round. MediaError where it has sound files only and none of them can be read.

        overheard: measures the first file's first sound track in passing, unless its channels are heard apart.
        """
        if not self.comparators.loaded:
            missing = "; ".join(f"{name}: {reason}" for name, reason in self.comparators.missing)
            return RoundVoices((), (), f"no voice comparator is here ({missing})")
        heard: list[HeardSource] = []
        notes: list[str] = []
        files = case_round.evidence
        for number, evidence in enumerate(files):
            begin = number / len(files)
            try:
                heard += self._file(
                    evidence,
                    len(files) > 1,
                    MOST_SOURCES - len(heard),
                    _part(progress, begin, 1 / len(files)),
                    None if number else overheard,
                )
            except MediaError as error:
                if evidence.kind != "recording" and len(files) == 1:
                    raise
                notes.append(f"{evidence.name} could not be heard: {str(error).rstrip('.')}")
        if not heard and notes:
            if files[0].kind != "recording":
                raise MediaError(f"{notes[0]}.")
            return RoundVoices((), (), notes[0])
        heard, moves = _on_one_clock(heard, files[0])
        voices = _once(heard)
        voices.sort(key=lambda v: -v.speech_s)
        named = tuple(replace(v, id=f"{case_round.id}/voice-{n}") for n, v in enumerate(voices, 1))
        return RoundVoices(named, tuple(heard), "" if named else _reason(heard), (*notes, *moves))

    def _file(
        self,
        evidence: Evidence,
        several: bool,
        room: int,
        progress: Callable[[float], None],
        overheard: Overheard | None,
    ) -> list[HeardSource]:
        heard = []
        with Recording(evidence.path) as recording:
            sources = sources_of(recording)[:room]
            for number, source in enumerate(sources):
                part = _part(progress, number / len(sources), 1 / len(sources))
                passing = overheard if number == 0 and source.channel is None else None
                track = self._observer.listen(recording, source, part, passing)
                separate = several and evidence.kind == "sound" and len(sources) == 1
                where = evidence.name if separate else f"{source.name} of {evidence.name}"
                heard.append(HeardSource(evidence.name, where, separate or source.channel is not None, track))
        return heard


def _part(progress: Callable[[float], None], begin: float, share: float) -> Callable[[float], None]:
    """The progress of one of several pieces of work."""
    return lambda done: progress(begin + share * done)


def _reason(heard: Sequence[HeardSource]) -> str:
    if not heard:
        return "it has no sound"
    longest = max(heard, key=lambda h: h.track.speech_s)
    return why_not(longest.track) or "no voice could be told in its sound"


def _on_one_clock(heard: Sequence[HeardSource], first: Evidence) -> tuple[list[HeardSource], list[str]]:
    """Separate files moved to where their speech falls on the recording's; one that fits nowhere is left out."""
    common = [s for h in heard if h.file == first.name for s in h.track.speech]
    if first.kind != "recording" or not common:
        return list(heard), []
    kept, notes = [], []
    for h in heard:
        if h.file == first.name or not h.track.speech:
            kept.append(h)
            continue
        lag, agrees = lag_of(h.track.speech, common)
        if agrees < CLOCK_AGREES:
            notes.append(f"{h.file} was left out: its speech does not fall on that of {first.name}")
            continue
        if lag:
            notes.append(f"{h.file} was moved by {float(lag):+.1f} s onto the clock of {first.name}")
        kept.append(replace(h, track=moved(h.track, lag), lag=lag))
    return kept, notes


def _once(heard: Sequence[HeardSource]) -> list[HeardVoice]:
    """Voices of all sources, those that are another source's heard again left out; ids are still open."""
    ranked = []
    for h in heard:
        if why_not(h.track):
            continue
        voices = voices_of(h.track)
        shared = (
            not h.is_own or any(v.speech_s >= SHARED * h.track.speech_s for v in voices[1:]) or _holds_two(h, heard)
        )
        ranked += [((shared, rank, -v.speech_s), h, v) for rank, v in enumerate(voices)]
    kept: list[HeardVoice] = []
    for _, h, voice in sorted(ranked, key=lambda item: item[0]):
        others = merge_spans([s for k in kept if k.source is not h for s in k.spans])
        if total(common_spans(voice.spans, others)) < HEARD_TWICE * voice.speech_s:
            kept.append(_heard(h, voice))
    return kept


def _holds_two(h: HeardSource, heard: Sequence[HeardSource]) -> bool:
    """Whether the speech of two others is all in it: then it is the common file of a call, whatever it sounds like."""
    others = (o.track for o in heard if o is not h and not why_not(o.track))
    return sum(total(common_spans(t.speech, h.track.speech)) >= ALL_OF_IT * t.speech_s for t in others) >= 2


def _heard(source: HeardSource, voice: Voice) -> HeardVoice:
    track = source.track
    seconds = np.array([p.seconds for p in track.pieces])

    def template(pieces: np.ndarray, speech_s: float) -> VoiceTemplate | None:
        if speech_s < LEAST_SPEECH_S or not len(pieces):
            return None
        rows = {name: r[pieces] for name, r in track.vectors.items()}
        return mean_template(rows, seconds[pieces], speech_s, track.facts)

    middle = len(voice.pieces) // 2
    first, last = (template(p, voice.speech_s / 2) for p in (voice.pieces[:middle], voice.pieces[middle:]))
    halves = (first, last) if first and last else None
    return HeardVoice(
        "", source, voice.pieces, voice.spans, voice.speech_s, template(voice.pieces, voice.speech_s), halves,
        untold_s=voice.untold_s,
    )  # fmt: skip
