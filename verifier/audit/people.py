"""Whose recordings a set is made of, and the record of their consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier.json_file import WrongShape, read_json
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.seeds.shots import Source

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"
SAMPLE_PEOPLE = {"made-up person 1": ("round-1.mp4", "round-2.mp4"), "made-up person 2": ("round-3.mp4",)}
KINDS = {".mp4", ".mkv", ".mov", ".webm", ".m4v", ".avi", ".mpg", ".mpeg"}
MOST_CLIPS, LARGEST_RECORD = 500, 1_000_000
LOOKS = 8
"""Pictures of a clip in which a face is looked for."""


class AuditError(Exception):
    """The audit cannot go on; the message is one line."""


class Consenting(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=80)
    """Name of the folder with this person's clips."""
    consented_on: date
    until: date | None = None
    """Day after which nothing of this person may be used."""
    group: str = Field(default="", max_length=40)
    """A label by which figures are shown apart, where the person agreed to that too."""


class Consent(BaseModel):
    """The consent record: who agreed to be in audit calls, until when, and where that is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-consent-1"] = Field(alias="schema")
    kept_at: str = Field(min_length=1, max_length=200)
    people: list[Consenting] = Field(min_length=1, max_length=MOST_CLIPS)


@dataclass(frozen=True)
class Person:
    name: str
    group: str
    clips: tuple[Source, ...]
    until: date | None


@dataclass(frozen=True)
class Company:
    """Everybody whose clips a set is drawn from."""

    people: tuple[Person, ...]
    consent: str
    """Where it is recorded, for the marks."""
    unusable: tuple[tuple[str, str], ...]
    """Clips that were left out, and why."""


def samples() -> Company:
    """The generated sample recordings: nobody's consent is needed. AuditError where they are not (an installed wheel)."""
    if not SAMPLES.is_dir():
        raise AuditError("the sample recordings are not here: name a folder with --clips, and --consent")
    listed = [(name, [SAMPLES / file for file in files], "", None) for name, files in SAMPLE_PEOPLE.items()]
    return _company(listed, "none needed: generated recordings that show nobody")


def of_folder(clips: Path, consent: Path, today: date) -> Company:
    """`clips` has one folder per person. AuditError: no record, or somebody's consent is missing or over."""
    record = read_consent(consent)
    known = {p.name: p for p in record.people}
    try:
        folders = sorted(f for f in clips.iterdir() if f.is_dir() and not f.name.startswith("."))
    except OSError as error:
        raise AuditError(f"{clips.name} cannot be read: {error.strerror}") from None
    listed = []
    for folder in folders:
        person = known.get(folder.name)
        if person is None:
            raise AuditError(
                f"the consent record names nobody for the folder {folder.name!r}: add it, or take the folder away"
            )
        if person.consented_on > today or (person.until is not None and person.until < today):
            raise AuditError(f"the consent of {person.name!r} is not valid today: renew it, or take the folder away")
        files = sorted(f for f in folder.iterdir() if f.suffix.lower() in KINDS)
        listed.append((person.name, files, person.group, person.until))
    if sum(len(files) for _, files, _, _ in listed) > MOST_CLIPS:
        raise AuditError(f"there are more than {MOST_CLIPS} clips in {clips.name}")
    return _company(listed, record.kept_at)


def read_consent(path: Path) -> Consent:
    try:
        return read_json(path, Consent, LARGEST_RECORD)
    except OSError as error:
        raise AuditError(f"the consent record {path.name} cannot be read: {error.strerror}") from None
    except WrongShape as error:
        raise AuditError(f"{path.name} is no consent record: {error}") from None


def _company(listed: Sequence[tuple[str, Sequence[Path], str, date | None]], consent: str) -> Company:
    from verifier.seeds.shots import Source

    people, unusable = [], []
    for name, files, group, until in listed:
        usable = []
        if not files:
            unusable.append(
                (name, f"there is no recording in this folder; their names end in {', '.join(sorted(KINDS))}")
            )
        for path in files:
            try:
                source = Source.open(path)
                if not _shows_a_face(source):
                    raise MediaError("No face was found in it.")
                usable.append(source)
            except (MediaError, OSError) as error:
                unusable.append((path.name, str(error)))
        if usable:
            people.append(Person(name, group, tuple(usable), until))
    if not people:
        raise AuditError(
            "; ".join(f"{n}: {why}" for n, why in unusable[:3]) or "there are no recordings to make calls from"
        )
    return Company(tuple(people), consent, tuple(unusable))


def _shows_a_face(source: Source) -> bool:
    from verifier.media.recording import Recording
    from verifier.media.sampling import SamplingPlan
    from verifier.seeds.faces import FaceFollower

    every = Fraction(max(0.2, source.seconds / LOOKS)).limit_denominator(1000)
    with Recording(source.path) as recording:
        for frame in recording.frames(SamplingPlan(every=every, max_width=960)):
            with FaceFollower() as follower:
                if follower.mesh(frame.image) is not None:
                    return True
    return False
