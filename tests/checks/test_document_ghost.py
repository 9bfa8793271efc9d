from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.checks.cases import template
from tests.checks.test_documents import CORNERS, STRIP, document, one
from verifier.checks import document_ghost
from verifier.checks.document_ghost import UNLIKE
from verifier.documents.ghost import ALIKE, Ghost
from verifier.documents.page import Page
from verifier.documents.portraits import PortraitFacts
from verifier.findings import Outcome

(KEPT,) = template(1, photo=True).frames


@pytest.mark.parametrize(
    ("ghost", "outcome", "words"),
    [
        (None, Outcome.NOT_APPLICABLE, "many documents have none"),
        (Ghost(CORNERS, 6.0, None), Outcome.NOT_AVAILABLE, "too small (eyes 6 pixels apart)"),
        (Ghost(CORNERS, 20.0, ALIKE), Outcome.NOT_OBSERVED, "does not show that the portrait is the document's own"),
        (Ghost(CORNERS, 20.0, UNLIKE), Outcome.OBSERVED, "another photo, or be no portrait at all"),
        (Ghost(CORNERS, 20.0, (ALIKE + UNLIKE) / 2), Outcome.INCONCLUSIVE, "could not be told"),
    ],
)
def test_what_is_said_of_a_second_portrait(ghost: Ghost | None, outcome: Outcome, words: str) -> None:
    portrait = PortraitFacts(KEPT, "", 1, "0" * 16, CORNERS, ghost)
    page = Page(STRIP, (), np.eye(3))
    finding = one(document_ghost, replace(document(), portrait=portrait, page=page))
    assert finding.outcome is outcome
    assert words in finding.statement
    assert bool(finding.pictures) == (outcome in (Outcome.OBSERVED, Outcome.INCONCLUSIVE))


def test_several_documents_are_not_laid_over_each_other() -> None:
    portrait = PortraitFacts(KEPT, "", 2, "0" * 16, CORNERS, Ghost(CORNERS, 20.0, 0.0))
    finding = one(document_ghost, replace(document(), portrait=portrait, documents=2))
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert "each document alone" in finding.next_step


def test_no_pixels_are_kept_of_a_document_that_was_read() -> None:
    seen = replace(document(), portrait=PortraitFacts(KEPT, "", 1, "0" * 16, CORNERS, None)).without_pictures()
    assert seen.portrait is not None
    assert seen.portrait.kept is not None
    assert seen.portrait.kept.crop.image.size == 0
    assert seen.zone is not None
    assert seen.zone.strips == ()
    assert np.array_equal(seen.zone.corners[0], CORNERS)
