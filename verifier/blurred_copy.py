"""The recordings of a case with everybody but the candidate blurred, for an archive that leaves the house. The case stays as it is."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from verifier import api
from verifier.bystanders import Blurring, of_candidate
from verifier.candidate import EQUALLY_LONG
from verifier.intake import take_in
from verifier.media.rewrite import rewrite, suffix_for
from verifier.media.types import MediaError
from verifier.observe.comparators.registry import load_comparators
from verifier.observe.decode_pass import observe_recording
from verifier.observe.everybody import EverybodyObserver
from verifier.observe.face_detector import NAME, detection_in_words
from verifier.observe.templates import Embedder
from verifier.store.archive import Instead
from verifier.store.errors import StoreError
from verifier.store.plain import plain_file
from verifier.store.recall import Held, Recall
from verifier.tracks import join_tracklets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from verifier.api import Progress
    from verifier.checks.base import ObservedRound
    from verifier.media.types import Image, VideoFrame
    from verifier.store.records import KeptFile
    from verifier.store.repository import Entry, Repository
    from verifier.tracks import Person

ABOUT = (
    "In the recordings of this archive, faces of everybody but the candidate were looked for by a program and blurred. It may "
    "miss a face that is small, dark or turned away: look through the recordings before you hand them on. Voices, names and shared "
    "screens are as they were. Photos and documents are as they were handed in; the seconds that reports play are left out."
)
WHO = ("face-reference", "face-across-rounds")
"""Checks whose observers find the candidate."""


class OthersBlurred:
    """For `archive.write`. Who the candidate is in each round is taken from the case as every report takes it."""

    def __init__(self, repository: Repository, case_id: str, progress: Progress = lambda stage, share: None) -> None:
        self.notes = [ABOUT] if detection_in_words() == NAME else [ABOUT, f"{detection_in_words()}."]
        self._repository, self._progress = repository, progress
        entries = repository.entries(case_id)
        rounds = [e.record for e in entries if e.kind == "round"]
        references = [e.record.file for e in entries if e.kind == "reference"]
        self._files: dict[str, KeptFile] = {f.sha256: f for f in (*(f for r in rounds for f in r.files), *references)}
        self._references = {f.sha256 for f in references}
        self._rounds = self._observed(case_id) if any(e.kind == "media" for e in entries) else {}

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder(load_comparators().loaded)

    @contextmanager
    def __call__(self, entry: Entry) -> Iterator[Instead | None]:
        name, file = entry.record.name, self._files.get(entry.record.sha256)
        if file is not None and file.kind != "recording":
            yield None
            return
        if file is None:
            yield self._left_out(name, "no round or reference of the case names it")
            return
        with plain_file(self._repository.read(entry), file.size_bytes) as path:
            try:
                blurring, ending = self._blurring(path, file), suffix_for(path)
            except MediaError as error:
                yield self._left_out(name, str(error).rstrip("."))
                return
            yield Instead(f"{PurePath(name).stem}.blurred{ending}", partial(self._write, path, name, blurring))

    def _observed(self, case_id: str) -> dict[str, ObservedRound]:
        """SHA-256 of its recording -> the round with its candidate; without those that cannot be looked at."""
        held = Held.of(self._repository, case_id)
        recall = Recall(self._repository, held, ())
        intake = held.with_new(take_in((), (), None, held.last))
        try:
            observed = api.observe_taken(intake, checks=WHO, progress=self._progress, through=recall.through)
        except api.NothingUsable:
            return {}
        case, _ = observed.gatherer.case(observed.rounds, observed.references, (), "")
        return {r.round.evidence[0].sha256: r for r in case.rounds}

    def _blurring(self, path: Path, file: KeptFile) -> Blurring:
        observer = EverybodyObserver()
        seen = observe_recording(path, [observer], partial(self._progress, f"looking at {file.name}"))
        faces = seen.tables[observer.name]
        people = join_tracklets(faces, self._embedder)
        self._embedder.forget()
        r = self._rounds.get(file.sha256)
        if r is None and file.sha256 in self._references:
            mine, of = _alone_longest(people), "the face longest on screen"
        else:
            mine = of_candidate(people, r) if r is not None else []
            of = "the face that its report takes for the candidate's"
        if mine:
            self.notes.append(f"{file.name}: everybody is blurred but {of}.")
        elif people or any(len(look.boxes) for look in observer.looks):
            self.notes.append(
                f"{file.name}: everybody is blurred, since no face in it could be taken for the candidate's."
            )
        else:
            self.notes.append(f"{file.name}: no face was found in it.")
        return Blurring.of(observer.looks, faces.cuts, people, mine)

    def _write(self, path: Path, name: str, blurring: Blurring, out: IO[bytes]) -> None:
        end = float(blurring.times[-1]) if blurring.times else 0.0

        def change(frame: VideoFrame) -> Image:
            self._progress(f"blurring {name}", min(1.0, float(frame.time) / end) if end else 0.0)
            return blurring.applied(frame)

        try:
            rewrite(path, out, change)
        except MediaError as error:
            raise StoreError(f"{name} cannot be written with others blurred: {error}") from None

    def _left_out(self, name: str, why: str) -> Instead:
        self.notes.append(f"{name}: it is left out: {why}.")
        return Instead(name, None)


def _alone_longest(people: Sequence[Person]) -> list[Person]:
    """The one person of a reference who is clearly longest on screen."""
    longest = max((p.visible for p in people), default=0)
    equals = [p for p in people if p.visible >= EQUALLY_LONG * longest]
    return equals if len(equals) == 1 else []
