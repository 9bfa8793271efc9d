"""The page of identity documents: left the straightened page with what was read outlined, right what was found."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.checks.document_words import HAND_IN
from verifier.document_desk import CHECKS, reason_of
from verifier.documents.places import MOST_SIDE, NAMES
from verifier.documents.zone_print import Likeness, dates_apart, number_in_print
from verifier.findings import Outcome
from verifier.report.glossary import explained, used

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.document_desk import DocumentResult
    from verifier.documents.ocr import Points
    from verifier.documents.reading import DocumentSeen
    from verifier.findings import Finding

BLOCKS = {"reads": "Does it read?", "agrees": "Does it agree?", "picture": "The picture"}
UNREAD = "What could not be looked at"
MARKS = {
    Outcome.OBSERVED: ("look", "▲", "look at this"),
    Outcome.INCONCLUSIVE: ("look", "▲", "open: look at this"),
    Outcome.ERROR: ("unseen", "▨", "the check stopped"),
    Outcome.NOT_AVAILABLE: ("unseen", "▨", "could not be read"),
    Outcome.NOT_OBSERVED: ("clear", "–", "nothing to look at"),
    Outcome.NOT_APPLICABLE: ("clear", "–", "does not apply here"),
}
"""The strongest first."""
NOT_THERE = {
    "mrz": "a licence has none", "document-name": "no name was given to compare with", "document-barcode": "no barcode on this side",
    "document-ghost": "none was seen",
}  # fmt: skip
"""Check -> what it means that its question does not arise."""
SUBJECTS = {
    "mrz": "the machine-readable zone", "document-dates": "the dates", "document-name": "the name", "document-barcode": "the barcode",
    "document-portrait": "the portrait", "document-ghost": "the small second portrait", "document-editing": "traces of editing",
}  # fmt: skip
NOTHING = "No identity document was made out in this picture"

POINTS_AT = {
    "mrz": ("line1", "line2", "line3", "number"), "document-dates": ("birth", "issue", "expiry"), "document-name": ("surname", "given_names"),
    "document-barcode": ("surname", "given_names", "number", "birth", "issue", "expiry"), "document-portrait": ("portrait",), "document-ghost": ("portrait", "ghost"),
}  # fmt: skip
"""Check -> the places of the page that it speaks of: pointing at one shows the other."""


@dataclass(frozen=True)
class _Card:
    """What is said in one place; checks: more than one where they could not look for one and the same reason."""

    checks: tuple[str, ...]
    outcome: Outcome
    statement: str
    next_step: str
    details: tuple[tuple[str, str], ...]
    limits: str

    @property
    def mark(self) -> tuple[str, str, str]:
        """Tone, shape and words."""
        tone, shape, word = MARKS[self.outcome]
        return tone, shape, NOT_THERE.get(self.checks[0], word) if self.outcome is Outcome.NOT_APPLICABLE else word

    @property
    def rank(self) -> int:
        """The strongest first."""
        return list(MARKS).index(self.outcome)

    @property
    def subject(self) -> str:
        return _listed([SUBJECTS[c] for c in self.checks])


@dataclass(frozen=True)
class _Outline:
    points: str
    label: str
    tone: str
    """doubt, look or nothing."""
    checks: tuple[str, ...]


_LIMITS = {check.spec.id: check.spec.limits for checks in CHECKS.values() for check in checks}


def documents_page(results: Sequence[DocumentResult], claimed_name: str | None, *, in_frame: bool = False) -> str:
    """A page that needs no network; pictures are embedded. in_frame: for an iframe's `srcdoc`, as in `html_report.to_html`."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    pages = Environment(loader=PackageLoader("verifier.report"), autoescape=select_autoescape(default=True))
    pages.filters["explained"] = explained
    shown = [_shown(r, r.seen) for r in results if r.seen is not None]
    texts = [t for d in shown for _, cards in d.blocks for c in cards for t in (c.statement, c.next_step, c.limits)]
    return pages.get_template("document.html.j2").render(
        documents=shown,
        glossary=used(texts),
        in_frame=in_frame,
        left_out=[r for r in results if r.seen is None],
        claimed_name=claimed_name,
        checks=[*POINTS_AT, "document-editing"],
    )


def headline(result: DocumentResult) -> str:
    """ "3 things to look at, 1 could not be read": the page's first line."""
    if result.seen is not None and result.seen.reason:
        return NOTHING
    look, unread = result.to_look_at, result.unread
    first = f"{look} thing{'' if look == 1 else 's'} to look at" if look else "Nothing to look at in what could be read"
    return f"{first}, {unread} could not be read" if unread else first


@dataclass(frozen=True)
class _Shown:
    name: str
    headline: str
    seen: DocumentSeen
    lines: tuple[str, ...]
    """Of the page's head, below the headline."""
    blocks: tuple[tuple[str, tuple[_Card, ...]], ...]
    picture: dict[str, object]

    @property
    def first(self) -> list[_Card]:
        """The cards that are to be looked at or could not be read, the strongest first."""
        cards = [c for _, cards in self.blocks for c in cards if c.mark[0] != "clear"]
        return sorted(cards, key=lambda c: c.rank)


