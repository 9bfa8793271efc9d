"""Licences and fronts of cards: what the barcode says, what stands at labels, and what print alone may not decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.checks.cases import case
from tests.checks.test_documents import CORNERS, document, one
from verifier.checks import (
    catalogue,
    document_barcode,
    document_dates,
    document_editing,
    document_name,
    document_portrait,
    mrz,
)
from verifier.documents.aamva import Licence
from verifier.documents.editing import EditingTraces, RegionTrace
from verifier.documents.labels import Labelled
from verifier.documents.ocr import PrintedLine
from verifier.documents.printed_dates import dates_in
from verifier.documents.reading import DocumentSeen
from verifier.documents.visual import PrintedField, VisualZone, visual_zone
from verifier.findings import Outcome

LICENCE = Licence(
    "636014", 10, {"DAQ": "D1234567", "DBB": "08121974", "DBA": "04152027", "DBD": "04162022"}, "ERIKSSON", "ANNA MARIA", False, "D1234567", "CA", "USA",
    date(1974, 8, 12), date(2022, 4, 16), date(2027, 4, 15), "F",
)  # fmt: skip
DAY = date(2026, 1, 1)


def licence(coded: Licence | None = LICENCE, sure: float = 0.99, **printed: str) -> DocumentSeen:
    """By label; a name that ends in _found is one of the barcode's that was found in print."""
    fields = [PrintedField(name[:-6], text, CORNERS) for name, text in printed.items() if name.endswith("_found")]
    labels = [
        Labelled(name, text, tuple(dates_in(text)) if name in ("birth", "issue", "expiry") else (), sure, CORNERS)
        for name, text in printed.items()
        if not name.endswith("_found")
    ]
    return replace(document(None), licence=coded, visual=VisualZone((), tuple(fields), (), tuple(labels)))


def test_a_barcode_that_agrees_with_print() -> None:
    found = one(
        document_barcode, licence(surname_found="ERIKSSON", number="D 1234567", expiry="04/15/2027"), call_date=DAY
    )
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "agrees with what was read in print: surname, number, date of expiry" in found.statement


@pytest.mark.parametrize(("sure", "outcome"), [(0.99, Outcome.OBSERVED), (0.85, Outcome.INCONCLUSIVE)])
def test_a_difference_counts_as_surely_as_it_was_read(sure: float, outcome: Outcome) -> None:
    found = one(document_barcode, licence(sure=sure, expiry="15 APR 2029"), call_date=DAY)
    assert found.outcome is outcome
    assert "2027-04-15 in the barcode and was read as 2029-04-15 in print" in found.statement


def test_a_barcode_that_could_not_be_read_is_said() -> None:
    found = one(document_barcode, replace(licence(None), barcode_unread=True), call_date=DAY)
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "A barcode was seen" in found.statement
    assert "the side with the barcode" in found.next_step


@pytest.mark.parametrize(("unread", "step"), [(True, "the side with the barcode"), (False, "the other side")])
def test_a_card_without_a_zone_is_not_said_to_have_one(unread: bool, step: str) -> None:
    found = one(mrz, replace(licence(None), portrait=None, barcode_unread=unread))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert found.statement.startswith("No check digits could be worked out")
    assert step in found.next_step


def test_look_alikes_and_unlisted_issuers_are_no_differences() -> None:
    assert one(document_barcode, licence(number="DI234567"), call_date=DAY).outcome is Outcome.NOT_OBSERVED
    unlisted = replace(LICENCE, issuer="000000")
    assert one(document_barcode, licence(unlisted), call_date=DAY).outcome is Outcome.INCONCLUSIVE


def test_dates_of_the_barcode_are_sure_and_those_of_print_open() -> None:
    late = date(2027, 4, 16)
    assert one(document_dates, licence(), call_date=DAY).outcome is Outcome.NOT_OBSERVED
    assert one(document_dates, licence(), call_date=late).outcome is Outcome.OBSERVED
    printed = one(document_dates, licence(None, expiry="15 APR 2027"), call_date=late)
    assert printed.outcome is Outcome.INCONCLUSIVE
    assert "no check digit" in printed.statement
    assert one(document_dates, licence(None, birth="12 AUG 1974"), call_date=DAY).outcome is Outcome.NOT_AVAILABLE


