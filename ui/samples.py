"""The made-up candidate that comes with the repository: generated media that show nobody; absent in an installed wheel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from verifier_ui.desk import Desk, Shelf

FOLDER = Path(__file__).resolve().parents[1] / "samples" / "media"
DOCUMENT = FOLDER.parent / "documents" / "media" / "td3-phone-4.jpg"
NAME, NAME_ON_DOCUMENT = "Jordan Reyes", "Yuki Jokinen"
ENDINGS: dict[Shelf, set[str]] = {
    "recordings": {".mp4"},
    "references": {".jpg", ".jpeg", ".png", ".webp"},
    "transcripts": {".vtt"},
}


def available() -> bool:
    return (FOLDER / "round-1.mp4").is_file()


def fill(desk: Desk, shelves: Collection[Shelf] = tuple(ENDINGS), *, documents: bool = False) -> None:
    """Puts copies of the sample files on the desk, in place of what was there. documents: a passport instead of the calls."""
    from verifier.api import look_at, look_at_transcript

    desk.clear()
    for shelf in shelves:
        found = sorted(p for p in FOLDER.iterdir() if p.suffix.lower() in ENDINGS[shelf])
        if documents:
            found = [DOCUMENT] if shelf == "references" else []
        for source in found:
            path = desk.place(source.name)
            shutil.copyfile(source, path)
            desk.take(path, look_at_transcript(path) if shelf == "transcripts" else look_at(path), shelf)
    desk.name = NAME_ON_DOCUMENT if documents else NAME
    desk.notes = ["These files are generated and show nobody. Step 1 still asks: tick it to go on."]
