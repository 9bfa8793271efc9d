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
from verifier.store.records import Reading

if TYPE_CHECKING:
    from verifier.calibration import Comparison
    from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace, Seen
    from verifier.documents.reading import DocumentSeen
    from verifier.gather import Gatherer
    from verifier.observe.faces import Tracklet
    from verifier.report.model import Picture
    from verifier.round_voices import HeardSource, HeardVoice
    from verifier.tracks import Person
    from verifier.voice_calibration import VoiceTemplate

    Sources = dict[tuple[str, str], HeardSource]

OBSERVED_BY = "6"
"""Raised whenever observers or the join of faces change, so that old observations are made anew where the recording is kept."""
KEPT = frozenset(
    {"round", "seen", "candidate", "end", "looked_at", "reason", "files", "not_followed", "coupling", "gaze", "typing",
     "stability", "replay", "voices", "voice", "voice_basis", "voice_reason", "asides", "still_mouth", "picked", "broken"}
)  # fmt: skip
"""Fields of a round that are kept; every other one goes back to its default, until somebody decides what of it may stay."""
KEPT_OBSERVERS = frozenset(
    {"faces", "templates", "lips", "coupling", "eyes", "stability", "trail", "voices", "clicks", "container"}
)
"""Observers whose whole result is in those fields. A check that needs another one has the recording looked at again."""
READ_BY = "2"
"""The same for what reads documents, or when more of a document is kept."""
NOT_OF_RECORDINGS = frozenset({"other cases", "transcript", "document", "document-editing"})
"""What checks need that no look at a recording gives."""
KEPT_OF_DOCUMENTS = frozenset(
    {"evidence", "page_number", "zone", "reading", "visual", "portrait", "retake", "notes", "reason", "licence", "places",
     "traces", "documents"}
)  # fmt: skip
"""Fields of a document that are kept, without its pictures; `page` is None then."""
OTHER_LISTENER = "its sound was listened to by another version, and its recording is not kept"


@dataclass(frozen=True)
class KeptRound:
    observed: ObservedRound
    within: dict[tuple[str, str], Comparison]
    pictures: tuple[Picture, ...]
    voices_within: dict[tuple[str, str], Comparison]


@dataclass(frozen=True)
class KeptReference:
    observed: ReferenceFace
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class KeptTemplate:
    """One template of the gallery. models: comparator -> SHA-256 of its weights."""

    subject: str
    template: FaceTemplate | VoiceTemplate
    models: dict[str, str]


