"""One file -> what is seen of the document in it: page, zone, print and portrait. Observation only; checks/ judges."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.documents.aamva import NotAamva, parse
from verifier.documents.aamva_print import said_by_barcode
from verifier.documents.barcode import read_pdf417
from verifier.documents.editing import traces
from verifier.documents.editing_metadata import program_facts
from verifier.documents.mrz import birth_date, expiry_date
from verifier.documents.mrz_reader import ZoneReader
from verifier.documents.ocr import Ocr, OcrMissing
from verifier.documents.page import FIRST_SIDE, Page, straighten
from verifier.documents.places import as_handed_in, places_of
from verifier.documents.portraits import PortraitFacts, portrait_facts
from verifier.documents.quality import SMALL_SIDE, retakes
from verifier.documents.sides import front_of, with_front
from verifier.documents.typeface import Typefaces
from verifier.documents.visual import VisualZone, read_lines, visual_zone
from verifier.documents.zone import Zone, find_zones
from verifier.documents.zone_reading import LineStatus, ZoneReading
from verifier.media.still import read_stills
from verifier.media.types import MediaError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from verifier.case import Evidence
    from verifier.documents.aamva import Licence
    from verifier.documents.editing import EditingTraces
    from verifier.documents.ocr import Points, TextBox
    from verifier.media.still import Still
    from verifier.media.types import Image
    from verifier.observe.portrait import PortraitFinder

MAX_PAGES = 4
"""Pages of a PDF that are looked at: a document's two sides on a page each, and a cover."""
LEAST_LINES = 4
"""Lines of text below which a picture without a zone is not called a document."""


NO_TEXT = "no identity document was made out in it: there are hardly any lines of text"
NO_SIGN = (
    "no identity document was made out in it: there is text, but no portrait, machine-readable zone, barcode or date"
)
_STANDS_IN = {"surname": ("names",), "given": ("names", "given names")}
"""Fields of the layouts that hold a part of the name."""
SHORT_NUMBER = 9
"""Characters of a number's own field: a longer one goes on in the optional data (Doc 9303-5, note j)."""
GLANCE_SIDE = 480
"""Long side in pixels at which a photo that a face fills is searched for text: a fifth of the time."""


@dataclass(frozen=True)
class DocumentSeen:
    """What was seen of the document in one file; `reason`: why nothing was, as half a sentence."""

    evidence: Evidence
    page: Page | None
    page_number: int
    zone: Zone | None
    reading: ZoneReading | None
    visual: VisualZone | None
    portrait: PortraitFacts | None
    retake: tuple[str, ...]
    """What is wrong with the picture and what helps, as sentences."""
    notes: tuple[str, ...]
    """What a reader must know of how it was read: mirrored, several documents, pages left out."""
    reason: str = ""
    licence: Licence | None = None
    """What the PDF417 of a North American licence says."""
    places: Mapping[str, Points] = field(default_factory=dict)
    """Where on the page everything is that was read, by name; see `places.places_of`."""
    traces: EditingTraces | None = None
    documents: int = 1
    """That seem to be in the picture."""
    barcode_unread: bool = False
    """A barcode was seen that could not be read."""

    @property
    def is_back(self) -> bool:
        """It seems to be the back of a card: text without a face, and a zone of three lines, a barcode or neither."""
        faceless = self.portrait is not None and not self.portrait.faces
        return (
            faceless and not self.reason and self.documents == 1 and (self.zone is None or len(self.zone.corners) == 3)
        )

    @property
    def birth(self) -> date | None:
        return self._day("birth")

    @property
    def expiry(self) -> date | None:
        return self._day("expiry")

    def day_text(self, name: str) -> str:
        """YYMMDD as the zone has it; empty without a readable zone."""
        parsed = self.reading.parsed if self.reading else None
        return parsed.values.get(name, "") if parsed else ""

    def sure_of(self, name: str) -> bool:
        """Whether no character of a value is in doubt: of a field of the zone, "surname" or "given"."""
        reading = self.reading
        if reading is None or reading.parsed is None:
            return False
        stands_in = {name, *_STANDS_IN.get(name, ())}
        if name == "number" and len(reading.parsed.values["number"]) > SHORT_NUMBER:
            stands_in.add("optional")
        fields = [f for f in reading.parsed.format.fields if f.name in stands_in]
        return all(not any(f.start <= k < f.end for k in reading.lines[f.line].doubtful) for f in fields)

    def without_pictures(self) -> DocumentSeen:
        """What was read and found, and where; no pixel of the page or of a face."""
        return replace(
            self,
            page=self.page and self.page.without_pixels(),
            zone=self.zone and replace(self.zone, strips=()),
            portrait=self.portrait and self.portrait.without_pictures(),
        )

    def _day(self, name: str) -> date | None:
        text, today = self.day_text(name), datetime.now(UTC).date()
        return birth_date(text, today) if name == "birth" else expiry_date(text, today)


