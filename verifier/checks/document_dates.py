"""Are the dates of the document possible, does the print agree with the zone, and is it valid on the day of the call?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of, unread, why_unread
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen

spec = CheckSpec(
    id="document-dates",
    question="Are the dates of the document possible, and is it valid on the day of the call?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "Birth and expiry are taken from the machine-readable zone (a birth date is the latest that is not in the future), looked "
        "for in print by their shape, and compared with the day of the call. No labelled public data; behaviour only."
    ),
    limits=(
        "Two digits of a year leave the century open. Calendars other than the Gregorian one, and dates in scripts that are not "
        "read here, are not found in print: then nothing is said about print. An expired document says nothing about who holds it."
    ),
    follow_up="Read the dates on the page; ask whether there is a newer document.",
    needs=("document",),
)
DATES_IN_PRINT = 3
"""Lines with dates that a page is taken to have been read with: birth, issue and expiry."""
YOUNGEST = 14
"""Years: a younger holder is worth a look where somebody applies for work."""


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    day = case.call_date or datetime.now(UTC).date()
    return for_each(case, make, lambda seen: [_one(seen, day, make)])


def _one(seen: DocumentSeen, day: date, make: FindingFactory) -> Finding:
    why = why_unread(seen)
    if why:
        return unread(make, seen, f"The dates of {name_of(seen)} could not be read", why)
    odd: list[str] = []
    open_: list[str] = []
    good: list[str] = []
    for name, value in (("birth", seen.birth), ("expiry", seen.expiry)):
        text = seen.day_text(name)
        if not text.strip("<"):
            good.append(f"the zone gives no date of {name}")
        elif not seen.sure_of(name):
            open_.append(f"the date of {name} in the zone is in doubt ({text})")
        elif value is None:
            odd.append(f"{text} is no possible date of {name}")
        else:
            odd += _against_day(name, value, day)
            _against_print(seen, name, value, good, open_)
    outcome = Outcome.OBSERVED if odd else Outcome.INCONCLUSIVE if open_ else Outcome.NOT_OBSERVED
    said = "; ".join(odd + open_ or good)
    return make.make(
        outcome,
        f"{_upper(name_of(seen))}: {said}{'' if odd or open_ else f': possible, and valid on {day.isoformat()}'}.",
        rounds=(seen.evidence.id,),
        details=(("Day asked for", day.isoformat()), *(("Date", text) for text in good)),
    )


def _against_print(seen: DocumentSeen, name: str, value: date, good: list[str], open_: list[str]) -> None:
    """A date that is not in print is open only where the print's dates were read: three lines of them."""
    visual = seen.visual
    if visual is not None and visual.field(name) is not None:
        good.append(f"{name} {value.isoformat()}, as printed")
    elif visual is not None and len({tuple(where[0]) for _, where in visual.dates}) >= DATES_IN_PRINT:
        open_.append(f"{name} is {value.isoformat()} in the zone, and the dates found in print are others")
    else:
        good.append(f"{name} {value.isoformat()}, not found in print")


def _against_day(name: str, value: date, day: date) -> list[str]:
    if name == "expiry":
        return [f"it expired on {value.isoformat()}, before {day.isoformat()}"] if value < day else []
    age = day.year - value.year - ((day.month, day.day) < (value.month, value.day))
    return [f"by its date of birth ({value.isoformat()}) the holder is {age} years old"] if age < YOUNGEST else []


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