def models_of(gatherer: Gatherer) -> str:
    """Everything that observations depend on besides the file, as one digest."""
    from verifier.observe.face_detector import detection_in_words

    parts = [OBSERVED_BY, detection_in_words() if "faces" in gatherer.needs else ""]
    parts += [f"{c.name} {c.model_sha256}" for c in gatherer.comparators.loaded]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def voice_models_of(gatherer: Gatherer) -> str:
    """The same for what listens; empty: nobody asked for voices."""
    if "voices" not in gatherer.needs:
        return ""
    parts = [OBSERVED_BY, *(f"{name} {weights}" for name, weights in voice_weights_of(gatherer).items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def weights_of(gatherer: Gatherer) -> dict[str, str]:
    return {c.name: c.model_sha256 for c in gatherer.comparators.loaded}


def voice_weights_of(gatherer: Gatherer) -> dict[str, str]:
    return {c.name: c.model_sha256 for c in gatherer.voice_comparators.loaded}


def kept_round(r: ObservedRound, case: CaseObservations, gatherer: Gatherer) -> KeptRound:
    """What may be kept of a round whose candidate was picked."""
    seen = tuple(_candidate(s) if s is r.candidate else _somebody(s) for s in r.seen)
    candidate = next((k for k, s in zip(seen, r.seen, strict=True) if s is r.candidate), None)
    within = {pair: c for pair, c in case.compared.items() if _is_within(pair, r.round.id)}
    voices_within = {pair: c for pair, c in case.voices_compared.items() if _is_within(pair, r.round.id)}
    pictures = tuple(gatherer.pictures[k] for k in (candidate.pictures if candidate else ()) if k in gatherer.pictures)
    changed: dict[str, Any] = {f.name: _default(f) for f in fields(r) if f.name not in KEPT}
    changed |= {"seen": seen, "candidate": candidate} | _voices(r)
    return KeptRound(replace(r, **changed), within, pictures, voices_within)


def restored(kept: KeptRound, gatherer: Gatherer, *, same_ears: bool = True) -> ObservedRound:
    """The round as it was, its pictures and comparisons handed to the gatherer. The candidate is one of `seen` again.

    same_ears: whether the voice was heard by the models of now; another one's template compares with nothing.
    """
    r = kept.observed
    gatherer.within[r.round.id] = kept.within
    gatherer.voices_within[r.round.id] = kept.voices_within
    gatherer.pictures.update({p.key: p for p in kept.pictures})
    candidate = next((s for s in r.seen if r.candidate is not None and s.id == r.candidate.id), None)
    voice = None
    if r.voices is not None:
        sources: Sources = {(s.file, s.where): s for s in r.voices.sources}
        own = tuple(replace(v, source=sources[v.source.file, v.source.where]) for v in r.voices.voices)
        r = replace(r, voices=replace(r.voices, voices=own))
        voice = next((v for v in own if r.voice is not None and v.id == r.voice.id), None)
    if voice is not None and not same_ears:
        return replace(r, candidate=candidate, voice=None, voice_basis="", voice_reason=OTHER_LISTENER)
    return replace(r, candidate=candidate, voice=voice)


def for_search(template: FaceTemplate) -> FaceTemplate:
    """What comparing reads of a template, in one frame: galleries are large."""
    first = template.frames[0]
    crop = replace(first.crop, image=np.zeros((0, 0, 3), np.uint8), five=None)
    quality = replace(first.quality, inter_eye_px=template.inter_eye_px, exposure=template.exposure)
    return FaceTemplate(template.vectors, (replace(first, crop=crop, quality=quality, is_photo=template.is_photo),))


def kept_document(seen: DocumentSeen) -> DocumentSeen:
    """What was read, and where; no picture of the page or of the face."""
    changed: dict[str, Any] = {f.name: _default(f) for f in fields(seen) if f.name not in KEPT_OF_DOCUMENTS}
    changed |= {"page": None, "reading": seen.reading and replace(seen.reading, grids=())}
    return replace(seen, **changed).without_pictures()


def reading_of(subject: str, seen: DocumentSeen | None) -> Reading:
    """What identifies a document; None: the reference shows none. A number with a doubtful character is not one."""
    parsed = seen.reading.parsed if seen is not None and seen.reading is not None else None
    sure = parsed is not None and seen is not None and seen.sure_of("number")
    number, country = (parsed.values.get(k, "") for k in ("number", "issuer")) if parsed and sure else ("", "")
    portrait = seen.portrait.hash if seen is not None and seen.portrait is not None else ""
    return Reading(subject, READ_BY, number, country, portrait)


def kept_reference(reference: ReferenceFace, gatherer: Gatherer) -> KeptReference:
    template = reference.template.without_pictures() if reference.template else None
    pictures = tuple(gatherer.pictures[k] for k in reference.pictures if k in gatherer.pictures)
    return KeptReference(replace(reference, template=template), pictures)


def _default(field: Field[Any]) -> Any:
    """None where it has none."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return None if field.default is MISSING else field.default


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


def _voices(r: ObservedRound) -> dict[str, Any]:
    """What was heard: when, by whom it was, how much; the candidate's template, and what of others was found out already."""
    from verifier.asides import asides
    from verifier.checks.speech_without_lips import still_mouth

    if r.voices is None:
        return {}
    sources = {(s.file, s.where): _bare_source(s) for s in r.voices.sources}
    kept = {id(v): _bare_voice(v, sources, mine=v is r.voice) for v in r.voices.voices}
    voices = replace(r.voices, voices=tuple(kept.values()), sources=tuple(sources.values()))
    if r.voice is None:
        return {"voices": voices}
    found = asides(r.voices, r.voice) if r.asides is None else r.asides
    still = still_mouth(r) if r.still_mouth is None else r.still_mouth
    return {"voices": voices, "voice": kept[id(r.voice)], "asides": found, "still_mouth": still}


def _bare_source(source: HeardSource) -> HeardSource:
    return replace(source, track=replace(source.track, pieces=(), vectors={}, soft=(), soft_vectors={}))


def _bare_voice(voice: HeardVoice, sources: Sources, *, mine: bool) -> HeardVoice:
    """A voice without its pieces; of anybody but the candidate without anything to recognise it by."""
    return replace(
        voice, source=sources[voice.source.file, voice.source.where], pieces=np.zeros(0, np.int64),
        template=voice.template if mine else _silent(voice.template),
        halves=voice.halves and (_silent(voice.halves[0]), _silent(voice.halves[1])),
    )  # fmt: skip


def _silent(template: VoiceTemplate | None) -> Any:
    return replace(template, vectors={}) if template else None


def _outline(seen: Seen) -> Person:
    return replace(seen.person, tracklets=tuple(map(_ends, seen.person.tracklets)), kept=())


def _ends(tracklet: Tracklet) -> Tracklet:
    ends = [s for n, s in enumerate(tracklet.samples) if n in (0, len(tracklet.samples) - 1)]
    return replace(tracklet, samples=ends, kept=[])
