"""What is said of traces: where something stands out, what could not be judged, never a verdict."""

from __future__ import annotations

import pytest

from verifier.checks.document_editing import findings, spec
from verifier.documents.editing import EditingTraces, RegionTrace
from verifier.findings import Outcome

BOX = (10, 10, 90, 90)


def said(
    *regions: tuple[str, float | None],
    savings: int = 2,
    screen: float | None = 12.0,
    programs: tuple[tuple[str, str], ...] = (),
):  # type: ignore[no-untyped-def]
    found = EditingTraces(tuple(RegionTrace(n, BOX, v) for n, v in regions), savings, screen, programs)
    return findings("the document id.jpg", found)


def test_parts_that_stand_out_are_named() -> None:
    found = said(("portrait", 0.6), ("surname", 0.5), ("line2", 0.45), ("birth", 0.1))
    assert found.outcome is Outcome.OBSERVED
    assert "the portrait, the surname and line 2 of the machine-readable zone were saved fewer times" in found.statement
    assert "date of birth" not in found.statement
    assert found.lr is None
    assert found.next_step == spec.follow_up


def test_one_part_savings_or_not() -> None:
    """A part that stands out does so however many savings the rest shows."""
    found = said(("portrait", 0.6), savings=1)
    assert "the portrait was saved fewer times" in found.statement


def test_a_screen_is_said() -> None:
    found = said(("portrait", 0.0), screen=900.0)
    assert found.outcome is Outcome.OBSERVED
    assert "grid of a screen" in found.statement


def test_signs_in_another_typeface_are_said_with_their_lines() -> None:
    found = findings("the document id.jpg", EditingTraces((), 2, None, (), ("line1", "line2")))
    assert found.outcome is Outcome.OBSERVED
    assert "signs of lines 1 and 2 of the machine-readable zone look like another typeface" in found.statement
    clean = findings("the document id.jpg", EditingTraces((), 2, 12.0, (), ()))
    assert clean.outcome is Outcome.NOT_OBSERVED
    assert "no grid of a screen and no sign of the zone in another typeface was seen" in clean.statement


def test_nothing_seen_is_not_proof() -> None:
    found = said(("portrait", 0.1))
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "no grid of a screen and no part with another history of saving was seen" in found.statement
    assert "does not prove" in found.statement


@pytest.mark.parametrize(("regions", "savings"), [((("portrait", None),), 2), ((("portrait", 0.0),), 1), ((), 2)])
def test_what_could_not_be_judged_is_said(regions: tuple[tuple[str, float | None], ...], savings: int) -> None:
    found = said(*regions, savings=savings)
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "could not be judged" in found.statement


def test_a_picture_too_small_is_not_available() -> None:
    found = said(("portrait", None), savings=0, screen=None)
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "original picture" in found.next_step


def test_programs_are_listed_and_weigh_nothing() -> None:
    found = said(("portrait", 0.1), programs=(("EXIF", "GIMP 2.10"),))
    assert found.outcome is Outcome.NOT_OBSERVED
    assert found.details == (("Program named in the file", "EXIF: GIMP 2.10"),)
    assert "GIMP" not in found.statement


def test_no_sentence_judges_anybody() -> None:
    for found in (said(("portrait", 0.6)), said(screen=900.0), said(("portrait", 0.1)), said(screen=None, savings=0)):
        words = found.statement.lower()
        assert not any(
            word in words for word in ("fake", "fraud", "forge", "tamper", "manipulat", "passed", "failed", "%")
        )
