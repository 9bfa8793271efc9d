from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import ModuleType

import numpy as np
import pytest

from tests.checks.cases import case, evidence
from verifier.checks import document_dates, document_ghost, document_name, document_portrait, mrz
from verifier.checks.base import CaseObservations
from verifier.checks.document_words import FRONT
from verifier.document_desk import DocumentResult, reason_of
from verifier.documents.mrz import parse
from verifier.documents.mrz_doubts import irregular
from verifier.documents.mrz_formats import check_digit
from verifier.documents.ocr import PrintedLine
from verifier.documents.portraits import PortraitFacts
from verifier.documents.reading import DocumentSeen
from verifier.documents.visual import visual_zone
from verifier.documents.zone import Zone
from verifier.documents.zone_print import dates_apart, number_in_print
from verifier.documents.zone_reading import LineStatus, MrzLine, ZoneReading
from verifier.findings import Finding, Outcome

BOOK = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CORNERS = np.zeros((4, 2), np.float32)
STRIP = np.zeros((8, 8, 3), np.uint8)
CHECKS = (mrz, document_dates, document_name, document_portrait, document_ghost)


def document(
    lines: tuple[str, ...] | None = BOOK,
    doubtful: tuple[tuple[int, ...], ...] = ((), ()),
    printed: tuple[str, ...] = (),
    sure: float = 0.9,
) -> DocumentSeen:
    """A document as it is seen: hand-built, without a picture."""
    zone = Zone((STRIP,) * 2, (CORNERS,) * 2, 20.0) if lines else None
    reading = None
    if lines:
        status = [LineStatus.FLAGGED if spots else LineStatus.CONFIRMED for spots in doubtful]
        read = tuple(MrzLine(*line) for line in zip(lines, status, doubtful, strict=True))
        reading = ZoneReading(read, parse(lines), (), ())
    print_ = tuple(PrintedLine(text, sure, CORNERS + n) for n, text in enumerate(printed))
    wanted = {"surname": "ERIKSSON", "given": "ANNA MARIA"}
    days = {"birth": date(1974, 8, 12), "expiry": date(2012, 4, 15)}
    visual = visual_zone(print_, wanted, days)
    portrait = PortraitFacts(None, "no face was found in it", 0)
    return DocumentSeen(evidence("reference-1", "id.png", "photo"), None, 1, zone, reading, visual, portrait, (), ())


def one(check: ModuleType, seen: DocumentSeen | None, **more: object) -> Finding:
    observed: CaseObservations = replace(case(), documents=(seen,) if seen else (), **more)  # type: ignore[arg-type]
    (finding,) = check.run(observed)
    return finding


@pytest.mark.parametrize("check", CHECKS)
def test_without_a_document_the_question_does_not_arise(check: ModuleType) -> None:
    assert one(check, None).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("check", CHECKS)
def test_what_could_not_be_read_is_never_clean(check: ModuleType) -> None:
    finding = one(check, document(None))
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert finding.next_step


def test_digits_that_hold() -> None:
    finding = one(mrz, document())
    assert finding.outcome is Outcome.NOT_OBSERVED
    assert "all 5 check digits hold" in finding.statement


def test_a_sure_digit_that_does_not_hold_is_to_be_looked_at() -> None:
    changed = (BOOK[0], BOOK[1].replace("7408122", "7408123"))
    finding = one(mrz, document(changed))
    assert finding.outcome is Outcome.OBSERVED
    assert "the check digit of the date of birth is 3 and would be 2" in finding.statement


def test_letters_in_doubt_are_marked_in_their_line() -> None:
    finding = one(mrz, document(doubtful=((7,), ())))
    assert "In doubt: line 1, P<UTOER[I]KSSON<<ANNA<MARIA." in finding.statement
    assert ("Line 1, in doubt", "I at character 8") in finding.details


