"""Hand-built voices: what was heard in a round, without a sound of anybody."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.mouth_motion import MouthMotion
from verifier.observe.soft_speech import SoftStretch
from verifier.observe.sound import SoundFacts
from verifier.observe.sound_source import SoundSource
from verifier.observe.voices import Piece, VoiceTrack
from verifier.round_voices import HeardSource, HeardVoice, RoundVoices
from verifier.timing import Span, merge_spans
from verifier.voice_calibration import VoiceTemplate

CLEAR = SoundFacts(120.0, 0.0, 0.0, -20.0, -60.0, 8000)
NOISY = SoundFacts(120.0, 0.0, 0.0, -20.0, -28.0, 8000)
Pair = tuple[float, float]


def span(start: float, end: float) -> Span:
    return Span(Fraction(start).limit_denominator(1000), Fraction(end).limit_denominator(1000))


def direction(voice: int) -> np.ndarray:
    return np.eye(16, dtype=np.float32)[voice]


def source(
    *speech: tuple[int, Pair],
    soft: tuple[tuple[int, Pair], ...] = (),
    own: str = "",
    facts: SoundFacts = CLEAR,
) -> HeardSource:
    """speech, soft: which voice speaks (a direction), and when. own: the name of a file of somebody's own."""
    pieces, rows = [], []
    for voice, (start, end) in speech:
        for at in np.arange(start, end - 1, 1.0):
            pieces.append(Piece((span(at, at + 1),)))
            rows.append(direction(voice))
    track = VoiceTrack(
        SoundSource(0, None, "the sound"),
        facts,
        tuple(merge_spans([span(*times) for _, times in (*speech, *soft)])),
        tuple(pieces),
        {"resemblyzer": np.array(rows, np.float32).reshape(-1, 16)},
        tuple(SoftStretch(span(*times), 14.0) for _, times in soft),
        {"resemblyzer": np.array([direction(v) for v, _ in soft], np.float32).reshape(-1, 16)},
    )
    return HeardSource(own or "call.mp4", own or "the sound of call.mp4", bool(own), track)


def voice(number: int, of: HeardSource, which: int, *spans: Pair) -> HeardVoice:
    """Voice `which` of a source: heard in `spans`."""
    spoken = tuple(span(*s) for s in spans)
    pieces = [i for i, p in enumerate(of.track.pieces) if any(s.start <= p.span.start < s.end for s in spoken)]
    seconds = float(sum(s.duration for s in spoken))
    template = VoiceTemplate({"resemblyzer": direction(which)}, seconds, of.track.facts)
    return HeardVoice(
        f"round-1/voice-{number}", of, np.array(pieces, np.int64), spoken, seconds, template, (template,) * 2
    )


def heard(*voices: HeardVoice) -> RoundVoices:
    return RoundVoices(voices, tuple({id(v.source): v.source for v in voices}.values()))


def motion(
    *moving: Pair, seen: tuple[Pair, ...] = ((0, 60),), speed: float = 0.009, rest: float = 0.0007
) -> MouthMotion:
    """A mouth that moves in `moving` and is still otherwise, wherever it is seen."""
    starts = np.concatenate([np.arange(a, b - 1 + 1e-9, 0.5) for a, b in seen])
    speeds = np.full(len(starts), rest)
    for start, end in moving:
        speeds[(starts > start - 1) & (starts < end)] = speed
    return MouthMotion(starts, speeds)
