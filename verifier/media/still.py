"""Photos and document pages: PNG, JPEG, WebP, GIF (first picture), HEIC and PDF, upright and as 8-bit RGB.

Files are hostile input: each kind is opened by its own reader, and sizes are checked before anything is decoded.
"""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile, ImageOps, UnidentifiedImageError

from verifier.media.photo_facts import photo_facts
from verifier.media.sniff import Content, content_of, read_head
from verifier.media.types import Image, MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pypdfium2 as pdfium

MAX_SOURCE_PIXELS = 80_000_000
"""Larger pictures are refused by what their header says, before they are decoded."""
MAX_SIDE = 4096
"""Pixels: the long side of what is handed out."""
PDF_DPI = 200
MAX_PAGES = 20
_PILLOW_FORMATS = {Content.PNG: "PNG", Content.JPEG: "JPEG", Content.WEBP: "WEBP", Content.GIF: "GIF"}
_DAMAGED = "The picture is damaged or cut off and cannot be read: ask for the original file."
_PILLOW_FAILURES = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    TypeError,
    KeyError,
    IndexError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
)
"""What Pillow's readers are known to raise on broken files; documented is none of it."""

_one_at_a_time = threading.Lock()
"""PDFium may run in one thread only, and Pillow's switch for cut-off files belongs to the whole process."""


@dataclass(frozen=True)
class Still:
    """One upright picture, at most `MAX_SIDE` pixels on its long side."""

    image: Image
    page: int | None
    """Page of a PDF, from 1; None for a photo."""
    source_size: tuple[int, int]
    """Width and height in pixels: of the file, before it was turned upright or made smaller; of a PDF as rendered."""
    facts: tuple[tuple[str, str], ...] = ()
    """What the file says about its making, label and value; see `photo_facts`."""
    notes: tuple[str, ...] = ()
    """What was left out or is missing, in plain words."""


def read_stills(path: Path, max_pages: int = MAX_PAGES) -> tuple[Still, ...]:
    """The photo, or the first `max_pages` pages of a PDF.

    Raises:
        MediaError: the file cannot be used; one line that says why and what to do.
    """
    content = content_of(read_head(path))
    with _one_at_a_time:
        if content is Content.PDF:
            return _pdf_pages(path, max_pages)
        if content is Content.HEIC:
            return (_heic(path),)
        if content in _PILLOW_FORMATS:
            return (_photo(path, content),)
    raise MediaError("This is not a photo or a PDF: save it as PNG, JPEG or PDF.")


def _photo(path: Path, content: Content) -> Still:
    try:
        with _cut_off_files_load(False):
            return _decoded(path, content, ())
    except OSError as error:
        if content is not Content.JPEG or "truncated" not in str(error):
            raise MediaError(_DAMAGED) from None
    except _PILLOW_FAILURES:
        raise MediaError(_DAMAGED) from None
    try:
        with _cut_off_files_load(True):
            return _decoded(path, content, ("the file is cut off: the lower part of the picture is missing",))
    except _PILLOW_FAILURES:
        raise MediaError(_DAMAGED) from None


