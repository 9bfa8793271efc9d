"""The audit desk as HTML; nothing here knows the truth of a call but what it is given after the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier_ui.views import progress_view, render

from verifier.audit.desk import NO_CHANGE, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier_ui.audit_sets import SetLine
    from verifier_ui.desk import Desk
    from verifier_ui.worker import Job, Worker

    from verifier.audit.desk import Revealed
    from verifier.audit.sets import AuditSet

ANSWERS = [
    ("Something was changed", Answer.CHANGED.value),
    ("As recorded", Answer.AS_RECORDED.value),
    ("I cannot tell", Answer.CANNOT_TELL.value),
]


def sets_view(lines: Sequence[SetLine], login: str) -> str:
    return render("audit_sets.html", lines=lines, login=login)


def working_view(desk: Desk, job: Job, worker: Worker) -> str:
    """A job of this desk has one stage, known once it runs."""
    words = {"items": "The tool looks at every call"}.get(job.stage, "Making the set")
    return progress_view(desk, [(job.stage or "calls", words)], worker.before(job))


def call_view(audit: AuditSet, item_id: str, number: int) -> str:
    """The players of one item; number: how many calls it makes with those that were judged. AuditError: a file is gone."""
    files = audit.paths(audit.item(item_id))
    calls = [f"/audit/calls/{audit.file.id}/{item_id}/{n}" for n in range(1, len(files) + 1)]
    total = len(audit.left)
    return render(
        "audit_call.html", name=audit.folder.name, number=number, total=total, calls=calls, no_change=NO_CHANGE
    )


def truth_view(audit: AuditSet, item_id: str, known: Revealed | None) -> str:
    """What was done is in the last file of the item. known: None where the truth is not at hand."""
    return render("audit_truth.html", known=known, round=f"round-{len(audit.item(item_id).files)}")


def report_view(desk: Desk, name: str, html: str, *, all_judged: bool) -> str:
    """html: the report's page; empty where there is none."""
    return render("audit_report.html", name=name, token=desk.token, html=html, all_judged=all_judged)
