"""Every manipulation that a seeded call may carry, drawn from a genuine clip, other people's clips and a random generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from verifier.media.types import MediaError
from verifier.seeds import face_changes, screen, sound_changes, still_changes
from verifier.seeds.faces import Look
from verifier.seeds.shots import PictureChange, Shots, SoundChange, Source, unchanged, unchanged_sound

PICTURE_SEEDS = ("swap", "swap from", "self-blended", "frozen mouth")
STILL_SEEDS = ("frozen", "noisy frozen", "looped")
HELD_S = 12.0
"""A held or looped picture goes on at least so long, past the end of a short clip and of its sound, where it may (`Material.past_end`)."""
WHISPER_S = 4.0


@dataclass(frozen=True)
class Material:
    source: Source
    others: tuple[Source, ...]
    """Clips of other people."""
    lines: int | None
    past_end: bool = True
    """Whether a held picture may go on after the clip: it is then longer than its genuine twin, which tells them apart."""

    def other(self, rng: np.random.Generator, *, sound: bool = False) -> Source:
        """MediaError: there is none, or none with sound."""
        able = [o for o in self.others if o.sha256 != self.source.sha256 and (o.facts.audio or not sound)]
        if not able:
            raise MediaError(f"This seed needs a clip of another person{' with sound' if sound else ''}.")
        return able[int(rng.integers(len(able)))]


@dataclass(frozen=True)
class Plan:
    """What is done to the genuine clip, and what its twin shares."""

    span: tuple[float, float]
    """Seconds of the seeded call that are manipulated."""
    parameters: dict[str, Any]
    picture: PictureChange = unchanged
    sound: SoundChange = unchanged_sound
    base_picture: PictureChange = unchanged
    """Done to both, before anything else."""
    base_sound: SoundChange = unchanged_sound
    others: tuple[Source, ...] = ()
    voice_of: Source | None = None
    """Whose sound it is, where it is not the source's."""
    first_round_s: float | None = field(default=None)
    """Seconds of the source that are written as a genuine first round."""


Recipe = Callable[[Material, np.random.Generator], Plan]


def _some(m: Material, rng: np.random.Generator, most: float = 0.5) -> tuple[float, float]:
    """From a moment in the first part of the clip on."""
    seconds = m.source.seconds
    return (float(rng.uniform(0.15, most) * seconds), seconds)


def _swap(m: Material, rng: np.random.Generator, span: tuple[float, float]) -> Plan:
    other, style = m.other(rng), face_changes.SwapStyle.drawn(rng)
    change = face_changes.swapping(Look.from_clip(other), style, span, rng)
    return Plan(span, asdict(style), change, others=(other,))


def swap(m: Material, rng: np.random.Generator) -> Plan:
    return _swap(m, rng, (0.0, m.source.seconds))


def swap_from(m: Material, rng: np.random.Generator) -> Plan:
    return _swap(m, rng, _some(m, rng))


def self_blended(m: Material, rng: np.random.Generator) -> Plan:
    style, span = face_changes.SelfBlendStyle.drawn(rng), (0.0, m.source.seconds)
    return Plan(span, asdict(style), face_changes.self_blending(style, span, rng))


def frozen_mouth(m: Material, rng: np.random.Generator) -> Plan:
    span = _some(m, rng)
    return Plan(span, {}, face_changes.mouth_holding(span))


def _held(m: Material, rng: np.random.Generator) -> tuple[float, float]:
    start = float(rng.uniform(0.0, 0.4) * m.source.seconds)
    return (start, max(m.source.seconds, start + HELD_S) if m.past_end else m.source.seconds)


def frozen(m: Material, rng: np.random.Generator) -> Plan:
    span = _held(m, rng)
    return Plan(span, {}, still_changes.freezing(span, past_end=m.past_end))


