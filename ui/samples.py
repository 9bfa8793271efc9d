"""The made-up candidate that comes with the repository: generated media that show nobody; absent in an installed wheel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier_ui.desk import Desk

FOLDER = Path(__file__).resolve().parents[1] / "samples" / "media"
PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}


def available() -> bool:
    return (FOLDER / "round-1.mp4").is_file()


def fill(desk: Desk) -> None:
    """Puts copies of the sample rounds and photos on the desk, in place of what was there."""
    from verifier.api import look_at

    desk.clear()
    rounds = sorted(FOLDER.glob("round-*.mp4"))
    photos = sorted(p for p in FOLDER.iterdir() if p.suffix.lower() in PHOTOS)
    for shelf, found in (("recordings", rounds), ("references", photos)):
        for source in found:
            path = desk.place(source.name)
            shutil.copyfile(source, path)
            desk.take(path, look_at(path), "recordings" if shelf == "recordings" else "references")
    desk.notes = ["These files are generated and show nobody. Step 1 still asks: tick it to go on."]