@pytest.mark.parametrize(
    ("printed", "sure", "outcome", "words"),
    [
        ("L898902C3", 0.9, Outcome.NOT_OBSERVED, "is printed on the page as well"),
        ("No. L8989O2C3 UTO", 0.9, Outcome.NOT_OBSERVED, "differ by characters alone that look alike"),
        ("Document No: L898702C3", 0.999, Outcome.OBSERVED, "is L898902C3, and the printed one L898702C3"),
        ("Document No: L898702C3", 0.9, Outcome.INCONCLUSIVE, "may be a slip"),
        ("L898702C3", 0.999, Outcome.INCONCLUSIVE, "may be a slip"),
        ("Document No: 12345678901", 0.999, Outcome.NOT_OBSERVED, "check digits hold."),
        ("Document No: X771234Y9", 0.999, Outcome.NOT_OBSERVED, "check digits hold."),
    ],
)
def test_the_number_in_print(printed: str, sure: float, outcome: Outcome, words: str) -> None:
    finding = one(mrz, document(printed=(printed,), sure=sure))
    assert finding.outcome is outcome
    assert words in finding.statement


def test_a_number_in_doubt_is_not_held_against_print() -> None:
    seen = document(doubtful=((), (3,)), printed=("Document No: L898702C3",), sure=0.999)
    assert number_in_print(seen) is None
    assert "number" not in one(mrz, seen).statement


def test_a_doubtful_reading_explains_a_digit_as_well() -> None:
    changed = (BOOK[0], BOOK[1].replace("7408122", "7408123"))
    assert one(mrz, document(changed, ((), (19,)))).outcome is Outcome.INCONCLUSIVE
    assert one(mrz, document(BOOK, ((7,), ()))).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("day", "printed", "outcome", "words"),
    [
        (date(2012, 4, 15), (), Outcome.NOT_OBSERVED, "valid on 2012-04-15"),
        (date(2012, 4, 16), (), Outcome.OBSERVED, "expired on 2012-04-15"),
        (date(2012, 4, 1), ("12 AUG 1974", "15.04.2012"), Outcome.NOT_OBSERVED, "birth 1974-08-12, as printed"),
        (
            date(2012, 4, 1),
            ("12 AUG 1974", "16 APR 2002", "15 APR 2013"),
            Outcome.INCONCLUSIVE,
            "expiry is 2012-04-15 in the zone",
        ),
        (date(1980, 1, 1), (), Outcome.OBSERVED, "5 years old"),
    ],
)
def test_dates(day: date, printed: tuple[str, ...], outcome: Outcome, words: str) -> None:
    finding = one(document_dates, document(printed=printed), call_date=day)
    assert finding.outcome is outcome
    assert words in finding.statement


def test_dates_that_print_has_otherwise_are_named_and_placed() -> None:
    seen = document(printed=("12 AUG 1974", "16 APR 2002", "15 APR 2013"))
    finding = one(document_dates, seen, call_date=date(2012, 4, 1))
    assert "is one of them the date of expiry, 2012-04-15?" in finding.next_step
    assert [day.isoformat() for day, _ in dates_apart(seen, "expiry")] == ["2002-04-16", "2013-04-15"]
    assert dates_apart(seen, "birth") == ()


def test_a_card_s_back_is_said_once_with_what_to_hand_in() -> None:
    back = document(None)
    assert back.is_back
    found = [one(check, back) for check in (mrz, document_dates, document_name, document_portrait, document_ghost)]
    assert {reason_of(f) for f in found[:1] + found[2:]} == {
        "it seems to be the back of a card, without a portrait and without a machine-readable zone"
    }
    assert {f.next_step for f in found[:1] + found[3:]} == {FRONT}
    assert DocumentResult("id.png", back, tuple(found[:1] + found[2:])).unread == 1
    assert not document().is_back, "the zone of a passport stands below its portrait"


def test_a_doubtful_date_is_open() -> None:
    assert (
        one(document_dates, document(doubtful=((), (21,))), call_date=date(2012, 1, 1)).outcome is Outcome.INCONCLUSIVE
    )


@pytest.mark.parametrize(
    ("name", "doubtful", "outcome", "words"),
    [
        ("Anna Maria Eriksson", (), Outcome.NOT_OBSERVED, "are the same"),
        ("Anna Maria Eriksson", (7,), Outcome.NOT_OBSERVED, "are the same"),
        ("Anna Eriksson", (), Outcome.INCONCLUSIVE, "MARIA is only in the zone"),
        ("Jane Doe", (), Outcome.OBSERVED, "differ"),
        ("Jane Doe", (7,), Outcome.INCONCLUSIVE, "some letters are in doubt"),
        (None, (), Outcome.NOT_APPLICABLE, "No name was given"),
        (None, (7,), Outcome.NOT_APPLICABLE, "some letters are in doubt"),
    ],
)
def test_names(name: str | None, doubtful: tuple[int, ...], outcome: Outcome, words: str) -> None:
    finding = one(document_name, document(doubtful=(doubtful, ())), claimed_name=name)
    assert finding.outcome is outcome
    assert words in finding.statement


