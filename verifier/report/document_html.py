"""The page of identity documents: left the straightened page with what was read outlined, right what was found."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from verifier.document_desk import CHECKS
from verifier.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.document_desk import DocumentResult
    from verifier.documents.ocr import Points
    from verifier.documents.reading import DocumentSeen

MOST_SIDE = 1400
BLOCKS = {"reads": "Does it read?", "agrees": "Does it agree?", "picture": "The picture"}
MARKS = {
    Outcome.OBSERVED: ("look", "▲", "look at this"),
    Outcome.INCONCLUSIVE: ("look", "▲", "open: look at this"),
    Outcome.NOT_OBSERVED: ("clear", "–", "nothing to look at"),
    Outcome.NOT_AVAILABLE: ("unseen", "▨", "could not be read"),
    Outcome.NOT_APPLICABLE: ("clear", "–", "not asked"),
    Outcome.ERROR: ("unseen", "▨", "the check stopped"),
}


@dataclass(frozen=True)
class _Outline:
    points: str
    label: str
    doubtful: bool


def documents_page(results: Sequence[DocumentResult], claimed_name: str | None) -> str:
    """A page that needs no network; pictures are embedded."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    pages = Environment(loader=PackageLoader("verifier.report"), autoescape=select_autoescape(default=True))
    shown = [_shown(r, r.seen) for r in results if r.seen is not None]
    return pages.get_template("document.html.j2").render(documents=shown, claimed_name=claimed_name)


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
    return {"name": result.name, "headline": headline(result), "blocks": blocks, "seen": seen, **_picture(seen)}


def _picture(seen: DocumentSeen) -> dict[str, object]:
    if seen.page is None:
        return {"picture": "", "width": 1, "height": 1, "outlines": []}
    image = seen.page.image
    scale = min(1.0, MOST_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    outlines = []
    if seen.zone is not None and seen.reading is not None:
        for n, (line, corners) in enumerate(zip(seen.reading.lines, seen.zone.corners, strict=False), 1):
            outlines.append(_Outline(_points(corners, scale), f"line {n}: {line.status.value}", bool(line.doubtful)))
    if seen.visual is not None:
        outlines += [_Outline(_points(f.corners, scale), f"{f.name}: {f.value}", False) for f in seen.visual.fields]
    data = f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}" if done else ""
    return {"picture": data, "width": small.shape[1], "height": small.shape[0], "outlines": outlines}


def _points(corners: Points, scale: float) -> str:
    return " ".join(f"{x * scale:.1f},{y * scale:.1f}" for x, y in corners)
