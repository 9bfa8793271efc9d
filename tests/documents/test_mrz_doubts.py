"""Lines that were missed or cut short are never confirmed, however surely their characters are read."""

from __future__ import annotations

import numpy as np
import pytest

from samples.documents.specimens import make
from verifier.documents.lattice import Grid
from verifier.documents.mrz_doubts import LineEvidence
from verifier.documents.mrz_formats import ALPHABET
from verifier.documents.mrz_reader import _likeliest
from verifier.documents.zone_reading import LineStatus


def evidence(text: str) -> LineEvidence:
    """Both readers are sure of every character."""
    cells = np.full((len(text), len(ALPHABET)), 1e-6)
    cells[np.arange(len(text)), [ALPHABET.index(c) for c in text]] = 1
    cells /= cells.sum(axis=1, keepdims=True)
    return LineEvidence(cells, cells, np.zeros(len(text)), Grid(0.0, 1.0))


def test_two_lines_of_a_card_with_three_are_not_taken_for_another_card() -> None:
    lines = [evidence(text) for text in make("TD1", "scan", 300).lines]
    whole = _likeliest(lines)
    assert whole is not None
    assert all(line.status is LineStatus.CONFIRMED for line in whole.lines)
    assert _likeliest([lines[0], lines[2]]) is None


def test_two_lines_that_begin_like_the_swiss_licence_are_read() -> None:
    found = _likeliest([evidence("FACHE123456789012<<850203<<<<<"), evidence("MUSTER<<ANNA".ljust(30, "<"))])
    assert found is not None
    assert found.parsed is not None
    assert found.parsed.format.name == "CHE-DL"


def test_a_passport_whose_fillers_were_cut_off_is_not_confirmed() -> None:
    first, second = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C36UTO7408122F1204159<<<<<<<<")
    found = _likeliest([evidence(first), evidence(second)])
    assert found is not None
    assert found.lines[1].status is LineStatus.FLAGGED
    assert found.lines[1].doubtful == (35,)


DATA = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
NAMES = "P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<")


def wavering(line: int, at: int, chances: dict[str, float]) -> list[LineEvidence]:
    """The book, one character of which both readers waver about."""
    found = [evidence(NAMES), evidence(DATA)]
    cells = found[line].first.copy()
    cells[at] = [chances.get(c, 1e-6) for c in ALPHABET]
    found[line] = LineEvidence(cells, cells, found[line].strange, found[line].grid)
    return found


def test_a_likely_character_is_settled_by_the_digit_over_it() -> None:
    read = _likeliest(wavering(1, 3, {"8": 0.91, "3": 0.09}))
    assert read is not None
    assert read.lines[1].status is LineStatus.CONFIRMED


@pytest.mark.parametrize(("at", "rivals"), [(1, ("8", "S")), (4, ("9", "J")), (1, ("8", "B"))])
def test_a_rival_of_the_same_value_is_settled_by_no_digit(at: int, rivals: tuple[str, str]) -> None:
    read = _likeliest(wavering(1, at, {rivals[0]: 0.9, rivals[1]: 0.1}))
    assert read is not None
    assert (read.lines[1].status is LineStatus.FLAGGED) == (rivals[1] != "B")


def test_no_repair_breaks_a_digit_that_holds() -> None:
    wrong = DATA[:-1] + "5"  # with 3 in place of 8 the composite digit would hold, and the number's would not
    found = wavering(1, 3, {"8": 0.91, "3": 0.09})
    last = evidence(wrong)
    found[1].first[-1] = last.first[-1]
    read = _likeliest(found)
    assert read is not None
    assert (read.lines[1].text, read.repairs) == (wrong, ())


def test_two_digits_over_an_unlikely_character_are_one_witness() -> None:
    read = _likeliest(wavering(1, 3, {"8": 0.52, "3": 0.48}))
    assert read is not None
    assert read.lines[1].doubtful == (3,)


def test_what_was_changed_so_that_a_digit_holds_stays_in_doubt() -> None:
    read = _likeliest(wavering(1, 3, {"3": 0.6, "8": 0.4}))
    assert read is not None
    assert read.lines[1].text == DATA
    assert read.lines[1].doubtful == (3,)