def test_a_name_in_print_is_the_second_witness() -> None:
    seen = document(doubtful=((7,), ()), printed=("ERIKSSON", "ANNA MARIA"))
    assert one(document_name, seen, claimed_name="Anna Maria Eriksson").outcome is Outcome.NOT_OBSERVED


def test_a_given_name_that_its_line_had_no_room_for_is_not_called_another() -> None:
    seen = document(("P<UTOERIKSSONBERG<<ANNA<MARIA<KONSTANTINA<AL", BOOK[1]))
    found = one(document_name, seen, claimed_name="Anna Maria Konstantina Alexandra Erikssonberg")
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "AL may stand for Alexandra" in found.statement


def test_a_surname_that_its_line_had_no_room_for_is_not_called_another() -> None:
    seen = document(("IDFRAWOLFESCHLEGELSTEINHAUSENB75C001", "8806923102858CORINNE<<<<<<<6512068F6"))
    found = one(document_name, seen, claimed_name="Corinne Wolfeschlegelsteinhausenberger")
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "WOLFESCHLEGELSTEINHAUSENB may stand for Wolfeschlegelsteinhausenberger" in found.statement


def test_a_long_number_and_a_name_of_two_fields_are_in_doubt_with_each_of_their_parts() -> None:
    card = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
    long = document(card, ((17,), (), ()))
    assert not long.sure_of("number")
    assert long.sure_of("surname")
    french = document(("IDFRABERTHIER".ljust(36, "<"), "8806923102858CORINNE<<<<<<<6512068F6"), ((), (14,)))
    assert (french.sure_of("surname"), french.sure_of("given"), french.sure_of("number")) == (True, False, True)


def test_who_has_one_name_is_not_in_doubt_for_it() -> None:
    seen = document(("P<UTOSUHARTO".ljust(44, "<"), BOOK[1]))
    assert seen.reading is not None
    assert seen.reading.parsed is not None
    assert irregular(seen.reading.lines, seen.reading.parsed)[0].status is LineStatus.CONFIRMED
    assert one(document_name, seen, claimed_name="Suharto").outcome is Outcome.NOT_OBSERVED


def test_two_words_without_a_second_part_miss_a_filler() -> None:
    seen = document(("P<UTOERIKSSON<ANNA".ljust(44, "<"), BOOK[1]))
    assert seen.reading is not None
    assert seen.reading.parsed is not None
    line = irregular(seen.reading.lines, seen.reading.parsed)[0]
    assert (line.status, line.doubtful) == (LineStatus.FLAGGED, (13,))


@pytest.mark.parametrize("birth", ["74<<<<", "7408<<"])
def test_a_birthday_that_the_holder_does_not_know_is_no_impossible_date(birth: str) -> None:
    line = f"{BOOK[1][:13]}{birth}{check_digit(birth)}{BOOK[1][20:]}"
    seen = document((BOOK[0], line))
    found = one(document_dates, seen, call_date=date(2012, 4, 1))
    assert found.outcome is Outcome.NOT_OBSERVED
    assert f"in part ({birth.strip(chr(60))})" in found.statement


def test_a_month_that_does_not_exist_is_not_taken_for_an_unknown_one() -> None:
    seen = document((BOOK[0], f"{BOOK[1][:13]}7499<<{check_digit('7499<<')}{BOOK[1][20:]}"))
    found = one(document_dates, seen, call_date=date(2012, 4, 1))
    assert found.outcome is Outcome.OBSERVED
    assert "7499 is no possible date of birth" in found.statement


@pytest.mark.parametrize("name", ["王伟", "Άννα Μαρία Έρικσον", "محمد علي", "Mary 王伟"])
def test_a_name_in_letters_that_no_zone_has_is_not_called_another(name: str) -> None:
    finding = one(document_name, document(), claimed_name=name)
    assert finding.outcome is Outcome.NOT_AVAILABLE
    assert "Latin letters" in finding.statement
    assert "differ" not in finding.statement


