"""Two sides of one card on two pages of a file: the front joins the page that was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.documents.editing import SCREEN, EditingTraces
from verifier.documents.places import places_of
from verifier.documents.visual import VisualZone, visual_zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from verifier.documents.ocr import Points
    from verifier.documents.page import Page
    from verifier.documents.portraits import PortraitFacts
    from verifier.documents.reading import DocumentSeen
    from verifier.media.types import Image

GAP = 24
"""Pixels between the two sides as they are shown."""


def front_of(best: DocumentSeen, seen: Sequence[DocumentSeen]) -> DocumentSeen | None:
    """The first page with a portrait, where the page that says most has none."""
    if best.portrait is not None and best.portrait.found:
        return None
    return next((s for s in seen if s.portrait is not None and s.portrait.found), None)


def with_front(back: DocumentSeen, front: DocumentSeen, wanted: dict[str, str], days: dict[str, date]) -> DocumentSeen:
    """The back with the front's print, portrait and traces; both pages in one picture, the front below.

    wanted, days: what the back's zone or barcode says, as `visual.visual_zone` takes it.
    """
    if back.page is None or front.page is None or front.portrait is None:
        return back
    note = (
        f"its front is on page {front.page_number}: print, portrait and traces of editing are looked at on both pages"
    )
    down = np.array([0, back.page.image.shape[0] + GAP], np.float32)
    visual, portrait = _both(back.visual, front.visual, down, wanted, days), _moved(front.portrait, down)
    return replace(
        back,
        page=replace(back.page, image=_stacked(back.page, front.page)),
        visual=visual,
        portrait=portrait,
        places=places_of(back.zone, visual, portrait),
        traces=_traces(back.traces, front.traces),
        retake=tuple(dict.fromkeys((*back.retake, *front.retake))),
        notes=tuple(dict.fromkeys((*back.notes, *front.notes, note))),
        documents=max(back.documents, front.documents),
    )


def _both(
    back: VisualZone | None, front: VisualZone | None, down: Points, wanted: dict[str, str], days: dict[str, date]
) -> VisualZone | None:
    """The front's own first: each is searched by itself, so that no label meets a value of the other side."""
    if front is None:
        return back
    found = visual_zone(tuple(replace(line, corners=line.corners + down) for line in front.lines), wanted, days)
    if back is None:
        return found
    return VisualZone(
        found.lines + back.lines,
        found.fields + tuple(f for f in back.fields if found.field(f.name) is None),
        found.dates + back.dates,
        found.labelled + tuple(f for f in back.labelled if found.by_label(f.name) is None),
    )


def _moved(portrait: PortraitFacts, down: Points) -> PortraitFacts:
    corners = None if portrait.corners is None else portrait.corners + down
    ghost = portrait.ghost and replace(portrait.ghost, corners=portrait.ghost.corners + down)
    return replace(portrait, corners=corners, ghost=ghost)


def _stacked(back: Page, front: Page) -> Image:
    width, gap = max(back.image.shape[1], front.image.shape[1]), (0, GAP)
    padded = [
        cv2.copyMakeBorder(page.image, 0, below, 0, width - page.image.shape[1], cv2.BORDER_CONSTANT, value=(255,) * 3)
        for page, below in zip((back, front), gap[::-1], strict=True)
    ]
    return np.concatenate(padded)


def _traces(back: EditingTraces | None, front: EditingTraces | None) -> EditingTraces | None:
    """Of a part that is on both pages, the stronger trace; no grid is called unseen where one page could not be looked at."""
    if back is None or front is None:
        return back or front
    regions = {r.name: r for r in sorted((*back.regions, *front.regions), key=lambda r: r.missing or 0.0)}
    grids = [t.screen for t in (back, front) if t.screen is not None]
    screen = max(grids) if len(grids) == 2 or any(grid >= SCREEN for grid in grids) else None
    savings = max(back.savings, front.savings)
    # the zone that is shown is the back's
    return EditingTraces(tuple(regions.values()), savings, screen, back.programs, back.other_typeface)
