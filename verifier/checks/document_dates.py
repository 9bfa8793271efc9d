"""Are the dates of the document possible, does the print agree with the zone, and is it valid on the day of the call?"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from verifier.checks.base import REASON
from verifier.checks.document_words import for_each, name_of, unread, upper, why_unread
from verifier.documents.zone_print import Known, dates_apart, days_listed, days_without_zone, issue_conflicts
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen

PART_UNKNOWN = re.compile(r"\d\d(0[1-9]|1[0-2])?<*")
"""Doc 9303-3, 4.8: fillers stand for a day, or a month and a day, that is not known."""

spec = CheckSpec(
    id="document-dates",
    question="Are the dates of the document possible, and is it valid on the day of the call?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "Birth and expiry are taken from the machine-readable zone (a birth date is the latest that is not in the future), looked "
        "for in print by their shape, the birth date by its label as well, and compared with the day of the call. Where there is no zone, the barcode of a licence, or print "
        "by its labels, stands in; the date of issue must lie between birth and expiry. No labelled public data; behaviour only."
    ),
    limits=(
        "Two digits of a year leave the century open. Calendars other than the Gregorian one, and dates in scripts that are not "
        "read here, are not found in print: then nothing is said about print. An expired document says nothing about who holds it."
    ),
    follow_up="Read the dates on the page; ask whether there is a newer document.",
    needs=("document",),
)
SHOWN_DATES = 6
YOUNGEST = 14
"""Years: a younger holder is worth a look where somebody applies for work."""


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    day = case.call_date or datetime.now(UTC).date()
    return for_each(case, make, lambda seen: [_one(seen, day, make)])


def _one(seen: DocumentSeen, day: date, make: FindingFactory) -> Finding:
    why = why_unread(seen)
    if why and (known := days_without_zone(seen)):
        return _without_zone(seen, known, day, make)
    if why:
        return unread(make, seen, f"The dates of {name_of(seen)} could not be read", why)
    odd: list[str] = []
    open_: list[str] = []
    good: list[str] = []
    apart: list[str] = []
    for name, value in (("birth", seen.birth), ("expiry", seen.expiry)):
        text = seen.day_text(name)
        if not text.strip("<"):
            good.append(f"the zone gives no date of {name}")
        elif not seen.sure_of(name):
            open_.append(f"the date of {name} in the zone is in doubt ({text})")
        elif name == "birth" and PART_UNKNOWN.fullmatch(text):
            good.append(
                f"the zone gives the date of birth in part ({text}), as documents do whose holder does not know it"
            )
        elif value is None:
            odd.append(f"{text} is no possible date of {name}")
        else:
            odd += _against_day(name, value, day)
            apart += _against_print(seen, name, value, good, open_)
    days = {
        name: ((value,), "in the zone") for name, value in (("birth", seen.birth), ("expiry", seen.expiry)) if value
    }
    known = days_without_zone(seen)
    open_ += issue_conflicts({**known, **days})
    valid = f"valid on {day.isoformat()}"
    if seen.expiry is None and "expiry" in known:
        printed, where = known["expiry"]
        late = [_against_day("expiry", value, day) for value in printed]
        open_ += [f"{where}, {late[0][0]}"] if all(late) else []
        valid += f" by the date of expiry {where} ({days_listed(printed)})"
    elif seen.expiry is None and not (odd or open_):
        why = "its zone gives no date of expiry, and none was read in print"
        finding = unread(make, seen, f"Whether {name_of(seen)} is valid could not be read", why)
        return replace(finding, details=((REASON, why), *(("Date", text) for text in good)))
    outcome = Outcome.OBSERVED if odd else Outcome.INCONCLUSIVE if open_ else Outcome.NOT_OBSERVED
    said = "; ".join(odd + open_ or good)
    finding = make.make(
        outcome,
        f"{upper(name_of(seen))}: {said}{'' if odd or open_ else f': possible, and {valid}'}.",
        rounds=(seen.evidence.id,),
        details=(("Day asked for", day.isoformat()), *(("Date", text) for text in good)),
    )
    return replace(finding, next_step=_look_for(apart)) if apart and not odd else finding


def _without_zone(seen: DocumentSeen, known: Known, day: date, make: FindingFactory) -> Finding:
    """Print carries no check digit: what is odd in it is open, and only what the barcode says counts as read for sure."""
    odd: list[str] = []
    open_ = issue_conflicts(known)
    for name, (days, where) in known.items():
        said = [_against_day(name, value, day) for value in days] if name != "issue" else [[]]
        if all(said):
            (odd if where == "in the barcode" else open_).append(f"{where}, {said[0][0]}")
    listed = tuple(("Date", f"{name} {days_listed(days)}, {where}") for name, (days, where) in known.items())
    if not (odd or open_ or "expiry" in known):
        why = "it has no machine-readable zone that was found, and no date of expiry was read in print"
        return replace(
            unread(make, seen, f"Whether {name_of(seen)} is valid could not be read", why),
            details=((REASON, why), *listed),
        )
    outcome = Outcome.OBSERVED if odd else Outcome.INCONCLUSIVE if open_ else Outcome.NOT_OBSERVED
    good = f"by what was read {known['expiry'][1]}, it is valid on {day.isoformat()}" if "expiry" in known else ""
    text = f"{upper(name_of(seen))}: {'; '.join(odd + open_) or good}."
    if open_ and not odd:
        text += " Print carries no check digit, so this may be a slip of reading."
    details = (("Day asked for", day.isoformat()), *listed)
    return make.make(outcome, text, rounds=(seen.evidence.id,), details=details)


def _against_print(seen: DocumentSeen, name: str, value: date, good: list[str], open_: list[str]) -> list[str]:
    """A date that is not in print is open only where the print's dates were read; what to look for on the page then."""
    visual, day = seen.visual, value.isoformat()
    if visual is not None and visual.field(name) is not None:
        good.append(f"{name} {day}, as printed")
    elif others := tuple(sorted({other for other, _ in dates_apart(seen, name)})[:SHOWN_DATES]):
        open_.append(f"{name} is {day} in the zone, and the dates found in print are others: {days_listed(others)}")
        return [f"the date of {name}, {day}"]
    else:
        good.append(f"{name} {day}, not found in print")
    return []


def _look_for(apart: list[str]) -> str:
    return (
        f"Look at the dates outlined in amber on the page: is one of them {' or '.join(apart)}? It may have been misread. "
        "If print and zone do say different days, ask to see the document itself in a video call."
    )


def _against_day(name: str, value: date, day: date) -> list[str]:
    if name == "expiry":
        return [f"it expired on {value.isoformat()}, before {day.isoformat()}"] if value < day else []
    age = day.year - value.year - ((day.month, day.day) < (value.month, value.day))
    return [f"by its date of birth ({value.isoformat()}) the holder is {age} years old"] if age < YOUNGEST else []
