"""What is kept of a round that was looked at: the candidate's template and pictures, and of everybody else only when they were there.

A comparison within the round (with other faces, of its halves) is kept as it was made, since the faces behind it are not; its
ratio names the calibration it came from.
"""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.observe.templates import FaceTemplate

if TYPE_CHECKING:
    from verifier.calibration import Comparison
    from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace, Seen
    from verifier.gather import Gatherer
    from verifier.observe.faces import Tracklet
    from verifier.report.model import Picture
    from verifier.tracks import Person

OBSERVED_BY = "1"
"""Raised whenever observers or the join of faces change, so that old observations are made anew where the recording is kept."""
KEPT = frozenset(
    {"round", "seen", "candidate", "end", "looked_at", "reason", "files", "not_followed", "coupling", "picked"}
)
"""Fields of a round that are kept; every other one goes back to its default, until somebody decides what of it may stay."""
KEPT_OBSERVERS = frozenset({"faces", "templates", "lips", "coupling", "container"})
"""Observers whose whole result is in those fields. A check that needs another one has the recording looked at again."""


@dataclass(frozen=True)
class KeptRound:
    observed: ObservedRound
    within: dict[tuple[str, str], Comparison]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class KeptReference:
    observed: ReferenceFace
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class KeptTemplate:
    """One template of the gallery. models: comparator -> SHA-256 of its weights."""

    subject: str
    template: FaceTemplate
    models: dict[str, str]


def models_of(gatherer: Gatherer) -> str:
    """Everything that observations depend on besides the file, as one digest."""
    from verifier.observe.face_detector import detection_in_words

    parts = [OBSERVED_BY, detection_in_words() if "faces" in gatherer.needs else ""]
    parts += [f"{c.name} {c.model_sha256}" for c in gatherer.comparators.loaded]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def weights_of(gatherer: Gatherer) -> dict[str, str]:
    return {c.name: c.model_sha256 for c in gatherer.comparators.loaded}


def kept_round(r: ObservedRound, case: CaseObservations, gatherer: Gatherer) -> KeptRound:
    """What may be kept of a round whose candidate was picked."""
    seen = tuple(_candidate(s) if s is r.candidate else _somebody(s) for s in r.seen)
    candidate = next((k for k, s in zip(seen, r.seen, strict=True) if s is r.candidate), None)
    within = {pair: c for pair, c in case.compared.items() if _is_within(pair, r.round.id)}
    pictures = tuple(gatherer.pictures[k] for k in (candidate.pictures if candidate else ()) if k in gatherer.pictures)
    others = {f.name: _default(f) for f in fields(r) if f.name not in KEPT}
    return KeptRound(replace(r, **(others | {"seen": seen, "candidate": candidate})), within, pictures)


def restored(kept: KeptRound, gatherer: Gatherer) -> ObservedRound:
    """The round as it was, its pictures and comparisons handed to the gatherer. The candidate is one of `seen` again."""
    r = kept.observed
    gatherer.within[r.round.id] = kept.within
    gatherer.pictures.update({p.key: p for p in kept.pictures})
    candidate = next((s for s in r.seen if r.candidate is not None and s.id == r.candidate.id), None)
    return replace(r, candidate=candidate)


def for_search(template: FaceTemplate) -> FaceTemplate:
    """What comparing reads of a template, in one frame: galleries are large, and a search says nothing about light."""
    first = template.frames[0]
    crop = replace(first.crop, image=np.zeros((0, 0, 3), np.uint8), five=None)
    quality = replace(first.quality, inter_eye_px=template.inter_eye_px)
    return FaceTemplate(template.vectors, (replace(first, crop=crop, quality=quality, is_photo=template.is_photo),))


def kept_reference(reference: ReferenceFace, gatherer: Gatherer) -> KeptReference:
    template = reference.template.without_pictures() if reference.template else None
    pictures = tuple(gatherer.pictures[k] for k in reference.pictures if k in gatherer.pictures)
    return KeptReference(replace(reference, template=template), pictures)


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _is_within(pair: tuple[str, str], round_id: str) -> bool:
    first, second = pair
    return (first == round_id and second.startswith(f"{round_id}/")) or first == f"{round_id}#first"


def _candidate(seen: Seen) -> Seen:
    template = seen.template.without_pictures() if seen.template else None
    return replace(seen, person=_outline(seen), template=template)


def _somebody(seen: Seen) -> Seen:
    """Somebody else: when and where they were, and how many frames were compared; nothing to recognise them by."""
    template = None
    if seen.template is not None:
        bare = seen.template.without_pictures()
        none = np.zeros((0, 0, 3), np.uint8)
        frames = tuple(replace(f, crop=replace(f.crop, image=none, five=None)) for f in bare.frames)
        template = FaceTemplate({}, frames)
    return replace(seen, person=_outline(seen), template=template, pictures=())


def _outline(seen: Seen) -> Person:
    return replace(seen.person, tracklets=tuple(map(_ends, seen.person.tracklets)), kept=())


def _ends(tracklet: Tracklet) -> Tracklet:
    ends = [s for n, s in enumerate(tracklet.samples) if n in (0, len(tracklet.samples) - 1)]
    return replace(tracklet, samples=ends, kept=[])
