"""What was read in documents as HTML: the pages as `verifier document` shows them, the portrait beside the calls' faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier_ui.result_views import shared
from verifier_ui.views import render

if TYPE_CHECKING:
    from verifier_ui.desk import Desk

    from verifier.report.model import Report


def document_view(desk: Desk, *, can_keep: bool = False) -> str:
    """One line a document, the pages in a frame, and below them each portrait beside the face of each round. can_keep: as in `result_view`."""
    from verifier.report.document_html import documents_page, headline

    usable = [r for r in desk.documents if not r.reason]
    return render(
        "documents.html",
        token=desk.token,
        can_keep=can_keep,
        name=desk.name.strip(),
        heads=[(r.name, headline(r)) for r in usable],
        unusable=[(r.name, r.reason) for r in desk.documents if r.reason],
        page=documents_page(usable, desk.name.strip() or None, in_frame=True),
        beside=_beside(desk, desk.report) if desk.report else None,
    )


def _beside(desk: Desk, report: Report) -> dict[str, Any]:
    """Pairs of one document and one round, with their pictures and what the comparison supports."""
    from verifier.report.words import SHAPES, ratio_tone, ratio_words

    documents = {e.id: e.name for e in report.references}
    rounds = {r.id: r.label for r in report.rounds}
    pairs = []
    for cell in report.matrices[0].cells if report.matrices else ():
        ends = {cell.first, cell.second}
        document, call = next(iter(ends & set(documents)), None), next(iter(ends & set(rounds)), None)
        if document and call:
            tone = ratio_tone(cell.lr)
            pictures = [p if cell.first == document else p[::-1] for p in cell.pictures[:1]]
            pairs.append(
                (documents[document], rounds[call], tone, SHAPES[tone], ratio_words(cell.lr), cell.reason, pictures)
            )
    return {"pairs": pairs, "findings": report.findings, "unusable": report.unusable, **shared(desk, report)}
