"""Seeded calls as files: the manipulated call, its genuine twin through the same ladder, and what is true of them."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from verifier.atomic import atomic_file
from verifier.media.types import MediaError
from verifier.seeds.ladder import Step, encode
from verifier.seeds.recipes import NEEDS_SOUND, RECIPES, Material, Plan
from verifier.seeds.shots import Shots, Sound, Source, unchanged

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

SEEDED, GENUINE = "seeded", "genuine"
TRUTH = "truth.json"
SCHEMA = "seeded-calls-1"
COMMENT = "SEEDED CALL: made for tests and training; no real interview"
NO_CONSENT = "not recorded"


@dataclass(frozen=True)
class Mark:
    """How media of a set are marked; genuine twins bear the same mark, or it would tell them apart."""

    visible: bool = False
    """Words in a corner of the picture too."""
    expires: str = ""
    """Day after which the set is to be deleted, YYYY-MM-DD."""
    consent: str = ""
    """Where the consent of the people in it is recorded."""

    @property
    def comment(self) -> str:
        more = [f"expires {self.expires}"] if self.expires else []
        return "; ".join([COMMENT, *more, f"consent: {self.consent or NO_CONSENT}"])


@dataclass(frozen=True)
class Truth:
    """What is true of one seeded call and its twin."""

    manipulation: str
    seed: int
    file: str
    twin: str
    """The genuine call through the same step."""
    first_round: str
    """A genuine first round of the same person; empty but for proxies."""
    span_s: tuple[float, float]
    parameters: dict[str, Any]
    step: dict[str, Any]
    sources: tuple[tuple[str, str], ...]
    """Name and sha256 of every file it was made from, the genuine clip first."""
    mark: dict[str, Any]


def make(
    name: str, source: Source, others: Sequence[Source], seed: int, step: Step, out: Path, mark: Mark | None = None,
    *, parts: Collection[str] = (SEEDED, GENUINE), past_end: bool = True,
) -> Truth:  # fmt: skip
    """Writes one seeded call and its twin into the folder `out`, which must exist; same seed, same files.

    parts: which of the two are written; the name of one that is not is empty. past_end: as `Material` has it.

    Raises:
        KeyError: there is no recipe of this name.
        MediaError: the clips do not give it: no sound, no face, nobody else.
    """
    mark = mark or Mark()
    if name in NEEDS_SOUND and not source.facts.audio:
        raise MediaError(f"{source.path.name} has no sound, which this seed changes.")
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    plan = RECIPES[name](Material(source, tuple(others), step.lines, past_end), rng)
    base_sound = plan.base_sound(source.sound) if source.facts.audio else None

    def base() -> Shots:
        return plan.base_picture(source.shots(step.lines))

    made = _Writer(source, step, mark, seed, out)
    seeded = twin = ""
    if SEEDED in parts:
        seeded = made.write(f"{name}-seeded", plan.picture(base()), _seeded_sound(plan, base_sound))
    if GENUINE in parts:
        plain = plan.base_picture is unchanged
        twin = made.write("genuine" if plain else f"{name}-genuine", base(), base_sound, again=not plain)
    first = ""
    if plan.first_round_s is not None:
        sound = source.sound[: len(source.sound) // 2] if source.facts.audio else None
        first = made.write(f"{name}-first", _until(source.shots(step.lines), plan.first_round_s), sound)
    sources = tuple((s.path.name, s.sha256) for s in (source, *plan.others))
    return Truth(name, seed, seeded, twin, first, plan.span, plan.parameters, step.as_dict(), sources, asdict(mark))


def write_truth(truths: Sequence[Truth], out: Path) -> Path:
    """All of a folder's truth, which appears whole or not at all."""
    path = out / TRUTH
    with atomic_file(path) as sink:
        content = {"schema": SCHEMA, "calls": [asdict(t) for t in truths]}
        sink.write((json.dumps(content, indent=1) + "\n").encode())
    return path


def _seeded_sound(plan: Plan, base: Sound | None) -> Sound | None:
    if plan.voice_of is not None:
        return plan.voice_of.sound if plan.voice_of.facts.audio else None
    return None if base is None else plan.sound(base)


def _until(shots: Shots, end: float) -> Shots:
    for time, image in shots:
        if time >= end:
            return
        yield time, image


@dataclass(frozen=True)
class _Writer:
    """Files of one source at one step; each is there only when it is whole."""

    source: Source
    step: Step
    mark: Mark
    seed: int
    out: Path

    def write(self, part: str, shots: Shots, sound: Sound | None, *, again: bool = True) -> str:
        """The file's name. again: False keeps a file of this name, which these clips and this step have made before."""
        ladder = zlib.crc32(repr((self.step, self.mark, self.seed)).encode())
        stem = f"{self.source.path.stem}-{self.source.sha256[:6]}-{ladder:08x}-{part.replace(' ', '-')}"
        target = self.out / (stem + self.step.suffix)
        if again or not target.exists():
            rate = (self.source.facts.video.mean_rate if self.source.facts.video else None) or 25.0
            shots = self.step.on_pictures(shots, self.seed)
            partial = target.with_name(f".{target.name}.part")
            try:
                marked = _marked(shots) if self.mark.visible else shots
                encode(marked, sound, self.step, partial, rate=rate, comment=self.mark.comment)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
        return target.name


def _marked(shots: Shots) -> Shots:
    for time, image in shots:
        size = image.shape[0] / 720
        shown = cv2.putText(np.ascontiguousarray(image).copy(), "SEEDED CALL", (8, round(28 * size) + 4),
                            cv2.FONT_HERSHEY_SIMPLEX, 0.9 * size, (255, 255, 255), max(1, round(2 * size)))  # fmt: skip
        yield time, shown
