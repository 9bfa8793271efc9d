"""What a photo's EXIF block says about its making: a few labelled facts, cleaned and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Exif

_EXIF_BLOCK, _GPS_BLOCK = 0x8769, 0x8825
_LABELS = {
    0x010F: "camera maker",
    0x0110: "camera model",
    0x0131: "software",
    0x0132: "last changed",
    0x013B: "author",
    0x010E: "description",
    0x8298: "copyright",
}
_INNER_LABELS = {0x9003: "taken", 0x9004: "digitised", 0xA434: "lens"}
_MAX_CHARS = 256


def photo_facts(exif: Exif) -> tuple[tuple[str, str], ...]:
    """Label and value, at most 256 characters each; empty for a photo without EXIF or with a broken one.

    Coordinates are not read out; that there are some is.
    """
    try:
        facts = _labelled(exif, _LABELS) + _labelled(exif.get_ifd(_EXIF_BLOCK), _INNER_LABELS)
        if exif.get_ifd(_GPS_BLOCK):
            facts.append(("location", "stored in the file"))
    except Exception:  # EXIF is written by anybody and Pillow parses it lazily: a broken block is no fact
        return ()
    return tuple(facts)


def _labelled(tags: Mapping[int, object], labels: dict[int, str]) -> list[tuple[str, str]]:
    found = ((label, _clean(tags[tag])) for tag, label in labels.items() if tag in tags)
    return [(label, text) for label, text in found if text]


def _clean(value: object) -> str:
    text = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
    return "".join(char if char.isprintable() else " " for char in text[:_MAX_CHARS]).strip()
