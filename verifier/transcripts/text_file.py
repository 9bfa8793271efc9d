"""A text file somebody handed in -> its characters: encoding told from its bytes, size bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.media.sniff import read_head
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 16_000_000
"""A three-hour transcript with a line for every word has about 3 MB."""
GUESSED = "its characters are in no Unicode encoding; they were read as Western European, so letters with accents may be wrong"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """Characters with line feeds as the only line ends, and what was assumed about them.

    Raises:
        MediaError: no regular text file, or too large; one line.
    """
    read_head(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError:
        raise MediaError("The file could not be read to its end: copy it to this computer and try again.") from None
    if len(raw) > MOST_BYTES:
        raise MediaError("The file is too large for a transcript of one call (more than 16 MB).")
    text, notes = _decoded(raw)
    if "\0" in text:
        raise MediaError("This is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.decode(name, errors="replace"), ()
    if b"\0" in raw[:400]:  # UTF-16 of Western text without a mark: every other byte is zero
        name = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
        return raw.decode(name, errors="replace"), ()
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), (GUESSED,)
