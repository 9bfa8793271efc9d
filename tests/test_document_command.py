from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from typer.testing import CliRunner

from tests.documents.pictures import clean
from verifier import api
from verifier.case import Evidence
from verifier.cli import app
from verifier.documents.reading import DocumentReader, DocumentSeen
from verifier.media.still import Still
from verifier.report.document_html import documents_page, headline
from verifier.report.document_json import dumps, schema


@pytest.fixture(scope="module")
def passport(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "passport.jpg"
    path.write_bytes(clean("TD3").data)
    return path


def test_a_passport_is_read_checked_and_shown(passport: Path) -> None:
    one = clean("TD3")
    results = api.check_documents([passport], name="Nobody Atall")
    data = json.loads(dumps(results, "Nobody Atall"))
    Draft202012Validator(schema()).validate(data)
    (document,) = data["documents"]
    assert [line["text"] for line in document["mrz"]["lines"]] == list(one.lines)
    outcomes = {f["check"]: f["outcome"] for f in document["findings"]}
    assert outcomes["mrz"] == "not_observed"
    assert outcomes["document-name"] == "observed"
    assert document["portrait"]["found"]
    page = documents_page(results, "Nobody Atall")
    assert headline(results[0]) in page
    assert page.count("<polygon") >= 4
    assert page.index('href="#d1-document-name"') < page.index('id="d1-document-name"')
    assert page.index('id="d1-document-name"') < page.index('id="d1-document-barcode"'), "the strongest first"
    assert document["mrz"]["printed_number"]["likeness"] == "same"
    assert document["mrz"]["fields_in_doubt"] == []
    assert "http" not in page.replace("http-equiv", "")


def test_bad_files_are_one_line_each_and_the_others_go_on(passport: Path, tmp_path: Path) -> None:
    svg, text, small = tmp_path / "a.svg", tmp_path / "b.txt", tmp_path / "c.png"
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    text.write_text("no picture")
    Image.new("RGB", (60, 40), "white").save(small)
    run = CliRunner().invoke(
        app,
        [
            "document",
            str(svg),
            str(text),
            str(small),
            "--json",
            str(tmp_path / "d.json"),
            "--out",
            str(tmp_path / "page.html"),
        ],
    )
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    assert run.output.count("verifier: ") == 2
    page = (tmp_path / "page.html").read_text()
    assert ("a.svg" in page, "b.txt" in page, page.count("Could not be used:")) == (True, True, 2)
    data = json.loads((tmp_path / "d.json").read_text())
    Draft202012Validator(schema()).validate(data)
    assert [d["name"] for d in data["documents"]] == ["c.png"]
    assert {f["outcome"] for f in data["documents"][0]["findings"]} == {"not_available"}


def test_nothing_usable_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    run = CliRunner().invoke(app, ["document", str(tmp_path / "none.jpg"), "--out", str(out)])
    assert run.exit_code == 2
    assert not out.exists()


def test_one_file_that_breaks_the_reader_costs_no_batch(
    passport: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = DocumentReader.read

    def breaks_once(self: DocumentReader, evidence: Evidence, stills: Sequence[Still] | None = None) -> DocumentSeen:
        if evidence.name == "broken.jpg":
            raise ValueError("the picture has no such channel")
        return read(self, evidence, stills)

    monkeypatch.setattr(DocumentReader, "read", breaks_once)
    broken = passport.with_name("broken.jpg")
    broken.write_bytes(passport.read_bytes())
    first, second = api.check_documents([broken, passport])
    assert (first.reason, second.reason) == ("This file could not be read (ValueError).", "")
    assert "no such channel" in caplog.text
