"""report.html: one file for a recruiter that opens offline and asks no other host for anything."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier.findings import Outcome
from verifier.likelihood import LikelihoodRatio, Support
from verifier.report.ranking import on_first_page, sections
from verifier.report.tidy import tidied
from verifier.timing import clock

if TYPE_CHECKING:
    from verifier.report.model import MatrixCell, Report, Timeline

_WORDS = {
    Outcome.OBSERVED: "look at this",
    Outcome.NOT_OBSERVED: "nothing seen",
    Outcome.INCONCLUSIVE: "no clear support either way",
    Outcome.NOT_APPLICABLE: "does not apply",
    Outcome.NOT_AVAILABLE: "could not see",
    Outcome.ERROR: "the check stopped",
}
_AXIS_WIDTH = 1000
MAX_PICTURE_PAIRS = 5


def to_html(report: Report) -> str:
    """The whole page. Everything that came from a file is escaped by the template engine."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("verifier.report").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    report = tidied(report)
    return environment.get_template("report.html").render(
        report=report,
        style=folder.joinpath("report.css").read_text("utf-8"),
        parts=sections(report.findings),
        top=on_first_page(report.findings),
        specs={spec.id: spec for spec in report.checks},
        labels=_labels(report),
        words=_WORDS,
        pictures={p.key: _picture(p) for p in report.pictures},
        tables=[_table(m.labels, m.ids, m.cells) for m in report.matrices],
        pairs=[c for m in report.matrices for c in m.cells if c.pictures],
        most_pairs=MAX_PICTURE_PAIRS,
        timelines=[_drawn(t) for t in report.timelines],
        ratio_words=ratio_words,
    )


def ratio_words(lr: LikelihoodRatio | None) -> str:
    """ "strong support for the same person"; the words of the heat map."""
    if lr is None:
        return "could not compare"
    match lr.support:
        case Support.FIRST:
            return f"same person: {lr.strength}"
        case Support.SECOND:
            return f"different people: {lr.strength}"
        case _:
            return "no clear support either way"


def _labels(report: Report) -> dict[str, str]:
    return {r.id: r.label for r in report.rounds} | {e.id: e.name for e in report.references}


def _picture(picture: Any) -> dict[str, Any]:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    return {"src": f"data:image/jpeg;base64,{data}", "caption": picture.caption, "width": picture.width}


def _table(labels: tuple[str, ...], ids: tuple[str, ...], cells: tuple[MatrixCell, ...]) -> dict[str, Any]:
    by_pair = {frozenset((c.first, c.second)): c for c in cells}
    rows = []
    for i, row_id in enumerate(ids):
        row = []
        for j, column_id in enumerate(ids):
            cell = by_pair.get(frozenset((row_id, column_id))) if j < i else None
            row.append(None if cell is None else {"words": ratio_words(cell.lr), "tone": _tone(cell), "cell": cell})
        rows.append((labels[i], row))
    return {"labels": labels, "rows": rows}


def _tone(cell: MatrixCell) -> str:
    if cell.lr is None:
        return "unseen"
    if cell.lr.support is Support.INCONCLUSIVE:
        return "open"
    side = "same" if cell.lr.support is Support.FIRST else "different"
    return f"{side} {side}{min(3, int(abs(cell.lr.log10)) + 1)}"


def _drawn(timeline: Timeline) -> dict[str, Any]:
    length = max(float(timeline.duration), 1e-6)
    lanes = [
        {
            "label": lane.label,
            "kind": lane.kind,
            "bars": [
                {
                    "x": float(s.start) / length * _AXIS_WIDTH,
                    "width": max(2.0, float(s.duration) / length * _AXIS_WIDTH),
                    "title": f"{clock(s.start)}-{clock(s.end)}",
                }
                for s in lane.spans
            ],
        }
        for lane in timeline.lanes
    ]
    ticks = [{"x": k / 4 * _AXIS_WIDTH, "text": clock(length * k / 4)} for k in range(5)]
    return {"label": timeline.label, "lanes": lanes, "ticks": ticks, "height": 26 * len(lanes) + 24}