def test_issue_lies_between_birth_and_expiry() -> None:
    odd = one(document_dates, licence(None, issue="1 JAN 2030", expiry="15 APR 2027"), call_date=DAY)
    assert odd.outcome is Outcome.INCONCLUSIVE
    assert "lies after the date of expiry" in odd.statement
    either_way = licence(None, issue="05/03/2027", expiry="15 APR 2027")
    assert one(document_dates, either_way, call_date=DAY).outcome is Outcome.NOT_OBSERVED, "3 May or 5 March"


@pytest.mark.parametrize(
    ("seen", "name", "outcome"),
    [
        (licence(), "Anna Maria Eriksson", Outcome.NOT_OBSERVED),
        (licence(), "Jane Doe", Outcome.OBSERVED),
        (licence(None, surname="ERIKSSON", given="ANNA"), "Anna Eriksson", Outcome.NOT_OBSERVED),
        (licence(None, surname="ERIKSSON", given="ANNA"), "Jane Doe", Outcome.INCONCLUSIVE),
        (licence(None, surname="ERIKSSON"), "Anna Eriksson", Outcome.NOT_AVAILABLE),
        (licence(), None, Outcome.NOT_APPLICABLE),
    ],
)
def test_names(seen: DocumentSeen, name: str | None, outcome: Outcome) -> None:
    assert one(document_name, seen, claimed_name=name).outcome is outcome


def test_a_licence_has_no_zone_to_miss() -> None:
    assert one(mrz, licence()).outcome is Outcome.NOT_APPLICABLE


def test_a_part_that_stands_out_brings_its_picture() -> None:
    seen = replace(document(), traces=EditingTraces((RegionTrace("portrait", (0, 0, 9, 9), 0.6),), 2, 10.0, ()))
    found = one(document_editing, seen)
    assert (found.outcome, found.pictures) == (Outcome.OBSERVED, ("reference-1#traces",))
    assert one(document_editing, document()).outcome is Outcome.NOT_AVAILABLE


def test_of_several_documents_no_portrait_is_picked() -> None:
    found = one(document_portrait, replace(document(), documents=3))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert "3 documents seem to be in the picture" in found.statement


def test_no_document_is_said_once_and_missing_models_are_no_clean_result() -> None:
    checks = [c for c in catalogue.select(None) if c.spec.group.value == "document"]
    assert len(checks) == 7
    (finding,) = catalogue.run_all(checks, case())
    assert finding.outcome is Outcome.NOT_APPLICABLE
    (finding,) = catalogue.run_all(checks, replace(case(), documents_reason="text cannot be read here"))
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert "text cannot be read here" in finding.statement


@pytest.mark.parametrize(
    ("printed", "outcome"),
    [
        ({"given": "ANNA"}, Outcome.INCONCLUSIVE),
        ({"surname": "ERIKSSON JR"}, Outcome.INCONCLUSIVE),
        ({"given": "ANNA MARTA"}, Outcome.INCONCLUSIVE),
        ({"surname": "SMITH"}, Outcome.OBSERVED),
    ],
)
def test_another_name_in_the_barcode_counts_and_a_part_of_it_is_open(printed: dict[str, str], outcome: Outcome) -> None:
    assert one(document_barcode, licence(**printed), call_date=DAY).outcome is outcome


def test_a_card_with_a_zone_and_a_barcode_keeps_both() -> None:
    number = PrintedLine("D1234567", 0.99, CORNERS)
    birth = PrintedLine("12 AUG 1974", 0.99, CORNERS)
    seen = replace(document(), licence=LICENCE, visual=visual_zone((number, birth), {"number": "L898902C3"}, {}))
    found = one(document_barcode, seen, call_date=DAY)
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "agrees with what was read in print: number, date of birth" in found.statement
    assert "all 5 check digits hold" in one(mrz, seen).statement
