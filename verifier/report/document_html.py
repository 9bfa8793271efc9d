"""The page of identity documents: left the straightened page with what was read outlined, right what was found."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.document_desk import CHECKS
from verifier.documents.places import MOST_SIDE, NAMES
from verifier.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.document_desk import DocumentResult
    from verifier.documents.ocr import Points
    from verifier.documents.reading import DocumentSeen

BLOCKS = {"reads": "Does it read?", "agrees": "Does it agree?", "picture": "The picture"}
MARKS = {
    Outcome.OBSERVED: ("look", "▲", "look at this"),
    Outcome.INCONCLUSIVE: ("look", "▲", "open: look at this"),
    Outcome.NOT_OBSERVED: ("clear", "–", "nothing to look at"),
    Outcome.NOT_AVAILABLE: ("unseen", "▨", "could not be read"),
    Outcome.NOT_APPLICABLE: ("clear", "–", "not asked"),
    Outcome.ERROR: ("unseen", "▨", "the check stopped"),
}


POINTS_AT = {
    "mrz": ("line1", "line2", "line3"), "document-dates": ("birth", "issue", "expiry"), "document-name": ("surname", "given_names"),
    "document-barcode": ("surname", "given_names", "number", "birth", "issue", "expiry"), "document-portrait": ("portrait",), "document-ghost": ("portrait", "ghost"),
}  # fmt: skip
"""Check -> the places of the page that it speaks of: pointing at one shows the other."""


@dataclass(frozen=True)
class _Outline:
    points: str
    label: str
    tone: str
    """doubt, look or nothing."""
    checks: tuple[str, ...]


def documents_page(results: Sequence[DocumentResult], claimed_name: str | None) -> str:
    """A page that needs no network; pictures are embedded."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    pages = Environment(loader=PackageLoader("verifier.report"), autoescape=select_autoescape(default=True))
    shown = [_shown(r, r.seen) for r in results if r.seen is not None]
    return pages.get_template("document.html.j2").render(
        documents=shown,
        left_out=[r for r in results if r.seen is None],
        claimed_name=claimed_name,
        checks=[*POINTS_AT, "document-editing"],
    )


def headline(result: DocumentResult) -> str:
    """ "3 things to look at, 1 could not be read": the page's first line."""
    look, unread = result.to_look_at, result.unread
    first = f"{look} thing{'' if look == 1 else 's'} to look at" if look else "Nothing to look at in what could be read"
    return f"{first}, {unread} could not be read" if unread else first


def _shown(result: DocumentResult, seen: DocumentSeen) -> dict[str, object]:
    blocks = []
    for key, checks in CHECKS.items():
        ids = {check.spec.id: check.spec for check in checks}
        found = [(MARKS[f.outcome], f, ids[f.check].limits) for f in result.findings if f.check in ids]
        blocks.append((BLOCKS[key], found))
    return {"name": result.name, "headline": headline(result), "blocks": blocks, "seen": seen, **_picture(result, seen)}


def _picture(result: DocumentResult, seen: DocumentSeen) -> dict[str, object]:
    if seen.page is None:
        return {"picture": "", "width": 1, "height": 1, "outlines": []}
    scale = min(1.0, MOST_SIDE / max(seen.page.size))
    data = f"data:image/jpeg;base64,{base64.b64encode(result.picture).decode()}" if result.picture else ""
    width, height = (round(side * scale) for side in seen.page.size)
    return {"picture": data, "width": width, "height": height, "outlines": _outlines(seen, scale)}


def _outlines(seen: DocumentSeen, scale: float) -> list[_Outline]:
    values: dict[str, str] = {}
    if seen.visual is not None:
        values = {NAMES.get(f.name, f.name): f.value for f in seen.visual.labelled}
        values |= {NAMES.get(f.name, f.name): f.value for f in seen.visual.fields}
    lines = {f"line{n}": line for n, line in enumerate(seen.reading.lines, 1)} if seen.reading else {}
    edited = {r.name for r in seen.traces.regions if r.stands_out} if seen.traces else set()
    found = []
    for name, corners in seen.places.items():
        checks = tuple(check for check, names in POINTS_AT.items() if name in names)
        label = name.replace("line", "line ").replace("_", " ")
        if name in lines:
            label += f" of the machine-readable zone: {lines[name].status.value}"
        elif name in values:
            label += f": {values[name]}"
        tone = "look" if name in edited else "doubt" if name in lines and lines[name].doubtful else ""
        found.append(
            _Outline(_points(corners, scale), label, tone, (*checks, "document-editing") if tone == "look" else checks)
        )
    return found


def _points(corners: Points, scale: float) -> str:
    return " ".join(f"{x * scale:.1f},{y * scale:.1f}" for x, y in corners)
