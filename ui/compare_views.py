"""Sessions side by side as HTML, and the decisions that reviewers wrote down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier_ui.result_views import shared, timelines_of
from verifier_ui.views import render

if TYPE_CHECKING:
    from verifier_ui.desk import Desk

    from verifier.decision import DecisionRecord
    from verifier.report.model import Matrix, Report


def compare_view(desk: Desk, *, can_keep: bool = False) -> str:
    """Matrices on top, differences first, then the players on one clock with each round's face and voice. can_keep: as in `result_view`."""
    from verifier.findings import Group, Outcome
    from verifier.report.ranking import look_first, strength

    report = desk.report
    assert report is not None, "asked before there is a result"
    of_identity = [f for f in report.findings if f.group is Group.IDENTITY]
    differ = [f for f in look_first(of_identity) if f.outcome is Outcome.OBSERVED]
    agree = sorted((f for f in of_identity if f.outcome is Outcome.NOT_OBSERVED), key=lambda f: -strength(f))
    rest = [f for f in of_identity if f not in differ and f not in agree and f.outcome is not Outcome.NOT_APPLICABLE]
    return render(
        "compare.html",
        matrices=[_matrix(m) for m in report.matrices],
        lists=[("Where they differ", "differ", differ), ("Open, or could not be seen", "rest", rest), ("Where they agree", "agree", agree)],
        columns=_columns(report),
        timelines={t.id: t for t in timelines_of(report)},
        unusable=report.unusable,
        can_keep=can_keep,
        **shared(desk, report),
    )  # fmt: skip


def _matrix(matrix: Matrix) -> dict[str, Any]:
    from verifier.report.words import SHAPES, ratio_tone, ratio_words

    cells = {frozenset((c.first, c.second)): c for c in matrix.cells}
    rows = []
    for i, (row_id, label) in enumerate(zip(matrix.ids, matrix.labels, strict=True)):
        row = []
        for column in matrix.ids[:i]:
            cell = cells.get(frozenset((row_id, column)))
            lr = cell.lr if cell else None
            tone = ratio_tone(lr)
            figure = (
                f"log10 LR {lr.log10:.1f} ({lr.lower:.1f} to {lr.upper:.1f})" if lr else cell.reason if cell else ""
            )
            row.append((tone, SHAPES[tone], ratio_words(lr, voices=matrix.voices), figure))
        rows.append((label, row))
    return {"title": matrix.title, "columns": matrix.labels[:-1], "rows": rows[1:]}


def _columns(report: Report) -> dict[str, tuple[Any, Any]]:
    """Round id -> the face and the voice taken for the candidate's there."""
    return {
        r.id: (
            next((p for p in report.participants if p.round_id == r.id and p.is_candidate), None),
            next((s for s in report.speakers if s.round_id == r.id and s.is_candidate), None),
        )
        for r in report.rounds
    }


def decisions_view(desk: Desk | None, login: str = "", refused: str = "") -> str:
    """What has been written down, covered as long as a second reviewer has not decided. login: who is logged in."""
    record = desk.decisions if desk else None
    return render("decisions.html", record=record, token=desk.token if desk else "", login=login, refused=refused)


def decisions_page(record: DecisionRecord, claimed_name: str) -> str:
    """The record as a page of its own."""
    return render("decisions_page.html", record=record, claimed_name=claimed_name.strip())
