"""What a picture's or a PDF's file says about the programs that wrote it. Facts; a check gives them meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import Image as Pillow

from verifier.media.photo_facts import photo_facts
from verifier.media.sniff import Content, content_of, read_head
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_CHARS = 200
MAX_XMP = 200_000
"""Bytes that are looked through; honest blocks have a few thousand."""
MAX_FACTS = 20
_XMP_PROGRAM = re.compile(r'(?:CreatorTool|softwareAgent)(?:="|>)([^"<]{1,200})')
_PICTURES = {Content.PNG: "PNG", Content.JPEG: "JPEG", Content.WEBP: "WEBP"}
_FAILURES = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError, RuntimeError)


def program_facts(path: Path) -> tuple[tuple[str, str], ...]:
    """Where it stands (EXIF, XMP, PNG text, Photoshop block, PDF) and what it says; empty for files that say nothing or are broken."""
    try:
        content = content_of(read_head(path))
    except MediaError:
        return ()
    found = _of_pdf(path) if content is Content.PDF else _of_picture(path, content)
    clean = ((where, "".join(c for c in text if c.isprintable())[:MAX_CHARS].strip()) for where, text in found)
    return tuple(dict.fromkeys(fact for fact in clean if fact[1]))[:MAX_FACTS]


def _of_picture(path: Path, content: Content | None) -> list[tuple[str, str]]:
    if content not in _PICTURES:
        return []
    try:
        with Pillow.open(path, formats=(_PICTURES[content],)) as picture:
            info = picture.info
            found = [("EXIF", text) for label, text in photo_facts(picture.getexif()) if label == "software"]
            found += [("PNG text", str(info[key])) for key in ("Software", "software") if key in info]
            found += [("XMP", text) for text in _of_xmp(info.get("xmp") or info.get("XML:com.adobe.xmp") or "")]
            if "photoshop" in info:
                found.append(("Photoshop block", "written by Adobe Photoshop or a program that keeps its data"))
    except (*_FAILURES, Pillow.DecompressionBombError):
        return []
    return found


def _of_xmp(block: object) -> Iterable[str]:
    text = block[:MAX_XMP].decode("utf-8", errors="replace") if isinstance(block, bytes) else str(block)[:MAX_XMP]
    return (match[1] for match in _XMP_PROGRAM.finditer(text))


def _of_pdf(path: Path) -> list[tuple[str, str]]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError):
        return []
    try:
        said = document.get_metadata_dict(skip_empty=True)
    except (pdfium.PdfiumError, *_FAILURES):
        return []
    finally:
        document.close()
    return [("PDF", said[key]) for key in ("Creator", "Producer") if key in said]
