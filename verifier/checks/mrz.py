"""Does the machine-readable zone hold together, and does it say what is printed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of, unread, why_unread
from verifier.documents.mrz_reader import LineStatus
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.mrz import ParsedZone
    from verifier.documents.reading import DocumentSeen

spec = CheckSpec(
    id="mrz",
    question="Does the machine-readable zone of the document hold together?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The zone's lines (ICAO Doc 9303, the French card before 2021, the Swiss driving licence) are read character by character "
        "by two readers; check digits, country codes and the layout of the name are then worked out. A character that was "
        "taken for another one than it looked most like is named. No labelled public data of altered zones; reading was "
        "measured on 29 published specimens and on generated documents."
    ),
    limits=(
        "Check digits are public arithmetic: whoever retypes a zone can make them hold. Names carry none. A digit that does not "
        "hold may be a slip of reading, and genuine documents with a misprint exist, above all among specimens."
    ),
    follow_up="Compare the zone with the picture character by character; ask for a sharper scan, then for the document in a call.",
    needs=("document",),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return for_each(case, make, lambda seen: [_one(seen, make)])


def _one(seen: DocumentSeen, make: FindingFactory) -> Finding:
    why = why_unread(seen)
    if why or seen.reading is None or seen.reading.parsed is None:
        return unread(make, seen, f"The machine-readable zone of {name_of(seen)} could not be read", why)
    parsed, reading = seen.reading.parsed, seen.reading
    doubtful = sum(len(line.doubtful) for line in reading.lines)
    wrong = [c for c in parsed.checks if not c.holds]
    odd = [f"the check digit of the {c.name} is {c.printed} and would be {c.computed}" for c in wrong]
    odd += [
        f"the code of the {k} ({parsed.values[k]}) is none of ICAO's" for k in parsed.codes_unknown() if seen.sure_of(k)
    ]
    details = _details(seen, parsed)
    if odd:
        # where a character is in doubt, the doubt explains it as well
        outcome = Outcome.INCONCLUSIVE if doubtful else Outcome.OBSERVED
        text = f"The machine-readable zone of {name_of(seen)}: {'; '.join(odd)}."
        if doubtful:
            text += f" {_characters(doubtful)} in doubt, so this may be a slip of reading."
        return make.make(outcome, text, rounds=(seen.evidence.id,), details=details)
    holds = f"All {len(parsed.checks)} check digits hold" if parsed.checks else "This layout has no check digits"
    if doubtful:
        text = f"The machine-readable zone of {name_of(seen)} ({parsed.format.title}): {holds[0].lower()}{holds[1:]}, but {_characters(doubtful)} in doubt."
        return make.make(Outcome.INCONCLUSIVE, text, rounds=(seen.evidence.id,), details=details)
    text = f"{holds} in the machine-readable zone of {name_of(seen)} ({parsed.format.title})."
    return make.make(Outcome.NOT_OBSERVED, text, rounds=(seen.evidence.id,), details=details)


def _characters(count: int) -> str:
    return "1 character is" if count == 1 else f"{count} characters are"


def _details(seen: DocumentSeen, parsed: ParsedZone) -> tuple[tuple[str, str], ...]:
    assert seen.reading is not None
    lines = [(f"Line {n}", line.text) for n, line in enumerate(seen.reading.lines, 1)]
    lines += [
        (f"Line {n}, in doubt", "characters " + ", ".join(str(k + 1) for k in line.doubtful))
        for n, line in enumerate(seen.reading.lines, 1)
        if line.status is LineStatus.FLAGGED
    ]
    lines += [
        (f"Line {r.line + 1}, character {r.position + 1}", f"read as {r.seen}, taken as {r.taken}: {r.why}")
        for r in seen.reading.repairs
    ]
    return tuple(lines)
