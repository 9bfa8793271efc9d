"""Files -> observations of a whole case: who was seen, who the candidate is, and every comparison a check may ask for."""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import cv2

from verifier.calibration import Comparison, FaceCalibration
from verifier.candidate import NO_FACE, Anchor, equally_long, pick
from verifier.candidate_voice import compared_voices, with_voice
from verifier.checks.base import CaseObservations, ObservedRound, ReferenceFace, Seen
from verifier.coupling import CouplingModel
from verifier.face_rendering import rendering_of
from verifier.face_stability import stability_of
from verifier.intake import with_facts, with_still_facts
from verifier.lip_voice import rows_of
from verifier.media.file_facts import FileFacts, facts_or_none
from verifier.media.recording import Recording
from verifier.media.still import read_stills
from verifier.mouths import lip_observer, listen
from verifier.observe.decode_pass import observe_recording
from verifier.observe.faces import FaceObserver, KeptCrop
from verifier.observe.portrait import PortraitFinder
from verifier.observe.rendering_detectors import RenderingDetector, load_detectors
from verifier.observe.templates import Embedder, FaceTemplate
from verifier.observe.trail import trail_observer
from verifier.replay import replay_of
from verifier.report.model import Clip, Picture
from verifier.round_voices import RoundListener, RoundVoices
from verifier.timing import Span, clock
from verifier.tracks import Person, join_tracklets
from verifier.typing_sound import Typing, listen_for_keys
from verifier.voice_calibration import VoiceCalibration
from verifier.voice_faces import mouth_motions, tied

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from verifier.case import Evidence, Round
    from verifier.documents.reading import DocumentSeen
    from verifier.observe.comparators.registry import Comparators
    from verifier.observe.comparators.voice_base import VoiceComparators
    from verifier.voice_calibration import VoiceTemplate

LOOKING = 0.8
"""Share of a round's progress that its picture takes where its sound is listened to as well."""
MAX_PEOPLE = 12
"""Faces of a round that are named, those longest on screen; the others are counted."""


