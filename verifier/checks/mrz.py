"""Does the machine-readable zone hold together, and is its number the printed one?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.document_words import NO_ZONE_BUT_CODE, for_each, name_of, unread, upper, why_unread
from verifier.documents.zone_print import Likeness, number_in_print
from verifier.documents.zone_reading import LineStatus
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.checks.base import CaseObservations
    from verifier.documents.reading import DocumentSeen
    from verifier.documents.zone_reading import MrzLine, ZoneReading

spec = CheckSpec(
    id="mrz",
    question="Does the machine-readable zone of the document hold together, and is its number the printed one?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The zone's lines (ICAO Doc 9303, the French card before 2021, the Swiss driving licence) are read character by character "
        "by two readers; check digits, country codes and the layout of the name are then worked out. A character that was "
        "taken for another one than it looked most like is named. The document's number is looked for in print; one that differs by look-alikes "
        "alone (O and 0, I and 1, B and 8, S and 5) is never called another. No labelled public data of altered zones; reading was "
        "measured on 29 published specimens and on generated documents."
    ),
    limits=(
        "Check digits are public arithmetic: whoever retypes a zone can make them hold. Names carry none. A digit that does not "
        "hold may be a slip of reading, and genuine documents with a misprint exist, above all among specimens."
    ),
    follow_up="Compare the marked characters, and the number, with the picture one by one; ask for a sharper scan, then for the document in a call.",
    needs=("document",),
)

_OVER = {
    "birth": "the date of birth",
    "expiry": "the date of expiry",
    "number": "the number",
    "composite": "all lines together",
    "optional data": "the optional data",
}
"""Check digits, by what they are worked out from."""
_NUMBER = {
    Likeness.SAME: "the document's number is printed on the page as well",
    Likeness.LOOK_ALIKE: "the document's number ({zone}) is printed as {printed} as far as was read: they differ by characters alone that look alike, so that may be a slip",
    Likeness.NEARLY: "whether the document's number ({zone}) is the printed one is in doubt: that was read as {printed}, which may be a slip",
    Likeness.DIFFERENT: "the document's number is {zone}, and the printed one {printed}",
}


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return for_each(case, make, lambda seen: [_one(seen, make)])


def _one(seen: DocumentSeen, make: FindingFactory) -> Finding:
    if seen.licence is not None and seen.zone is None:
        text = f"{upper(name_of(seen))} is a licence with a barcode; it has no machine-readable zone."
        return make.make(Outcome.NOT_APPLICABLE, text, rounds=(seen.evidence.id,))
    why = NO_ZONE_BUT_CODE if seen.zone is None and seen.barcode_unread else why_unread(seen)
    if why and seen.zone is None and not seen.reason:
        return unread(make, seen, f"No check digits could be worked out for {name_of(seen)}", why)
    if why or seen.reading is None or seen.reading.parsed is None:
        return unread(make, seen, f"The machine-readable zone of {name_of(seen)} could not be read", why)
    parsed, rounds = seen.reading.parsed, (seen.evidence.id,)
    wrong = [c for c in parsed.checks if not c.holds]
    odd = [f"the check digit of {_OVER.get(c.name, c.name)} is {c.printed} and would be {c.computed}" for c in wrong]
    odd += [
        f"the code of the {k} ({parsed.values[k]}) is none of ICAO's" for k in parsed.codes_unknown() if seen.sure_of(k)
    ]
    holds = f"all {len(parsed.checks)} check digits hold" if parsed.checks else "this layout has no check digits"
    doubts, found = _doubts(seen.reading.lines), number_in_print(seen)
    number = [_NUMBER[found.likeness].format(zone=found.zone, printed=found.printed)] if found is not None else []
    text = f"The machine-readable zone of {name_of(seen)} ({parsed.format.title}): {'; '.join([*(odd or [holds]), *number])}."
    if doubts:  # they explain what is odd as well
        text += f" In doubt{', so this may be a slip of reading' if odd else ''}: {doubts}."
    likeness = found.likeness if found is not None else None
    if likeness is Likeness.DIFFERENT or (odd and not doubts):
        outcome = Outcome.OBSERVED
    else:
        outcome = Outcome.INCONCLUSIVE if doubts or likeness is Likeness.NEARLY else Outcome.NOT_OBSERVED
    return make.make(outcome, text, rounds=rounds, details=_details(seen.reading))


def _doubts(lines: Sequence[MrzLine]) -> str:
    """The lines with doubtful characters, each of those in brackets: "line 1, P<UTO[E]RIKSSON<<ANNA"."""
    return "; ".join(
        f"line {n}, {_marked(line)}" for n, line in enumerate(lines, 1) if line.status is LineStatus.FLAGGED
    )


def _marked(line: MrzLine) -> str:
    spots = set(line.doubtful)
    text = "".join(f"[{c}]" if k in spots else c for k, c in enumerate(line.text))
    return text.rstrip("<") or text


def _details(reading: ZoneReading) -> tuple[tuple[str, str], ...]:
    lines = [(f"Line {n}", line.text) for n, line in enumerate(reading.lines, 1)]
    lines += [
        (f"Line {n}, in doubt", ", ".join(f"{line.text[k]} at character {k + 1}" for k in line.doubtful))
        for n, line in enumerate(reading.lines, 1)
        if line.status is LineStatus.FLAGGED
    ]
    lines += [
        (f"Line {r.line + 1}, character {r.position + 1}", f"read as {r.seen}, taken as {r.taken}: {r.why}")
        for r in reading.repairs
    ]
    return tuple(lines)
