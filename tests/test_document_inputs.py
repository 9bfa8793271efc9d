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
from tests.documents.bad import covered, grey, huge_png, letter, locked_pdf, pdf, save, selfie, several, thumbnail
from verifier import api
from verifier.checks.document_words import HAND_IN
from verifier.document_desk import DocumentResult
from verifier.documents.zone_reading import LineStatus
from verifier.findings import Outcome
from verifier.report.document_html import NOTHING, documents_page, headline

SAMPLES = Path(__file__).parents[1] / "samples" / "media"


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
            "upside down": save(folder, "upside", np.ascontiguousarray(book[::-1, ::-1])),
            "covered": save(folder, "covered", covered(make("TD3", "small", 5))),
            "three": save(folder, "three", several("TD3", "TD2", "MRV-B")),
            "selfie": save(folder, "selfie", selfie(book)),
            "letter": save(folder, "letter", letter()),
            "many": pdf(folder / "many.pdf", [*[np.full((300, 400, 3), 250, np.uint8)] * 4, book, book]),
            "locked": locked_pdf(folder / "locked.pdf"),
            "huge": huge_png(folder / "huge.png"),
            "face": SAMPLES / "passport-photo.jpg",
        }
        self._read: dict[str, DocumentResult] = {}

    def __getitem__(self, name: str) -> DocumentResult:
        if name not in self._read:
            (self._read[name],) = api.check_documents([self._files[name]])
        return self._read[name]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("inputs"))


@pytest.mark.parametrize("name", ["several", "three", "thumbnail", "back", "cut", "covered", "two"])
def test_no_line_is_wrong_with_confidence(name: str, results: Desk) -> None:
    truth = {line for kind in ("TD3", "TD2", "MRV-B") for line in make(kind, "small", 5).lines}
    truth |= {line for back in (True, False) for line in card(back_only=back).lines}
    result = results[name]
    assert not result.reason
    assert result.seen is not None
    for line in result.seen.reading.lines if result.seen.reading else ():
        assert line.status is not LineStatus.CONFIRMED or line.text in truth


@pytest.mark.parametrize(("name", "count"), [("several", 2), ("three", 3)])
def test_several_documents_are_said_and_no_portrait_is_picked(name: str, count: int, results: Desk) -> None:
    several = results[name]
    assert several.seen is not None
    assert f"{count} documents seem to be in the picture" in several.seen.notes[0]
    assert outcomes(several)["document-portrait"] is Outcome.NOT_AVAILABLE
    assert outcomes(several)["document-ghost"] is Outcome.NOT_AVAILABLE


@pytest.mark.parametrize("name", ["mirrored", "selfie", "upside down", "grey"])
def test_a_mirrored_or_turned_picture_and_a_copy_are_read(name: str, results: Desk) -> None:
    seen = results[name].seen
    assert seen is not None
    assert seen.reading is not None
    assert tuple(line.text for line in seen.reading.lines) == make("TD3", "small", 5).lines
    assert any("mirrored" in note for note in seen.notes) == (name in ("mirrored", "selfie"))
    assert any("turned" in note and "degrees" in note for note in seen.notes) == (name == "upside down")


@pytest.mark.parametrize("name", ["face", "letter"])
def test_what_is_no_document_is_never_clean(name: str, results: Desk) -> None:
    result = results[name]
    found = outcomes(result)
    assert found["mrz"] is found["document-dates"] is Outcome.NOT_AVAILABLE
    assert not any("valid" in f.statement for f in result.findings)
    assert all(f.next_step for f in result.findings if f.outcome is Outcome.NOT_AVAILABLE)
    page = documents_page([result], None)
    assert (headline(result), "<article" in page, HAND_IN in page) == (NOTHING, False, True)


def test_pages_beyond_the_first_are_said(results: Desk) -> None:
    seen = results["many"].seen
    assert seen is not None
    assert "the PDF has 6 pages: only the first 4 were read" in seen.notes
    assert set(outcomes(results["many"]).values()) == {Outcome.NOT_AVAILABLE}


@pytest.mark.parametrize(("name", "words"), [("locked", "password"), ("huge", "far too many pixels")])
def test_a_locked_or_hostile_file_is_one_line(name: str, words: str, results: Desk) -> None:
    result = results[name]
    assert result.seen is None
    assert words in result.reason
    assert "\n" not in result.reason


@pytest.mark.parametrize("name", ["thumbnail", "cut", "covered"])
def test_what_is_too_small_cut_or_covered_is_never_clean(name: str, results: Desk) -> None:
    found = outcomes(results[name])
    assert found["mrz"] in (Outcome.NOT_AVAILABLE, Outcome.INCONCLUSIVE)
    assert all(f.next_step for f in results[name].findings if f.outcome is Outcome.NOT_AVAILABLE)


def test_two_sides_belong_together(results: Desk) -> None:
    assert outcomes(results["back"])["document-portrait"] is Outcome.NOT_AVAILABLE
    pages = results["two"]
    assert pages.seen is not None
    assert pages.seen.page_number == 2
    assert any("its front is on page 1" in note for note in pages.seen.notes)
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
    assert 'class="look c-document-portrait c-document-ghost c-document-editing"' in documents_page([result], None)
