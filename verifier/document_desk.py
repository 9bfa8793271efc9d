"""Identity documents by themselves: files in, what was read and found in each out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from verifier import __version__
from verifier.checks import (
    catalogue,
    document_barcode,
    document_dates,
    document_editing,
    document_ghost,
    document_name,
    document_portrait,
    mrz,
)
from verifier.checks.base import REASON, CaseObservations
from verifier.findings import Finding, Outcome
from verifier.intake import take_in
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from verifier.checks.base import Check
    from verifier.documents.reading import DocumentSeen

_log = logging.getLogger(__name__)
CHECKS = {
    "reads": (mrz, document_dates),
    "agrees": (document_name, document_barcode),
    "picture": (document_portrait, document_ghost, document_editing),
}
"""Block of the page -> its checks."""


@dataclass(frozen=True)
class DocumentResult:
    """One file; `reason` says in one line why it could not be used, else it is empty."""

    name: str
    seen: DocumentSeen | None
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    picture: bytes = b""
    """JPEG of the straightened page, small; `seen` holds no pixels any more."""

    @property
    def to_look_at(self) -> int:
        return sum(f.outcome in (Outcome.OBSERVED, Outcome.INCONCLUSIVE) for f in self.findings)

    @property
    def unread(self) -> int:
        """What could not be looked at; several questions that one and the same reason leaves open count once."""
        return len(
            {reason_of(f) or f.check for f in self.findings if f.outcome in (Outcome.NOT_AVAILABLE, Outcome.ERROR)}
        )


def reason_of(finding: Finding) -> str:
    """Why a check could not look, as half a sentence; empty where it could."""
    return dict(finding.details).get(REASON, "") if finding.outcome is Outcome.NOT_AVAILABLE else ""


def check_documents(
    files: Sequence[Path],
    *,
    name: str | None = None,
    call_date: date | None = None,
    progress: Callable[[str, float], None] = lambda stage, share: None,
) -> list[DocumentResult]:
    """Reads and checks documents, in order; raises `OcrMissing` where text cannot be read at all."""
    from verifier.documents.reading import DocumentReader

    reader = DocumentReader()
    results = []
    try:
        for number, path in enumerate(files):
            results.append(_one(reader.read, path, name, call_date))
            progress("documents", (number + 1) / len(files))
    finally:
        reader.close()
    return results


def _one(read: Callable[..., DocumentSeen], path: Path, name: str | None, call_date: date | None) -> DocumentResult:
    intake = take_in((), (path,))
    if not intake.references:
        return DocumentResult(path.name, None, reason=intake.unusable[0][1])
    evidence = intake.references[0]
    if evidence.kind not in ("photo", "document page"):
        return DocumentResult(
            path.name, None, reason="This is not a photo or a PDF: hand in a picture of the document."
        )
    from verifier.documents.ocr import OcrMissing

    try:
        seen = read(evidence)
    except OcrMissing:
        raise
    except MediaError as error:
        return DocumentResult(path.name, None, reason=str(error))
    except Exception as error:  # one file must not cost a batch
        _log.exception("%s could not be read", path.name)
        return DocumentResult(path.name, None, reason=f"This file could not be read ({type(error).__name__}).")
    from verifier.documents.places import as_jpeg

    origin = f"interview-verifier {__version__}"
    case = CaseObservations((), (), {}, origin, documents=(seen,), claimed_name=name, call_date=call_date)
    return DocumentResult(
        path.name,
        seen.without_pictures(),
        tuple(f for block in CHECKS.values() for check in block for f in catalogue.run(cast("Check", check), case)),
        picture=as_jpeg(seen.page.image) if seen.page else b"",
    )
