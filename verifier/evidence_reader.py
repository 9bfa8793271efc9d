"""One file or round -> what is seen and heard in it, by every observer that a check asked for; nothing is compared."""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING

from verifier.candidate import NO_FACE, equally_long
from verifier.case import Round
from verifier.case_pictures import keep_crops, keep_picture
from verifier.challenges import of_round
from verifier.checks.base import ObservedRound, ReferenceFace, Seen
from verifier.intake import with_facts, with_still_facts
from verifier.media.file_facts import FileFacts, facts_or_none
from verifier.media.recording import Recording
from verifier.media.still import read_stills
from verifier.mouths import lip_observer, listen
from verifier.observe.decode_pass import observe_recording
from verifier.observe.faces import FaceObserver
from verifier.observe.overheard import Overheard
from verifier.observe.portrait import CLOSE_UP, PortraitFinder
from verifier.observe.trail import trail_observer
from verifier.prompt_response import COMPARATOR
from verifier.prompt_watch import watched
from verifier.round_voices import RoundListener, RoundVoices
from verifier.side_by_side import side_by_side
from verifier.tracks import Person, join_tracklets
from verifier.typing_sound import Typing, listen_for_keys, typing_of
from verifier.voice_faces import mouth_motions, tied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.case import Evidence
    from verifier.challenges import Mark
    from verifier.documents.reading import DocumentSeen
    from verifier.mouths import MouthsAndSound
    from verifier.observe.comparators.registry import Comparators
    from verifier.observe.decode_pass import FrameObserver, RecordingObservations
    from verifier.observe.faces import FaceTable
    from verifier.observe.templates import Embedder
    from verifier.prompt_response import Response
    from verifier.report.model import Picture
    from verifier.timing import MediaTime

    Progress = Callable[[float], None]

LOOKING = 0.8
"""Share of a round's progress that its picture takes where its sound is listened to as well."""
PROMPTING = 0.3
"""Share that looking at prompts takes, where a check asks for them."""
MAX_PEOPLE = 12
"""Faces of a round that are named, those longest on screen; the others are counted."""
OF_PICTURES = frozenset({"faces", "templates", "container"})
"""What is asked of a recording that is only a reference."""
OF_THE_MESH = frozenset({"lips", "eyes", "stability"})


