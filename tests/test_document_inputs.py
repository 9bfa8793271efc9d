"""Documents as they come in: several at once, mirrored, copied, cut, tiny, in two pages, edited. One clear outcome each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.document_editing.material import boxes_of
from models.document_editing.seeds import SAVES, portrait_swapped
from samples.documents.print import face, faces
from samples.documents.specimens import Specimen, make
from tests.documents.bad import grey, pdf, save, several, thumbnail
from verifier import api
from verifier.document_desk import DocumentResult
from verifier.documents.zone_reading import LineStatus
from verifier.findings import Outcome
from verifier.report.document_html import documents_page


def outcomes(result: DocumentResult) -> dict[str, Outcome]:
    return {f.check: f.outcome for f in result.findings}


def card(*, back_only: bool) -> Specimen:
    return next(m for seed in range(1, 40) if ((m := make("TD1", "small", seed)).face is None) == back_only)


class Desk:
    """Reads each file when a test first asks for it."""

    def __init__(self, folder: Path) -> None:
        book, two_sided = make("TD3", "small", 5).image, card(back_only=False).image
        half = two_sided.shape[0] // 2
        self._files = {
            "several": save(folder, "several", several("TD3", "TD2")),
            "mirrored": save(folder, "mirrored", np.ascontiguousarray(book[:, ::-1])),
            "grey": save(folder, "grey", grey(book)),
            "thumbnail": thumbnail(folder, book),
            "back": save(folder, "back", card(back_only=True).image),
            "cut": save(folder, "cut", book[:, : int(0.55 * book.shape[1])]),
            "two": pdf(folder / "two.pdf", [two_sided[:half], two_sided[half:]]),
        }
        self._read: dict[str, DocumentResult] = {}

    def __getitem__(self, name: str) -> DocumentResult:
        if name not in self._read:
            (self._read[name],) = api.check_documents([self._files[name]])
        return self._read[name]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("inputs"))


@pytest.mark.parametrize("name", ["several", "thumbnail", "back", "cut", "two"])
def test_no_line_is_wrong_with_confidence(name: str, results: Desk) -> None:
    truth = {line for kind in ("TD3", "TD2") for line in make(kind, "small", 5).lines}
    truth |= {line for back in (True, False) for line in card(back_only=back).lines}
    result = results[name]
    assert not result.reason
    assert result.seen is not None
    for line in result.seen.reading.lines if result.seen.reading else ():
        assert line.status is not LineStatus.CONFIRMED or line.text in truth


def test_several_documents_are_said_and_no_portrait_is_picked(results: Desk) -> None:
    several = results["several"]
    assert several.seen is not None
    assert "2 documents seem to be in the picture" in several.seen.notes[0]
    assert outcomes(several)["document-portrait"] is Outcome.NOT_AVAILABLE


@pytest.mark.parametrize("name", ["mirrored", "grey"])
def test_a_mirrored_picture_and_a_copy_are_read(name: str, results: Desk) -> None:
    seen = results[name].seen
    assert seen is not None
    assert seen.reading is not None
    assert tuple(line.text for line in seen.reading.lines) == make("TD3", "small", 5).lines
    assert any("mirrored" in note for note in seen.notes) == (name == "mirrored")


@pytest.mark.parametrize("name", ["thumbnail", "cut"])
def test_what_is_too_small_or_cut_is_never_clean(name: str, results: Desk) -> None:
    found = outcomes(results[name])
    assert found["mrz"] in (Outcome.NOT_AVAILABLE, Outcome.INCONCLUSIVE)
    assert all(f.next_step for f in results[name].findings if f.outcome is Outcome.NOT_AVAILABLE)


def test_two_sides_belong_together(results: Desk) -> None:
    assert outcomes(results["back"])["document-portrait"] is Outcome.NOT_AVAILABLE
    pages = results["two"]
    assert pages.seen is not None
    assert pages.seen.page_number == 2
    assert any("its portrait is on page 1" in note for note in pages.seen.notes)
    assert outcomes(pages)["document-portrait"] is Outcome.NOT_OBSERVED


def test_a_pasted_portrait_is_found_where_the_reader_saw_it(tmp_path: Path) -> None:
    """Through the whole desk: the portrait's place comes from the reader, not from the truth."""
    one = make("TD3", "phone", 500)
    other = np.asarray(face(next(name for name in faces() if name != one.face)))
    keep = SAVES["as saved"][0]
    edited = keep(portrait_swapped(one.image, boxes_of(one), other, np.random.default_rng(1)))
    path = tmp_path / "edited.png"
    Image.fromarray(edited).save(path)
    (result,) = api.check_documents([path])
    (found,) = (f for f in result.findings if f.check == "document-editing")
    assert found.outcome is Outcome.OBSERVED
    assert "the portrait was saved fewer times" in found.statement
    assert 'class="look c-document-portrait c-document-editing"' in documents_page([result], None)