class DocumentReader:
    """Reads documents; one instance per thread. Raises `OcrMissing` where the models are not installed."""

    def __init__(self, portraits: PortraitFinder | None = None) -> None:
        self._ocr = Ocr()
        self._zones, self._typefaces = ZoneReader(self._ocr), Typefaces()
        self._given = portraits

    def read(self, evidence: Evidence, stills: Sequence[Still] | None = None) -> DocumentSeen:
        """The document in a photo or PDF; MediaError when the file cannot be read at all."""
        stills = read_stills(evidence.path, MAX_PAGES) if stills is None else stills[:MAX_PAGES]
        notes = [note for still in stills for note in still.notes]
        programs = program_facts(evidence.path)
        seen = [self._page(evidence, still, notes, programs) for still in stills]
        best = max(seen, key=_worth)
        front = front_of(best, seen)
        return with_front(best, front, *_wanted(best.reading, best.licence)) if front is not None else best

    def looks_like_one(self, image: Image, side: int = FIRST_SIDE) -> bool:
        """Whether a picture has as many lines of text as a document, at a glance with its long side at `side` pixels."""
        return len(self._ocr.boxes(image, side)) >= LEAST_LINES

    def close(self) -> None:
        if "_portraits" in self.__dict__ and self._given is None:
            self._portraits.close()

    @cached_property
    def _portraits(self) -> PortraitFinder:
        from verifier.observe.portrait import PortraitFinder

        return self._given or PortraitFinder()

    def _page(
        self, evidence: Evidence, still: Still, more: Sequence[str], programs: tuple[tuple[str, str], ...]
    ) -> DocumentSeen:
        licence, unread = _licence(still.image)
        page = straighten(self._ocr, still.image, has_code=licence is not None)
        number = still.page or 1
        zones = find_zones(self._ocr, page.image, page.boxes, closer=licence is None)
        zone = zones[0] if zones else None
        notes, count = tuple(dict.fromkeys([*more, *_notes(page, zones)])), _count(page, zones)
        if zone is None and licence is None and len(page.boxes) < LEAST_LINES:
            retake = retakes(page, None) if max(page.size) < SMALL_SIDE else ()
            return DocumentSeen(evidence, page, number, None, None, None, None, retake, notes, NO_TEXT)
        reading = self._zones.read(zone.strips) if zone is not None else None
        lines = read_lines(self._ocr, page.image, _outside(page, zone))
        visual = visual_zone(lines, *_wanted(reading, licence))
        portrait = portrait_facts(self._portraits, page.image)
        places = places_of(zone, visual, portrait)
        edited = traces(still.image, as_handed_in(places, page), programs)
        if zone is not None and reading is not None and reading.lines:
            edited = replace(edited, other_typeface=self._typefaces.lines_apart(zone.strips, reading))
        some = zone or licence or unread or portrait.faces or visual.dates or visual.labelled
        return DocumentSeen(
            evidence, page, number, zone, reading, visual, portrait, retakes(page, zone), notes, "" if some else NO_SIGN,
            licence, places, edited, count, unread,
        )  # fmt: skip


