"""Is the name in the zone the one that is printed, and the one that was given?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of, unread, why_unread
from verifier.documents.names import NameMatch, compare_names
from verifier.documents.zone_print import names_apart
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.mrz import ParsedZone
    from verifier.documents.reading import DocumentSeen

spec = CheckSpec(
    id="document-name",
    question="Is the name on the document the one that was given?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The name in the zone is compared with the name that was given, word by word in any order, in every spelling that ICAO "
        "Doc 9303-3 allows (Müller: MUELLER, MULLER, MUXXLLER), and looked for in print, by its labels as well: another name there is open. Where there is no zone, the barcode of a "
        "licence, or print by its labels, stands in. No labelled public data; behaviour only."
    ),
    limits=(
        "People go by middle names, initials, married names and names in another script: a difference is a question, no more. "
        "Letters other than Latin and Cyrillic ones are not compared. Nicknames are not resolved. "
        "A name in print that is not found may only have been unreadable."
    ),
    follow_up="Ask which name is in the document, and whether the other one is used too.",
    needs=("document",),
)

IN_PRINT = "it was found in print"


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return for_each(case, make, lambda seen: [_beside_print(seen, _one(seen, case.claimed_name, make))])


def _beside_print(seen: DocumentSeen, finding: Finding) -> Finding:
    """Another name at the labels of print leaves the question open: never clear, and no more than open by itself."""
    apart = names_apart(seen)
    if not apart:
        return finding
    text = f" In print, by its label, the {' and the '.join(f'{name} was read as {value}' for name, value in apart)}, unlike the zone."
    text += " This may be a slip of reading or the wrong label: look at the page."
    outcome = Outcome.OBSERVED if finding.outcome is Outcome.OBSERVED else Outcome.INCONCLUSIVE
    return replace(finding, outcome=outcome, statement=finding.statement + text, next_step=spec.follow_up)


def _one(seen: DocumentSeen, claimed: str | None, make: FindingFactory) -> Finding:
    why = why_unread(seen)
    if why and (elsewhere := _elsewhere(seen)):
        return _without_zone(seen, claimed, *elsewhere, make)
    if why or seen.reading is None or seen.reading.parsed is None:
        return unread(make, seen, f"The name on {name_of(seen)} could not be read", why)
    parsed, rounds = seen.reading.parsed, (seen.evidence.id,)
    name = f"{parsed.given} {parsed.surname}".strip()
    printed = _printed(seen, parsed)
    doubtful = not seen_surely(seen)
    details: tuple[tuple[str, str], ...] = (("Name in the zone", name), ("In print", printed))
    if not claimed:
        text = f"The zone of {name_of(seen)} names {name}{' (some letters are in doubt)' if doubtful else ''}; {printed}. No name was given to compare with."
        return make.make(Outcome.NOT_APPLICABLE, text, rounds=rounds, details=details)
    found = compare_names(claimed, name, may_be_cut=parsed.name_may_be_cut)
    more = f" ({'; '.join(found.notes)})" if found.notes else ""
    about = f"The name given, {claimed}, and the name in the zone of {name_of(seen)}, {name}"
    details = (*details, ("Name given", claimed))
    if found.match is NameMatch.UNCOMPARABLE:
        return make.make(Outcome.NOT_AVAILABLE, f"{about}, {_cannot(found.notes)}", rounds=rounds, details=details)
    if found.match is NameMatch.SAME:
        # a name given that equals the zone is a second witness of the letters in doubt, which the check of the zone names
        return make.make(
            Outcome.NOT_OBSERVED, f"{about}, are the same{more}; {printed}.", rounds=rounds, details=details
        )
    if found.match is NameMatch.PARTIAL:
        apart = [f"{', '.join(found.missing)} is only in the name given"] if found.missing else []
        apart += [f"{', '.join(found.extra)} is only in the zone"] if found.extra else []
        text = f"{about}, agree in part{': ' + '; '.join(apart) if apart else ''}{more}."
        return make.make(Outcome.INCONCLUSIVE, text, rounds=rounds, details=details)
    outcome = Outcome.INCONCLUSIVE if doubtful else Outcome.OBSERVED
    return make.make(
        outcome,
        f"{about}, differ{', and some letters are in doubt' if doubtful else ''}.",
        rounds=rounds,
        details=details,
    )


def _elsewhere(seen: DocumentSeen) -> tuple[str, str] | None:
    """The name that the barcode or the print gives, and where it stands."""
    if seen.licence is not None and seen.licence.surname:
        return f"{seen.licence.given_names} {seen.licence.surname}".strip(), "barcode"
    there = [seen.visual.by_label(k) for k in ("given", "surname")] if seen.visual is not None else []
    said = [field.value for field in there if field is not None]
    return (" ".join(said), "print") if len(said) == 2 else None


def _without_zone(seen: DocumentSeen, claimed: str | None, name: str, where: str, make: FindingFactory) -> Finding:
    """A difference from print alone is open: print is read without a second witness."""
    rounds = (seen.evidence.id,)
    details: tuple[tuple[str, str], ...] = ((f"Name in the {where}", name),)
    if not claimed:
        text = f"The {where} of {name_of(seen)} names {name}. No name was given to compare with."
        return make.make(Outcome.NOT_APPLICABLE, text, rounds=rounds, details=details)
    cut = seen.licence is not None and seen.licence.cut
    found = compare_names(claimed, name, may_be_cut=cut)
    more = f" ({'; '.join(found.notes)})" if found.notes else ""
    about = f"The name given, {claimed}, and the name in the {where} of {name_of(seen)}, {name}"
    details = (*details, ("Name given", claimed))
    if found.match is NameMatch.UNCOMPARABLE:
        return make.make(Outcome.NOT_AVAILABLE, f"{about}, {_cannot(found.notes)}", rounds=rounds, details=details)
    outcome = {NameMatch.SAME: Outcome.NOT_OBSERVED, NameMatch.PARTIAL: Outcome.INCONCLUSIVE}.get(
        found.match, Outcome.OBSERVED if where == "barcode" else Outcome.INCONCLUSIVE
    )
    verb = {NameMatch.SAME: "are the same", NameMatch.PARTIAL: "agree in part"}.get(found.match, "differ")
    text = f"{about}, {verb}{more}."
    if where == "print" and found.match is NameMatch.DIFFERENT:
        text += " Print is read without check digits, so this may be a slip of reading."
    return make.make(outcome, text, rounds=rounds, details=details)


def _cannot(notes: tuple[str, ...]) -> str:
    return f"could not be compared: {'; '.join(notes)}. Give the name as it stands in Latin letters."


def seen_surely(seen: DocumentSeen) -> bool:
    """Whether no letter of the name is in doubt."""
    return seen.sure_of("surname") and seen.sure_of("given")


def _printed(seen: DocumentSeen, parsed: ParsedZone) -> str:
    visual = seen.visual
    there = [k for k in ("surname", "given") if visual is not None and visual.field(k)]
    wanted = [k for k in ("surname", "given") if getattr(parsed, k)]
    if wanted and there == wanted:
        return IN_PRINT
    return f"of it, the {' and the '.join(there)} was found in print" if there else "it was not found in print"