def labelled(*pairs: tuple[str, str], sure: float = 0.999) -> DocumentSeen:
    """A passport whose print stands below its labels: label, value."""
    lines = tuple(
        PrintedLine(text, sure, np.array([[10, y], [200, y], [200, y + 10], [10, y + 10]], np.float32))
        for n, pair in enumerate(pairs)
        for text, y in zip(pair, (40 * n, 40 * n + 12), strict=True)
    )
    days = {"birth": date(1974, 8, 12), "expiry": date(2012, 4, 15)}
    visual = visual_zone(lines, {"surname": "ERIKSSON", "given": "ANNA MARIA"}, days)
    return replace(document(), visual=visual)


OTHER = (("Surname / Nom", "SMITH"), ("Given names / Prenoms", "JANE"), ("Date of birth", "01 JAN 1990"))


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("Anna Maria Eriksson", Outcome.INCONCLUSIVE),
        (None, Outcome.INCONCLUSIVE),
        ("王伟", Outcome.INCONCLUSIVE),
        ("Jane Doe", Outcome.OBSERVED),
    ],
)
def test_another_name_at_the_labels_of_print_is_open(name: str | None, outcome: Outcome) -> None:
    found = one(document_name, labelled(*OTHER), claimed_name=name)
    assert found.outcome is outcome
    assert "surname was read as SMITH and the given name was read as JANE, unlike the zone" in found.statement
    assert found.next_step


@pytest.mark.parametrize(
    "seen",
    [
        labelled(*OTHER, sure=0.85),
        labelled(("Surname", "ERIKSEM"), sure=0.94),
        labelled(("Surname", "ERIKSSON"), ("Given names", "ANNA MARIA")),
        labelled(("Surname", "ANNA"), ("Given names", "ERIKSSON")),
        replace(labelled(*OTHER), reading=document(doubtful=((7,), ())).reading),
    ],
    ids=["not surely read", "a letter or two", "the same", "the wrong column", "a letter of the zone in doubt"],
)
def test_what_may_be_no_other_name_stays_clear(seen: DocumentSeen) -> None:
    assert one(document_name, seen, claimed_name="Anna Maria Eriksson").outcome is Outcome.NOT_OBSERVED


@pytest.mark.parametrize(
    ("printed", "sure", "outcome"),
    [
        ("01 JAN 1990", 0.999, Outcome.INCONCLUSIVE),
        ("01 JAN 1990", 0.94, Outcome.INCONCLUSIVE),
        ("01 JAN 1990", 0.85, Outcome.NOT_OBSERVED),
        ("12 AUG 1979", 0.94, Outcome.NOT_OBSERVED),
        ("01.02.90", 0.999, Outcome.INCONCLUSIVE),
        ("16 APR 2002", 0.999, Outcome.NOT_OBSERVED),
        ("15 APR 2012", 0.999, Outcome.NOT_OBSERVED),
        ("12 AUG 1974", 0.999, Outcome.NOT_OBSERVED),
    ],
)
def test_another_birth_date_at_its_label_is_open_and_the_date_of_issue_is_none(
    printed: str, sure: float, outcome: Outcome
) -> None:
    found = one(document_dates, labelled(("Date of birth", printed), sure=sure), call_date=date(2012, 4, 1))
    assert found.outcome is outcome
    assert ("the dates found in print are others" in found.statement) is (outcome is Outcome.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("day", "printed", "outcome", "words"),
    [
        (date(2012, 4, 1), (), Outcome.NOT_AVAILABLE, "gives no date of expiry, and none was read in print"),
        (
            date(2012, 4, 1),
            ("15 APR 2012",),
            Outcome.NOT_OBSERVED,
            "valid on 2012-04-01 by the date of expiry in print",
        ),
        (date(2012, 4, 16), ("15 APR 2012",), Outcome.INCONCLUSIVE, "in print, it expired on 2012-04-15"),
    ],
)
def test_without_a_date_of_expiry_nothing_is_called_valid(
    day: date, printed: tuple[str, ...], outcome: Outcome, words: str
) -> None:
    seen = labelled(*(("Date of expiry", text) for text in printed))
    seen = replace(seen, reading=document((BOOK[0], BOOK[1].replace("1204159", "<<<<<<0"))).reading)
    found = one(document_dates, seen, call_date=day)
    assert found.outcome is outcome
    assert words in found.statement
