"""The report of an audit: one page and the same as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from verifier import __version__
from verifier.atomic import atomic_file
from verifier.audit.desk import WHAT_WAS_DONE, called
from verifier.audit.figures import PEOPLE, TOOL, Figures, Rates, Share, figures, judged_in
from verifier.audit.people import AuditError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "audit-report"


def write_report(folders: Sequence[Path], out: Path, truth: Path | None = None) -> tuple[Path, Path]:
    """audit-report.html and .json in `out`. AuditError: nobody has answered, the truth is missing, a broken file."""
    judged = judged_in(folders, truth)
    if not judged:
        raise AuditError("there are no answers yet: verifier audit run, or verifier audit review")
    found = figures(judged)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    pages = {".html": page(found, made), ".json": json.dumps(content(found, made), ensure_ascii=False, indent=1) + "\n"}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix, text in pages.items():
            with atomic_file(out / f"{NAME}{suffix}") as sink:
                sink.write(text.encode())
    except OSError as error:
        raise AuditError(f"the report cannot be written to {out.name}: {error.strerror}") from None
    return out / f"{NAME}.html", out / f"{NAME}.json"


def content(found: Figures, made: str) -> dict[str, Any]:
    """The report as data; shares as hits, trials and their exact 95 % interval."""
    return {
        "schema": "audit-report-1",
        "made": made,
        "version": __version__,
        "sets": list(found.sets),
        "overall": [_rates(r) for r in found.overall],
        "tables": [{"by": by, "judge": judge, "rows": [_rates(r) for r in rows]} for by, judge, rows in found.tables],
        "on_calls_of_both": None if found.shared is None else [_rates(r) for r in found.shared],
        "answered": {who: dict(counts) for who, counts in found.answered},
        "checks": [_rates(r) for r in found.checks],
        "checks_without_an_answer": list(found.silent_checks),
        "people_calls": found.people_calls,
        "over_time": [{"set": s, "made": m, "when": w, **_rates(r)} for s, m, w, r in found.over_time],
    }


def page(found: Figures, made: str) -> str:
    """HTML that needs no network."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    pages = Environment(loader=PackageLoader("verifier.report"), autoescape=select_autoescape(default=True))
    pages.filters["share"] = in_words
    written = f"{datetime.fromisoformat(made):%Y-%m-%d, %H:%M} UTC"
    done = {called(name): words for name, words in WHAT_WAS_DONE.items()}
    template = pages.get_template("audit.html.j2")
    return template.render(found=found, made=written, version=__version__, done=done, tool=TOOL, together=PEOPLE)


def in_words(share: Share) -> str:
    """ "7 of 10 (35 to 93 %)"."""
    if not share.trials:
        return "no such call"
    low, high = share.interval
    return f"{share.hits} of {share.trials} ({100 * low:.0f} to {100 * high:.0f} %)"


def _rates(r: Rates) -> dict[str, Any]:
    return {"label": r.label} | {
        name: {"hits": s.hits, "trials": s.trials, "lower": s.interval[0], "upper": s.interval[1]}
        for name, s in (("detected", r.detected), ("false_alarms", r.false_alarms), ("cannot_tell", r.cannot_tell))
    }