def _shown(result: DocumentResult, seen: DocumentSeen) -> _Shown:
    if seen.reason:  # one line instead of a card for every question that does not arise
        why = seen.reason.rpartition(": ")[2]
        lines = (f"{why[:1].upper()}{why[1:]}. {HAND_IN}", *seen.retake)
        return _Shown(result.name, NOTHING, seen, lines, (), _picture(result, seen))
    alike = Counter(reason_of(f) for f in result.findings if reason_of(f))
    together = [reason for reason, count in alike.items() if count > 1]
    blocks = []
    for key, checks in CHECKS.items():
        ids = [check.spec.id for check in checks]
        cards = [_card(f) for f in result.findings if f.check in ids and reason_of(f) not in together]
        blocks.append((BLOCKS[key], tuple(sorted(cards, key=lambda c: c.rank))))
    merged = [_merged([f for f in result.findings if reason_of(f) == reason], reason) for reason in together]
    if merged:
        blocks.append((UNREAD, tuple(merged)))
    lines = tuple(f"{note[:1].upper()}{note[1:]}." for note in seen.notes) + seen.retake
    return _Shown(result.name, headline(result), seen, lines, tuple(blocks), _picture(result, seen))


def _card(f: Finding) -> _Card:
    return _Card((f.check,), f.outcome, f.statement, f.next_step, f.details, _LIMITS[f.check])


def _merged(findings: Sequence[Finding], reason: str) -> _Card:
    """One card for what could not be looked at for one and the same reason."""
    subjects = _listed([SUBJECTS[f.check] for f in findings])
    text = f"{subjects[:1].upper()}{subjects[1:]} could not be looked at: {reason}."
    limits = "Nothing is concluded from what is not there to be seen."
    return _Card(tuple(f.check for f in findings), Outcome.NOT_AVAILABLE, text, findings[0].next_step, (), limits)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _picture(result: DocumentResult, seen: DocumentSeen) -> dict[str, object]:
    if seen.page is None:
        return {"picture": "", "width": 1, "height": 1, "outlines": []}
    scale = min(1.0, MOST_SIDE / max(seen.page.size))
    data = f"data:image/jpeg;base64,{base64.b64encode(result.picture).decode()}" if result.picture else ""
    width, height = (round(side * scale) for side in seen.page.size)
    return {"picture": data, "width": width, "height": height, "outlines": _outlines(seen, scale)}


def _outlines(seen: DocumentSeen, scale: float) -> list[_Outline]:
    values: dict[str, str] = {}
    if seen.visual is not None:
        values = {NAMES.get(f.name, f.name): f.value for f in seen.visual.labelled}
        values |= {NAMES.get(f.name, f.name): f.value for f in seen.visual.fields}
    lines = {f"line{n}": line for n, line in enumerate(seen.reading.lines, 1)} if seen.reading else {}
    edited = set(seen.traces.to_outline) if seen.traces else set()
    apart = _apart(seen)
    found = [_Outline(_points(corners, scale), label, "look", checks) for checks, label, corners in apart]
    for name, corners in seen.places.items():
        if any(np.array_equal(corners, other) for *_, other in apart):
            continue
        checks = tuple(check for check, names in POINTS_AT.items() if name in names)
        label = name.replace("line", "line ").replace("_", " ")
        if name in lines:
            label += f" of the machine-readable zone: {lines[name].status.value}"
        elif name in values:
            label += f": {values[name]}"
        tone = "look" if name in edited else "doubt" if name in lines and lines[name].doubtful else ""
        found.append(
            _Outline(_points(corners, scale), label, tone, (*checks, "document-editing") if tone == "look" else checks)
        )
    return found


def _points(corners: Points, scale: float) -> str:
    return " ".join(f"{x * scale:.1f},{y * scale:.1f}" for x, y in corners)


def _apart(seen: DocumentSeen) -> list[tuple[tuple[str, ...], str, Points]]:
    """What is printed otherwise than the zone has it: its checks, what to say of it, and where it stands."""
    found: list[tuple[tuple[str, ...], str, Points]] = []
    for name in ("birth", "expiry"):
        days: dict[bytes, tuple[list[str], Points]] = {}
        for day, corners in dates_apart(seen, name):
            days.setdefault(corners.tobytes(), ([], corners))[0].append(day.isoformat())
        for printed, corners in days.values():
            label = f"printed: {' or '.join(printed)}; date of {name} in the zone: {getattr(seen, name).isoformat()}"
            found.append((("document-dates",), label, corners))
    number = number_in_print(seen)
    if number is not None and number.likeness in (Likeness.NEARLY, Likeness.DIFFERENT):
        found.append((("mrz",), f"printed: {number.printed}; number in the zone: {number.zone}", number.corners))
    return found
