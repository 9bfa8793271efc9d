"""Hand-built observations: whole cases without a model, a file or a picture of anybody."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from verifier.calibration import Comparison
from verifier.case import Evidence, Role, Round
from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace, Seen
from verifier.likelihood import LikelihoodRatio
from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import FaceSample, KeptCrop, Tracklet
from verifier.observe.templates import FaceTemplate
from verifier.timing import Span
from verifier.tracks import Person

HERE, THERE = (100.0, 100.0), (900.0, 100.0)
"""Two places of a picture that do not overlap."""
SAME, DIFFERENT, OPEN = (2.5, 2.0, 2.8), (-1.5, -2.0, -1.0), (0.4, -0.5, 1.2)
"""log10 LR with its bounds."""


def ratio(log10: float, lower: float, upper: float) -> LikelihoodRatio:
    return LikelihoodRatio(log10, lower, upper, "a test set, 100 people")


def compared(values: tuple[float, float, float] | None, reason: str = "") -> Comparison:
    return Comparison({"test": 0.5}, ratio(*values) if values else None, reason)


def evidence(
    id_: str,
    name: str,
    kind: str = "recording",
    *,
    problems: tuple[str, ...] = (),
    facts: tuple[tuple[str, str], ...] = (),
) -> Evidence:
    role = Role.PROBE if id_.startswith("round") else Role.REFERENCE
    return Evidence(id_, "0" * 64, Path("/somewhere/private") / name, name, role, kind, 1234, facts, problems)


def template(frames: int = 5, *, photo: bool = False) -> FaceTemplate:
    return FaceTemplate({"test": np.ones(1)}, tuple(_crop(n, photo) for n in range(frames)))


def seen(
    id_: str, *spans: tuple[int, int], at: tuple[float, float] = HERE, frames: int | None = 5, pictures: int = 1
) -> Seen:
    """A face that is on screen in `spans` (seconds) at one place; frames None: no template could be made."""
    box = FaceBox(*at, 80, 80, 0.9)
    tracklets = tuple(
        Tracklet(n, [FaceSample(Fraction(t), box, _quality()) for t in (start, end)])
        for n, (start, end) in enumerate(spans)
    )
    person = Person(tracklets, tuple(Span(Fraction(a), Fraction(b)) for a, b in spans), ())
    keys = tuple(f"{id_}#{n}" for n in range(pictures))
    return Seen(id_, person, template(frames) if frames else None, keys)


def a_round(
    number: int, *faces: Seen, reason: str = "", end: int = 60, name: str = "", **file: object
) -> ObservedRound:
    """The first face is the candidate; none: `reason` says why."""
    id_ = f"round-{number}"
    case_round = Round(id_, f"Round {number}", (evidence(id_, name or f"call-{number}.mp4", **file),))  # type: ignore[arg-type]
    return ObservedRound(case_round, faces, faces[0] if faces else None, Fraction(end), end, reason)


def reference(number: int, name: str = "passport.jpg", kind: str = "photo", reason: str = "") -> ReferenceFace:
    id_ = f"reference-{number}"
    shape = None if reason else template(1, photo=True)
    return ReferenceFace(evidence(id_, name, kind), shape, () if reason else (f"{id_}#0",), reason)


def case(
    *rounds: ObservedRound,
    references: tuple[ReferenceFace, ...] = (),
    compared: dict[tuple[str, str], Comparison] | None = None,
) -> CaseObservations:
    return CaseObservations(rounds, references, compared or {}, "test 1.0")


def _quality() -> FaceQuality:
    return FaceQuality(48.0, 0.0, 0.0, 0.3, 0.5, 0.0, mouth_visible=True)


def _crop(second: int, photo: bool) -> KeptCrop:
    image = np.zeros((4, 4, 3), np.uint8)
    return KeptCrop(Fraction(second), FaceCrop(image, None, 48.0), _quality(), is_photo=photo)
