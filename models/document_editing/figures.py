"""Second stage: rates per seed and false alarms per hint, from the table of the first.

python -m verifier_models.document_editing.figures --work .work/editing --out models/document_editing
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from verifier_models.document_editing.material import EDITED, Row

from verifier.documents.editing import RESAVED, SCREEN
from verifier.metrics import rate_interval

SOURCES = {
    "scan": "cards, scanned (saved at 92)",
    "phone": "cards, by phone (saved at 82)",
    "specimens": "published specimens, as they are",
}


def share(hits: list[bool], names: list[str]) -> str:
    """ "11 of 12, 92 % (73 to 100)" with the interval by bootstrap over documents."""
    if not hits:
        return "none"
    people = np.array([sorted(set(names)).index(name) for name in names])
    rate, low, high = (100 * v for v in rate_interval(np.array(hits), people, people))
    return f"{sum(hits)} of {len(hits)}, {rate:.0f} % ({low:.0f} to {high:.0f})"


def edits(rows: list[Row], source: str, how: str) -> Iterable[str]:
    """One line per seed: documents whose edited part stands out."""
    for edit, region in EDITED.items():
        here = [r for r in rows if (r["source"], r["how"], r["edit"]) == (source, how, edit)]
        judged = [(r["regions"][region], r["name"]) for r in here if r["regions"].get(region) is not None]
        hits = [value >= RESAVED for value, _ in judged]
        values = np.array([value for value, _ in judged])
        spread = f"{np.min(values):.2f} to {np.max(values):.2f}" if len(values) else ""
        yield f"| {SOURCES[source]} | {how} | {edit} | {len(here) - len(judged)} | {share(hits, [n for _, n in judged])} | {spread} |"


def honest(rows: list[Row], source: str, how: str) -> str:
    here = [r for r in rows if (r["source"], r["how"], r["edit"]) == (source, how, "genuine")]
    documents = [any(v is not None and v >= RESAVED for v in r["regions"].values()) for r in here]
    regions = [v for r in here for v in r["regions"].values() if v is not None]
    most = f"{max(regions):.2f}" if regions else ""
    parts = f"{sum(v >= RESAVED for v in regions)} of {len(regions)}"
    return f"| {SOURCES[source]} | {how} | {share(documents, [r['name'] for r in here])} | {parts} | {most} |"


def screens(rows: list[Row], source: str, how: str, edit: str) -> str:
    here = [
        r
        for r in rows
        if (r["source"], r["how"]) == (source, how) and (r["edit"] == "recaptured") == (edit == "recaptured")
    ]
    judged = [(r["screen"], r["name"]) for r in here if r["screen"] is not None]
    hits = share([v >= SCREEN for v, _ in judged], [n for _, n in judged])
    spread = f"{min(v for v, _ in judged):.0f} to {max(v for v, _ in judged):.0f}" if judged else ""
    return f"| {SOURCES[source]} | {how} | {edit} | {len(here) - len(judged)} | {hits} | {spread} |"


def lines(rows: list[Row]) -> Iterable[str]:
    both = [(source, how) for source in SOURCES for how in ("as saved", "sent on")]
    yield "# Figures of document-editing"
    yield ""
    yield "Written by `python -m verifier_models.document_editing.figures`; do not edit. Intervals (95 %, in brackets) by bootstrap over documents, or by"
    yield 'the rule of three where nothing or everything was counted. "As saved": once more as JPEG at quality 92; "sent on": then at three'
    yield "quarters of the size and quality 75. Every honest twin is saved the same way."
    of = {source: len({r["name"] for r in rows if r["source"] == source}) for source in SOURCES}
    yield f"Documents: {of['scan']} cards scanned, {of['phone']} by phone, {of['specimens']} published specimens."
    yield ""
    yield f"## Parts that lack an earlier saving (from {RESAVED})"
    yield ""
    yield "| material | saved | seed | not judged | edited part stands out | values |"
    yield "|---|---|---|---|---|---|"
    for source, how in both:
        yield from edits(rows, source, how)
    yield ""
    yield "Honest documents:"
    yield ""
    yield "| material | saved | documents with an alarm | parts with an alarm | largest value |"
    yield "|---|---|---|---|---|"
    for source, how in both:
        yield honest(rows, source, how)
    yield ""
    yield f"## Grid of a screen (from {SCREEN:.0f})"
    yield ""
    yield "| material | saved | what | not judged | alarm | values |"
    yield "|---|---|---|---|---|---|"
    for source, how in both:
        for edit in ("recaptured", "everything else"):
            yield screens(rows, source, how, edit)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    chosen = options.parse_args()
    rows = json.loads((chosen.work / "traces.json").read_text())
    (chosen.out / "figures.md").write_text("\n".join(lines(rows)) + "\n")


if __name__ == "__main__":
    main()