@contextmanager
def _cut_off_files_load(allowed: bool) -> Iterator[None]:
    """Other packages set Pillow's switch for the whole process; here it is ours for one picture, then theirs."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = allowed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged here, not by Pillow's warning
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _decoded(path: Path, content: Content, notes: tuple[str, ...]) -> Still:
    try:
        picture = Pillow.open(path, formats=(_PILLOW_FORMATS[content],))
    except Pillow.DecompressionBombError:
        raise MediaError("The picture has far too many pixels: save it with 4000 pixels or less a side.") from None
    except UnidentifiedImageError:
        raise MediaError(_DAMAGED) from None
    with picture:
        _refuse_size(picture.size)
        size, facts = picture.size, photo_facts(picture.getexif())
        if content is not Content.JPEG and getattr(picture, "n_frames", 1) > 1:
            notes = (*notes, "the picture moves: only its first image was read")
        picture.draft("RGB", _draft_size(picture))
        picture.load()
        return Still(_to_rgb(_upright(picture)), None, size, facts, notes)


def _draft_size(picture: Pillow.Image) -> tuple[int, int]:
    """JPEG decodes to a half, quarter or eighth nearly for free, as long as `MAX_SIDE` is still reached."""
    scale = min(1.0, MAX_SIDE / max(picture.size))
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _upright(picture: Pillow.Image) -> Pillow.Image:
    try:
        turned = ImageOps.exif_transpose(picture)
    except _PILLOW_FAILURES:  # a broken EXIF block is no reason to refuse the picture
        return picture
    return turned


def _refuse_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_SOURCE_PIXELS:
        raise MediaError(f"The picture is {width} x {height} pixels: save it with 4000 pixels or less a side.")
    if width < 1 or height < 1:
        raise MediaError(_DAMAGED)


def _to_rgb(picture: Pillow.Image) -> Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _from_deep_grey(picture)
    if max(picture.size) > MAX_SIDE:
        picture = picture.convert("RGBA" if _has_alpha(picture) else "RGB")
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
    if _has_alpha(picture):
        layered = picture.convert("RGBA")
        picture = Pillow.new("RGBA", layered.size, "white")
        picture.alpha_composite(layered)
    return np.array(picture.convert("RGB"), dtype=np.uint8)


def _has_alpha(picture: Pillow.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info


def _from_deep_grey(picture: Pillow.Image) -> Pillow.Image:
    """16 bits to 8 by value, where Pillow's own conversion would clip everything above 255 to white."""
    values = np.asarray(picture, dtype=np.float32)
    return Pillow.fromarray(np.clip(np.rint(values / 257), 0, 255).astype(np.uint8))


def _heic(path: Path) -> Still:
    try:
        import pi_heif
    except ImportError:
        raise MediaError("HEIC photos cannot be read here: save the photo as JPEG.") from None
    try:
        # opened directly: registering the reader with Pillow would change what Pillow opens in the whole process
        heif = pi_heif.open_heif(path, convert_hdr_to_8bit=True)
        _refuse_size(heif.size)
        picture = heif.to_pillow()
    except (*_PILLOW_FAILURES, UnidentifiedImageError):
        raise MediaError(_DAMAGED) from None
    notes = ("the file holds several pictures: only the main one was read",) if len(heif) > 1 else ()
    facts = photo_facts(picture.getexif())
    # the reader has turned the picture already; its EXIF orientation must not turn it again
    return Still(_to_rgb(picture), None, heif.size, facts, notes)


def _pdf_pages(path: Path, max_pages: int) -> tuple[Still, ...]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise MediaError(_why_no_pdf(str(error))) from None
    try:
        count = len(document)
        notes = (f"the PDF has {count} pages: only the first {max_pages} were read",) if count > max_pages else ()
        pages = tuple(_pdf_page(document, number, notes) for number in range(min(count, max_pages)))
    except (pdfium.PdfiumError, ValueError, MemoryError, OverflowError):
        raise MediaError(
            "The PDF is damaged and its pages cannot be drawn: ask for it again, or for a photo."
        ) from None
    finally:
        document.close()
    if not pages:
        raise MediaError("The PDF has no pages: ask for it again, or for a photo.")
    return pages


def _why_no_pdf(error: str) -> str:
    if "password" in error.lower() or "security" in error.lower():
        return "The PDF is protected with a password: open it, print it to a new PDF, and hand that in."
    return "The PDF is damaged and cannot be opened: ask for it again, or for a photo."


def _pdf_page(document: pdfium.PdfDocument, number: int, notes: tuple[str, ...]) -> Still:
    page = document[number]
    try:
        scale = min(PDF_DPI / 72, MAX_SIDE / max(*page.get_size(), 1.0))
        bitmap = page.render(scale=scale)
        image = np.array(bitmap.to_pil().convert("RGB"), dtype=np.uint8)
        bitmap.close()
    finally:
        page.close()
    return Still(image, number + 1, (image.shape[1], image.shape[0]), (), notes)
