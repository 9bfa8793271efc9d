"""A card's two sides on two pages: the front's print, portrait and traces count, and are shown where they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from tests.checks.test_documents import OTHER, document, labelled, one
from verifier.checks import document_name
from verifier.documents.editing import EditingTraces, RegionTrace
from verifier.documents.page import Page
from verifier.documents.portraits import PortraitFacts
from verifier.documents.sides import GAP, front_of, with_front
from verifier.findings import Outcome

if TYPE_CHECKING:
    from verifier.documents.reading import DocumentSeen

WANTED, DAYS = {"surname": "ERIKSSON", "given": "ANNA MARIA"}, {"birth": date(1974, 8, 12)}
CLEAN = EditingTraces((RegionTrace("line1", (0, 0, 9, 9), 0.0),), 2, 10.0, ())


def page(height: int, width: int) -> Page:
    return Page(np.zeros((height, width, 3), np.uint8), (), np.eye(3))


def back() -> DocumentSeen:
    return replace(document(), page=page(60, 300), traces=CLEAN)


def front(*pairs: tuple[str, str]) -> DocumentSeen:
    portrait = PortraitFacts(None, "", 1, corners=np.full((4, 2), 5, np.float32))
    swapped = replace(CLEAN, regions=(RegionTrace("portrait", (0, 0, 9, 9), 0.6),))
    seen = replace(labelled(*pairs), zone=None, reading=None, page=page(200, 250), page_number=2)
    return replace(seen, portrait=portrait, traces=swapped)


def test_another_name_on_the_front_is_seen() -> None:
    both = with_front(back(), front(*OTHER), WANTED, DAYS)
    found = one(document_name, both, claimed_name="Anna Maria Eriksson")
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "the surname was read as SMITH" in found.statement


def test_the_same_name_on_the_front_is_found() -> None:
    both = with_front(back(), front(("Surname", "ERIKSSON"), ("Given names", "ANNA MARIA")), WANTED, DAYS)
    found = one(document_name, both, claimed_name="Anna Maria Eriksson")
    assert "it was found in print" in found.statement


def test_places_and_traces_are_those_of_both_pages() -> None:
    both = with_front(back(), front(*OTHER), WANTED, DAYS)
    assert both.page is not None
    assert both.page.image.shape == (60 + GAP + 200, 300, 3)
    assert both.places["portrait"][0].tolist() == [5, 5 + 60 + GAP]
    assert both.places["surname"][0].tolist() == [10, 12 + 60 + GAP]
    assert both.traces is not None
    assert [r.name for r in both.traces.regions if r.stands_out] == ["portrait"]
    assert "its front is on page 2" in both.notes[-1]


def test_no_grid_is_called_unseen_where_one_page_was_too_small() -> None:
    shown = front(*OTHER)
    small = replace(shown, traces=shown.traces and replace(shown.traces, screen=None))
    both = with_front(back(), small, WANTED, DAYS)
    assert both.traces is not None
    assert both.traces.screen is None


def test_a_page_without_a_portrait_is_no_front() -> None:
    assert front_of(back(), [back()]) is None
