"""Lines that were missed or cut short are never confirmed, however surely their characters are read."""

from __future__ import annotations

import numpy as np

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
