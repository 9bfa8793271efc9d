"""What a case is made of: evidence in, rounds, the people seen in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from verifier.timing import MediaTime, Span


class Role(StrEnum):
    PROBE = "probe"
    """A call: a recording, or one of its files."""
    REFERENCE = "reference"
    """An ID, a photo, an enrolled face or voice."""


@dataclass(frozen=True)
class Evidence:
    """One file as it was handed in. `name` is what reports show; `path` never leaves this machine."""

    id: str
    """Short and stable within a report: "round-1", "round-1-b", "reference-1"."""
    sha256: str
    path: Path
    name: str
    role: Role
    kind: str
    """"recording", "photo", "document page" or "sound"."""
    size_bytes: int
    facts: tuple[tuple[str, str], ...] = ()
    """What was read off the file, label and value: length, picture size, codec."""
    problems: tuple[str, ...] = ()
    """What is missing or broken in it, in plain words; empty when nothing is."""


@dataclass(frozen=True)
class Round:
    """One call: its files, in order; the first with a picture is the one whose faces are read."""

    id: str
    label: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Participant:
    """One face seen in a round, as the tool joined its appearances."""

    id: str
    """"round-1/A": the letters go by time on screen."""
    round_id: str
    spans: tuple[Span, ...]
    """When the face was on screen."""
    visible: MediaTime
    thumbnail: str
    """Key of a picture."""
    is_candidate: bool
    speaking: MediaTime | None = None
    """Seconds of speech of the voice that goes with this face; None: not known."""
    speaking_reason: str = ""
    """Why the speaking time is not known."""


@dataclass(frozen=True)
class Speaker:
    """One voice heard in a round, as the tool joined its speech."""

    id: str
    """"round-1/voice-1": the numbers go by seconds of speech."""
    round_id: str
    where: str
    """"the sound of call.mp4", "the left channel of call.mp4", "maria.m4a"."""
    spans: tuple[Span, ...]
    """When it is heard."""
    speaking: MediaTime
    is_candidate: bool
    face: str | None
    """Id of the participant whose lips it goes with; None: not known."""
    basis: str = ""
    """Why it is taken for the candidate's, as half a sentence."""
