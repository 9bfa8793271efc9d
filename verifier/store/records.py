"""What a case is made of, as it is kept: plain frozen records, sealed as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


def now() -> str:
    """ISO 8601, UTC, to the second: they sort as text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Purpose(StrEnum):
    """What a person may consent to. Nothing biometric is kept for a purpose that nobody consented to."""

    RECORDINGS = "recordings"
    """Keep the recordings of the calls, the photos and the documents."""
    TEMPLATES = "templates"
    """Keep templates of the candidate's face and voice, with the few pictures behind them."""
    SEARCH = "search"
    """Compare those templates with the other cases."""


PURPOSE_WORDS = {
    Purpose.RECORDINGS: "recordings, photos and documents",
    Purpose.TEMPLATES: "face and voice templates",
    Purpose.SEARCH: "comparison with other cases",
}


@dataclass(frozen=True)
class Candidate:
    """What a candidate says of themselves. All may be empty."""

    name: str = ""
    other_names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    """Addresses of profiles and repositories."""
    place: str = ""
    time_zone: str = ""
    shipping_addresses: tuple[str, ...] = ()
    payment_handles: tuple[str, ...] = ()
    agency: str = ""
    visible_to: tuple[str, ...] = ()
    """Users who may see the case; empty: everybody who can open the folder."""


@dataclass(frozen=True)
class Consent:
    who: str
    basis: str
    """"consent", or the law it rests on."""
    purposes: tuple[Purpose, ...]
    text: str
    """Shown to the person, word for word."""
    given: str
    until: str
    """ISO date or time; nothing that rests on it is kept longer."""
    withdrawn: str = ""
    unconfirmed: bool = False
    """It came in an archive that anybody could have changed: nothing rests on it."""

    def covers(self, purpose: Purpose, at: str) -> bool:
        if self.withdrawn or self.unconfirmed:
            return False
        return purpose in self.purposes and self.given <= at < self.until


@dataclass(frozen=True)
class KeptFile:
    """One file of a call or a reference; its content is kept only where a blob is."""

    evidence_id: str
    name: str
    sha256: str
    """Of the content."""
    size_bytes: int
    kind: str
    """As in case.Evidence."""


@dataclass(frozen=True)
class RoundRecord:
    round_id: str
    label: str
    date: str
    """As the user gave it; empty: not given."""
    present: tuple[str, ...]
    """Names of those who were there. Of interviewers nothing else is kept."""
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class ReferenceRecord:
    file: KeptFile


@dataclass(frozen=True)
class Media:
    """The content of one file; its bytes are the entry's blob."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Observation:
    """What was seen in a round or reference, without a picture of anybody but the candidate; its blob holds it."""

    subject: str
    """Id of the round or reference."""
    models: str
    """Detector, comparators and their weights, as one digest: others cannot be compared with."""
    needs: tuple[str, ...]
    candidate: str
    """The face that was taken for the candidate's; empty: nobody."""
    voice: str = ""
    """The voice that was."""
    voice_models: str = ""
    """As `models`, of what listened; empty: nothing did."""


@dataclass(frozen=True)
class Note:
    author: str
    text: str


@dataclass(frozen=True)
class Decision:
    """A reviewer's decision; it counts as confirmed once a second person has signed it."""

    reviewer: str
    decision: str
    reason: str
    second_reviewer: str = ""
    confirmed: str = ""
    second_decision: str = ""
    """The second reviewer's own; empty: the first one's was signed."""
    second_reason: str = ""
    opened: bool = False
    """The first one's was shown before the second reviewer wrote theirs."""


@dataclass(frozen=True)
class Word:
    """The candidate's own word."""

    kind: str
    """"dispute", "accommodation" or "statement"."""
    text: str


@dataclass(frozen=True)
class Transcript:
    round_id: str
    text: str
    name: str = ""
    """Of the file."""


@dataclass(frozen=True)
class Document:
    """A document that was shown, by what identifies it; its picture is a reference."""

    kind: str
    number: str
    country: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read of a reference that may be a document, for finding it in other cases; its blob holds the whole of it."""

    subject: str
    """Id of the reference."""
    version: str
    """Of what read it."""
    number: str = ""
    """As the machine-readable zone has it; empty: none was read without doubt, or it shows no document."""
    country: str = ""
    portrait: str = ""
    """Fingerprint of the portrait's picture, 16 hexadecimal digits."""
    sha256: str = ""
    """Of the reference's content."""


@dataclass(frozen=True)
class Clips:
    """The seconds of a round that reports play; its blob holds them."""

    round_id: str


@dataclass(frozen=True)
class Run:
    """One report: the JSON, as `report.json_report` makes it, and what it changed against the one before."""

    report: str
    versions: tuple[tuple[str, str], ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotTheSame:
    """A reviewer's word that the person of another case is somebody else."""

    reviewer: str
    other_case: str
    reason: str


@dataclass(frozen=True)
class Review:
    """The identity of somebody who works here is confirmed again and again."""

    every_days: int
    last: str
    """When it was confirmed last, or when the plan was made."""


KINDS: dict[str, type] = {
    "consent": Consent, "round": RoundRecord, "reference": ReferenceRecord, "media": Media, "observation": Observation,
    "note": Note, "decision": Decision, "word": Word, "transcript": Transcript, "document": Document, "run": Run,
    "reading": Reading, "clips": Clips, "not the same": NotTheSame, "review": Review,
}  # fmt: skip
"""Kind of an entry -> its record."""
RECORDS: tuple[type, ...] = (Purpose, Candidate, KeptFile, *KINDS.values())
OWN_KEY = frozenset({"media", "observation", "transcript", "document", "reading", "clips", "run"})
"""Kinds that are deleted one by one while their case lives on: each entry has a key of its own, which goes with it."""


def kind_of(record: object) -> str:
    return next(kind for kind, cls in KINDS.items() if cls is type(record))