@dataclass
class Gatherer:
    """Reads evidence and compares faces; one per case. Every crop is embedded at most once per comparator."""

    comparators: Comparators
    calibration: FaceCalibration
    needs: frozenset[str] = frozenset({"faces"})
    """Names of the observers that a check asked for reads; the others are not run."""
    pictures: dict[str, Picture] = field(default_factory=dict)
    clips: dict[tuple[str, Span], Clip | None] = field(default_factory=dict)
    """Seconds cut out for reports on this case, by round and span; None: they cannot be."""
    within: dict[str, Mapping[tuple[str, str], Comparison]] = field(default_factory=dict)
    """Comparisons within rounds that were made when they were looked at first, by round: their other faces are not kept."""

    def __post_init__(self) -> None:
        self.embedder = Embedder(self.comparators.loaded)
        self.usable = self.calibration.usable(self.comparators.loaded)

    def compare(self, a: FaceTemplate, b: FaceTemplate) -> Comparison:
        return self.calibration.compare(a, b, self.usable)

    def round(self, case_round: Round, progress: Callable[[float], None], *, listens: bool = True) -> ObservedRound:
        """Who is seen in a round; the candidate is still open (the longest on screen stands in).

        listens: False leaves out mouths, sound and the picture trail whatever the checks ask for.
        """
        needs = self.needs if listens else self.needs & {"faces", "templates", "container"}
        first = case_round.evidence[0]
        looks = first.kind == "recording" and "faces" in needs
        heard = None
        if "voices" in needs:
            begin = LOOKING if looks else 0.0
            heard = self._listener.hear(case_round, lambda share: progress(begin + (1 - begin) * share))
        typing = self._typing(case_round, heard) if "clicks" in needs else None
        if not looks:
            why = "no check asked for faces" if first.kind == "recording" else "the recording has no picture"
            facts = _container_facts(case_round)
            end = heard.end if heard else Fraction(0)
            return ObservedRound(facts, (), None, end, 0, why, self._files(case_round), typing=typing, voices=heard)
        faces = FaceObserver()
        lips = (
            lip_observer(first.path, faces.boxes, silent="eyes" in needs)
            if needs & {"lips", "eyes", "stability"}
            else None
        )
        trail = trail_observer(first.path) if "trail" in needs else None
        watching = (lambda share: progress(LOOKING * share)) if heard else progress
        seen_by = observe_recording(first.path, [o for o in (faces, lips, trail) if o is not None], watching)
        table, lip_table = seen_by.tables["faces"], seen_by.tables.get("lips")
        mouths = (
            listen(first.path, lip_table, hears="coupling" in needs)
            if needs & {"coupling", "eyes", "stability"}
            else None
        )
        others = tuple(_beside(first, other) for other in case_round.evidence[1:])
        problems = (*seen_by.problems, *(heard.notes if heard else ()))
        evidence = (with_facts(first, seen_by.facts, problems), *others)
        case_round = replace(case_round, evidence=evidence)
        end = max(seen_by.facts.duration or Fraction(0), seen_by.end)
        everybody = join_tracklets(table, self.embedder, end)
        people, left_out = everybody[:MAX_PEOPLE], everybody[MAX_PEOPLE:]
        letters = string.ascii_uppercase
        seen = tuple(self._seen(f"{case_round.id}/{letters[i]}", case_round, p) for i, p in enumerate(people))
        able = [s for s in seen if s.template is not None]
        first_able, why = (able[0], "") if able else (None, NO_FACE)
        looked, files, beyond = len(table.sampled), self._files(case_round), table.not_followed + len(left_out)
        motions = mouth_motions(seen, lip_table)
        heard = tied(heard, motions) if heard else None
        return ObservedRound(
            case_round,
            seen,
            first_able,
            end,
            looked,
            why,
            files,
            beyond,
            mouths,
            voices=heard,
            motions=motions,
            typing=typing,
            trail=seen_by.tables.get("trail"),
        )

    def reference(self, evidence: Evidence) -> ReferenceFace:
        """The largest face of a photo, a page or a clip; MediaError when it cannot be read."""
        if "faces" not in self.needs:
            return ReferenceFace(evidence, None, (), "no check asked for faces")
        if evidence.kind == "recording":
            as_round = self.round(_round_of(evidence), lambda share: None, listens=False)
            candidate = as_round.candidate
            evidence = as_round.round.evidence[0]
            if candidate is None:
                return ReferenceFace(evidence, None, (), as_round.reason)
            equals = len(equally_long(as_round))
            note = f"{equals} faces are on screen about equally long in it; one of them was taken" if equals > 1 else ""
            return ReferenceFace(evidence, candidate.template, candidate.pictures, "", note)
        if evidence.kind == "sound":
            return ReferenceFace(evidence, None, (), "it has sound only")
        stills = read_stills(evidence.path)
        evidence = with_still_facts(evidence, stills)
        portrait = self._portraits.find([still.image for still in stills])
        damage = tuple(dict.fromkeys(note for still in stills for note in still.notes))
        if portrait.kept is None:
            return ReferenceFace(evidence, None, (), "; ".join((portrait.reason, *damage)))
        template = self.embedder.template([portrait.kept])
        keys = self._picture(evidence.id, evidence.id, evidence.name, [portrait.kept], photo=True)
        return ReferenceFace(
            evidence, template, keys, "" if template else NO_FACE, "; ".join((*filter(None, [portrait.note]), *damage))
        )

    def documents(self, references: Sequence[Evidence]) -> tuple[DocumentSeen, ...]:
        """The identity documents among the references; a plain photo of somebody is none."""
        files = [e for e in references if e.kind in ("photo", "document page")]
        if "document" not in self.needs or not files:
            return ()
        from verifier.documents.reading import documents_among

        return documents_among(files, self._portraits)

    @cached_property
    def _portraits(self) -> PortraitFinder:
        return PortraitFinder()

    def _typing(self, case_round: Round, heard: RoundVoices | None) -> Typing:
        """In the first of its files that has sound; where it was listened to already, the speech is known."""
        known = {source.file: source.track.speech for source in reversed(heard.sources)} if heard else {}
        return listen_for_keys((e.path, known.get(e.name)) for e in case_round.evidence)

    def _files(self, case_round: Round) -> tuple[FileFacts, ...]:
        if "container" not in self.needs:
            return ()
        found = (facts_or_none(evidence.path) for evidence in case_round.evidence)
        return tuple(facts for facts in found if facts is not None)

    def close(self) -> None:
        """Gives back what only reading needs; comparing goes on."""
        if "_portraits" in self.__dict__:
            self._portraits.close()
            del self._portraits

    def case(
        self,
        rounds: Sequence[ObservedRound],
        references: Sequence[ReferenceFace],
        candidates: Collection[str],
        origin: str,
        shown_by: ReferenceFace | None = None,
        name: str | None = None,
    ) -> tuple[CaseObservations, str]:
        """Picks the candidate of each round, makes every comparison, and says how the candidate was picked.

        candidates: ids of faces and voices that were named. shown_by: a picture handed in to say who the candidate is. name: what the
        candidate's own files may be called.
        """
        picked = pick(rounds, candidates, _anchor(references, shown_by), self.compare)
        compared: dict[tuple[str, str], Comparison] = {}
        digests = {r.round.id: r.round.evidence[0].sha256 for r in picked.rounds}
        digests |= {ref.evidence.id: ref.evidence.sha256 for ref in references}
        subjects = [(r.round.id, r.candidate.template) for r in picked.rounds if r.candidate is not None]
        subjects += [(ref.evidence.id, ref.template) for ref in references]
        for (id_a, a), (id_b, b) in combinations([(i, t) for i, t in subjects if t is not None], 2):
            if digests[id_a] and digests[id_a] == digests[id_b]:
                compared[(id_a, id_b)] = Comparison({}, None, "the same file was handed in twice")
                continue
            found, count = self.compare(a, b), max(picked.among.get(id_a, 1), picked.among.get(id_b, 1))
            compared[(id_a, id_b)] = replace(found, lr=found.lr.among(count)) if found.lr else found
        for r in picked.rounds:
            compared.update(self._within(r))
        rounds = tuple(with_voice(self._rendered(_replayed(self._coupled(r))), name, candidates) for r in picked.rounds)
        voices = compared_voices(rounds, self._compare_voices)
        return CaseObservations(rounds, tuple(references), compared, origin, voices), picked.basis

    @cached_property
    def _listener(self) -> RoundListener:
        return RoundListener()

    @cached_property
    def voice_calibration(self) -> VoiceCalibration:
        return VoiceCalibration.load()

    def _compare_voices(self, a: VoiceTemplate, b: VoiceTemplate) -> Comparison:
        usable = self.voice_calibration.usable(self.voice_comparators.loaded)
        return self.voice_calibration.compare(a, b, usable)

    @property
    def voice_comparators(self) -> VoiceComparators:
        """Loaded when a round is listened to."""
        return self._listener.comparators

    def _coupled(self, r: ObservedRound) -> ObservedRound:
        if r.mouths is None:
            return r
        person = r.candidate.person if r.candidate else None
        coupling = r.mouths.coupling(person, r.reason, self._coupling_model)
        stability = None
        if "stability" in self.needs and person is not None and r.mouths.lips is not None:
            stability = stability_of(r.mouths.lips, rows_of(person, r.mouths.lips), person.kept, self.embedder)
        return replace(r, coupling=coupling, gaze=r.mouths.gaze(person, r.reason), stability=stability)

    def _rendered(self, r: ObservedRound) -> ObservedRound:
        if "rendering" not in self.needs or r.candidate is None:
            return r
        return replace(r, rendering=rendering_of(r.candidate.person.kept, *self._detectors))

    @cached_property
    def _detectors(self) -> tuple[list[RenderingDetector], list[tuple[str, str]]]:
        return load_detectors()

    @cached_property
    def _coupling_model(self) -> CouplingModel:
        return CouplingModel.load()

    def _within(self, r: ObservedRound) -> dict[tuple[str, str], Comparison]:
        if r.round.id in self.within:
            return dict(self.within[r.round.id])
        if r.candidate is None or r.candidate.template is None:
            return {}
        compared = {
            (r.round.id, other.id): self.compare(r.candidate.template, other.template)
            for other in r.seen
            if other is not r.candidate and other.template is not None
        }
        kept = r.candidate.person.kept
        if len(kept) >= 2:
            first = self.embedder.template(kept[: len(kept) // 2])
            last = self.embedder.template(kept[len(kept) // 2 :])
            if first is not None and last is not None:
                compared[(f"{r.round.id}#first", f"{r.round.id}#last")] = self.compare(first, last)
        return compared

    def _seen(self, seen_id: str, case_round: Round, person: Person) -> Seen:
        template = self.embedder.template(person.kept)
        shown = list(template.frames) if template else list(person.kept[:1])
        return Seen(seen_id, person, template, self._picture(seen_id, case_round.id, case_round.label, shown))

    def _picture(
        self, prefix: str, subject: str, label: str, kept: list[KeptCrop], *, photo: bool = False
    ) -> tuple[str, ...]:
        keys = []
        for number, k in enumerate(kept):
            key = f"{prefix}#{number}"
            done, jpeg = cv2.imencode(
                ".jpg", cv2.cvtColor(k.crop.image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88]
            )
            if done:
                height, width = k.crop.image.shape[:2]
                caption = label if photo else f"{label}, {clock(k.time)}"
                time = None if photo else k.time
                self.pictures[key] = Picture(key, jpeg.tobytes(), width, height, caption, subject, time)
                keys.append(key)
        return tuple(keys)


def _anchor(references: Sequence[ReferenceFace], shown_by: ReferenceFace | None) -> Anchor | None:
    if shown_by is not None:
        words = f"the face nearest to {shown_by.evidence.name}"
        return Anchor(shown_by.template, words) if shown_by.template is not None else None
    first = next((ref for ref in references if ref.template is not None), None)
    if first is None or first.template is None:
        return None
    return Anchor(first.template, "the face nearest to the first reference")


def _replayed(r: ObservedRound) -> ObservedRound:
    if r.trail is None or r.candidate is None:
        return r
    return replace(r, replay=replay_of(r.trail, r.candidate.person))


def _beside(first: Evidence, other: Evidence) -> Evidence:
    """Another file of the same call: what is said of it, since its picture is not looked at."""
    if other.kind != "recording":
        return other
    return replace(other, facts=(*other.facts, ("Faces", f"not looked at here: they are read from {first.name}")))


def _round_of(evidence: Evidence) -> Round:
    from verifier.case import Round

    return Round(evidence.id, evidence.name, (evidence,))


def _container_facts(case_round: Round) -> Round:
    first = case_round.evidence[0]
    with Recording(first.path) as recording:
        return replace(case_round, evidence=(with_facts(first, recording.facts, ()), *case_round.evidence[1:]))
