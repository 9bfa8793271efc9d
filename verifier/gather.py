"""What was observed -> a whole case: who the candidate is, and every comparison a check may ask for."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from verifier.calibration import Comparison, FaceCalibration
from verifier.candidate import Anchor, pick
from verifier.candidate_voice import compared_voices, with_voice
from verifier.checks.base import LEAST_IN_HALF, SAME_FILE, CaseObservations, ObservedRound, ReferenceFace
from verifier.coupling import CouplingModel
from verifier.evidence_reader import EvidenceReader
from verifier.face_rendering import rendering_of
from verifier.face_stability import stability_of
from verifier.lip_voice import rows_of
from verifier.observe.rendering_detectors import RenderingDetector, load_detectors
from verifier.observe.templates import Embedder, FaceTemplate
from verifier.replay import replay_of
from verifier.report.model import Clip, Picture
from verifier.voice_calibration import VoiceCalibration

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from verifier.challenges import Mark
    from verifier.observe.comparators.registry import Comparators
    from verifier.observe.comparators.voice_base import VoiceComparators
    from verifier.timing import Span
    from verifier.tracks import Person
    from verifier.voice_calibration import VoiceTemplate

log = logging.getLogger(__name__)


@dataclass
class Gatherer:
    """Compares what its reader has seen and heard; one per case."""

    comparators: Comparators
    calibration: FaceCalibration
    needs: frozenset[str] = frozenset({"faces"})
    """Names of the observers that a check asked for reads; the others are not run."""
    marks: tuple[Mark, ...] | None = None
    """Prompts of all rounds; None: they are found, where a check asks for them."""
    pictures: dict[str, Picture] = field(default_factory=dict)
    clips: dict[tuple[str, Span], Clip | None] = field(default_factory=dict)
    """Seconds cut out for reports on this case, by round and span; None: they cannot be."""
    within: dict[str, Mapping[tuple[str, str], Comparison]] = field(default_factory=dict)
    """Comparisons within rounds that were made when they were looked at first, by round: their other faces are not kept."""
    voices_within: dict[str, Mapping[tuple[str, str], Comparison]] = field(default_factory=dict)
    """The same for voices. The candidate of a round that is named here was settled then."""

    def __post_init__(self) -> None:
        self.embedder = Embedder(self.comparators.loaded)
        self.usable = self.calibration.usable(self.comparators.loaded)
        self.reader = EvidenceReader(self.comparators, self.embedder, self.needs, self.marks, self.pictures)

    def compare(self, a: FaceTemplate, b: FaceTemplate) -> Comparison:
        return self.calibration.compare(a, b, self.usable)

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
        candidate's own files may be called. ValueError when two rounds or references have the same id: comparisons are kept by it.
        """
        ids = [r.round.id for r in rounds] + [ref.evidence.id for ref in references]
        if len(set(ids)) < len(ids):
            raise ValueError(f"of rounds and references, two have the same id: {', '.join(ids)}")
        picked = pick(rounds, candidates, _anchor(references, shown_by), self.compare)
        compared: dict[tuple[str, str], Comparison] = {}
        digests = {r.round.id: r.round.evidence[0].sha256 for r in picked.rounds}
        digests |= {ref.evidence.id: ref.evidence.sha256 for ref in references}
        subjects = [(r.round.id, r.candidate.template) for r in picked.rounds if r.candidate is not None]
        subjects += [(ref.evidence.id, ref.template) for ref in references]
        for (id_a, a), (id_b, b) in combinations([(i, t) for i, t in subjects if t is not None], 2):
            if digests[id_a] and digests[id_a] == digests[id_b]:
                compared[(id_a, id_b)] = Comparison({}, None, SAME_FILE)
                continue
            found, count = self.compare(a, b), max(picked.among.get(id_a, 1), picked.among.get(id_b, 1))
            compared[(id_a, id_b)] = replace(found, lr=found.lr.among(count)) if found.lr else found
        for r in picked.rounds:
            compared.update(self._within(r))
        rounds = tuple(
            r if r.round.id in self.voices_within else with_voice(self._measured(r), name, candidates)
            for r in picked.rounds
        )
        voices = compared_voices(rounds, self.compare_voices)
        for r in rounds:
            voices.update(self.voices_within.get(r.round.id, {}))
        return CaseObservations(rounds, tuple(references), compared, origin, voices), picked.basis

    def heard(
        self,
        rounds: Sequence[ObservedRound],
        references: Sequence[ReferenceFace],
        candidates: Collection[str],
        shown_by: ReferenceFace | None = None,
        name: str | None = None,
    ) -> tuple[ObservedRound, ...]:
        """The rounds with the voice that is taken for the candidate's in each, as `case` takes it."""
        picked = pick(rounds, candidates, _anchor(references, shown_by), self.compare)
        return tuple(with_voice(r, name, candidates) for r in picked.rounds)

    @cached_property
    def voice_calibration(self) -> VoiceCalibration:
        return VoiceCalibration.load()

    def compare_voices(self, a: VoiceTemplate, b: VoiceTemplate) -> Comparison:
        usable = self.voice_calibration.usable(self.voice_comparators.loaded)
        return self.voice_calibration.compare(a, b, usable)

    @property
    def voice_comparators(self) -> VoiceComparators:
        """Loaded when a round is listened to."""
        return self.reader.listener.comparators

    def _measured(self, r: ObservedRound) -> ObservedRound:
        """With all that is measured of the candidate; what fails is named in `broken`, and the others go on."""
        steps = {"coupling": self._coupled, "eyes": _gazed, "stability": self._steadied, "trail": _replayed, "rendering": self._rendered}  # fmt: skip
        for need, step in steps.items():
            try:
                r = step(r)
            except Exception as error:
                log.exception("measuring for %s failed", need)
                r = replace(r, broken=(*r.broken, (need, type(error).__name__)))
        return r

    def _coupled(self, r: ObservedRound) -> ObservedRound:
        if r.mouths is None:
            return r
        speech = r.voices.speech_in(r.round.evidence[0].name) if r.voices else None
        return replace(r, coupling=r.mouths.coupling(_person(r), r.reason, self._coupling_model, speech))

    def _steadied(self, r: ObservedRound) -> ObservedRound:
        person, lips = _person(r), r.mouths.lips if r.mouths else None
        if "stability" not in self.needs or person is None or lips is None:
            return r
        return replace(r, stability=stability_of(lips, rows_of(person, lips), person.kept, self.embedder))

    def _rendered(self, r: ObservedRound) -> ObservedRound:
        if "rendering" not in self.needs or r.candidate is None:
            return r
        return replace(r, rendering=rendering_of(r.candidate.person.kept, *self._detectors))

    def unusable_detectors(self) -> tuple[tuple[str, str], ...]:
        """Detectors of rendering that were brought, asked for and cannot be used, and why."""
        return tuple((f"Detector {n}", why) for n, why in self._detectors[1]) if "rendering" in self.needs else ()

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
        if len(kept) >= 2 * LEAST_IN_HALF:
            first = self.embedder.template(kept[: len(kept) // 2])
            last = self.embedder.template(kept[len(kept) // 2 :])
            if first is not None and last is not None:
                compared[(f"{r.round.id}#first", f"{r.round.id}#last")] = self.compare(first, last)
        return compared


def _anchor(references: Sequence[ReferenceFace], shown_by: ReferenceFace | None) -> Anchor | None:
    if shown_by is not None:
        words = f"the face nearest to {shown_by.evidence.name}"
        return Anchor(shown_by.template, words) if shown_by.template is not None else None
    first = next((ref for ref in references if ref.template is not None), None)
    if first is None or first.template is None:
        return None
    return Anchor(first.template, "the face nearest to the first reference")


def _person(r: ObservedRound) -> Person | None:
    return r.candidate.person if r.candidate else None


def _gazed(r: ObservedRound) -> ObservedRound:
    return r if r.mouths is None else replace(r, gaze=r.mouths.gaze(_person(r), r.reason))


def _replayed(r: ObservedRound) -> ObservedRound:
    if r.trail is None or r.candidate is None:
        return r
    return replace(r, replay=replay_of(r.trail, r.candidate.person))
