"""What the desks ask of the tool: each function makes a job, whose work runs in the worker's thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from verifier_ui import recovery
from verifier_ui.worker import Job, State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from verifier_ui.desk import Desk
    from verifier_ui.worker import Worker

    from verifier.api import Progress
    from verifier.case_desk import CaseDesk
    from verifier.document_desk import DocumentResult

_BESIDE_DOCUMENTS = ("face-reference",)


def check_rounds(desk: Desk, consent: str, checks: Collection[str] | None = None) -> Job:
    """All rounds against each other and the references. checks: ids, None = all; consent: the line for the report."""
    rounds = [h.path for h in (*desk.recordings, *desk.left_out)]  # what cannot be used last: rounds keep their numbers
    references, transcripts = [h.path for h in desk.references], [h.path for h in desk.transcripts]

    def work(job: Job, progress: Progress) -> None:
        from verifier import api

        job.observed = api.observe_case(rounds, references, checks=checks, transcripts=transcripts, progress=progress)
        job.checks = checks
        progress("comparison", 0.0)
        _keep(desk, job, consent)

    return Job(work)


def check_case(desk: Desk, cases: CaseDesk, case_id: str, candidates: Collection[str] = ()) -> Job:
    """The case of `case_id` with the desk's files, which are then in the case as its consents allow, and not here any more.

    candidates: faces and voices of the case's rounds that are the candidate's; those that were named in a check go with its files.
    """
    rounds = [h.path for h in (*desk.recordings, *desk.left_out)]
    references, transcripts = [h.path for h in desk.references], [h.path for h in desk.transcripts]
    before = cases.rounds(case_id)
    named = (*candidates, *(_in_case(n, before) for n in desk.named))
    when, present = desk.when.strip(), [p.strip() for p in desk.present.split(",") if p.strip()]

    def work(job: Job, progress: Progress) -> None:
        from verifier import api
        from verifier.case_desk import StoreError
        from verifier.report.write import write_report

        try:
            done = cases.check(
                case_id, rounds, references, transcripts, when=when, present=present, candidates=named,
                progress=progress,
            )  # fmt: skip
        except StoreError as error:
            raise api.NothingUsable((("The case folder", str(error)),)) from None
        with desk.lock:
            if desk.job is job and not desk.closed:
                write_report(done.report, desk.folder / "report")
                desk.report, desk.changes = done.report, done.changes
                desk.drop_files()

    return Job(work, rounds_before=before)


def _in_case(named: str, before: int) -> str:
    """A face or voice of a checked round by the number that the round gets in a case with `before` rounds: round-1/B is round-3/B."""
    round_id, _, which = named.partition("/")
    return f"round-{int(round_id.removeprefix('round-')) + before}/{which}"


def read_documents(desk: Desk, consent: str) -> Job:
    """Every document by itself, then its portrait beside the faces of the rounds, if there are any."""
    files = [h.path for h in (*desk.references, *desk.left_out)]
    rounds, name = [h.path for h in desk.recordings], desk.name.strip() or None

    def work(job: Job, progress: Progress) -> None:
        from verifier import api
        from verifier.documents.ocr import OcrMissing

        progress("documents", 0.0)
        try:
            results = api.check_documents(files, name=name, progress=progress)
        except OcrMissing as error:
            raise api.NothingUsable((("Text on documents cannot be read here", str(error)),)) from None
        if not any(r.seen for r in results):
            raise api.NothingUsable(tuple((r.name, r.reason) for r in results))
        with desk.lock:
            if desk.closed or job.stop.is_set():
                return
            desk.documents = tuple(results)
            _write_documents(desk.documents, name, desk.folder / "report")
        if rounds:
            references = [h.path for h in desk.references]
            job.observed = api.observe_case(rounds, references, checks=_BESIDE_DOCUMENTS, progress=progress)
            job.checks = _BESIDE_DOCUMENTS
            progress("comparison", 0.0)
            _keep(desk, job, consent)

    return Job(work)


def _write_documents(results: Sequence[DocumentResult], name: str | None, folder: Path) -> None:
    from verifier.report.document_html import documents_page
    from verifier.report.document_json import dumps

    folder.mkdir(exist_ok=True)
    usable = [r for r in results if not r.reason]
    (folder / "document.html").write_text(documents_page(usable, name), "utf-8")
    (folder / "document.json").write_text(dumps(results, name), "utf-8")


def start(desk: Desk, worker: Worker, job: Job) -> None:
    """Puts a job into the queue unless one of this desk is there already."""
    with desk.lock:
        if desk.job is not None and not desk.job.over:
            return
        desk.forget_result()
        desk.notes, desk.job, desk.recovered = [], job, False
        recovery.write(desk)
        worker.submit(job)


def name_candidate(desk: Desk, worker: Worker, named: str, consent: str) -> None:
    """Takes another face or voice of a round for the candidate's and compares anew; no file is read again."""
    job, report = desk.job, desk.report
    if job is None or job.state is not State.DONE or report is None:
        return
    faces, voices = {p.id for p in report.participants}, {s.id for s in report.speakers}
    if named not in faces | voices:
        return
    desk.candidates = desk.candidates | {(named.partition("/")[0], named in voices): named}
    worker.ask(partial(_keep, desk, job, consent)).result()


def _keep(desk: Desk, job: Job, consent: str) -> None:
    """Makes the report from what was observed, writes it into the desk's folder and shows it."""
    from verifier import api
    from verifier.report.write import write_report

    if job.observed is None:
        return
    candidates, name = tuple(desk.candidates.values()), desk.name.strip() or None
    report = api.conclude(job.observed, candidates=candidates, name=name, checks=job.checks, consent=consent)
    with desk.lock:
        if desk.job is job and not desk.closed:
            write_report(report, desk.folder / "report")
            (desk.folder / "report" / "report.pdf").unlink(missing_ok=True)
            desk.report = report
