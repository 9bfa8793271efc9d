from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFile

from tests.media.clips import number_in, numbered_picture
from tests.media.heic import write_heic
from verifier.media.identify import identify
from verifier.media.still import read_stills
from verifier.media.types import MediaError

PICTURE = numbered_picture(77)


def _save(tmp_path, name, picture=None, **options):
    path = tmp_path / name
    (Pillow.fromarray(PICTURE) if picture is None else picture).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.jpg", {"quality": 95}),
        ("a.webp", {"lossless": True}),
        ("a.gif", {}),
        ("no_ending", {"format": "PNG"}),
    ],
)
def test_formats(tmp_path, name, options):
    path = _save(tmp_path, name, **options)
    (still,) = read_stills(path)
    assert identify(path) == "photo"
    assert still.image.dtype == np.uint8
    assert still.image.shape == PICTURE.shape
    assert still.page is None
    assert still.source_size == (192, 112)
    assert still.notes == ()
    assert number_in(still.image) == 77


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path, orientation):
    upright = Pillow.fromarray(PICTURE)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Transpose that makes the stored picture from the upright one
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Pillow.Exif()
    exif[0x0112], exif[0x0110] = orientation, "Camera\x1b[31m 3000"
    (still,) = read_stills(_save(tmp_path, "a.png", stored, exif=exif))
    assert np.array_equal(still.image, PICTURE)
    assert still.source_size == stored.size
    assert still.facts == (("camera model", "Camera [31m 3000"),)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "I;16"])
def test_colour_modes(tmp_path, mode):
    if mode == "I;16":
        picture = Pillow.fromarray(PICTURE[:, :, 1].astype(np.uint16) * 257)
    else:
        picture = Pillow.fromarray(PICTURE).convert(mode)
    path = _save(tmp_path, "a.jpg" if mode == "CMYK" else "a.png", picture)
    (still,) = read_stills(path)
    assert still.image.shape == PICTURE.shape
    assert number_in(still.image) == 77
    if mode == "I;16":
        assert np.array_equal(still.image[:, :, 0], PICTURE[:, :, 1])


def test_see_through_parts_become_white(tmp_path):
    layered = np.dstack([PICTURE, np.zeros(PICTURE.shape[:2], np.uint8)])
    (still,) = read_stills(_save(tmp_path, "a.png", Pillow.fromarray(layered)))
    assert (still.image == 255).all()


def test_moving_pictures_say_so(tmp_path):
    frames = [Pillow.fromarray(numbered_picture(number)) for number in (5, 6)]
    for name in ("a.gif", "a.webp", "a.png"):
        (still,) = read_stills(_save(tmp_path, name, frames[0], save_all=True, append_images=frames[1:]))
        assert number_in(still.image) == 5
        assert still.notes == ("the picture moves: only its first image was read",)


def test_large_photos_are_made_smaller(tmp_path):
    for name in ("a.jpg", "a.png"):
        (still,) = read_stills(_save(tmp_path, name, Pillow.new("RGB", (9000, 3000), "red")))
        assert still.image.shape == (1365, 4096, 3)
        assert still.source_size == (9000, 3000)


def _png_header(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9500, 20_000, 100_000])
def test_too_many_pixels_are_refused_by_the_header(tmp_path, side, recwarn):
    path = tmp_path / "bomb.png"
    path.write_bytes(_png_header(side, side))
    with pytest.raises(MediaError, match="pixels"):
        read_stills(path)
    assert not recwarn


@pytest.mark.parametrize("switch", [False, True])
def test_a_cut_off_jpeg_is_used_and_told_whatever_other_packages_set(tmp_path, monkeypatch, switch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", switch)
    noisy = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    path = _save(tmp_path, "a.jpg", Pillow.fromarray(noisy))
    path.write_bytes(path.read_bytes()[:-9000])
    (still,) = read_stills(path)
    assert still.notes == ("the file is cut off: the lower part of the picture is missing",)
    cut_png = _save(tmp_path, "a.png", Pillow.fromarray(noisy))
    cut_png.write_bytes(cut_png.read_bytes()[:-9000])
    with pytest.raises(MediaError, match="damaged or cut off"):
        read_stills(cut_png)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is switch


@pytest.mark.parametrize("quarter_turns", [0, 1, 3])
def test_heic(tmp_path, quarter_turns):
    pytest.importorskip("pi_heif", reason="HEIC needs pi-heif")
    path = write_heic(tmp_path / "IMG_0001.jpg", PICTURE, tmp_path, quarter_turns)
    assert identify(path) == "photo"
    (still,) = read_stills(path)
    assert number_in(np.rot90(still.image, -quarter_turns)) == 77


def _pdf(pages, size=(192, 112)):
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_pdf_pages(tmp_path):
    path = tmp_path / "a.bin"
    Pillow.fromarray(PICTURE).resize((1920, 1120), 0).save(path, format="PDF", resolution=400)
    (still,) = read_stills(path)
    assert identify(path) == "pdf"
    assert still.page == 1
    assert still.source_size == pytest.approx((960, 560), abs=1)
    assert number_in(still.image) == 77
    path.write_bytes(_pdf(5))
    stills = read_stills(path, max_pages=3)
    assert [still.page for still in stills] == [1, 2, 3]
    assert stills[0].notes == ("the PDF has 5 pages: only the first 3 were read",)
    path.write_bytes(_pdf(1, (14_400, 100)))
    assert read_stills(path)[0].image.shape[1] == 4096


# 40-bit RC4, user password "secret": the smallest file that needs one; /O and /U are what matters
ENCRYPTED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF\n"
)


def test_a_protected_pdf_says_so(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(ENCRYPTED_PDF)
    with pytest.raises(MediaError, match="protected with a password"):
        read_stills(path)


@pytest.mark.parametrize("content", [b"%PDF-1.4\n", b"%PDF-1.7\n" + bytes(500)])
def test_a_broken_pdf_says_so(tmp_path, content):
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with pytest.raises(MediaError, match="damaged"):
        read_stills(path)