def noisy_frozen(m: Material, rng: np.random.Generator) -> Plan:
    span, noise = _held(m, rng), float(rng.uniform(2, 6))
    change = still_changes.freezing(span, noise, int(rng.integers(1 << 31)), past_end=m.past_end)
    return Plan(span, {"noise": noise}, change)


def looped(m: Material, rng: np.random.Generator) -> Plan:
    seconds = m.source.seconds
    length = float(min(rng.uniform(1.5, 4.0), (0.9 if m.past_end else 0.25) * seconds))
    # within the clip it begins as early as a frozen picture does, and there is room for three turns
    latest = 0.95 * seconds if m.past_end else min(0.4 * seconds, seconds - 3 * length)
    start = float(rng.uniform(length, max(length, latest)))
    span = (start, max(seconds, start + max(HELD_S, 3 * length)) if m.past_end else seconds)
    return Plan(span, {"length_s": length}, still_changes.looping(start, length, span[1], past_end=m.past_end))


def screen_replay(m: Material, rng: np.random.Generator) -> Plan:
    style, span = screen.ScreenStyle.drawn(rng), (0.0, m.source.seconds)
    return Plan(span, asdict(style), screen.replaying(style, span, rng))


def proxy(m: Material, rng: np.random.Generator) -> Plan:
    """Round 2 by another person; its twin is the second half of the source, the first half is round 1."""
    other, half = m.other(rng), m.source.seconds / 2
    return Plan(
        (0.0, other.seconds), {}, lambda shots: other.shots(m.lines), base_picture=_second_half(half),
        base_sound=lambda sound: sound[round(len(sound) / 2) :], others=(other,), voice_of=other, first_round_s=half,
    )  # fmt: skip


def dubbed(m: Material, rng: np.random.Generator) -> Plan:
    other, span = m.other(rng, sound=True), _some(m, rng, 0.3)
    return Plan(span, {}, sound=sound_changes.dubbing(other.sound, span), others=(other,))


def shifted_sound(m: Material, rng: np.random.Generator) -> Plan:
    by, span = float(rng.uniform(0.2, 2.0) * rng.choice([-1, 1])), _some(m, rng)
    return Plan(span, {"later_s": by}, sound=sound_changes.shifting(by, span))


def second_voice(m: Material, rng: np.random.Generator) -> Plan:
    other, span, level = m.other(rng, sound=True), _some(m, rng), float(rng.uniform(-24, -10))
    change = sound_changes.second_voice(other.sound, level, span)
    return Plan(span, {"decibels": level}, sound=change, others=(other,))


def whispered_answer(m: Material, rng: np.random.Generator) -> Plan:
    """Somebody listens for a few seconds, a whisper says the first words of the answer, the answer follows."""
    said = (WHISPER_S, WHISPER_S + min(2.5, m.source.seconds))
    level = float(rng.uniform(-22, -12))
    return Plan(
        (0.5, WHISPER_S), {"decibels": level, "answer_from_s": WHISPER_S},
        sound=sound_changes.whispering(said, 0.5, level, rng), base_picture=still_changes.listening_first(WHISPER_S),
        base_sound=sound_changes.pausing(WHISPER_S, np.random.default_rng(int(rng.integers(1 << 31)))),
    )  # fmt: skip


def _second_half(half: float) -> PictureChange:
    def change(shots: Shots) -> Shots:
        for time, image in shots:
            if time >= half:
                yield time - half, image

    return change


RECIPES: dict[str, Recipe] = {
    "proxy": proxy, "swap": swap, "swap from": swap_from, "self-blended": self_blended, "frozen mouth": frozen_mouth,
    "frozen": frozen, "noisy frozen": noisy_frozen, "looped": looped, "screen replay": screen_replay, "dubbed": dubbed,
    "shifted sound": shifted_sound, "second voice": second_voice, "whispered answer": whispered_answer,
}  # fmt: skip
NEEDS_SOUND = frozenset({"dubbed", "shifted sound", "second voice", "whispered answer"})
