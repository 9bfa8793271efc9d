"""Words on the page of documents that its readers need not know, each with what it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

TERMS = {
    "machine-readable zone": "the two or three lines of capitals, digits and < on a passport's page or a card's back, made for machines to read",
    "zone": "the machine-readable zone: the lines of capitals, digits and < made for machines to read",
    "check digits": "digits worked out from the others by a public rule: a slip in copying shows, a careful forgery does not",
    "check digit": "a digit worked out from the others by a public rule: a slip in copying shows, a careful forgery does not",
    "barcode": "the block of small bars on the back of North American licences, which repeats what is printed",
    "PDF417": "the kind of barcode on the back of North American licences",
    "AAMVA": "the body that sets how North American licences are made",
    "ICAO": "the United Nations' body for air travel, which sets how passports are made",
    "ghost image": "the holder's portrait printed once more, small and pale",
    "correlation": "how alike two pictures are: 1 the same, 0 nothing in common",
    "likelihood ratio": "how many times more likely a finding is if one explanation holds than if the other does",
    "OCR-B": "the typeface of the machine-readable zone",
}
_ANY = re.compile(r"\b(" + "|".join(map(re.escape, TERMS)) + r")\b", re.IGNORECASE)


def explained(text: str) -> Markup:
    """The text with what its hard words mean behind them, shown where they are pointed at."""
    from markupsafe import Markup, escape

    parts = _ANY.split(text)  # every second one is a term
    shown = [
        Markup('<abbr title="{}">{}</abbr>').format(_meaning(p), p) if k % 2 else escape(p) for k, p in enumerate(parts)
    ]
    return Markup("").join(shown)


def used(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The hard words of some texts and what they mean, for readers who cannot point: on paper, on a phone."""
    found = {word.lower() for text in texts for word in _ANY.findall(text)}
    return [(term, meaning) for term, meaning in TERMS.items() if term.lower() in found]


def _meaning(word: str) -> str:
    return next(meaning for term, meaning in TERMS.items() if term.lower() == word.lower())
