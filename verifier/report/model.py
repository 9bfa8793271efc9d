"""The report as data: everything a renderer shows, nothing it has to compute or look up."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.case import Evidence, Participant, Round, Speaker
from verifier.findings import CheckSpec, Finding
from verifier.likelihood import LikelihoodRatio
from verifier.timing import MediaTime, Span


@dataclass(frozen=True)
class Picture:
    """A small JPEG that the report embeds."""

    key: str
    jpeg: bytes
    width: int
    height: int
    caption: str
    """"Round 1, 04:12"."""
    round_id: str
    time: MediaTime | None
    """None: a photo."""


@dataclass(frozen=True)
class Clip:
    """A few seconds that the report plays in place."""

    round_id: str
    span: Span
    """The finding's, on the time line of the round."""
    played: Span
    """What is played: a little more, or the beginning of a long one."""
    mime: str
    """"video/webm" or "audio/webm"."""
    data: bytes


@dataclass(frozen=True)
class MatrixCell:
    """One comparison of the matrix; `lr` None: it could not be compared, `reason` says why."""

    first: str
    second: str
    lr: LikelihoodRatio | None
    reason: str
    pictures: tuple[tuple[str, str], ...] = ()
    """Pairs of picture keys, one of each side, best first."""


@dataclass(frozen=True)
class Matrix:
    """Everything compared with everything: ids of rounds and references, in order."""

    title: str
    """"Same face?" or "Same voice?"."""
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    voices: bool = False
    """Voices were compared, not faces."""


@dataclass(frozen=True)
class Lane:
    """One row of a round's time line: a participant, voices, or what could not be seen."""

    label: str
    kind: str
    """"candidate", "other", "candidate-voice", "other-voice", "overlap" or "unobservable"."""
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Timeline:
    round_id: str
    label: str
    duration: MediaTime
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Report:
    claimed_name: str | None
    created: str
    """ISO 8601, UTC."""
    rounds: tuple[Round, ...]
    references: tuple[Evidence, ...]
    participants: tuple[Participant, ...]
    candidate_basis: str
    """How the candidate was picked among the faces: a stated, correctable assumption."""
    findings: tuple[Finding, ...]
    checks: tuple[CheckSpec, ...]
    """Those that ran, in the order of the catalogue."""
    matrices: tuple[Matrix, ...]
    timelines: tuple[Timeline, ...]
    pictures: tuple[Picture, ...]
    unusable: tuple[tuple[str, str], ...]
    """Inputs that could not be used: name and reason."""
    consent: str
    """What is known of the consent this rests on, and what was kept."""
    versions: tuple[tuple[str, str], ...]
    """Tool, models and calibrations, label and value."""
    timing: tuple[tuple[str, float], ...]
    """Stage and seconds."""
    missing_models: tuple[tuple[str, str], ...] = ()
    """Models that would have taken part if they were here: name and what to do, in words."""
    transcripts: tuple[tuple[Evidence, str | None], ...] = ()
    """Transcripts, with the id of the round each belongs to; None: of another candidate's call."""
    clips: tuple[Clip, ...] = ()
    """What findings point to, most important first; where a span has none, the recording itself is to be played."""
    speakers: tuple[Speaker, ...] = ()
    """The voices of all rounds."""
