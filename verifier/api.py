"""The facade: what the command line, the pages and other programs call, and nothing deeper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verifier.challenges import BadMarks
from verifier.concluding import CONSENT, conclude
from verifier.document_desk import check_documents
from verifier.intake import FileLook, look_at
from verifier.observing import AUTO, NothingUsable, ObservedCase, observe_case, observe_taken
from verifier.pairs import CompareRow, calibrate, compare, compare_pairs
from verifier.transcript_desk import look_at_transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.observing import Progress as Progress
    from verifier.report.model import Report

__all__ = ["AUTO", "CONSENT", "BadMarks", "CompareRow", "FileLook", "NothingUsable", "ObservedCase", "calibrate", "check_case",
           "check_documents", "compare", "compare_pairs", "conclude", "look_at", "look_at_transcript", "observe_case",
           "observe_taken"]  # fmt: skip


def check_case(
    rounds: Sequence[Path],
    references: Sequence[Path] = (),
    *,
    candidate: str | Path | None = None,
    name: str | None = None,
    checks: Iterable[str] | None = None,
    transcripts: Sequence[Path] = (),
    compare_transcripts: Sequence[Path] = (),
    transcribe: bool = False,
    challenge: Path | None = None,
    progress: Progress = lambda stage, share: None,
) -> Report:
    """Checks the rounds of one candidate against each other and against references.

    candidate: id of a face ("round-1/B") or a voice ("round-1/voice-2") when the assumption about who it is was wrong, or a
    picture that shows who it is.
    checks: ids, None = all. transcripts, compare_transcripts, transcribe, challenge: as for observe_case. Raises NothingUsable,
    catalogue.UnknownCheck, challenges.BadMarks or weights.ModelMissing. Inputs that cannot be used are named in the report.
    """
    shown_by = candidate if isinstance(candidate, Path) else None
    named = (candidate,) if isinstance(candidate, str) else ()
    observed = observe_case(
        rounds, references, shown_by=shown_by, checks=checks, transcripts=transcripts,
        compare_transcripts=compare_transcripts, transcribe=transcribe, candidates=named, name=name,
        challenge=challenge, progress=progress,
    )  # fmt: skip
    return conclude(observed, candidates=named, name=name, checks=checks)