def documents_among(
    files: Sequence[Evidence], portraits: PortraitFinder, close_ups: Collection[str] = ()
) -> tuple[DocumentSeen, ...]:
    """Those of the files that show a document: with a zone, a licence's barcode, or text and dates as cards have them.

    close_ups: ids of photos that a face fills (`portrait.CLOSE_UP`); a quick look must show text in them before they are looked at. Files that cannot be read are left out: whoever asks has said so already. Raises `OcrMissing` where the models are missing.
    """
    reader = DocumentReader(portraits)
    found = []
    for evidence in files:
        try:
            stills = read_stills(evidence.path, MAX_PAGES)
        except MediaError:
            continue
        side = GLANCE_SIDE if evidence.id in close_ups else FIRST_SIDE
        stills = tuple(still for still in stills if reader.looks_like_one(still.image, side))
        seen = reader.read(evidence, stills) if stills else None
        if seen is not None and _is_document(seen):
            found.append(seen)
    return tuple(found)


def _is_document(seen: DocumentSeen) -> bool:
    visual = seen.visual
    return (
        seen.zone is not None
        or seen.licence is not None
        or (visual is not None and bool(visual.dates) and len(visual.lines) >= LEAST_LINES)
    )


def _licence(image: Image) -> tuple[Licence | None, bool]:
    """What a licence's barcode says, and whether there is a barcode that could not be read."""
    codes = read_pdf417(image)
    for text in codes.texts:
        with suppress(NotAamva):
            return parse(text), False
    return None, codes.unread


def _worth(seen: DocumentSeen) -> tuple[int, int, int]:
    """A page with a zone that was read comes before one without, and that before one with little text."""
    read = seen.reading is not None and seen.reading.parsed is not None
    return (
        2 if read or seen.licence else 1 if seen.zone else 0,
        1 if seen.portrait and seen.portrait.found else 0,
        len(seen.page.boxes) if seen.page else 0,
    )


def _notes(page: Page, zones: Sequence[Zone]) -> list[str]:
    notes = []
    if page.mirrored:
        notes.append("the picture is mirrored, as by a front camera; it was turned round before reading")
    if abs(page.turned) > 45:
        notes.append(f"the picture was turned by {abs(page.turned):.0f} degrees before reading")
    if (count := _count(page, zones)) > 1:
        notes.append(f"{count} documents seem to be in the picture; the one with the largest letters was read")
    return notes


def _count(page: Page, zones: Sequence[Zone]) -> int:
    return max(1, len(zones), page.outlines if page.outlines > 2 else 0)


def _outside(page: Page, zone: Zone | None) -> list[TextBox]:
    """Lines of text that are not the zone's."""
    if zone is None:
        return list(page.boxes)
    hull = cv2.convexHull(np.concatenate(zone.corners))
    return [b for b in page.boxes if cv2.pointPolygonTest(hull, b.centre, False) < 0]


def _wanted(reading: ZoneReading | None, licence: Licence | None) -> tuple[dict[str, str], dict[str, date]]:
    """What the print is searched for: the name, the number and the dates of the zone or the barcode."""
    parsed = reading.parsed if reading else None
    days: dict[str, date | None] = {}
    if parsed is not None:
        today = datetime.now(UTC).date()
        wanted = {"surname": parsed.surname, "given": parsed.given, "number": parsed.values.get("number", "")}
        days["birth"] = birth_date(parsed.values.get("birth", ""), today)
        days["expiry"] = expiry_date(parsed.values.get("expiry", ""), today)
    elif licence is not None:
        return said_by_barcode(licence)
    else:
        return {}, {}
    return wanted, {k: v for k, v in days.items() if v is not None}


__all__ = ["DocumentReader", "DocumentSeen", "LineStatus", "OcrMissing"]
