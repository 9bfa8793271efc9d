"""What a file is by its first bytes, and the plain-words refusals that need no decoder."""

from __future__ import annotations

import stat
from enum import StrEnum
from typing import TYPE_CHECKING

from verifier.media.types import MediaError

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 4096
"""How much of a file is looked at before a decoder sees it."""

_MAX_BOXES = 100_000
_TEXT_BYTES = frozenset(range(0x20, 0x100)) | {0x07, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1B}
_PHOTO_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PLAYLIST_MARKS = (
    b"#extm3u",
    b"#ext-x-",
    b"ffconcat",
    b"[playlist]",
    b"<mpd",
    b"<smil",
    b"<asx",
    b"v=0\r\n",
    b"v=0\no=",
)
_OTHERS = (
    (b"PK\x03\x04", "This is a ZIP archive or an Office document: hand in the recording or photo inside it."),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7z archive: unpack it and hand in the recording or photo inside it."),
    (b"Rar!\x1a\x07", "This is a RAR archive: unpack it and hand in the recording or photo inside it."),
    (b"II*\0", "This is a TIFF picture, which is not read: save it as PNG or JPEG."),
    (b"MM\0*", "This is a TIFF picture, which is not read: save it as PNG or JPEG."),
    (b"MZ", "This is a program, not a recording or a photo."),
    (b"\x7fELF", "This is a program, not a recording or a photo."),
)


class Content(StrEnum):
    """What the first bytes say; `UNKNOWN` leaves the word to the media decoder."""

    PNG = "PNG photo"
    JPEG = "JPEG photo"
    WEBP = "WebP photo"
    GIF = "GIF picture"
    HEIC = "HEIC photo"
    PDF = "PDF document"
    UNKNOWN = "unknown"


def read_head(path: Path) -> bytes:
    """The first `HEAD_BYTES` of a regular, readable, non-empty file; MediaError for anything else."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise MediaError("This is a folder, not a file: hand in the recording or photo inside it.")
        if not stat.S_ISREG(mode):
            raise MediaError("This is a device or a pipe, not a file: save the recording to a file first.")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise MediaError("There is no such file: check the name and the folder.") from None
    except PermissionError:
        raise MediaError("The file may not be read: ask its owner for permission to read it.") from None
    except (OSError, ValueError):  # ValueError: a NUL character in the name
        raise MediaError("The file could not be opened: copy it to this computer and try again.") from None
    if not head:
        raise MediaError("The file is empty: copy or download it again.")
    return head


def content_of(head: bytes) -> Content:
    """What the first bytes announce. The name of the file plays no part.

    Raises:
        MediaError: the file is known to be nothing that is read: text, a playlist, an archive, a program, zeros.
    """
    for mark, content in (
        (b"\x89PNG\r\n\x1a\n", Content.PNG),
        (b"\xff\xd8\xff", Content.JPEG),
        (b"GIF87a", Content.GIF),
        (b"GIF89a", Content.GIF),
    ):
        if head.startswith(mark):
            return content
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Content.WEBP
    if head[4:8] == b"ftyp" and _is_heic(head):
        return Content.HEIC
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        raise MediaError("This is an AVIF picture, which is not read: save it as PNG or JPEG.")
    if b"%PDF-" in head[:1024]:
        return Content.PDF
    for mark, line in _OTHERS:
        if head.startswith(mark):
            raise MediaError(line)
    _refuse_text(head)
    if not head.strip(b"\0"):
        raise MediaError("The file starts with zeros only: it was not copied completely; copy it again.")
    return Content.UNKNOWN


def _is_heic(head: bytes) -> bool:
    """Apple's photos share the box layout of mp4; only the brands tell them apart."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    major, others = head[8:12], {head[at : at + 4] for at in range(16, size, 4)}
    moving = {b"isom", b"mp41", b"mp42", b"iso2", b"iso5", b"iso6", b"qt  "}
    return major in _PHOTO_BRANDS and not (others & moving)


def _refuse_text(head: bytes) -> None:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff")) and len(head) > 3
    if utf16:
        head = head.decode("utf-16", errors="replace").encode()
    low = head.lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    if low.startswith(_PLAYLIST_MARKS) or b"<mpd" in low[:512] or low.startswith((b"file '", b'file "')):
        raise MediaError(
            "This is a playlist: a text that names other files. Hand in the recording itself; "
            "nothing that a playlist names is opened."
        )
    if not utf16 and not _looks_like_text(head):
        return
    if b"<svg" in low:
        raise MediaError("This is a drawing (SVG), not a photo: save it as PNG or JPEG.")
    if low.startswith((b"<!doctype html", b"<html")):
        raise MediaError("This is a web page, not a recording or a photo: download the file itself.")
    raise MediaError("This is a text file, not a recording or a photo.")


def _looks_like_text(head: bytes) -> bool:
    if not _TEXT_BYTES.issuperset(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut in two by the end of the buffer is still text; old 8-bit code pages
        # hold mostly letters, compressed media do not.
        if error.start >= len(head) - 3 and len(head) == HEAD_BYTES:
            return True
        return sum(byte < 0x80 for byte in head) > 0.7 * len(head)
    return True


def ends_inside_a_box(path: Path) -> bool:
    """Whether an mp4 or mov file stops before its last box does: a download or a recorder was interrupted.

    A fragmented file in this state plays to its last whole piece without any other sign that more was there.
    """
    size = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(_MAX_BOXES):
            file.seek(at)
            header = file.read(16)
            if len(header) < 8:
                return at < size
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            if length == 0:
                return False  # "to the end of the file"
            if length < 8 or at + length > size:
                return True
            at += length
            if at == size:
                return False
    return False
