"""What is this file? Its content decides, never its name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from verifier.media.recording import probe
from verifier.media.sniff import Content, content_of, read_head
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["recording", "photo", "pdf", "sound"]


def identify(path: Path) -> Kind:
    """Kind of a file; "recording" has a picture track, "sound" has none.

    Raises:
        MediaError: it is none of them; one line that says what it is, or why not, and what to do.
    """
    content = content_of(read_head(path))
    if content is Content.PDF:
        return "pdf"
    if content is not Content.UNKNOWN:
        return "photo"
    return "recording" if probe(path).video is not None else "sound"


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's content, read in pieces.

    Raises:
        MediaError: the file cannot be read.
    """
    read_head(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise MediaError("The file could not be read to its end: copy it to this computer and try again.") from None
