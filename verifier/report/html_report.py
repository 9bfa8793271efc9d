"""report.html: one file for a recruiter that opens offline and asks no other host for anything.

Its one script plays clips and zooms time lines; the page allows no other by its hash, and can be read without it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier.findings import Outcome
from verifier.likelihood import CAPPED
from verifier.report import words
from verifier.report.leads import MOST_CARDS, MOST_LEADS, MOST_UNSEEN, could_not_see, leads, not_judged, questions
from verifier.report.picture_view import Comparison, candidate_frames, comparisons, drawn_pictures
from verifier.report.prompts_view import prompts
from verifier.report.ranking import sections
from verifier.report.snippet_view import Clips, drawn_clips, without_clip
from verifier.report.tidy import tidied
from verifier.report.timeline_view import ZOOMS, DrawnTimeline, drawn
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from verifier.case import Evidence
    from verifier.findings import CheckSpec, Finding
    from verifier.likelihood import LikelihoodRatio
    from verifier.report.model import Matrix, Report

MOST_IN_MATRIX = 12
"""Subjects that are drawn; more do not fit a page, and every pair is among the findings."""
ROOMY_MATRIX = 7
"""Up to so many, a cell has room for its figures."""
MOST_SUBJECTS = 12
"""Rounds and references that the first page shows with a face."""


@dataclass(frozen=True)
class Subject:
    """Something that was compared, for the strip on top: a round or a reference."""

    id: str
    label: str
    name: str
    what: str
    face: str | None
    """Key of a picture."""


def to_html(report: Report, *, in_frame: bool = False) -> str:
    """The whole page. Everything that came from a file is escaped by the template engine.

    in_frame: for an iframe's `srcdoc`, where links within the page would otherwise lead to the page around it.
    """
    report = tidied(report)
    laid_out = comparisons(report)
    pictures, left_out = drawn_pictures(report, laid_out)
    clips = drawn_clips(report)
    timelines = _timelines(report, clips)
    script = _template("report.js")
    parts = sections(report.findings)
    told, unseen = leads(report), could_not_see(report)
    labels, concluded = _labels(report), _concluded(report)
    worth = [lead for lead in told if not lead.is_quiet]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            in_frame=in_frame,
            created=_date(report.created),
            style=_template("report.css") + _template("print.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            subjects=_subjects(report),
            most_subjects=MOST_SUBJECTS,
            questions=questions(report),
            leads=told[:MOST_LEADS],
            more_leads=max(0, len(told) - MOST_LEADS),
            cards=worth[:MOST_CARDS],
            more_cards=worth[MOST_CARDS:],
            unseen=unseen[:MOST_UNSEEN],
            more_unseen=max(0, len(unseen) - MOST_UNSEEN),
            parts=parts,
            numbers={id(f): number for number, f in enumerate(report.findings, 1)},
            specs={spec.id: spec for spec in report.checks},
            looked_for=[s.question for s in report.checks if s.id in concluded],
            measured=[s.question for s in report.checks if s.id in _looked_into(report) - concluded],
            not_judged=not_judged(report),
            prompts=prompts(report),
            labels=labels,
            named=lambda ids: words.listed([labels.get(i, i) for i in ids]),
            matrices=[_matrix(m, laid_out) for m in report.matrices],
            comparisons=laid_out,
            not_laid_out=sum(1 for m in report.matrices for c in m.cells if c.pictures and c.lr) - len(laid_out),
            pictures=pictures,
            left_out=left_out,
            timelines=timelines,
            clips=clips,
            zooms=ZOOMS,
            drawn_times={m.id for t in timelines for m in t.marks},
            drawn_rounds={t.id for t in timelines},
            words=words,
            tones=("different", "same", "open", "unseen"),
        )
    )


def _looked_into(report: Report) -> set[str]:
    """Checks that could look at something: not those that do not apply or could not see."""
    unseen = (Outcome.NOT_APPLICABLE, Outcome.NOT_AVAILABLE, Outcome.ERROR)
    return {f.check for f in report.findings if f.outcome not in unseen}


def _concluded(report: Report) -> set[str]:
    """Those that said of something whether it was there."""
    return {f.check for f in report.findings if f.outcome in (Outcome.OBSERVED, Outcome.NOT_OBSERVED)}


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "emphasised": words.emphasised, "size": _size}
    environment.filters |= {"limits": _limits, "next_step": _next_step}
    environment.globals |= {"id": id, "ratio_line": _ratio_line, "without_clip": without_clip}
    return environment


def _template(name: str) -> str:
    return files("verifier.report").joinpath("templates").joinpath(name).read_text("utf-8")


def _labels(report: Report) -> dict[str, str]:
    return {r.id: r.label for r in report.rounds} | {e.id: e.name for e in report.references}


def _subjects(report: Report) -> list[Subject]:
    frames = {subject: keys[0] for subject, keys in candidate_frames(report).items()}
    lengths = {t.round_id: clock(t.duration) for t in report.timelines}
    rounds = [
        Subject(r.id, r.label, _file_names(r.evidence), lengths.get(r.id, "no picture"), frames.get(r.id))
        for r in report.rounds
    ]
    return rounds + [
        Subject(e.id, e.kind.capitalize(), e.name, "reference", frames.get(e.id)) for e in report.references
    ]


def _file_names(evidence: tuple[Evidence, ...]) -> str:
    more = f" and {len(evidence) - 1} more" if len(evidence) > 1 else ""
    return (evidence[0].name if evidence else "") + more


def _matrix(matrix: Matrix, laid_out: tuple[Comparison, ...]) -> dict[str, Any]:
    """Rows of the lower triangle; a cell is None above the diagonal."""
    ids, labels = matrix.ids[:MOST_IN_MATRIX], matrix.labels[:MOST_IN_MATRIX]
    by_pair = {frozenset((c.first, c.second)): c for c in matrix.cells}
    links = {id(c.cell): c.id for c in laid_out}
    rows = []
    for i, row_id in enumerate(ids[1:], 1):
        row = []
        for column_id in ids[:i]:
            cell = by_pair.get(frozenset((row_id, column_id)))
            lr = cell.lr if cell else None
            row.append(
                {
                    "tone": words.ratio_tone(lr),
                    "depth": min(3, int(abs(lr.log10)) + 1) if lr else 0,
                    "words": words.ratio_words(lr, voices=matrix.voices),
                    "lr": lr,
                    "reason": cell.reason if cell else "",
                    "link": links.get(id(cell)),
                }
            )
        rows.append((labels[i], row + [None] * (len(ids) - 1 - i)))
    return {
        "voices": matrix.voices,
        "columns": labels[:-1],
        "rows": rows,
        "roomy": len(ids) <= ROOMY_MATRIX,
        "hidden": len(matrix.ids) - len(ids),
        "all": len(matrix.ids),
    }


def _timelines(report: Report, clips: Clips) -> list[DrawnTimeline]:
    frames = candidate_frames(report)
    pictures = {p.key: p for p in report.pictures}
    return [drawn(t, report.findings, pictures, frames.get(t.round_id, ()), clips) for t in report.timelines]


def _limits(finding: Finding, specs: Mapping[str, CheckSpec]) -> str:
    return specs[finding.check].limits if finding.check in specs else "The limits of this check are not known."


def _next_step(finding: Finding, specs: Mapping[str, CheckSpec]) -> str:
    return finding.next_step or (
        specs[finding.check].follow_up if finding.check in specs else "Ask who made this report."
    )


def _ratio_line(lr: LikelihoodRatio) -> str:
    """ "log10 LR 2.7 (95 %: 2.1 to 2.7)"; where it is capped, that instead of bounds which only the cap holds together."""
    if lr.capped or lr.lower == lr.upper:
        return f"log10 LR {lr.log10:.1f}, {CAPPED}"
    return f"log10 LR {lr.log10:.1f} (95 %: {lr.lower:.1f} to {lr.upper:.1f})"


def _date(created: str) -> str:
    """ "24 November 2026, 20:31 UTC"; as it came when it is no ISO date."""
    try:
        at = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{at.day} {at:%B %Y, %H:%M} {at.tzname() or ''}".strip()


def _size(size: int) -> str:
    """Bytes as people read them."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