@dataclass
class EvidenceReader:
    """Reads rounds, references and documents; one per case. Every crop is embedded at most once per comparator."""

    comparators: Comparators
    embedder: Embedder
    needs: frozenset[str]
    """Names of the observers that a check asked for reads; the others are not run."""
    marks: tuple[Mark, ...] | None
    """Prompts of all rounds; None: they are found, where a check asks for them."""
    pictures: dict[str, Picture]
    """What is seen goes in here, small, for the report."""
    close_ups: set[str] = field(default_factory=set)
    """Ids of photos that a face fills, of those that were read."""

    def round(self, case_round: Round, progress: Progress, *, listens: bool = True) -> ObservedRound:
        """Who is seen in a round; the candidate is still open (the longest on screen stands in).

        listens: False leaves out mouths, sound and the picture trail whatever the checks ask for.
        """
        needs = self.needs if listens else self.needs & OF_PICTURES
        first = case_round.evidence[0]
        looks = first.kind == "recording" and "faces" in needs
        overheard = Overheard(clicks="clicks" in needs, bands=looks and "coupling" in needs)
        hear = partial(self.listener.hear, case_round, overheard=overheard) if "voices" in needs else None
        if not looks:
            heard = hear(progress) if hear else None
            typing = self._typing(case_round, heard, overheard) if "clicks" in needs else None
            why = "no check asked for faces" if first.kind == "recording" else "the recording has no picture"
            end = heard.end if heard else Fraction(0)
            files, facts = self._files(case_round), _container_facts(case_round)
            return ObservedRound(facts, (), None, end, 0, why, files, typing=typing, voices=heard)
        look = partial(observe_recording, first.path, self._observers(first, FaceObserver(), needs))
        asked = "challenge" in needs
        looked = _part(progress, 0, 1 - PROMPTING) if asked else progress
        seen_by, heard = side_by_side(look, hear, looked, LOOKING) if hear else (look(looked), None)
        typing = self._typing(case_round, heard, overheard) if "clicks" in needs else None
        mouths = None
        if needs & {"coupling", "eyes", "stability"}:
            lips, bands = seen_by.tables.get("lips"), overheard.bands()
            mouths = listen(first.path, lips, hears="coupling" in needs, heard=bands)
        found = self._looked_at(case_round, seen_by, heard, mouths)
        prompts = self._prompts(found.round, _part(progress, 1 - PROMPTING, PROMPTING)) if asked else None
        return replace(found, typing=typing, prompts=prompts)

    def _observers(self, first: Evidence, faces: FaceObserver, needs: frozenset[str]) -> list[FrameObserver]:
        """All that watch the recording while it is decoded once."""
        lips = lip_observer(first.path, faces.boxes, silent="eyes" in needs) if needs & OF_THE_MESH else None
        trail = trail_observer(first.path) if "trail" in needs else None
        return [o for o in (faces, lips, trail) if o is not None]

    def _looked_at(
        self,
        case_round: Round,
        seen_by: RecordingObservations,
        heard: RoundVoices | None,
        mouths: MouthsAndSound | None,
    ) -> ObservedRound:
        """The faces of a decoded round, joined into people, and whose voice is whose."""
        first, table = case_round.evidence[0], seen_by.tables["faces"]
        others = tuple(_beside(first, other) for other in case_round.evidence[1:])
        problems = (*seen_by.problems, *(heard.notes if heard else ()))
        case_round = replace(case_round, evidence=(with_facts(first, seen_by.facts, problems), *others))
        end = max(seen_by.facts.duration or Fraction(0), seen_by.end)
        seen, left_out = self.people(case_round, table, end)
        able = next((s for s in seen if s.template is not None), None)
        motions = mouth_motions(seen, seen_by.tables.get("lips"))
        return ObservedRound(
            case_round, seen, able, end, len(table.sampled), "" if able else NO_FACE, self._files(case_round),
            table.not_followed + left_out, mouths, voices=tied(heard, motions) if heard else None, motions=motions,
            trail=seen_by.tables.get("trail"),
        )  # fmt: skip

    def people(self, case_round: Round, table: FaceTable, end: MediaTime) -> tuple[tuple[Seen, ...], int]:
        """The faces of a round, longest on screen first, and how many are left out beyond `MAX_PEOPLE`."""
        everybody = join_tracklets(table, self.embedder, end)
        named = zip(string.ascii_uppercase, everybody[:MAX_PEOPLE], strict=False)
        seen = tuple(self._seen(f"{case_round.id}/{letter}", case_round, person) for letter, person in named)
        return seen, len(everybody[MAX_PEOPLE:])

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
        if portrait.kept.crop.inter_eye_px > CLOSE_UP * max(stills[portrait.page - 1].image.shape):
            self.close_ups.add(evidence.id)
        template = self.embedder.template([portrait.kept])
        keys = keep_crops(self.pictures, evidence.id, evidence.id, evidence.name, [portrait.kept], photo=True)
        return ReferenceFace(
            evidence, template, keys, "" if template else NO_FACE, "; ".join((*filter(None, [portrait.note]), *damage))
        )

    def documents(self, references: Sequence[Evidence]) -> tuple[tuple[DocumentSeen, ...], str]:
        """The identity documents among the references (a plain photo of somebody is none), or why they cannot be read."""
        files = [e for e in references if e.kind in ("photo", "document page")]
        if "document" not in self.needs or not files:
            return (), ""
        from verifier.documents.reading import OcrMissing, documents_among

        try:
            found = documents_among(files, self._portraits, self.close_ups)
        except OcrMissing as error:
            return (), str(error)
        for seen in found:
            self._traces(seen)
        return found, ""

    def _traces(self, seen: DocumentSeen) -> None:
        """The page with the parts outlined that a check may point at."""
        from verifier.checks import document_editing, document_ghost
        from verifier.documents.places import GHOST, with_outlines

        edited = list(seen.traces.to_outline) if seen.traces else []
        twice = ["portrait", GHOST] if GHOST in seen.places else []
        for check, parts in ((document_editing, edited), (document_ghost, twice)):
            if seen.page is not None and parts:
                image = with_outlines(seen.page.image, [seen.places[p] for p in parts if p in seen.places])
                caption = f"{seen.evidence.name}: where to look"
                keep_picture(self.pictures, check.picture_key(seen), image, caption, seen.evidence.id)

    @cached_property
    def _portraits(self) -> PortraitFinder:
        return PortraitFinder()

    @cached_property
    def listener(self) -> RoundListener:
        """Loads its models when a round is listened to."""
        return RoundListener()

    def _prompts(self, case_round: Round, progress: Progress) -> tuple[Response, ...]:
        marks = None if self.marks is None else of_round(self.marks, case_round)
        comparator = next((c for c in self.comparators.loaded if c.name == COMPARATOR), None)
        found = watched(case_round.evidence[0].path, marks, comparator, progress)
        progress(1.0)
        shown = [
            keep_crops(
                self.pictures,
                f"{case_round.id}#prompt-{place}",
                case_round.id,
                case_round.label,
                list(answer.crops),
                when=("before", "during it" if answer.reach is None else "furthest", "after"),
            )
            for place, answer in enumerate(found)
        ]
        return tuple(replace(a, crops=(), pictures=keys) for a, keys in zip(found, shown, strict=True))

    def _typing(self, case_round: Round, heard: RoundVoices | None, overheard: Overheard) -> Typing:
        """In the first of its files that has sound; where it was listened to already, the speech is known, or all."""
        first = heard.sources[0] if heard and heard.sources else None
        passed = first is not None and first.file == case_round.evidence[0].name
        if first is not None and passed and (table := overheard.clicks(first.track.speech)) is not None:
            return typing_of(table)
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

    def _seen(self, seen_id: str, case_round: Round, person: Person) -> Seen:
        template = self.embedder.template(person.kept)
        shown = list(template.frames) if template else list(person.kept[:1])
        return Seen(
            seen_id, person, template, keep_crops(self.pictures, seen_id, case_round.id, case_round.label, shown)
        )


def _beside(first: Evidence, other: Evidence) -> Evidence:
    """Another file of the same call: what is said of it, since its picture is not looked at."""
    if other.kind != "recording":
        return other
    return replace(other, facts=(*other.facts, ("Faces", f"not looked at here: they are read from {first.name}")))


def _part(progress: Progress, start: float, share: float) -> Progress:
    return lambda done: progress(start + share * done)


def _round_of(evidence: Evidence) -> Round:
    return Round(evidence.id, evidence.name, (evidence,))


def _container_facts(case_round: Round) -> Round:
    first = case_round.evidence[0]
    with Recording(first.path) as recording:
        return replace(case_round, evidence=(with_facts(first, recording.facts, ()), *case_round.evidence[1:]))
