"""Programs that a file names, wherever it names them; files without any, broken files, files of other kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from verifier.documents.editing_metadata import MAX_CHARS, MAX_FACTS, program_facts

PICTURE = Image.new("RGB", (16, 16), "white")


def test_exif_and_xmp_of_a_jpeg(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0131] = "GIMP 2.10"
    xmp = b'<x:xmpmeta><rdf:Description xmp:CreatorTool="Adobe Photoshop 25" /><a softwareAgent="Affinity Photo"/></x:xmpmeta>'
    PICTURE.save(tmp_path / "a.jpg", exif=exif, xmp=xmp)
    assert program_facts(tmp_path / "a.jpg") == (
        ("EXIF", "GIMP 2.10"),
        ("XMP", "Adobe Photoshop 25"),
        ("XMP", "Affinity Photo"),
    )


def test_the_text_of_a_png(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("Software", "Paint\x00 " + "x" * 5000)
    PICTURE.save(tmp_path / "a.png", pnginfo=info)
    ((where, text),) = program_facts(tmp_path / "a.png")
    assert where == "PNG text"
    assert text.startswith("Paint")
    assert len(text) <= MAX_CHARS


def test_a_pdf_names_its_producer(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "a.pdf", creator="Scanner App", producer="Some Library")
    assert ("PDF", "Scanner App") in program_facts(tmp_path / "a.pdf")


def test_many_names_are_bounded(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "a.jpg", xmp=b"".join(b'<a softwareAgent="p%d"/>' % n for n in range(1000)))
    assert len(program_facts(tmp_path / "a.jpg")) == MAX_FACTS


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1\x00", b"<svg/>"])
def test_broken_files_and_other_kinds_say_nothing(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    assert program_facts(tmp_path / "a.jpg") == ()


def test_a_plain_picture_says_nothing(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "a.jpg")
    assert program_facts(tmp_path / "a.jpg") == ()
